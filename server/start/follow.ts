/** The chain's final events, from the block that was read last: into views, log and outbox. */
import { type Ingest, openIngest } from '../actions/ingest.ts';
import type { Network } from '../chain/network.ts';
import { type Watcher, watchEvents } from '../chain/watcher.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../log/log.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Service } from '../services/define.ts';
import type { Chain } from './chain.ts';
import { isHopeless } from './failure.ts';
import type { Start } from './start.ts';

interface Parts {
  readonly services: readonly Service[];
  readonly chain: Pick<Chain, 'network' | 'deployment'>;
  readonly log: Log;
  readonly outbox: Outbox;
}

/** @throws AppError CHAIN_OLDER | STORE_* | LOG_* */
export async function followChain(
  { config, store, stops, logger, say, fail }: Start,
  { services, chain, log, outbox }: Parts,
): Promise<{ readonly ingest: Ingest; readonly watcher: Watcher }> {
  const { network, deployment } = chain;
  const { contracts, fromBlock } = deployment;
  const ingest = await openIngest({
    ...{ services, contracts, firstBlock: fromBlock, store, log, outbox },
    onRefolded: (done, total) => say(`folding the views again: ${done} of ${total}`),
    onPublishFailed: (error) => logger.warn({ error: String(error) }, 'checkpoint not complete yet'),
  });
  stops.add(ingest.stop);
  if (config.rpcUrls.length === 0) await requireHead(network, ingest.cursor().block - 1);
  const watcher = watchEvents({
    network,
    contracts,
    fromBlock: ingest.fromBlock,
    parentHash: ingest.parentHash,
    onBlock: ingest.take,
    isBusy: outbox.isBusy,
    onTrouble: (error) => {
      logger.warn({ error: String(error) }, 'following the chain');
      if (isHopeless(error)) fail(error);
    },
  });
  stops.add(watcher.stop);
  return { ingest, watcher };
}

/** A node that is behind catches up; a folder does not, and would write other blocks under numbers that were read already. */
async function requireHead(network: Network, read: number): Promise<void> {
  const head = Number(await network.send<string>('eth_blockNumber', []));
  if (head < read) throw new AppError('CHAIN_OLDER', { head, read });
}
