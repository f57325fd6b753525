/** What transactions offer for their gas: nothing where the engine takes it for free, else as EIP-1559 has it, within a bound. */
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { Network } from './network.ts';
import type { Fee } from './transaction.ts';

export interface Fees {
  /** For a new transaction; undefined where gas is free. @throws AppError CHAIN_* */
  quote(): Promise<Fee | undefined>;
  /** For other bytes with the nonce of a transaction that offered `before`; undefined when that would pass the bound. @throws AppError CHAIN_* */
  raise(before: Fee): Promise<Fee | undefined>;
}

export const FREE: Fees = { quote: async () => undefined, raise: async () => undefined };

/** Nodes take a replacement for ten per cent more in both parts (go-ethereum: txpool.pricebump); an eighth leaves room for rounding. */
const RAISE = { by: 9n, of: 8n };
/** The base fee grows by at most an eighth a block (EIP-1559): twice of it lasts for five full blocks. */
const HEADROOM = 2n;

/** @param bound most that one unit of gas may cost, wei */
export function eip1559(network: Pick<Network, 'sendAll' | 'send'>, bound: bigint): Fees {
  async function quote(): Promise<Fee> {
    const block = await network.send<{ baseFeePerGas?: Hex }>('eth_getBlockByNumber', ['latest', false]);
    const base = BigInt(block.baseFeePerGas ?? 0);
    const priority = smaller(await suggested(), bound);
    return { maxPriorityFeePerGas: priority, maxFeePerGas: smaller(base * HEADROOM + priority, bound) };
  }

  /** Not every node has an opinion. */
  async function suggested(): Promise<bigint> {
    try {
      return BigInt(await network.send<Hex>('eth_maxPriorityFeePerGas', []));
    } catch (error) {
      if (error instanceof AppError && error.code === 'CHAIN_ERROR') return 1n;
      throw error;
    }
  }

  return {
    quote,
    raise: async (before) => {
      const now = await quote();
      const maxFeePerGas = larger(now.maxFeePerGas, raised(before.maxFeePerGas));
      const priority = larger(now.maxPriorityFeePerGas, raised(before.maxPriorityFeePerGas));
      if (maxFeePerGas > bound || priority > bound) return undefined;
      return { maxFeePerGas, maxPriorityFeePerGas: smaller(priority, maxFeePerGas) };
    },
  };
}

function raised(value: bigint): bigint {
  return (value * RAISE.by) / RAISE.of + 1n;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
