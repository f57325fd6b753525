/** The prover's files from the installed package, checked against their pinned SHA-256. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  checkProverFile,
  PROVER_FILES,
  type ProverFileKind,
  type ProverFiles,
} from '../../web/lib/artifacts.ts';

/** @throws ProverFileChanged when the installed package is not the audited one. */
export async function readProverFile(kind: ProverFileKind): Promise<Uint8Array> {
  const folder = dirname(createRequire(import.meta.url).resolve('@zk-kit/semaphore-artifacts/package.json'));
  return checkProverFile(kind, new Uint8Array(await readFile(join(folder, PROVER_FILES[kind].name))));
}

export async function readProverFiles(): Promise<ProverFiles> {
  const [wasm, zkey] = await Promise.all([readProverFile('wasm'), readProverFile('zkey')]);
  return { wasm, zkey };
}
