/**
 * Splits submissions of one organisation into what is signed as one: a bundle, a batch, or a single act. The gateway prepares
 * with it what staff sign, and their page makes the same from what it shows.
 */
import type { ContractAddresses } from './abi.ts';
import { attestationLeaf, attestationRoot, attestationRows } from './attestation.ts';
import { concat, fromHex, type Hex, toHex } from './bytes.ts';
import { AppError } from './errors.ts';
import { keccak256 } from './hash.ts';
import type { AttestationSubmission, RecordSubmission, Submission } from './submission.ts';
import { entryIdOfSubmission } from './submission-id.ts';
import type { ToSign } from './typed-data.ts';

/** Entries the contract takes in one bundle. */
const MAX_BUNDLE = 500;

export interface SignedUnit {
  readonly submissions: readonly Submission[];
  readonly toSign: ToSign;
}

export function signedUnits(
  submissions: readonly Submission[],
  chain: { readonly chainId: number; readonly contracts: ContractAddresses },
): readonly SignedUnit[] {
  const records = submissions.filter((one) => one.to === 'records');
  const attestations = submissions.filter((one) => one.to === 'attestations');
  const units: SignedUnit[] = [];
  for (let at = 0; at < records.length; at += MAX_BUNDLE)
    units.push(bundle(records.slice(at, at + MAX_BUNDLE)));
  for (const group of Map.groupBy(attestations, ({ schema }) => schema).values())
    units.push(batch(group, chain));
  for (const one of submissions) {
    if (one.to === 'casts') throw new AppError('NOTHING_TO_SIGN');
    if (one.to !== 'records' && one.to !== 'attestations') units.push({ submissions: [one], toSign: one });
  }
  return units;
}

function bundle(entries: readonly RecordSubmission[]): SignedUnit {
  return { submissions: entries, toSign: { to: 'bundle', organisation: entries[0]!.organisation, entries } };
}

function batch(
  group: readonly AttestationSubmission[],
  { chainId, contracts }: { readonly chainId: number; readonly contracts: ContractAddresses },
): SignedUnit {
  const { organisation, service, schema } = group[0]!;
  const leaves = group.map(({ commitment }, index) =>
    attestationLeaf({
      chainId,
      contract: contracts.Attestations,
      issuer: organisation,
      schema,
      index,
      commitment,
    }),
  );
  return {
    submissions: group,
    toSign: {
      to: 'batch',
      organisation,
      service,
      schema,
      root: attestationRoot(attestationRows(leaves)),
      count: group.length,
      idempotency: batchIdempotency(group.map(entryIdOfSubmission)),
    },
  };
}

/** Follows from the members, so that staff who sign a batch in their page and the outbox name it alike. */
export function batchIdempotency(entryIds: readonly Hex[]): Hex {
  return toHex(keccak256(concat(...entryIds.map(fromHex))));
}
