/** Questions to the contracts before anything is accepted, so that what they would refuse costs nobody a place in the queue. */
import type { Network } from '../chain/network.ts';
import { type ContractAddresses, type ContractName, interfaces } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { REFUSALS } from '../core/contracts.generated.ts';
import { AppError } from '../core/errors.ts';
import { mayFail } from '../core/faults.ts';
import { nameToBytes32 } from '../core/ids.ts';
import type { CastSubmission } from '../core/submission.ts';

export interface ChainQuestions {
  /** Whether a signature is the organisation's word now, wallet and passkey alike: `None`, or the name of the refusal. */
  authorise(organisation: string, key: Hex, digest: Hex, signature: Hex): Promise<string>;
  /** Whether a ballot would be counted at that time, its proof included: `None`, or the name of the refusal. */
  refusalOf(ballot: CastSubmission, timeSec: number): Promise<string>;
}

/** Enough for a proof or a passkey's signature, whose checks refuse to run near the end of their gas. */
const GAS = '0x4c4b40';

const NONE = 'None';

/** The call was executed and failed, as the contract says; anything else is a node that did not answer. */
const isRevert = (error: unknown): boolean => error instanceof AppError && error.code === 'CHAIN_ERROR';

export function askChain(network: Network, contracts: ContractAddresses): ChainQuestions {
  /**
   * A refusal counts when more nodes than may lie give one; otherwise the entry is taken in, and the contract judges.
   * @param otherwise answer when the call reverts: garbage may make a verifier do that instead of saying no
   */
  async function ask(
    contract: ContractName,
    name: string,
    values: unknown[],
    otherwise: string,
  ): Promise<string> {
    const coder = interfaces[contract];
    const call = { to: contracts[contract], data: coder.encodeFunctionData(name, values), gas: GAS };
    const params = [call, 'latest'];
    /** What no contract answers is the node's own word, and as little worth as its refusal. */
    const read = (answer: Hex): string => {
      try {
        return REFUSALS[Number(coder.decodeFunctionResult(name, answer)[0])] ?? otherwise;
      } catch {
        return otherwise;
      }
    };
    const refusal = await network.send<Hex>('eth_call', params).then(read, (error: unknown) => {
      if (isRevert(error)) return otherwise;
      throw error;
    });
    if (refusal === NONE) return NONE;
    const answers = await network.everywhere<Hex>('eth_call', params);
    const refusing = answers.filter((answer) =>
      answer.status === 'fulfilled' ? read(answer.value) !== NONE : isRevert(answer.reason),
    );
    return refusing.length > mayFail(answers.length) ? refusal : NONE;
  }

  return {
    authorise: (organisation, key, digest, signature) =>
      ask(
        'Organisations',
        'authorise',
        [nameToBytes32(organisation), key, digest, signature],
        'BadSignature',
      ),
    refusalOf: ({ pollId, choices, nullifier, proof }, timeSec) =>
      ask('Ballots', 'refusalOf', [[pollId, choices, nullifier, proof], timeSec], 'BadProof'),
  };
}
