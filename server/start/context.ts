/** What actions and http may depend on, put together of the parts that are open. */
import { randomBytes } from 'node:crypto';
import { createAdminister } from '../actions/administer.ts';
import { askChain } from '../actions/ask-chain.ts';
import { createGuard } from '../actions/guard.ts';
import type { Ingest } from '../actions/ingest.ts';
import { administration } from '../chain/contracts.ts';
import type { Watcher } from '../chain/watcher.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Chain } from './chain.ts';
import type { Start } from './start.ts';

interface Parts extends Pick<Context, 'services' | 'log' | 'outbox'> {
  readonly chain: Chain;
  readonly ingest: Ingest;
  readonly watcher: Watcher;
}

export function createContext({ config, store, vault, logger, nowMs }: Start, parts: Parts): Context {
  const { services, log, outbox, ingest, watcher } = parts;
  const { network, deployment, administrator, fees } = parts.chain;
  const { chainId, contracts, verifiers } = deployment;
  const act = createAdminister(network, administrator, ingest, fees, watcher);
  return {
    ...{ services, store, vault, outbox, log, logger, nowMs },
    chain: {
      ...{ chainId, contracts, verifiers },
      acts: administration(contracts),
      endpoints: network.endpoints,
      ...askChain(network, contracts),
    },
    administer: async (call) => {
      // The gateway that signs the log holds the administrator's key.
      if (config.logUrl !== undefined)
        throw new AppError('ADMINISTERED_ELSEWHERE', { gateway: new URL(config.logUrl).origin });
      return act(call);
    },
    guard: createGuard(),
    nowSec: () => Math.max(Math.floor(nowMs() / 1000), ingest.cursor().timeSec),
    random: (bytes) => randomBytes(bytes),
  };
}
