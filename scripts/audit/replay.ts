/** The whole ledger once more from the chain alone: leaves, tree and rows, in a folder of their own. */
import { join } from 'node:path';
import { projectEvents } from '../../server/actions/project.ts';
import { readBlocks } from '../../server/chain/blocks.ts';
import type { Network } from '../../server/chain/network.ts';
import type { FinalBlock } from '../../server/chain/watcher.ts';
import { type ContractAddresses, decodeEvent, isLeaf, type RecordedEvent } from '../../server/core/abi.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { encodeLeaf } from '../../server/core/event.ts';
import { openTree, type Tree } from '../../server/log/tree.ts';
import type { Service } from '../../server/services/define.ts';
import { openStore, type Store } from '../../server/store/level.ts';

/** Blocks asked for at once. */
const STRETCH = 64;

export interface Replay {
  readonly events: readonly RecordedEvent[];
  readonly tree: Tree;
  /** Rows as a gateway would hold them that had read these blocks and nothing else. */
  readonly rows: Store;
  close(): Promise<void>;
}

export interface ReplayChain {
  readonly network: Network;
  readonly contracts: ContractAddresses;
  readonly services: readonly Service[];
  /** Last block to read: the newest one that the audited gateway had taken in. */
  readonly toBlock: number;
  /** Empty folder, for the caller to remove. */
  readonly folder: string;
  readonly onProgress?: (block: number) => void;
}

export async function replayChain(options: ReplayChain): Promise<Replay> {
  const { network, contracts, services, toBlock, folder } = options;
  const tree = await openTree(join(folder, 'log'));
  const rows = await openStore(join(folder, 'store'));
  const events: RecordedEvent[] = [];

  async function take(block: FinalBlock): Promise<void> {
    const fresh: RecordedEvent[] = [];
    const leaves: Uint8Array[] = [];
    for (const ledger of block.events) {
      const event = decodeEvent(ledger, contracts);
      if (event === undefined || !isLeaf(event)) continue;
      const leafIndex = events.length + fresh.length;
      fresh.push({ ...event, leafIndex, block: ledger.block, timeSec: ledger.timeSec });
      leaves.push(encodeLeaf(ledger));
    }
    if (leaves.length > 0) await tree.append(events.length, leaves);
    const ops = await projectEvents(fresh, services, rows);
    if (ops.length > 0) await rows.commit(ops);
    events.push(...fresh);
    options.onProgress?.(block.number);
  }

  await readThrough(network, contracts, toBlock, take);
  await tree.writePartials();
  return {
    events,
    tree,
    rows,
    close: async () => {
      await tree.close();
      await rows.close();
    },
  };
}

async function readThrough(
  network: Network,
  contracts: ContractAddresses,
  toBlock: number,
  take: (block: FinalBlock) => Promise<void>,
): Promise<void> {
  const addresses = Object.values(contracts);
  let parentHash: Hex | undefined;
  for (let from = 0; from <= toBlock; from += STRETCH) {
    const to = Math.min(toBlock, from + STRETCH - 1);
    for (const block of await readBlocks({ network, addresses, from, to, parentHash })) {
      await take(block);
      parentHash = block.hash;
    }
  }
}
