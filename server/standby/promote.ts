/**
 * Take-over: the other standbys are fenced first, so that the old gateway finds too few that take its commits; then this copy
 * becomes the store of a gateway. Done through the standby's process where it runs, else on the folder itself.
 */
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { addressOf } from '../store/standby-set.ts';
import type { StandbyPlace } from '../store/standbys.ts';
import { neededOf, openKeeper, type Promoted, readPromises, type StandbyHead } from './keeper.ts';

export interface Promote {
  readonly folder: string;
  /** Of this standby. */
  readonly token: string;
  /** The gateway's other standbys. */
  readonly others: readonly StandbyPlace[];
  /** How many more a person declares gone for good, with whatever only they held. */
  readonly gone: number;
}

/** @throws AppError STANDBY_NEWER | STANDBY_PROMOTED | STANDBY_FENCED | STANDBYS_UNFENCED | STANDBY_EMPTY | STANDBY_UNREACHABLE | STORE_* */
export async function promote({ folder, token, others, gone }: Promote): Promise<Promoted> {
  const promises = await readPromises(join(folder, 'standby.json'));
  const running = promises.url === undefined ? undefined : await reach(promises.url, token);
  const keeper = running === undefined ? await openKeeper(folder) : undefined;
  const finish = (order: { epoch: number; fenced: number }) =>
    keeper !== undefined
      ? keeper.promote(order)
      : ask<Promoted>(promises.url!, token, 'POST', '/promote', order);
  try {
    const head = running ?? (await keeper!.head());
    // Given a second time, the order changes nobody else: a gateway may be at work here by now.
    if (head.isPromoted) return await finish({ epoch: head.epoch, fenced: 0 });
    const heads = await Promise.all(
      others.map(async (place) => ({
        ...place,
        other: await ask<StandbyHead>(place.url, place.token, 'GET', '/head'),
      })),
    );
    const distinct = new Map(heads.map((one) => [one.other.id, one]));
    distinct.delete(head.id);
    const rest = [...distinct.values()];
    for (const { url, other } of rest) {
      if (other.isPromoted) throw new AppError('STANDBY_PROMOTED', { url });
      if (other.number > head.number) throw new AppError('STANDBY_NEWER', { url, number: other.number });
    }
    // Another one than the gateway's own may be fenced, and leaves it as strong as before.
    const isIts = ({ url }: StandbyPlace) => head.copies?.urls.includes(addressOf(url)) ?? true;
    const fenced = new Set(heads.filter(isIts).map(({ other }) => other.id));
    fenced.delete(head.id);
    const needed = neededOf(head.copies);
    if (fenced.size + gone < needed)
      throw new AppError('STANDBYS_UNFENCED', { fenced: fenced.size, gone, needed, ...head.copies });
    // What was promised elsewhere may be a gateway by now, which asks none of these: it has to be asked, or be gone.
    const asked = new Set([head.id, ...heads.map(({ other }) => other.id)]);
    const elsewhere = [{ url: undefined, other: head }, ...rest].find(
      ({ other: { promisedTo } }) => promisedTo !== undefined && !asked.has(promisedTo),
    );
    if (elsewhere !== undefined && gone === 0)
      throw new AppError('STANDBY_FENCED', { url: elsewhere.url, epoch: elsewhere.other.epoch });
    const epoch = Math.max(head.epoch, ...rest.map(({ other }) => other.epoch)) + 1;
    for (const { url, token: its } of rest)
      await ask(url, its, 'POST', '/fence', { epoch, number: head.number, by: head.id });
    return await finish({ fenced: fenced.size + gone, epoch });
  } finally {
    await keeper?.close();
  }
}

/** undefined when nobody listens there any more. */
async function reach(url: string, token: string): Promise<StandbyHead | undefined> {
  try {
    return await ask<StandbyHead>(url, token, 'GET', '/head');
  } catch (error) {
    if (error instanceof AppError && error.code === 'STANDBY_UNREACHABLE') return undefined;
    throw error;
  }
}

async function ask<T>(url: string, token: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
    redirect: 'error',
  }).catch((error) => {
    throw new AppError('STANDBY_UNREACHABLE', { url }, error);
  });
  const answer = (await response.json().catch(() => ({}))) as T & { code?: string };
  if (response.ok) return answer;
  const { code = `HTTP_${response.status}`, ...details } = answer;
  throw new AppError(code, { ...details, url });
}
