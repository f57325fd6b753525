/** Splits submissions of one organisation into what is signed as one: a bundle, a batch, or a single act. */

import type { ContractAddresses } from '../core/abi.ts';
import { attestationLeaf, attestationRoot, attestationRows } from '../core/attestation.ts';
import { AppError } from '../core/errors.ts';
import type { AttestationSubmission, RecordSubmission, Submission } from '../core/submission.ts';
import { entryIdOfSubmission } from '../core/submission-id.ts';
import type { ToSign } from '../core/typed-data.ts';
import { batchIdempotency } from '../outbox/compose.ts';

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
