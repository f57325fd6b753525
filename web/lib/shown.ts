/** The gateway prepares what is signed and may lie: the page makes every commitment again from the documents that it shows. */
import { attestationLeaf, attestationRoot, attestationRows } from '../../server/core/attestation.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { commitmentOf } from '../../server/core/hash.ts';
import { bytes32ToName, nameToBytes32 } from '../../server/core/ids.ts';
import type { TypedData } from '../../server/core/typed-data.ts';
import type { Prepared, PreparedEntry } from './signing.ts';

/** Whether the values to sign commit to the shown documents, all of them and nothing else. */
export function commitsToShown({ entries, toSign }: Prepared): boolean {
  const isOwn = ({ to, document, salt, commitment }: PreparedEntry) =>
    to !== 'records' && to !== 'attestations'
      ? true
      : document !== undefined && salt !== undefined && commitmentOf(document, salt) === commitment;
  if (!entries.every(isOwn)) return false;
  const records = entries.filter(({ to }) => to === 'records').map(({ commitment }) => commitment);
  const bundled = toSign.flatMap(({ typedData }) => commitmentsOf(typedData));
  const isSame = records.length === bundled.length && records.every((one, i) => one === bundled[i]);
  return (
    isSame &&
    toSign.every(({ typedData }) => typedData.primaryType !== 'Batch' || isBatchOf(typedData, entries))
  );
}

function commitmentsOf({ primaryType, message }: TypedData): Hex[] {
  if (primaryType !== 'Bundle') return [];
  return (message.entries as readonly { readonly commitment: Hex }[]).map(({ commitment }) => commitment);
}

function isBatchOf({ domain, message }: TypedData, entries: readonly PreparedEntry[]): boolean {
  const { issuer, schema, root, count } = message as { issuer: Hex; schema: Hex; root: Hex; count: number };
  const own = entries.filter(
    (entry) => entry.to === 'attestations' && nameToBytes32(entry.schema ?? '') === schema,
  );
  const leaves = own.map(({ commitment }, index) =>
    attestationLeaf({
      chainId: domain.chainId,
      contract: domain.verifyingContract,
      issuer: bytes32ToName(issuer),
      schema: bytes32ToName(schema),
      index,
      commitment: commitment!,
    }),
  );
  return own.length === count && attestationRoot(attestationRows(leaves)) === root;
}
