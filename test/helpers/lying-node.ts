/** Stands between gateway and chain, passes everything on, and lies where a test says so. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * What becomes of a call: `pass` it on, `swallow` the answer although it was passed on, `ignore` it without an answer, `hang` until
 * the other side gives up, or an answer of its own. A function gets the true answer and changes it.
 */
export type Lie =
  | 'pass'
  | 'swallow'
  | 'ignore'
  | 'hang'
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  | ((result: unknown) => unknown);

export interface LyingNode {
  readonly url: string;
  /** Raw transactions in the order in which they came, repeats included. */
  readonly seen: string[];
  /** Resolves when the method was asked for so many more times. */
  asked(method: string, times: number): Promise<void>;
  lie: (call: Call) => Lie;
  close(): Promise<void>;
}

export async function startLyingNode(target: string): Promise<LyingNode> {
  const seen: string[] = [];
  let waiting: { method: string; times: number; resolve: () => void }[] = [];
  const note = (method: string) => {
    for (const one of waiting) if (one.method === method && --one.times === 0) one.resolve();
    waiting = waiting.filter(({ times }) => times > 0);
  };
  const answerOne = async (call: Call): Promise<object | undefined> => {
    if (call.method === 'eth_sendRawTransaction') seen.push(String(call.params[0]));
    note(call.method);
    const lie = node.lie(call);
    if (lie === 'ignore') return undefined;
    if (lie === 'hang') return new Promise(() => {});
    if (typeof lie === 'object') return { jsonrpc: '2.0', id: call.id, ...lie };
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
    });
    const answer = (await response.json()) as { result?: unknown };
    if (lie === 'swallow') return undefined;
    return typeof lie === 'function' && 'result' in answer
      ? { ...answer, result: lie(answer.result) }
      : answer;
  };
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as Call | Call[];
    const answers = await Promise.all([body].flat().map(answerOne)).catch(() => [undefined]);
    if (answers.some((answer) => answer === undefined)) return void request.socket.destroy();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const node: LyingNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    asked: (method, times) => new Promise((resolve) => waiting.push({ method, times, resolve })),
    lie: () => 'pass',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return node;
}
