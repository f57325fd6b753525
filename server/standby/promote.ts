/**
 * Take-over: the other standbys are fenced first, so that the old gateway finds too few that take its commits; then this copy
 * becomes the store of a gateway. Done through the standby's process where it runs, else on the folder itself.
 */
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { openKeeper, type Promoted, readPromises } from './keeper.ts';

export interface Promote {
  readonly folder: string;
  readonly token: string;
  /** The gateway's other standbys. */
  readonly others: readonly string[];
}

/** @throws AppError STANDBY_NEWER | STANDBYS_UNFENCED | STANDBY_EMPTY | STANDBY_UNREACHABLE | STORE_* */
export async function promote({ folder, token, others }: Promote): Promise<Promoted> {
  const promises = await readPromises(join(folder, 'standby.json'));
  const running = promises.url === undefined ? undefined : await reach(promises.url, token);
  const keeper = running === undefined ? await openKeeper(folder) : undefined;
  try {
    const head = running ?? (await keeper!.head());
    let epoch = Math.max(head.epoch, promises.epoch) + (promises.isPromoted ? 0 : 1);
    for (const url of others) epoch = Math.max(epoch, (await ask(url, token, 'GET', '/head')).epoch + 1);
    for (const url of others) await ask(url, token, 'POST', '/fence', { epoch, number: head.number });
    const order = { fenced: others.length, epoch };
    if (keeper !== undefined) return await keeper.promote(order);
    return (await ask(promises.url!, token, 'POST', '/promote', order)) as unknown as Promoted;
  } finally {
    await keeper?.close();
  }
}

interface Answer {
  readonly number: number;
  readonly epoch: number;
}

/** undefined when nobody listens there any more. */
async function reach(url: string, token: string): Promise<Answer | undefined> {
  try {
    return await ask(url, token, 'GET', '/head');
  } catch (error) {
    if (error instanceof AppError && error.code === 'STANDBY_UNREACHABLE') return undefined;
    throw error;
  }
}

async function ask(url: string, token: string, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
    redirect: 'error',
  }).catch((error) => {
    throw new AppError('STANDBY_UNREACHABLE', { url }, error);
  });
  const answer = (await response.json().catch(() => ({}))) as Answer & { code?: string };
  if (response.ok) return answer;
  const { code = `HTTP_${response.status}`, ...details } = answer;
  throw new AppError(code, { ...details, url });
}
