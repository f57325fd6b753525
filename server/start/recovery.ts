/**
 * A store that is older than the chain: restored from a backup, or lost and begun anew. Nothing may be signed before all that
 * the chain holds was read again, and what the lost store had sent is out of the nodes' pools.
 * `recovery.json` in the data folder = {@link Begun} while it lasts; then `recovered-<time>.json` = {@link Report}.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readJsonFile, writeJsonFile } from '../actions/data-folder.ts';
import type { Cursor, Ingest } from '../actions/ingest.ts';
import { type RecordedRow, recordedKey } from '../actions/project.ts';
import type { Network } from '../chain/network.ts';
import type { Hex } from '../core/bytes.ts';
import type { Signer } from '../core/signer.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { type LaneRow, laneKey } from '../outbox/rows.ts';
import type { Store } from '../store/level.ts';

interface Begun {
  readonly startedAtMs: number;
  /** Entries of the log that the older store knew. */
  readonly knownSize: number;
}

interface Report extends Begun {
  readonly endedAtMs: number;
  readonly size: number;
  readonly note: string;
  /** Recorded since, and no original here. */
  readonly withoutOriginal: readonly {
    readonly entryId: string;
    readonly service?: string;
    readonly organisation?: string;
    readonly leafIndex: number;
    readonly timeSec: number;
  }[];
}

const NOTE =
  'These entries were recorded after the store that was restored, and their originals are not here: ask their authors for them. ' +
  'A batch is listed as a whole: a certificate of it that is sent again is issued a second time, so compare with its holder first. What was acknowledged and not yet on the chain is unknown here: whoever sends it again with the same key gets it recorded.';
const DRAIN_MS = 30_000;
const LOOK_MS = 200;
const SLICE = 1_000;

export interface Recovery {
  /** Lanes are compared with the chain at this block before they sign. */
  readonly untilBlock: number;
  /** Resolves when writing may begin, with the file that tells what could not come back. */
  finish(parts: {
    readonly ingest: Ingest;
    readonly outbox: Outbox;
  }): Promise<{ readonly report: string; readonly missing: number }>;
}

export interface FindRecovery {
  readonly data: string;
  readonly store: Store;
  readonly network: Network;
  readonly lanes: readonly Signer[];
  readonly nowMs: () => number;
  say(step: string): void;
}

/** undefined when the store is as new as what it signed. @throws AppError CHAIN_* */
export async function findRecovery({
  data,
  store,
  network,
  lanes,
  nowMs,
  say,
}: FindRecovery): Promise<Recovery | undefined> {
  const path = join(data, 'recovery.json');
  const marked = await readJsonFile<Partial<Begun>>(path);
  if (marked === undefined && !(await isOvertaken(store, network, lanes))) return undefined;
  const { size } = (await store.get<Cursor>('cursor')) ?? { size: 0 };
  const begun: Begun = { startedAtMs: marked?.startedAtMs ?? nowMs(), knownSize: marked?.knownSize ?? size };
  // Kept from the first try on: a kill in the middle must not make the report shorter.
  await writeJsonFile(path, begun);
  say('waiting for what the lost store had sent');
  for (
    const deadline = performance.now() + DRAIN_MS;
    (await arePending(network, lanes)) && performance.now() < deadline;
  )
    await pause(LOOK_MS);
  const untilBlock = Number(await network.send<Hex>('eth_blockNumber', []));
  return {
    untilBlock,
    async finish({ ingest, outbox }) {
      await ingest.passed(untilBlock);
      while (outbox.status().lanes.some(({ pausedBecause }) => pausedBecause !== undefined))
        await pause(LOOK_MS);
      const report: Report = {
        ...begun,
        endedAtMs: nowMs(),
        size: ingest.cursor().size,
        note: NOTE,
        withoutOriginal: await missingOriginals(store, begun.knownSize),
      };
      const name = join(
        data,
        `recovered-${new Date(report.endedAtMs).toISOString().replaceAll(/[:.]/g, '-')}.json`,
      );
      await writeJsonFile(path, report);
      await rename(path, name);
      return { report: name, missing: report.withoutOriginal.length };
    },
  };
}

/** A gateway commits what it signs before it sends it: nonces that the chain has and the store has not mean an older store. */
async function isOvertaken(store: Store, network: Network, lanes: readonly Signer[]): Promise<boolean> {
  const rows = await store.getMany<LaneRow>(lanes.map((_, i) => laneKey(i)));
  const counts = await countsOf(network, lanes, 'latest');
  return counts.some((count, i) => count > (rows[i]?.nextNonce ?? 0));
}

async function arePending(network: Network, lanes: readonly Signer[]): Promise<boolean> {
  const [latest, pending] = await Promise.all([
    countsOf(network, lanes, 'latest'),
    countsOf(network, lanes, 'pending'),
  ]);
  return pending.some((count, i) => count > latest[i]!);
}

async function countsOf(network: Network, lanes: readonly Signer[], tag: string): Promise<number[]> {
  if (lanes.length === 0) return [];
  const calls = lanes.map(({ address }) => ({ method: 'eth_getTransactionCount', params: [address, tag] }));
  return (await network.sendAll<Hex>(calls)).map(Number);
}

/** Those whose members are known here. */
async function batchesOf(store: Store): Promise<Set<string>> {
  const batches = new Set<string>();
  for (let gt = 'attested:'; ; ) {
    const rows = await store.range<{ batchId: string }>({ gt, lt: 'attested:\uffff', limit: SLICE });
    if (rows.length === 0) return batches;
    gt = rows.at(-1)!.key;
    for (const { value } of rows) batches.add(value.batchId);
  }
}

/** Casts and statuses have none; what another gateway took in has its original there. */
async function missingOriginals(store: Store, knownSize: number): Promise<Report['withoutOriginal']> {
  const missing: Report['withoutOriginal'][number][] = [];
  const prefix = recordedKey('');
  const batches = await batchesOf(store);
  for (let gt = prefix; ; ) {
    const rows = await store.range<RecordedRow>({ gt, lt: `${prefix}\uffff`, limit: SLICE });
    if (rows.length === 0) break;
    gt = rows.at(-1)!.key;
    const asked = rows.filter(
      ({ value }) => value.leafIndex >= knownSize && /^(EntryRecorded|BatchAnchored)$/.test(value.name),
    );
    const ids = asked.map(({ key }) => key.slice(prefix.length));
    const originals = await store.getMany(ids.map((id) => `original:${id}`));
    for (const [i, { value }] of asked.entries()) {
      if (value.name === 'BatchAnchored' && batches.has(ids[i]!)) continue;
      const { service, organisation, leafIndex, timeSec } = value;
      if (originals[i] === undefined)
        missing.push({
          entryId: ids[i]!,
          ...(service && { service }),
          ...(organisation && { organisation }),
          leafIndex,
          timeSec,
        });
    }
  }
  return missing.sort((a, b) => a.leafIndex - b.leafIndex);
}
