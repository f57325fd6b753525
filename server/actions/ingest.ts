/**
 * Final blocks -> leaves, rows, entry states and cursor. The log is written first and the rest in one commit, so that after a
 * crash the same block comes again and changes nothing twice.
 * `cursor` = {block: next to read, size: leaves so far, timeSec: of the newest block}.
 */
import type { FinalBlock } from '../chain/watcher.ts';
import { type ContractAddresses, decodeEvent, isLeaf, type RecordedEvent } from '../core/abi.ts';
import { encodeLeaf } from '../core/event.ts';
import type { Log } from '../log/log.ts';
import type { Outbox, SettledEvent } from '../outbox/outbox.ts';
import type { Service } from '../services/define.ts';
import type { Store } from '../store/level.ts';
import type { Vault } from '../vault/vault.ts';
import { projectEvents } from './project.ts';

export interface Cursor {
  /** Next block to read. */
  readonly block: number;
  readonly size: number;
  readonly timeSec: number;
}

export interface Ingest {
  cursor(): Cursor;
  take(block: FinalBlock): Promise<void>;
  /** Resolves when the rows show what this block recorded. */
  passed(block: number): Promise<void>;
  /** Called after each commit that added leaves. */
  onEvents(callback: (size: number) => void): () => void;
}

export interface OpenIngest {
  readonly services: readonly Service[];
  readonly contracts: ContractAddresses;
  readonly firstBlock: number;
  readonly store: Store;
  readonly vault: Vault;
  readonly log: Log;
  readonly outbox: Outbox;
  /** Told when signing or cosigning a checkpoint failed; it is tried again with the next block. */
  readonly onPublishFailed: (error: unknown) => void;
}

export async function openIngest(options: OpenIngest): Promise<Ingest> {
  const { store, vault, log, outbox, services, contracts } = options;
  let cursor = (await store.get<Cursor>('cursor')) ?? { block: options.firstBlock, size: 0, timeSec: 0 };
  const callbacks = new Set<(size: number) => void>();
  const waiting = new Map<() => void, number>();

  async function take(block: FinalBlock): Promise<void> {
    if (block.number < cursor.block) return;
    const settled: SettledEvent[] = [];
    const recorded: RecordedEvent[] = [];
    const leaves: Uint8Array[] = [];
    for (const ledger of block.events) {
      const event = decodeEvent(ledger, contracts);
      if (event === undefined) continue;
      if (!isLeaf(event)) {
        settled.push({ event, ledger });
        continue;
      }
      const leafIndex = cursor.size + leaves.length;
      leaves.push(encodeLeaf(ledger));
      settled.push({ event, ledger, leafIndex });
      recorded.push({ ...event, leafIndex, block: ledger.block, timeSec: ledger.timeSec });
    }
    if (leaves.length > 0) await log.append(cursor.size, leaves);
    const rows = await projectEvents(recorded, services, store, vault);
    const settlement = await outbox.settle(settled, { number: block.number });
    const next = { block: block.number + 1, size: cursor.size + leaves.length, timeSec: block.timeSec };
    await store.commit([...rows, ...settlement.ops, { type: 'put', key: 'cursor', value: next }]);
    cursor = next;
    settlement.committed();
    for (const [resolve, number] of waiting)
      if (number <= block.number) {
        waiting.delete(resolve);
        resolve();
      }
    if (leaves.length === 0) return;
    for (const callback of callbacks) callback(next.size);
    log.publish().catch(options.onPublishFailed);
  }

  return {
    cursor: () => cursor,
    take,
    async passed(block) {
      if (block >= cursor.block) await new Promise<void>((resolve) => waiting.set(resolve, block));
    },
    onEvents(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}
