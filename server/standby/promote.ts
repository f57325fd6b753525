/**
 * Take-over: the other standbys are fenced first, so that the old gateway finds too few that take its commits; then this copy
 * becomes the store of a gateway. Done through the standby's process where it runs, else on the folder itself.
 */
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { openKeeper, type Promoted, readPromises, type StandbyHead } from './keeper.ts';

export interface Promote {
  readonly folder: string;
  readonly token: string;
  /** The gateway's other standbys. */
  readonly others: readonly string[];
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
      others.map(async (url) => [url, await ask<StandbyHead>(url, token, 'GET', '/head')] as const),
    );
    const distinct = new Map(heads.map(([url, other]) => [other.id, { url, other }]));
    distinct.delete(head.id);
    const rest = [...distinct.values()];
    for (const { url, other } of rest) {
      if (other.isPromoted) throw new AppError('STANDBY_PROMOTED', { url });
      if (other.number > head.number) throw new AppError('STANDBY_NEWER', { url, number: other.number });
    }
    const needed = head.copies === undefined ? 0 : head.copies.count - head.copies.threshold;
    if (rest.length + gone < needed)
      throw new AppError('STANDBYS_UNFENCED', { fenced: rest.length, gone, needed });
    const epoch = Math.max(head.epoch, ...rest.map(({ other }) => other.epoch)) + 1;
    for (const { url } of rest) await ask(url, token, 'POST', '/fence', { epoch, number: head.number });
    return await finish({ fenced: rest.length + gone, epoch });
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
