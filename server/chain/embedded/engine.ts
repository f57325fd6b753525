/** The EVM: Hardhat's EDR, set so that the same transactions and timestamps always give the same block hashes. */
import { createRequire } from 'node:module';
import {
  CANCUN,
  ContractDecoder,
  EdrContext,
  keccak256,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1ProviderFactory,
  MineOrdering,
} from '@nomicfoundation/edr';
import { type Hex, toHex } from '../../core/bytes.ts';

/** Cap of EIP-7825, so that what runs here runs on later forks too. */
export const TRANSACTION_GAS_CAP = 16_777_216n;
/** Reads wait while a block is made: short blocks carried 1.7 times the entries per second of blocks four times their size. */
export const BLOCK_GAS_LIMIT = 50_000_000n;
const GENESIS_TIME_SEC = 1_700_000_000n;
/** Elasticity 1 puts the target at the limit: the base fee can only fall, so it stays at zero even after full blocks. */
const BASE_FEE = { activation: { blockNumber: 0n }, maxChangeDenominator: 8n, elasticityMultiplier: 1n };

export interface Block {
  number: number;
  hash: Hex;
  timestampSec: number;
  transactions: readonly Hex[];
  gasUsed: bigint;
}

export interface Engine {
  fingerprint: Record<string, unknown>;
  genesis: Block;
  /** The engine's answer as JSON text: an object with `result` or `error`. */
  answer(method: string, params: readonly unknown[]): Promise<string>;
  /** @throws EngineRefusal when the answer is an error. */
  request<T>(method: string, params: readonly unknown[]): Promise<T>;
  /** Makes one block on top of `parent` from everything executable. */
  mine(parent: Block, timestampSec: number): Promise<Block>;
}

export class EngineRefusal extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Hash of a signed transaction, as every node computes it (not for blob transactions, which come wrapped). */
export function transactionHash(raw: Uint8Array): Hex {
  return toHex(keccak256(raw));
}

let sharedContext: Promise<EdrContext> | undefined;

/** The native library allows one context in a process; engines share it. */
async function openContext(): Promise<EdrContext> {
  const context = new EdrContext();
  await context.registerProviderFactory(L1_CHAIN_TYPE, l1ProviderFactory());
  return context;
}

export async function startEngine(chainId: number): Promise<Engine> {
  sharedContext ??= openContext();
  const context = await sharedContext;
  const provider = await context.createProvider(
    L1_CHAIN_TYPE,
    {
      allowBlocksWithSameTimestamp: true,
      allowUnlimitedContractSize: false,
      bailOnCallFailure: false,
      bailOnTransactionFailure: false,
      baseFeeConfig: [BASE_FEE],
      chainId: BigInt(chainId),
      coinbase: new Uint8Array(20),
      defaultTransactionGasLimit: TRANSACTION_GAS_CAP,
      genesisState: l1GenesisState(l1HardforkFromString(CANCUN)),
      hardfork: CANCUN,
      initialBaseFeePerGas: 0n,
      initialParentBeaconBlockRoot: new Uint8Array(32),
      minGasPrice: 0n,
      mining: { autoMine: false, blockGasLimit: BLOCK_GAS_LIMIT, memPool: { order: MineOrdering.Fifo } },
      network: { genesisBlockGasLimit: BLOCK_GAS_LIMIT, genesisBlockTime: GENESIS_TIME_SEC },
      networkId: BigInt(chainId),
      observability: {},
      ownedAccounts: [],
      precompileOverrides: [],
      transactionGasCap: TRANSACTION_GAS_CAP,
    },
    { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => {} },
    { subscriptionCallback: () => {} },
    new ContractDecoder(),
  );

  async function answer(method: string, params: readonly unknown[]): Promise<string> {
    const { data } = await provider.handleRequest(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    // Answers too long for one string come as objects.
    return typeof data === 'string' ? data : JSON.stringify(data);
  }
  async function request<T>(method: string, params: readonly unknown[]): Promise<T> {
    const { result, error } = JSON.parse(await answer(method, params));
    if (error !== undefined) throw new EngineRefusal(error.code, error.message, error.data);
    return result;
  }
  async function blockAt(tag: string): Promise<Block> {
    const block = await request<
      Record<'number' | 'hash' | 'timestamp' | 'gasUsed', Hex> & { transactions: Hex[] }
    >('eth_getBlockByNumber', [tag, false]);
    const { hash, transactions } = block;
    const [number, timestampSec] = [Number(block.number), Number(block.timestamp)];
    return { number, hash, timestampSec, transactions, gasUsed: BigInt(block.gasUsed) };
  }
  const genesis = await blockAt('0x0');
  return {
    genesis,
    fingerprint: {
      format: 1,
      edr: edrVersion(),
      engine: await request<string>('web3_clientVersion', []),
      hardfork: CANCUN,
      chainId,
      genesisHash: genesis.hash,
      baseFee: `0/${BASE_FEE.maxChangeDenominator}/${BASE_FEE.elasticityMultiplier}`,
      blockGasLimit: Number(BLOCK_GAS_LIMIT),
      transactionGasCap: Number(TRANSACTION_GAS_CAP),
    },
    answer,
    request,
    async mine(parent, timestampSec) {
      await request('hardhat_setPrevRandao', [parent.hash]);
      await request('evm_mine', [`0x${timestampSec.toString(16)}`]);
      return blockAt('latest');
    },
  };
}

function edrVersion(): string {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@nomicfoundation/edr');
  return require(entry.replace(/index\.js$/, 'package.json')).version;
}
