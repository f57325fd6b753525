/** Ordinary JSON-RPC 2.0, single and batch: reading methods and eth_sendRawTransaction, nothing that rules the engine. */
import type { Hex } from '../../core/bytes.ts';
import { type Engine, EngineRefusal } from './engine.ts';
import type { Gate } from './gate.ts';
import type { Producer } from './producer.ts';

export interface Progress {
  state: 'replaying' | 'ready';
  /** Blocks replayed, of `total` in the journal. */
  done: number;
  total: number;
}

export interface RpcParts {
  engine: Pick<Engine, 'answer' | 'request'>;
  gate: Gate;
  progress: Progress;
  /** Undefined until the journal is replayed. */
  producer: () => Producer | undefined;
}

/** Takes the text of a request, gives the text of the answer; undefined when only notifications were sent. */
export type RpcHandler = (body: string) => Promise<string | undefined>;

const MAX_BATCH = 1_000;
const [PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, INTERNAL_ERROR, UNAVAILABLE] = [
  -32700, -32600, -32601, -32602, -32603, -32002,
];

const READS = new Set([
  ...['eth_accounts', 'eth_blockNumber', 'eth_call', 'eth_chainId', 'eth_estimateGas', 'eth_feeHistory'],
  ...['eth_getBalance', 'eth_getBlockByHash', 'eth_getBlockByNumber', 'eth_getBlockTransactionCountByHash'],
  ...[
    'eth_getBlockTransactionCountByNumber',
    'eth_getCode',
    'eth_getLogs',
    'eth_getProof',
    'eth_getStorageAt',
  ],
  ...['eth_getTransactionByBlockHashAndIndex', 'eth_getTransactionByBlockNumberAndIndex'],
  ...['eth_getTransactionByHash', 'eth_getTransactionCount', 'eth_getTransactionReceipt', 'eth_syncing'],
  ...['net_version', 'web3_clientVersion', 'web3_sha3'],
]);

/** What holds always here; the engine's own answers suggest a price that nobody has to pay. */
const CONSTANTS: Readonly<Record<string, unknown>> = {
  eth_gasPrice: '0x0',
  eth_maxPriorityFeePerGas: '0x0',
  net_listening: true,
  net_peerCount: '0x0',
};

export function makeRpc({ engine, gate, progress, producer }: RpcParts): RpcHandler {
  async function handle(body: string): Promise<string | undefined> {
    let request: unknown;
    try {
      request = JSON.parse(body);
    } catch {
      return failure(null, PARSE_ERROR, 'parse error');
    }
    if (!Array.isArray(request)) return answer(request);
    if (request.length === 0 || request.length > MAX_BATCH) {
      return failure(null, INVALID_REQUEST, `a batch holds 1 to ${MAX_BATCH} requests`);
    }
    const answers = (await Promise.all(request.map(answer))).filter((text) => text !== undefined);
    return answers.length > 0 ? `[${answers.join(',')}]` : undefined;
  }

  async function answer(request: unknown): Promise<string | undefined> {
    if (!isRequest(request)) return failure(null, INVALID_REQUEST, 'invalid request');
    const { id, method, params = [] } = request;
    try {
      const text = await dispatch(method, params);
      return id === undefined ? undefined : `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${text.slice(1)}`;
    } catch (error) {
      if (id === undefined) return undefined;
      if (error instanceof EngineRefusal) return failure(id, error.code, error.message, error.data);
      return failure(id, INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
    }
  }

  /** An object with `result` or `error`, as JSON text without id. */
  async function dispatch(method: string, params: readonly unknown[]): Promise<string> {
    if (method === 'sillok_progress') return result(progress);
    if (Object.hasOwn(CONSTANTS, method)) return result(CONSTANTS[method]);
    const isWrite = method === 'eth_sendRawTransaction';
    if (!isWrite && !READS.has(method) && method !== 'eth_getBlockReceipts') {
      // The wording by which clients know that they need another way.
      throw new EngineRefusal(UNKNOWN_METHOD, `the method ${method} does not exist/is not available`);
    }
    const ready = producer();
    if (ready === undefined) {
      throw new EngineRefusal(UNAVAILABLE, `replaying ${progress.done} of ${progress.total}`);
    }
    if (isWrite) return result(await ready.submit(rawTransaction(params)));
    if (method === 'eth_getBlockReceipts') return gate.shared(() => blockReceipts(params));
    return gate.shared(() => engine.answer(method, withoutPending(method, params)));
  }

  async function blockReceipts([block]: readonly unknown[]): Promise<string> {
    const isHash = typeof block === 'string' && block.length === 66;
    const name = isHash ? 'eth_getBlockByHash' : 'eth_getBlockByNumber';
    const found = await engine.request<{ transactions: Hex[] } | null>(name, [block, false]);
    if (found === null) return result(null);
    return result(
      await Promise.all(
        found.transactions.map((hash) => engine.request('eth_getTransactionReceipt', [hash])),
      ),
    );
  }

  return handle;
}

/**
 * The engine would execute all that waits to answer for "pending", and show what no disk holds; instant blocks make
 * "latest" as new. Only the next nonce is asked of the pool.
 */
function withoutPending(method: string, params: readonly unknown[]): readonly unknown[] {
  if (method === 'eth_getTransactionCount') return params;
  return params.map((param) => {
    if (param === 'pending') return 'latest';
    if (method !== 'eth_getLogs' || typeof param !== 'object' || param === null) return param;
    return Object.fromEntries(
      Object.entries(param).map(([key, at]) => [key, at === 'pending' ? 'latest' : at]),
    );
  });
}

function rawTransaction([raw]: readonly unknown[]): Hex {
  if (typeof raw !== 'string' || !/^0x([0-9a-fA-F]{2})+$/.test(raw)) {
    throw new EngineRefusal(INVALID_PARAMS, 'a signed transaction in hexadecimal is needed');
  }
  return raw as Hex;
}

interface Request {
  id?: string | number | null;
  method: string;
  params?: readonly unknown[];
}

function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null || !('method' in value)) return false;
  const { id, method, params } = value as Record<string, unknown>;
  const isId = id === undefined || id === null || typeof id === 'string' || typeof id === 'number';
  return isId && typeof method === 'string' && (params === undefined || Array.isArray(params));
}

function result(value: unknown): string {
  return JSON.stringify({ result: value });
}

function failure(id: string | number | null, code: number, message: string, data?: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } });
}
