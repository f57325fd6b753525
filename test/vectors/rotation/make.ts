/**
 * Writes the vectors beside it: `node test/vectors/rotation/make.ts`. The log of trust.json has had three keys, and its witnesses
 * changed twice. What a retired key signed while it was the log's stays valid; what it signs for a larger tree never is.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogKey } from '../../../server/log/key.ts';
import { cosign, signNote } from '../../../server/log/sign.ts';
import { receiptToBase45 } from '../../../server/receipts/binary.ts';
import { formatTreeHead } from '../../../server/verify/checkpoint.ts';
import { COSIGNATURE, ED25519 } from '../../../server/verify/note.ts';
import { formatReceipt } from '../../../server/verify/receipt.ts';
import { type Trust, trustText } from '../../../server/verify/trust.ts';
import {
  leavesOf,
  naivePath,
  naiveRoot,
  ORIGIN,
  testKey,
  TIME_SEC,
  TRUST,
  WITNESS_KEYS,
} from '../../helpers/log.ts';

const [A, B, C] = ['first', 'second', 'third'].map((name) => testKey(ORIGIN, ED25519, name)) as [
  LogKey,
  LogKey,
  LogKey,
];
const [W1, W2, W3, W4] = WITNESS_KEYS as [LogKey, LogKey, LogKey, LogKey];
const W5 = testKey('server-5.sillok.example/witness', COSIGNATURE);
const entries = leavesOf(15);

const witnesses = (...keys: readonly LogKey[]) =>
  keys.map((key, i) => ({ key: key.verifierKey, operator: `District ${i + 1}` }));

const first: Trust = { ...TRUST, version: 1, logKey: A.verifierKey, witnesses: witnesses(W1), threshold: 1 };
const earlierFirst = { logKey: A.verifierKey, witnesses: witnesses(W1), threshold: 1, lastSize: 5 };
const second: Trust = signed(
  {
    ...TRUST,
    version: 2,
    logKey: B.verifierKey,
    witnesses: witnesses(W1, W2, W3, W4),
    earlier: [earlierFirst],
  },
  A,
  B,
);
const third: Trust = signed(
  {
    ...TRUST,
    version: 3,
    logKey: C.verifierKey,
    witnesses: witnesses(W1, W2, W3, W5),
    earlier: [
      { logKey: B.verifierKey, witnesses: witnesses(W1, W2, W3, W4), threshold: 3, lastSize: 12 },
      earlierFirst,
    ],
  },
  B,
  C,
);

export const TRUSTS = { first, second, third };
export const LOG_KEYS = { A, B, C };

export type Vectors = Readonly<Record<'valid' | 'invalid' | 'unknown', Readonly<Record<string, string>>>>;

export function makeVectors(): Vectors {
  const overlap = receipt(12, [B, C], [W1, W2, W3]);
  return {
    valid: {
      'key-of-today.tlog-proof': receipt(15, [C], [W1, W2, W3, W5]),
      'key-of-today-for-a-tree-of-earlier-size.tlog-proof': receipt(10, [C], [W1, W3, W5]),
      'retired-key-at-its-last-size.tlog-proof': receipt(12, [B], [W1, W2, W4]),
      'first-key-and-its-one-witness.tlog-proof': receipt(5, [A], [W1]),
      'both-keys-in-the-overlap.tlog-proof': overlap,
      'both-keys-in-the-overlap.qr': `${receiptToBase45(overlap)}\n`,
      'retired-key.qr': `${receiptToBase45(receipt(9, [B], [W1, W2, W3, W4]))}\n`,
      'line-of-a-retired-key-beside.tlog-proof': receipt(15, [B, C], [W1, W2, W3, W5]),
    },
    invalid: {
      'retired-key-for-a-larger-tree.tlog-proof': receipt(13, [B], [W1, W2, W3, W4]),
      'retired-key-for-a-larger-tree.qr': `${receiptToBase45(receipt(13, [B], [W1, W2, W3, W4]))}\n`,
      'first-key-for-a-larger-tree.tlog-proof': receipt(6, [A], [W1]),
      'signature-of-a-retired-key-changed.tlog-proof': changed(receipt(12, [B], [W1, W2, W3]), 0),
      'one-of-two-signatures-changed.tlog-proof': changed(overlap, 1),
      'cosignature-of-a-retired-witness-changed.tlog-proof': changed(receipt(12, [B], [W1, W2, W4]), 3),
    },
    unknown: {
      'retired-witness-does-not-count.tlog-proof': receipt(15, [C], [W1, W2, W4]),
      'new-witness-does-not-count-under-the-old-key.tlog-proof': receipt(12, [B], [W1, W2, W5]),
      'threshold-of-the-first-days-under-the-second-key.tlog-proof': receipt(12, [B], [W1]),
      'another-witness-under-the-first-key.tlog-proof': receipt(5, [A], [W2]),
    },
  };
}

function receipt(size: number, logKeys: readonly LogKey[], signers: readonly LogKey[]): string {
  const held = entries.slice(0, size);
  const note = formatTreeHead({ origin: ORIGIN, size, root: naiveRoot(held) });
  const cosignatures = signers.map((key, i) => cosign(note, key, TIME_SEC + 60 + i));
  const checkpoint = signNote(note, ...logKeys) + cosignatures.join('');
  return formatReceipt({ leaf: held[2]!, index: 2, path: naivePath(2, held), checkpoint });
}

/** @param line of the signatures */
function changed(text: string, line: number): string {
  const split = text.lastIndexOf('\n\n') + 2;
  const lines = text.slice(split).split('\n');
  lines[line] = lines[line]!.replace(/(.)(.{8})$/, (_, one: string, rest: string) => `${one === 'A' ? 'B' : 'A'}${rest}`);
  return text.slice(0, split) + lines.join('\n');
}

function signed(trust: Trust, ...keys: readonly LogKey[]): Trust {
  const lines = signNote(trustText(trust), ...keys).split('\n\n')[1]!;
  return { ...trust, signatures: lines.trimEnd().split('\n') };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = fileURLToPath(new URL('.', import.meta.url));
  for (const [name, trust] of Object.entries(TRUSTS))
    writeFileSync(join(here, `trust-${name}.json`), `${JSON.stringify(trust, undefined, 2)}\n`);
  for (const [folder, files] of Object.entries(makeVectors())) {
    rmSync(join(here, folder), { recursive: true, force: true });
    mkdirSync(join(here, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(here, folder, name), text);
  }
}
