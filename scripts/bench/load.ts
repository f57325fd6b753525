/** Requests to the gateway over kept connections, as many at once as asked for, each with its time. */
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface Load {
  get(path: string): Promise<Answer>;
  post(path: string, body: string): Promise<Answer>;
  close(): void;
}

/** @param key of the API; none for what everybody may do. */
export function openLoad(url: string, key?: string): Load {
  const agent = new Agent({ keepAlive: true, noDelay: true });
  const { hostname, port } = new URL(url);
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };

  function send(method: string, path: string, body?: string): Promise<Answer> {
    const startedMs = performance.now();
    return new Promise((resolve, reject) => {
      const headers = {
        ...authorization,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': randomUUID(),
        }),
      };
      const outgoing = httpRequest(
        { hostname, port, path, method, agent, headers, family: 4 },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({
              status: incoming.statusCode ?? 0,
              text: Buffer.concat(parts).toString(),
              startedMs,
              endedMs: performance.now(),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    close: () => agent.destroy(),
  };
}

/** Tasks in order, `atOnce` of them at any time: the next starts when one has ended. */
export async function closedLoop<T>(
  count: number,
  atOnce: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
  return results;
}

/** Tasks at a fixed rate whether or not the earlier ones have ended: a slow answer delays nobody, and so hides nothing. */
export async function openLoop<T>(
  count: number,
  perSecond: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const startMs = performance.now();
  const running: Promise<T>[] = [];
  while (running.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - startMs) * perSecond) / 1000));
    while (running.length < due) running.push(task(running.length));
    await pause(1);
  }
  return Promise.all(running);
}
