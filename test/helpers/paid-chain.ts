/** A chain where gas costs something, blocks are made when a test says so, and the pool replaces as pools do. */
import { network as hardhat } from 'hardhat';
import type { Hex } from '../../server/core/bytes.ts';

export interface PaidChain {
  readonly url: string;
  /** Whether each transaction gets a block at once. */
  automine(isOn: boolean): Promise<void>;
  mine(): Promise<void>;
  /** Wei per unit of gas in the next block. */
  baseFee(wei: bigint): Promise<void>;
  fund(address: Hex, wei?: bigint): Promise<void>;
  stop(): Promise<void>;
}

const START_BASE_FEE = 10_000_000_000n;
const PLENTY = 10n ** 24n;

export async function startPaidChain(chainId: number): Promise<PaidChain> {
  const override = { chainId, initialBaseFeePerGas: START_BASE_FEE };
  const server = await hardhat.createServer({ network: 'default', override }, '127.0.0.1', 0);
  const { address, port } = await server.listen();
  const url = `http://${address}:${port}`;
  async function ask(method: string, ...params: readonly unknown[]): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { error } = (await response.json()) as { error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  }
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return {
    url,
    automine: (isOn) => ask('evm_setAutomine', isOn),
    mine: () => ask('evm_mine'),
    baseFee: (wei) => ask('hardhat_setNextBlockBaseFeePerGas', hex(wei)),
    fund: (account, wei = PLENTY) => ask('hardhat_setBalance', account, hex(wei)),
    stop: () => server.close(),
  };
}
