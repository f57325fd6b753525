/** Compiled contracts as Hardhat leaves them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AbiCoder } from 'ethers';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';

/**
 * Creation code of a contract with its constructor's addresses.
 * @param source path below the artifacts folder, e.g. contracts/Records.sol
 * @throws AppError ARTIFACT_MISSING
 */
export function creationCode(
  artifacts: string,
  source: string,
  name: string,
  addresses: readonly Hex[],
): Hex {
  const path = join(artifacts, source, `${name}.json`);
  let bytecode: unknown;
  try {
    bytecode = JSON.parse(readFileSync(path, 'utf8')).bytecode;
  } catch (error) {
    throw new AppError('ARTIFACT_MISSING', { path }, error);
  }
  if (typeof bytecode !== 'string' || !/^0x[0-9a-f]+$/.test(bytecode))
    throw new AppError('ARTIFACT_MISSING', { path });
  const values = AbiCoder.defaultAbiCoder().encode(
    addresses.map(() => 'address'),
    [...addresses],
  );
  return `${bytecode}${values.slice(2)}` as Hex;
}
