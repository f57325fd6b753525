/** One node, spoken to in standard JSON-RPC only. Whether it is the right chain is checked at the start and after every break. */
import type { Hex } from '../core/bytes.ts';
import { fromHex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { keccak256 } from '../core/hash.ts';
import { openRpc, type RpcCall } from './rpc.ts';

export interface Network {
  readonly url: string;
  readonly chainId: number;
  readonly genesisHash: Hex;
  /** @throws AppError CHAIN_UNREACHABLE | CHAIN_TIMEOUT | CHAIN_MISMATCH | CHAIN_ERROR {method, message, rpcCode, data} */
  send<T>(method: string, params: readonly unknown[]): Promise<T>;
  /** One HTTP request; answers in order. Throws as {@link send} when any of them is an error. */
  sendAll<T>(calls: readonly RpcCall[]): Promise<T[]>;
  /** eth_call. */
  call(to: Hex, data: Hex, block?: number | 'latest'): Promise<Hex>;
  /**
   * What enough nodes answer alike that one of them must be honest. A single node is believed.
   * @param block newest block that the answer speaks of: older nodes are asked no more for what rules need
   */
  agreed<T>(read: (node: Network) => Promise<T>, block: number): Promise<T>;
  /** The same call to every node; never empty. */
  everywhere<T>(method: string, params: readonly unknown[]): Promise<PromiseSettledResult<T>[]>;
  /** From now on these addresses must hold this code (keccak256) whenever the connection was lost in between. */
  pin(codeHashes: Readonly<Record<string, Hex>>): void;
  close(): void;
}

export interface OpenNetwork {
  readonly url: string;
  /** When given, any other chain is refused. */
  readonly chainId?: number;
  readonly genesisHash?: Hex;
  /** Code that must be there from the beginning, see {@link Network.pin}. */
  readonly codeHashes?: Readonly<Record<string, Hex>>;
  readonly timeoutMs?: number;
}

/** @throws AppError CHAIN_UNREACHABLE | CHAIN_TIMEOUT | CHAIN_MISMATCH */
export async function openNetwork(options: OpenNetwork): Promise<Network> {
  const rpc = openRpc(options.url, options.timeoutMs ?? 10_000);
  let pinned: Readonly<Record<string, Hex>> = options.codeHashes ?? {};
  let checking: Promise<void> | undefined;
  let suspect = false;

  const identity = await identify().catch(closing);
  await check(identity, {
    chainId: options.chainId ?? identity.chainId,
    genesisHash: options.genesisHash ?? identity.genesisHash,
  }).catch(closing);

  function closing(error: unknown): never {
    rpc.close();
    throw error;
  }

  async function identify(): Promise<{ chainId: number; genesisHash: Hex }> {
    const [chainId, genesis] = (await rpc.post([
      { method: 'eth_chainId', params: [] },
      { method: 'eth_getBlockByNumber', params: ['0x0', false] },
    ])) as [Hex, { hash: Hex } | null];
    return { chainId: Number(chainId), genesisHash: genesis?.hash ?? '0x' };
  }

  async function check(now: typeof identity, expected: typeof identity): Promise<void> {
    mustBe('chainId', now.chainId, expected.chainId);
    mustBe('genesisHash', now.genesisHash, expected.genesisHash);
    const addresses = Object.keys(pinned);
    if (addresses.length === 0) return;
    const codes = await rpc.post(
      addresses.map((address) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
    );
    for (const [i, address] of addresses.entries())
      mustBe(address, toHex(keccak256(fromHex(codes[i] as Hex))), pinned[address]!);
  }

  /** A node that came back may be another one: a reset chain, a wrong port, an older snapshot. */
  async function recognise(): Promise<void> {
    await check(await identify(), identity);
    suspect = false;
  }

  async function sendAll<T>(calls: readonly RpcCall[]): Promise<T[]> {
    if (calls.length === 0) return [];
    if (suspect) {
      checking ??= recognise().finally(() => {
        checking = undefined;
      });
      await checking;
    }
    try {
      return (await rpc.post(calls)) as T[];
    } catch (error) {
      if (error instanceof AppError && error.code !== 'CHAIN_ERROR') suspect = true;
      throw error;
    }
  }

  const send = async <T>(method: string, params: readonly unknown[]) =>
    (await sendAll<T>([{ method, params }]))[0] as T;
  const network: Network = {
    url: options.url,
    ...identity,
    send,
    sendAll,
    call: (to, data, block = 'latest') => send<Hex>('eth_call', [{ to, data }, blockTag(block)]),
    agreed: (read) => read(network),
    everywhere: <T>(method: string, params: readonly unknown[]) =>
      Promise.allSettled([send<T>(method, params)]),
    pin: (codeHashes) => {
      pinned = codeHashes;
    },
    close: rpc.close,
  };
  return network;
}

/** As JSON-RPC wants it: no leading zeros. */
export function blockTag(block: number | 'latest'): string {
  return block === 'latest' ? block : `0x${block.toString(16)}`;
}

function mustBe(what: string, is: unknown, expected: unknown): void {
  if (is !== expected) throw new AppError('CHAIN_MISMATCH', { what, is, expected });
}
