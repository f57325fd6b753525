/** The outbox at the start: its lanes, held back while the store is older than the chain, and told of what the log published. */
import { eraseUnused } from '../actions/unused.ts';
import type { Log } from '../log/log.ts';
import { type Outbox, openOutbox } from '../outbox/outbox.ts';
import type { Chain } from './chain.ts';
import { type Claims, openClaims } from './claims.ts';
import { isPassing } from './failure.ts';
import { findRecovery, type Recovery } from './recovery.ts';
import type { Start } from './start.ts';

const AGAIN_MS = 1000;

/** @throws AppError CHAIN_* | STORE_* */
export async function openSending(
  start: Start,
  { network, deployment, fees, limits }: Chain,
  log: Log,
): Promise<{
  readonly outbox: Outbox;
  readonly recovery: Recovery | undefined;
  readonly claims: Pick<Claims, 'gateways' | 'state'>;
}> {
  const { config, store, vault, stops, logger, nowMs, say, fail } = start;
  const laneCount = config.isReader ? 0 : config.lanes;
  const lanes = await Promise.all(Array.from({ length: laneCount }, (_, i) => vault.signer(`lane-${i}`)));
  const recovery = await findRecovery({ data: config.data, store, network, lanes, nowMs, say });
  const { book, claimant, ...claims } = await openClaims(start, recovery !== undefined);
  const outbox = await openOutbox({
    store,
    network,
    contracts: deployment.contracts,
    lanes,
    signerOf: async (organisation) =>
      (await vault.hasKey(`organisation.${organisation}`))
        ? vault.signer(`organisation.${organisation}`)
        : undefined,
    claim: claimant?.claim,
    book,
    onAlarm: (alarm) => logger.warn(alarm, 'outbox'),
    fees,
    limits: { ...limits, open: config.queueMax },
    distrustUntilBlock: recovery?.untilBlock,
    nowMs,
  });
  stops.add(outbox.close);
  claimant?.watch(outbox.openMembers);
  const noteReceipted = (size: number): void => {
    outbox.receipted(size).catch((error) => {
      if (isPassing(error)) setTimeout(noteReceipted, AGAIN_MS, size).unref();
      else fail(error);
    });
  };
  log.onPublished(({ size }) => noteReceipted(size));
  eraseUnused({
    ...{ store, vault, outbox },
    onFailed: (error) => logger.warn({ error: String(error) }, 'erasing'),
  });
  const published = log.latest();
  if (published !== undefined) await outbox.receipted(published.size);
  return { outbox, recovery, claims };
}
