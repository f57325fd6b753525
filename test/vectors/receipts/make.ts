/**
 * Writes the vectors beside it: `node test/vectors/receipts/make.ts`. Keys and entries follow from names, so every run writes the
 * same bytes. Each file of invalid/ is a valid receipt broken in one place, and its name says where; those of unknown/ are not wrong,
 * but say too little under trust.json.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  attestationLeaf,
  attestationProof,
  attestationRoot,
  attestationRows,
} from '../../../server/core/attestation.ts';
import { fromBase64, toBase64 } from '../../../server/core/bytes.ts';
import { encodeLeaf, type LedgerEvent } from '../../../server/core/event.ts';
import { commitmentOf, contentHash } from '../../../server/core/hash.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import type { DocumentFile } from '../../../server/verify/document.ts';
import { ED25519 } from '../../../server/verify/note.ts';
import {
  bytes32,
  CONTRACTS,
  CHAIN_ID,
  DOCUMENT,
  ledgerEvent,
  makeReceipt,
  naiveRoot,
  ORIGIN,
  recordEvent,
  SALT,
  testKey,
  TIME_SEC,
  TRUST,
  WITNESS_KEYS,
} from '../../helpers/log.ts';

export type Folder = 'valid' | 'invalid' | 'unknown';
export type Vectors = Readonly<Record<Folder, Readonly<Record<string, string>>>>;

const POLL = {
  title: { ko: '공원 이름', en: 'Name of the park' },
  options: ['가', '나'],
  minChoices: 1,
  maxChoices: 1,
  opensAtSec: TIME_SEC,
  closesAtSec: TIME_SEC + 86_400,
  mode: 'open',
};
const organisation = nameToBytes32('seoul-city');
const ATTESTED = 5;
const commitments = Array.from({ length: 9 }, (_, i) => commitmentOf({ diploma: i }, SALT));
const rows = attestationRows(
  commitments.map((commitment, index) =>
    attestationLeaf({
      chainId: CHAIN_ID,
      contract: CONTRACTS.Attestations,
      issuer: 'seoul-city',
      schema: 'archives.degree.1',
      index,
      commitment,
    }),
  ),
);
const BATCH_ID = bytes32('batch');
const EVENTS: readonly LedgerEvent[] = [
  ledgerEvent('OrganisationRegistered', 'Organisations', [organisation, 1, '서울특별시']),
  ...Array.from({ length: 12 }, (_, n) => recordEvent(n + 1)),
  ledgerEvent(
    'PollCreated',
    'Ballots',
    [bytes32('poll'), organisation, contentHash(POLL), 2, 1, 1, TIME_SEC, TIME_SEC + 86_400, 0],
    13,
  ),
  ledgerEvent(
    'BatchAnchored',
    'Attestations',
    [
      BATCH_ID,
      organisation,
      nameToBytes32('archives.degree.1'),
      nameToBytes32('archives'),
      attestationRoot(rows),
      9,
    ],
    14,
  ),
];
const POLL_AT = 13;
const BATCH_AT = 14;
const entries = EVENTS.map(encodeLeaf);
const RECORD_AT = 7;

export function makeVectors(): Vectors {
  const receipt = makeReceipt(RECORD_AT, { entries });
  const document = file(documentOf(RECORD_AT, receipt));
  const attestation = file(attested(ATTESTED));
  return {
    valid: {
      'record.tlog-proof': receipt,
      'three-of-four-witnesses.tlog-proof': makeReceipt(RECORD_AT, {
        entries,
        signers: WITNESS_KEYS.slice(1),
      }),
      'first-entry-of-a-log-of-one.tlog-proof': makeReceipt(0, { entries: entries.slice(0, 1) }),
      'last-entry.tlog-proof': makeReceipt(BATCH_AT, { entries }),
      'signatures-of-strangers-beside.tlog-proof':
        receipt + `— stranger.example/w ${toBase64(new Uint8Array(76).fill(7))}\n`,
      'record.sillok.json': document,
      'poll.sillok.json': file({
        sillok: 'document.1',
        entryId: bytes32('poll'),
        document: POLL,
        receipt: makeReceipt(POLL_AT, { entries }),
      }),
      'attestation.sillok.json': attestation,
    },
    invalid: { ...brokenReceipts(receipt), ...brokenDocuments(document, attestation) },
    unknown: {
      'two-of-four-witnesses.tlog-proof': makeReceipt(RECORD_AT, { entries, signers: WITNESS_KEYS.slice(2) }),
      'no-witness.tlog-proof': makeReceipt(RECORD_AT, { entries, signers: [] }),
      'log-key-of-a-later-year.tlog-proof': makeReceipt(RECORD_AT, {
        entries,
        logKey: testKey(ORIGIN, ED25519, 'later'),
      }),
      'another-log.tlog-proof': makeReceipt(RECORD_AT, {
        entries,
        logKey: testKey('other.example/log', ED25519),
      }),
      'event-of-a-later-version.tlog-proof': laterEvent(),
    },
  };
}

function brokenReceipts(receipt: string): Record<string, string> {
  const lines = receipt.split('\n');
  const blank = lines.indexOf('');
  const line = (at: number, change: (text: string) => string) =>
    lines.map((text, i) => (i === at ? change(text) : text)).join('\n');
  const base64 = (text: string, at: number) => {
    const words = text.split(' ');
    const bytes = fromBase64(words.at(-1)!);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    return [...words.slice(0, -1), toBase64(bytes)].join(' ');
  };
  const leaves = (change: (event: LedgerEvent) => LedgerEvent) => {
    const changed = EVENTS.map((event, i) => (i === RECORD_AT ? change(event) : event)).map(encodeLeaf);
    return makeReceipt(RECORD_AT, { entries: changed });
  };
  return {
    'leaf-byte-changed.tlog-proof': line(1, (text) => base64(text, -1)),
    'leaf-time-changed.tlog-proof': line(1, (text) => base64(text, 24)),
    'leaf-missing.tlog-proof': lines.filter((_, i) => i !== 1).join('\n'),
    'leaf-of-another-chain.tlog-proof': leaves((event) => ({ ...event, chainId: CHAIN_ID + 1 })),
    'leaf-of-another-contract.tlog-proof': leaves((event) => ({ ...event, address: `0x${'ee'.repeat(20)}` })),
    'leaf-is-a-refusal.tlog-proof': leaves(() =>
      ledgerEvent('EntryRefused', 'Records', [bytes32('e'), organisation, 3]),
    ),
    'leaf-is-an-inner-node.tlog-proof': innerNode(),
    'header-of-another-version.tlog-proof': line(0, () => 'c2sp.org/tlog-proof@v2'),
    'index-changed.tlog-proof': line(2, () => `index ${RECORD_AT + 1}`),
    'index-with-leading-zero.tlog-proof': line(2, (text) => text.replace('index ', 'index 0')),
    'index-beyond-the-tree.tlog-proof': line(2, () => `index ${entries.length}`),
    'path-hash-changed.tlog-proof': line(3, (text) => base64(text, 0)),
    'path-hash-missing.tlog-proof': lines.filter((_, i) => i !== 3).join('\n'),
    'path-hash-added.tlog-proof': line(3, (text) => `${text}\n${text}`),
    'path-hashes-swapped.tlog-proof': lines
      .map((text, i) => (i === 3 ? lines[4] : i === 4 ? lines[3] : text))
      .join('\n'),
    'size-changed.tlog-proof': line(blank + 2, () => String(entries.length + 1)),
    'root-changed.tlog-proof': line(blank + 3, (text) => base64(text, 5)),
    'log-signature-changed.tlog-proof': line(blank + 5, (text) => base64(text, -1)),
    'log-signature-missing.tlog-proof': lines.filter((_, i) => i !== blank + 5).join('\n'),
    'cosignature-changed.tlog-proof': line(blank + 6, (text) => base64(text, -1)),
    'cosignature-time-changed.tlog-proof': line(blank + 7, (text) => base64(text, 11)),
    'cosignature-of-another-checkpoint.tlog-proof': otherCosignature(receipt),
    'extension-line-added.tlog-proof': line(blank + 3, (text) => `${text}\nextension`),
    'base64-not-canonical.tlog-proof': line(3, (text) => text.replace(/.=$/, (end) => `${next(end[0]!)}=`)),
    'carriage-returns.tlog-proof': receipt.replaceAll('\n', '\r\n'),
    'cut-in-the-middle.tlog-proof': receipt.slice(0, receipt.length / 2),
    'empty.tlog-proof': '',
  };
}

function brokenDocuments(document: string, attestation: string): Record<string, string> {
  const edit = (text: string, change: (value: Record<string, never>) => object) =>
    file({ ...JSON.parse(text), ...change(JSON.parse(text)) });
  const place = JSON.parse(attestation).attested as { index: number; count: number; proof: string[] };
  const moved = (change: Partial<typeof place>) =>
    edit(attestation, () => ({ attested: { ...place, ...change, batchId: BATCH_ID } }));
  return {
    'document-changed.sillok.json': edit(document, () => ({
      document: { ...DOCUMENT, n: RECORD_AT, odometerKm: 8_210 },
    })),
    'document-of-another-entry.sillok.json': file(
      documentOf(RECORD_AT + 1, makeReceipt(RECORD_AT, { entries })),
    ),
    'entry-id-of-another-entry.sillok.json': edit(document, () => ({ entryId: bytes32('entry 1') })),
    'salt-changed.sillok.json': edit(document, () => ({ salt: `0x${'11'.repeat(16)}` })),
    'salt-missing.sillok.json': edit(document, () => ({ salt: undefined })),
    'attestation-changed.sillok.json': edit(attestation, () => ({ document: { diploma: 6 } })),
    'attestation-index-changed.sillok.json': moved({ index: ATTESTED + 1 }),
    'attestation-index-beyond-the-batch.sillok.json': moved({ index: 9 }),
    'attestation-count-changed.sillok.json': moved({ count: 10 }),
    'attestation-proof-cut.sillok.json': moved({ proof: place.proof.slice(1) }),
    'attestation-of-another-batch.sillok.json': edit(attestation, () => ({
      attested: { ...place, batchId: bytes32('other') },
    })),
    'attestation-without-its-place.sillok.json': edit(attestation, () => ({ attested: undefined })),
    'unknown-member.sillok.json': edit(document, () => ({ signedBy: 'nobody' })),
  };
}

function documentOf(n: number, receipt: string): DocumentFile {
  return {
    sillok: 'document.1',
    entryId: bytes32(`entry ${n}`),
    document: { ...DOCUMENT, n },
    salt: SALT,
    receipt,
  };
}

function attested(index: number): DocumentFile {
  return {
    sillok: 'document.1',
    entryId: bytes32(`attestation ${index}`),
    document: { diploma: index },
    salt: SALT,
    attested: { batchId: BATCH_ID, index, count: 9, proof: attestationProof(rows, index) },
    receipt: makeReceipt(BATCH_AT, { entries }),
  };
}

/** A node of the tree passed off as a leaf, with the rest of the path: caught because leaves are hashed apart from nodes. */
function innerNode(): string {
  const honest = makeReceipt(RECORD_AT, { entries });
  const pair = entries.slice(RECORD_AT - 1, RECORD_AT + 1);
  const lines = honest.split('\n');
  const node = Buffer.concat(pair.map((entry) => naiveRoot([entry])));
  lines[1] = `extra ${toBase64(new Uint8Array(node))}`;
  lines.splice(3, 1);
  return lines.join('\n');
}

function otherCosignature(receipt: string): string {
  const other = makeReceipt(0, { entries: entries.slice(0, 9) }).split('\n');
  const lines = receipt.split('\n');
  lines[lines.length - 2] = other[other.length - 2]!;
  return lines.join('\n');
}

function laterEvent(): string {
  const event: LedgerEvent = { ...recordEvent(RECORD_AT), topics: [bytes32('RecordMigrated(bytes32)')] };
  return makeReceipt(RECORD_AT, {
    entries: entries.map((entry, i) => (i === RECORD_AT ? encodeLeaf(event) : entry)),
  });
}

function next(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(character) + 1]!;
}

function file(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = fileURLToPath(new URL('.', import.meta.url));
  writeFileSync(join(here, 'trust.json'), file(TRUST));
  for (const [folder, files] of Object.entries(makeVectors())) {
    rmSync(join(here, folder), { recursive: true, force: true });
    mkdirSync(join(here, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(here, folder, name), text);
  }
}
