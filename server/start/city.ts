/** The city at the start: registered on the chain, once nothing of an older store may come between, with its first API key. */
import { bootstrap, CITY } from '../actions/bootstrap.ts';
import type { Ingest } from '../actions/ingest.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { ApiKeys } from '../http/api-keys.ts';
import type { Store } from '../store/level.ts';
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

export interface FirstKey {
  readonly key: string;
  /** To be called once it was shown: until then each start makes another. */
  seen(): Promise<void>;
}

/** There while nobody may have seen the key: a start can end between its commit and the line that shows it. */
const UNSEEN = 'start:key-unseen';
const LABEL = 'administrator';

/** The administrator's, at the first start of a data folder, and at the next ones until somebody saw it. */
export async function firstKey(
  keys: ApiKeys,
  store: Store,
  { isReader }: Config,
): Promise<FirstKey | undefined> {
  const isFirst = keys.list().length === 0 || (await store.get(UNSEEN)) !== undefined;
  if (!isFirst || isReader) return undefined;
  await store.commit([{ type: 'put', key: UNSEEN, value: true }]);
  for (const { prefix, organisation, label } of keys.list())
    if (organisation === CITY && label === LABEL) await keys.revoke(prefix);
  const { key } = await keys.create({
    organisation: CITY,
    label: LABEL,
    scopes: ['admin', '*'],
    perMinute: 1_000_000,
  });
  return { key, seen: () => store.commit([{ type: 'del', key: UNSEEN }]) };
}
