/** JSON-RPC over HTTP with connections kept open. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError } from '../core/errors.ts';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Rpc {
  /** One HTTP request, one call or a JSON-RPC batch; answers in order of the calls. @throws AppError CHAIN_UNREACHABLE | CHAIN_TIMEOUT | CHAIN_ERROR */
  post(calls: readonly RpcCall[]): Promise<unknown[]>;
  close(): void;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: number; readonly message?: string; readonly data?: unknown };
}

export function openRpc(url: string, timeoutMs: number): Rpc {
  const secure = new URL(url).protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 16 })
    : new HttpAgent({ keepAlive: true, maxSockets: 16 });
  const request = secure ? httpsRequest : httpRequest;
  // The node's address may hold credentials, so only its origin goes into errors.
  const where = new URL(url).host;
  let lastId = 0;

  function exchange(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const outgoing = request(url, { method: 'POST', agent, headers, timeout: timeoutMs }, (incoming) => {
        collect(incoming).then(resolve, reject);
      });
      const deadline = setTimeout(() => outgoing.destroy(new TimedOut()), timeoutMs);
      outgoing.on('timeout', () => outgoing.destroy(new TimedOut()));
      outgoing.on('close', () => clearTimeout(deadline));
      outgoing.on('error', (error) => reject(outgoing.reusedSocket ? new StaleSocket(error) : error));
      outgoing.end(body);
    });
  }

  /** A kept connection may have been closed by the other side a moment ago; that says nothing about the node. */
  async function exchangeTwice(body: string): Promise<string> {
    try {
      return await exchange(body);
    } catch (error) {
      if (!(error instanceof StaleSocket) || error.cause instanceof TimedOut) throw error;
      return exchange(body);
    }
  }

  return {
    post: async (calls) => {
      const first = lastId + 1;
      lastId += calls.length;
      const messages = calls.map((call, i) => ({ jsonrpc: '2.0', id: first + i, ...call }));
      let answers: Answer[];
      try {
        const parsed = JSON.parse(
          await exchangeTwice(JSON.stringify(messages.length === 1 ? messages[0] : messages)),
        );
        answers = Array.isArray(parsed) ? parsed : [parsed];
      } catch (error) {
        const cause = error instanceof StaleSocket ? error.cause : error;
        const code = cause instanceof TimedOut ? 'CHAIN_TIMEOUT' : 'CHAIN_UNREACHABLE';
        throw new AppError(code, { node: where }, error);
      }
      const byId = new Map(answers.map((answer) => [answer.id, answer]));
      // A node that refuses the whole request answers once and without an id.
      return calls.map((call, i) => resultOf(call, byId.get(first + i) ?? answers[0], where));
    },
    close: () => agent.destroy(),
  };
}

class TimedOut extends Error {}

class StaleSocket extends Error {
  constructor(cause: unknown) {
    super('connection closed by the other side', { cause });
  }
}

/** A stretch of blocks full of ballots with their proofs stays well below. */
const MAX_ANSWER = 64 << 20;

async function collect(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    // Leaving the loop ends the connection: a node that never stops would fill the memory.
    if (length > MAX_ANSWER) throw new Error(`more than ${MAX_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function resultOf(call: RpcCall, answer: Answer | undefined, node: string): unknown {
  if (answer?.error !== undefined) {
    const { code, message, data } = answer.error;
    throw new AppError('CHAIN_ERROR', { method: call.method, message: message ?? '', rpcCode: code, data });
  }
  if (answer?.result === undefined) throw new AppError('CHAIN_UNREACHABLE', { node, method: call.method });
  return answer.result;
}
