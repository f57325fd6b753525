/** Writes server/core/contracts.generated.ts from the compiled interfaces. With --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Interface } from 'ethers';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = `${root}server/core/contracts.generated.ts`;
const contracts = ['Organisations', 'Records', 'Attestations', 'Ballots'];

const entries = contracts.map((name) => {
  const artifact = JSON.parse(
    readFileSync(`${root}artifacts/contracts/interfaces/I${name}.sol/I${name}.json`, 'utf8'),
  );
  const fragments = new Interface(artifact.abi).format(false);
  return `  ${name}: [\n${fragments.map((fragment) => `    '${fragment}',\n`).join('')}  ],\n`;
});
const refusals = readFileSync(`${root}contracts/types/Refusal.sol`, 'utf8')
  .match(/enum Refusal \{([^}]*)\}/)![1]!
  .split(',')
  .map((name) => name.trim());
const text = `/** Written by scripts/generate/abi.ts from contracts/interfaces; do not edit. */
export const ABI = {
${entries.join('')}} as const;

/** Refusal reasons by number, in the order of contracts/types/Refusal.sol. */
export const REFUSALS = [
${refusals.map((name) => `  '${name}',\n`).join('')}] as const;
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('contracts.generated.ts is stale: run npm run generate');
    process.exit(1);
  }
} else writeFileSync(target, text);
