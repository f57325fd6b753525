/** Records as the services submit them, and transactions that carry them signed beforehand. */
import { bundleDigest, entryWords, submitCalldata } from '../../server/chain/calldata.ts';
import { type SignedTransaction, signTransaction } from '../../server/chain/transaction.ts';
import type { Hex } from '../../server/core/bytes.ts';
import type { RecordSubmission } from '../../server/core/submission.ts';
import { benchSigner, type City, hashOf, ORGANISATION } from './city.ts';
import type { Lane } from './send.ts';

const ZERO: Hex = `0x${'00'.repeat(32)}`;

export function record(name: string): RecordSubmission {
  return {
    to: 'records',
    organisation: ORGANISATION,
    service: 'vehicles',
    schema: 'vehicles.inspection.1',
    subject: hashOf(`car ${name}`),
    commitment: hashOf(`document ${name}`),
    refersTo: ZERO,
    kind: 'create',
    occurredAtSec: 1_700_000_000,
    idempotency: hashOf(`key ${name}`),
  };
}

/** One transaction per `perBundle` records, one bundle in each, dealt to several accounts with rising nonces. */
export async function presign(
  { network, contracts, author, gas }: City,
  records: readonly RecordSubmission[],
  perBundle: number,
  lanes: number,
): Promise<readonly Lane[]> {
  const signers = Array.from({ length: lanes }, (_, i) => benchSigner(`${perBundle} lane ${i}`));
  const signed: SignedTransaction[][] = signers.map(() => []);
  for (let at = 0, turn = 0; at < records.length; at += perBundle, turn++) {
    const entries = records.slice(at, at + perBundle).map(entryWords);
    const digest = bundleDigest(ORGANISATION, entries, network.chainId, contracts);
    const signature = await author.sign(digest);
    const lane = turn % lanes;
    const transaction = {
      chainId: network.chainId,
      nonce: signed[lane]!.length,
      to: contracts.Records,
      gas: gas.transaction + entries.length * gas.record,
      data: submitCalldata([{ organisation: ORGANISATION, key: author.key, entries, signature }]),
    };
    signed[lane]!.push(await signTransaction(signers[lane]!, transaction));
  }
  return signed.map((transactions, lane) => ({ address: signers[lane]!.address, transactions }));
}
