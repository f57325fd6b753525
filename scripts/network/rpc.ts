/** What a node is asked: over HTTP as everybody does, and over the socket in its folder what only its operator may. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 20_000;
/** Of a node that was just started, beside others. */
const OPERATOR_MS = 60_000;

interface Answer<T> {
  readonly result?: T;
  readonly error?: { readonly message: string };
}

/** @throws Error with the node's own words, or why it was not reached */
export function ask<T>(url: string, method: string, ...params: readonly unknown[]): Promise<T> {
  return askWithin(TIMEOUT_MS, url, method, ...params);
}

/** @param limitMs undefined = however long it takes. @throws as {@link ask} */
export async function askWithin<T>(
  limitMs: number | undefined,
  url: string,
  method: string,
  ...params: readonly unknown[]
): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    ...(limitMs !== undefined && { signal: AbortSignal.timeout(limitMs) }),
  });
  return resultOf((await response.json()) as Answer<T>);
}

/** @param socket path of the node's ipc socket. @throws as {@link ask} */
export function askOperator<T>(socket: string, method: string, ...params: readonly unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    let text = '';
    connection.setTimeout(OPERATOR_MS, () => connection.destroy(new Error('no answer in time')));
    connection.once('error', reject);
    connection.once('close', () => reject(new Error('the node closed the connection')));
    connection.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      // The answer is one line of JSON, in as many parts as it needs.
      let answer: Answer<T>;
      try {
        answer = JSON.parse(text);
      } catch {
        return;
      }
      connection.end();
      try {
        resolve(resultOf(answer));
      } catch (error) {
        reject(error);
      }
    });
    connection.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  });
}

/** Of a node that is just starting: its socket is not there yet, or is one that a killed node left. @throws as {@link ask} */
export async function askStarting<T>(
  withinMs: number,
  socket: string,
  method: string,
  ...params: readonly unknown[]
): Promise<T> {
  for (const until = Date.now() + withinMs; ; await sleep(100)) {
    try {
      return await askOperator<T>(socket, method, ...params);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'ECONNREFUSED'].includes(code) || Date.now() > until) throw error;
    }
  }
}

function resultOf<T>({ result, error }: Answer<T>): T {
  if (error !== undefined) throw new Error(error.message);
  return result as T;
}
