/** Receipts as a city of four servers gives them: every one under a checkpoint of its own, signed once and cosigned three times. */
import { join } from 'node:path';
import { interfaces } from '../../server/core/abi.ts';
import { type Hex, toHex } from '../../server/core/bytes.ts';
import { encodeLeaf } from '../../server/core/event.ts';
import { keccak256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import { type LogKey, openKey } from '../../server/log/key.ts';
import { cosign, signNote } from '../../server/log/sign.ts';
import { openTree } from '../../server/log/tree.ts';
import { buildReceipt } from '../../server/receipts/build.ts';
import { formatTreeHead } from '../../server/verify/checkpoint.ts';
import { COSIGNATURE, ED25519 } from '../../server/verify/note.ts';
import type { Trust } from '../../server/verify/trust.ts';
import { hashOf, ORGANISATION } from './city.ts';
import type { Bench } from './measure.ts';

export interface Receipts {
  readonly texts: readonly string[];
  readonly trust: Trust;
}

const ORIGIN = 'bench.example/log';
const OPERATOR = 'Bench';
const WITNESSES = 3;
const CHAIN_ID = 1413;
/** Leaves below the first checkpoint, so that paths have the length of a log that is in use. */
const BELOW = 10_000;

export async function makeReceipts(bench: Bench, count: number): Promise<Receipts> {
  const folder = await bench.folder('log');
  const key = (name: string, type: number) =>
    openKey({ path: join(folder, `${name.replaceAll('/', '-')}.json`), name, type, passphrase: 'bench' });
  const log = await key(ORIGIN, ED25519);
  const witnesses = await Promise.all(
    Array.from({ length: WITNESSES }, (_, i) => key(`server-${i + 1}.example`, COSIGNATURE)),
  );
  const tree = await openTree(join(folder, 'tree'));
  bench.defer(() => tree.close());
  await tree.append(
    0,
    Array.from({ length: BELOW + count }, (_, i) => leafOf(i)),
  );
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const size = BELOW + i + 1;
    const checkpoint = checkpointOf({ size, root: await tree.root(size) }, log, witnesses);
    const source = {
      latest: () => ({ size, text: checkpoint }),
      leaf: (index: number) => tree.entry(index),
      inclusionProof: (index: number) => tree.inclusionProof(index, size),
    };
    // Spread over the log, so that the paths differ too.
    texts.push(await buildReceipt(source, (i * 7919) % size));
  }
  const trust: Trust = {
    origin: ORIGIN,
    logKey: log.verifierKey,
    operator: OPERATOR,
    witnesses: witnesses.map(({ name, verifierKey }) => ({ key: verifierKey, operator: name })),
    threshold: WITNESSES,
    chainId: CHAIN_ID,
    contracts: CONTRACTS,
  };
  return { texts, trust };
}

function checkpointOf(
  head: { size: number; root: Uint8Array },
  log: LogKey,
  witnesses: readonly LogKey[],
): string {
  const text = formatTreeHead({ origin: ORIGIN, ...head });
  const nowSec = Math.floor(Date.now() / 1000);
  return signNote(text, log) + witnesses.map((witness) => cosign(text, witness, nowSec)).join('');
}

const addressOf = (name: string): Hex => `0x${hashOf(name).slice(26)}`;
const CONTRACTS = {
  Organisations: addressOf('Organisations'),
  Records: addressOf('Records'),
  Attestations: addressOf('Attestations'),
  Ballots: addressOf('Ballots'),
};

/** A record's event, as long as real ones. */
function leafOf(index: number): Uint8Array {
  const word = (name: string): Hex => toHex(keccak256(new TextEncoder().encode(`${name} ${index}`)));
  const { topics, data } = interfaces.Records.encodeEventLog('EntryRecorded', [
    word('entry'),
    nameToBytes32(ORGANISATION),
    word('subject'),
    nameToBytes32('vehicles'),
    nameToBytes32('vehicles.inspection.1'),
    word('document'),
    `0x${'00'.repeat(32)}`,
    1,
    1_700_000_000,
  ]);
  return encodeLeaf({
    chainId: CHAIN_ID,
    block: index + 1,
    timeSec: 1_700_000_000 + index,
    logIndex: 0,
    address: CONTRACTS.Records,
    topics: topics as Hex[],
    data: data as Hex,
  });
}
