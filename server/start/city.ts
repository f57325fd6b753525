/** The city at the start: registered on the chain, once nothing of an older store may come between, with its first API key. */
import { bootstrap, CITY } from '../actions/bootstrap.ts';
import type { Ingest } from '../actions/ingest.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { ApiKeys } from '../http/api-keys.ts';
import type { Recovery } from './recovery.ts';
import type { Outset } from './start.ts';

interface Parts {
  readonly context: Context;
  readonly ingest: Ingest;
  /** undefined for whoever follows: the gateway that signs the log is the one that holds the administrator's key. */
  readonly cityName: string | undefined;
  readonly recovery: Recovery | undefined;
}

/** While an older store catches up with the chain this goes on behind the open door. @throws AppError CHAIN_* | the first failure of a part */
export async function registerCity(
  { logger, say, fail, failed }: Outset,
  { context, ingest, cityName, recovery }: Parts,
): Promise<{ readonly isRecovering: () => boolean }> {
  say('registering the city');
  const failure = failed.then((error) => Promise.reject(error));
  failure.catch(() => undefined);
  const register = () =>
    cityName === undefined ? undefined : Promise.race([bootstrap(context, cityName), failure]);
  let isRecovering = recovery !== undefined;
  if (recovery === undefined) await register();
  else
    void (async () => {
      const found = await recovery.finish({ ingest, outbox: context.outbox });
      await register();
      isRecovering = false;
      logger.warn(found, 'caught up with the chain: the store was older');
    })().catch(fail);
  return { isRecovering: () => isRecovering };
}

/** The administrator's, at the first start of a data folder only. */
export async function firstKey(keys: ApiKeys, { isReader }: Config): Promise<string | undefined> {
  if (keys.list().length > 0 || isReader) return undefined;
  const { key } = await keys.create({
    organisation: CITY,
    label: 'administrator',
    scopes: ['admin', '*'],
    perMinute: 1_000_000,
  });
  return key;
}
