/** The chain's first block and the nodes' keys: all that the members have to agree on before there is a chain. */
import { randomBytes } from 'node:crypto';
import { computeAddress, encodeRlp, SigningKey } from 'ethers';
import type { Hex } from '../../server/core/bytes.ts';

export interface NodeKey {
  /** 64 hexadecimal digits, as the engine reads it. */
  readonly secret: string;
  /** The account that seals blocks, lower case. */
  readonly validator: Hex;
  /** Public key without its 04, the name on the peer-to-peer network. */
  readonly nodeId: string;
}

/** secp256k1; randomBytes below the group's order with overwhelming probability, else SigningKey refuses it. */
export function makeNodeKey(): NodeKey {
  const key = new SigningKey(randomBytes(32));
  return {
    secret: key.privateKey.slice(2),
    validator: computeAddress(key.publicKey).toLowerCase() as Hex,
    nodeId: key.publicKey.slice(4),
  };
}

const NOBODY = `0x${'00'.repeat(20)}`;
/** Blocks after which votes that found no majority are forgotten: a day at one block a second. */
const EPOCH = 86_400;

/**
 * Istanbul BFT with fixed validators, all rules of the EVM up to Cancun from the first block, no minting, and a base fee that can be nothing
 * but zero, so that an account without any balance may send.
 */
export function makeGenesis(chainId: number, validators: readonly Hex[], timeSec: number): object {
  const forks = ['istanbul', 'london', 'ethTxType', 'magma', 'kore', 'shanghai', 'cancun', 'kaia'];
  return {
    config: {
      chainId,
      ...Object.fromEntries(forks.map((name) => [`${name}CompatibleBlock`, 0])),
      // Round robin among all: the committee is never a part of them.
      istanbul: { epoch: EPOCH, policy: 0, sub: 64 },
      unitPrice: 0,
      // Ethereum's tries, so that its receipt proofs hold.
      deriveShaImpl: 0,
      governance: {
        governingNode: NOBODY,
        // More than half of the validators; in the other modes a single one could change the rest.
        governanceMode: 'ballot',
        govParamContract: NOBODY,
        reward: {
          mintingAmount: 0,
          ratio: '100/0/0',
          kip82ratio: '0/100',
          useGiniCoeff: false,
          deferredTxFee: true,
          stakingUpdateInterval: 86_400,
          proposerUpdateInterval: 3_600,
          minimumStake: 0,
        },
        kip71: {
          lowerboundbasefee: 0,
          upperboundbasefee: 0,
          gastarget: 30_000_000,
          maxblockgasusedforbasefee: 60_000_000,
          basefeedenominator: 20,
        },
      },
    },
    timestamp: `0x${timeSec.toString(16)}`,
    extraData: istanbulExtra(validators),
    governanceData: null,
    blockScore: '0x1',
    alloc: {},
    number: '0x0',
    gasUsed: '0x0',
    parentHash: `0x${'00'.repeat(32)}`,
  };
}

/** 32 bytes of vanity, then the list of validators, an empty seal and no committed seals (EIP-650). */
function istanbulExtra(validators: readonly Hex[]): string {
  const list = encodeRlp([[...validators].sort(), `0x${'00'.repeat(65)}`, []]);
  return `0x${'00'.repeat(32)}${list.slice(2)}`;
}
