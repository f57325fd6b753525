/** What a submission must be before it is acknowledged: once it is, it has to be possible to lay it out and to sign it. */
import { castCalldata, entryWords } from '../chain/calldata.ts';
import { AppError } from '../core/errors.ts';
import { nameToBytes32 } from '../core/ids.ts';
import type { Submission } from '../core/submission.ts';
import type { Group } from './rows.ts';

const HASH = /^0x[0-9a-f]{64}$/;
/** Entries of a bundle and leaves of a batch, as the contracts bound them. */
const MAX_AUTHORISED = { records: 500, attestations: 10_000 } as const;

/** @throws AppError SUBMISSION_INVALID {reason} */
export function checkGroup({ submissions, authorisation, deadlineSec }: Group): void {
  const [first] = submissions;
  if (deadlineSec !== undefined) mustFit(deadlineSec, 2 ** 48);
  if (first === undefined) throw invalid('empty group');
  for (const submission of submissions) checkSubmission(submission);
  if (authorisation === undefined) return;
  if (first.to === 'casts') throw invalid('a ballot is signed by nobody');
  const atMost = first.to === 'records' || first.to === 'attestations' ? MAX_AUTHORISED[first.to] : 1;
  if (submissions.length > atMost) throw invalid(`more than ${atMost} under one signature`);
  if (submissions.some((submission) => unitOf(submission) !== unitOf(first))) throw invalid('mixed group');
  if (!HASH.test(authorisation.key) || !/^0x([0-9a-f]{2})*$/i.test(authorisation.signature))
    throw invalid('authorisation');
}

/** One signature covers one organisation, and a batch one schema of one service too. */
function unitOf(submission: Submission): string {
  if (submission.to === 'casts') return '';
  const { to, organisation } = submission;
  return to === 'attestations'
    ? `${to} ${organisation} ${submission.service} ${submission.schema}`
    : `${to} ${organisation}`;
}

function checkSubmission(submission: Submission): void {
  try {
    if (submission.to !== 'casts') {
      nameToBytes32(submission.organisation);
      mustBeHash(submission.idempotency);
    }
    switch (submission.to) {
      case 'records':
        for (const hash of [submission.subject, submission.commitment, submission.refersTo]) mustBeHash(hash);
        mustFit(submission.occurredAtSec, 2 ** 48);
        entryWords(submission);
        break;
      case 'attestations':
        nameToBytes32(submission.service);
        nameToBytes32(submission.schema);
        mustBeHash(submission.commitment);
        break;
      case 'attestation-status':
        nameToBytes32(submission.service);
        for (const index of submission.indexes) mustFit(index, 2 ** 32);
        mustBeHash(submission.batchId);
        break;
      case 'polls':
        for (const count of [submission.options, submission.minChoices, submission.maxChoices])
          mustFit(count, 256);
        for (const second of [submission.opensAtSec, submission.closesAtSec]) mustFit(second, 2 ** 48);
        mustBeHash(submission.content);
        break;
      case 'rolls':
        mustFit(submission.size, 2 ** 32);
        mustBeWord(submission.root, 256);
        mustBeHash(submission.pollId);
        break;
      case 'casts':
        mustBeHash(submission.pollId);
        mustBeWord(submission.choices, 64);
        if (submission.proof.length !== 8) throw invalid('proof');
        for (const number of [submission.nullifier, ...submission.proof]) mustBeWord(number, 256);
        castCalldata([submission]);
        break;
      default:
        submission satisfies never;
    }
  } catch (error) {
    throw error instanceof AppError && error.code === 'SUBMISSION_INVALID' ? error : invalid(String(error));
  }
}

function mustBeHash(value: string): void {
  if (!HASH.test(value)) throw invalid(`not 32 bytes in lower case: ${value}`);
}

function mustFit(value: number, below: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= below) throw invalid(`out of range: ${value}`);
}

function mustBeWord(decimal: string, bits: number): void {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(decimal) || BigInt(decimal) >> BigInt(bits) !== 0n)
    throw invalid(`not a number of ${bits} bits: ${decimal}`);
}

function invalid(reason: string): AppError {
  return new AppError('SUBMISSION_INVALID', { reason });
}
