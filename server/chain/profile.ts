/** What differs from engine to engine and no standard call tells: looked up by what the node calls itself. */
import { AppError } from '../core/errors.ts';
import type { Network } from './network.ts';

export interface ChainProfile {
  readonly engine: string;
  /** Gas for one byte of calldata. */
  readonly gasPerByte: number;
  /** Largest transaction a pool takes. */
  readonly maxTxBytes: number;
  /** Transactions of one sender that a node keeps ready, unless it is configured otherwise. */
  readonly perSender: number;
  /** Slots of 32 KiB for ready transactions of all senders. */
  readonly poolSlots: number;
}

/** EIP-2028: 16 for a byte that is not zero, less for others. */
const ETHEREUM_GAS_PER_BYTE = 16;
/** Four slots of 32 KiB: go-ethereum core/txpool/legacypool (txMaxSize), Kaia blockchain/tx_pool.go (MaxTxDataSize). */
const MAX_TX_BYTES = 131_072;

/** go-ethereum: core/txpool/legacypool/legacypool.go, DefaultConfig (AccountSlots, GlobalSlots). Also taken for engines not known here. */
const ETHEREUM = {
  gasPerByte: ETHEREUM_GAS_PER_BYTE,
  maxTxBytes: MAX_TX_BYTES,
  perSender: 16,
  poolSlots: 4_096,
};

const PROFILES: readonly { readonly names: RegExp; readonly profile: ChainProfile }[] = [
  {
    // Kaia 1.0.3: params/protocol_params.go (TxDataGas), blockchain/tx_pool.go (ExecSlotsAccount, ExecSlotsAll).
    names: /^(klaytn|kaia|kscn)/i,
    profile: { engine: 'kaia', ...ETHEREUM, gasPerByte: 100 },
  },
  {
    // Hardhat's engine orders what it is given and bounds nothing.
    names: /hardhat|edr|anvil/i,
    profile: {
      engine: 'edr',
      ...ETHEREUM,
      perSender: Number.POSITIVE_INFINITY,
      poolSlots: Number.POSITIVE_INFINITY,
    },
  },
  { names: /^geth/i, profile: { engine: 'geth', ...ETHEREUM } },
];

/** @throws AppError CHAIN_* but for a node that does not say what it is */
export async function profileOf(network: Pick<Network, 'send'>): Promise<ChainProfile> {
  const name = await network.send<string>('web3_clientVersion', []).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'CHAIN_ERROR') return '';
    throw error;
  });
  const known = PROFILES.find(({ names }) => names.test(name));
  return known?.profile ?? { engine: 'unknown', ...ETHEREUM };
}

export interface Load {
  readonly lanes: number;
  readonly inFlightPerLane: number;
  /** As the nodes are configured; undefined = the engine's own. */
  readonly perSender?: number | undefined;
}

/**
 * A node drops or holds back what one sender has beyond its limit, and the lane stands still until it is sent again.
 * @returns whether the largest transactions of all lanes together fit into the pool
 * @throws AppError LANE_EXCEEDS_POOL {inFlight, perSender}
 */
export function checkPool({ maxTxBytes, poolSlots, ...profile }: ChainProfile, load: Load): boolean {
  const { lanes, inFlightPerLane, perSender = profile.perSender } = load;
  if (inFlightPerLane > perSender)
    throw new AppError('LANE_EXCEEDS_POOL', { inFlight: inFlightPerLane, perSender });
  return lanes * inFlightPerLane * Math.ceil(maxTxBytes / 32_768) <= poolSlots;
}
