/** What the contracts would answer to a submission they accept. */
import type { RecordedEvent } from '../../server/core/abi.ts';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { entryIdOf, keccak256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type {
  AttestationSubmission,
  PollSubmission,
  RecordSubmission,
  Submission,
} from '../../server/core/submission.ts';
import { entryIdOfSubmission } from '../../server/core/submission-id.ts';
import { ATTESTATION_STATUSES, entryStruct } from '../../server/core/typed-data.ts';

export type ChainEvent = Pick<RecordedEvent, 'name' | 'contract' | 'args'>;
type Rows = Map<string, unknown>;

export function eventOf(submission: Submission, rows: Rows): ChainEvent {
  const entryId = entryIdOfSubmission(submission);
  switch (submission.to) {
    case 'records':
      return recordEvent(entryId, submission);
    case 'attestations':
      return batchEvent(entryId, submission, rows);
    case 'polls':
      return pollEvent(entryId, submission);
    case 'rolls': {
      const { pollId, root, size } = submission;
      return { name: 'RollFrozen', contract: 'Ballots', args: { entryId, pollId, root, size } };
    }
    case 'casts': {
      const { pollId, nullifier, choices } = submission;
      return { name: 'BallotCast', contract: 'Ballots', args: { entryId, pollId, nullifier, choices } };
    }
    case 'attestation-status': {
      const { batchId, indexes } = submission;
      const organisation = nameToBytes32(submission.organisation);
      const status = ATTESTATION_STATUSES.indexOf(submission.status);
      const args = { entryId, batchId, organisation, status, indexes: [...indexes] };
      return { name: 'AttestationStatusChanged', contract: 'Attestations', args };
    }
  }
}

function recordEvent(entryId: Hex, submission: RecordSubmission): ChainEvent {
  const { idempotency: _, ...args } = entryStruct(submission);
  return {
    name: 'EntryRecorded',
    contract: 'Records',
    args: { entryId, organisation: nameToBytes32(submission.organisation), ...args },
  };
}

/** Every leaf is a batch of one: how leaves are gathered is the outbox's business. */
function batchEvent(entryId: Hex, submission: AttestationSubmission, rows: Rows): ChainEvent {
  const issuer = nameToBytes32(submission.organisation);
  const batchId = entryIdOf(issuer, toHex(keccak256(utf8(entryId))));
  rows.set(`attested:${entryId}`, { batchId, index: 0, count: 1, proof: [] });
  return {
    name: 'BatchAnchored',
    contract: 'Attestations',
    args: {
      entryId: batchId,
      issuer,
      schema: nameToBytes32(submission.schema),
      service: nameToBytes32(submission.service),
      root: submission.commitment,
      count: 1,
    },
  };
}

function pollEvent(entryId: Hex, submission: PollSubmission): ChainEvent {
  const { content, options, minChoices, maxChoices } = submission;
  return {
    name: 'PollCreated',
    contract: 'Ballots',
    args: {
      entryId,
      organisation: nameToBytes32(submission.organisation),
      content,
      options,
      minChoices,
      maxChoices,
      opensAt: submission.opensAtSec,
      closesAt: submission.closesAtSec,
      mode: 0,
    },
  };
}
