/** A document with its receipt: what a holder keeps, and the checks that tie the two together. */
import { z } from 'zod';
import type { RecordedEvent } from '../core/abi.ts';
import { type Attested, provesAttestation } from '../core/attestation.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { commitmentOf, contentHash } from '../core/hash.ts';
import { bytes32ToName } from '../core/ids.ts';
import type { Trust } from './trust.ts';
import { type Check, failed, outcomeOf, passed, skipped, type Verdict } from './verdict.ts';
import { type ReceiptVerdict, type Tools, verifyReceipt } from './verify.ts';

/** The `.sillok.json` file. */
export interface DocumentFile {
  readonly sillok: 'document.1';
  readonly entryId: Hex;
  readonly document: unknown;
  /** Absent for public documents, whose hash is taken without salt. */
  readonly salt?: Hex | undefined;
  /** Only for attestations: their entry stands in a batch, and the receipt is the batch's. */
  readonly attested?: Attested | undefined;
  /** The tlog-proof text. */
  readonly receipt: string;
}

/** What a check may know beside the file. Without it nothing is said about today. */
export interface CheckContext {
  readonly nowSec?: number;
  readonly status?: 'valid' | 'suspended' | 'revoked';
}

/** What a service adds; every Service of services/define.ts fits. */
export interface ServiceChecks {
  readonly id: string;
  /** A module contract whose events all belong to the service. */
  readonly contract?: string;
  checks(event: RecordedEvent, document: unknown, context?: CheckContext): readonly Check[];
}

export interface VerifyDocument {
  readonly file: DocumentFile;
  readonly trust: Trust;
  readonly tools: Tools;
  readonly services: readonly ServiceChecks[];
  readonly context?: CheckContext;
}

const hex32 = hex(/^0x[0-9a-f]{64}$/);
const schema = z.strictObject({
  sillok: z.literal('document.1'),
  entryId: hex32,
  document: z.unknown().refine((value) => value !== undefined),
  salt: hex(/^0x[0-9a-f]{32}$/).optional(),
  attested: z
    .strictObject({
      batchId: hex32,
      index: z.int().min(0),
      count: z.int().min(1),
      proof: z.array(hex32).max(20),
    })
    .optional(),
  receipt: z.string(),
});

/** Takes text or parsed JSON, from anyone. @throws AppError DOCUMENT_MALFORMED */
export function parseDocumentFile(input: unknown): DocumentFile {
  const result = schema.safeParse(typeof input === 'string' ? parseJson(input) : input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new AppError('DOCUMENT_MALFORMED', { path: issue?.path.join('.'), reason: issue?.message });
}

export function verifyDocument({ file, trust, tools, services, context }: VerifyDocument): ReceiptVerdict {
  const verdict = verifyReceipt(file.receipt, trust, tools);
  const { event } = verdict;
  if (event === undefined) {
    const checks = [...verdict.checks, skipped('commitment-matches', 'entry-not-readable')];
    return { outcome: worse(verdict.outcome, outcomeOf(checks)), checks };
  }
  const further = serviceChecks(event, file.document, services, context);
  const own = [
    ...checkDocument(file, event, trust),
    ...checkTied(event, further, serviceChecks(event, undefined, services, context)),
  ];
  const outcome = worse(verdict.outcome, outcomeOf([...own, ...further.filter(isOfToday)], further));
  return { outcome, checks: [...verdict.checks, ...own, ...further], event };
}

/** Skipped as `offline`: what only the ledger of today knows, a revocation for instance. Nobody may take its absence for good news. */
function isOfToday({ status, details }: Check): boolean {
  return status === 'skipped' && details?.reason === 'offline';
}

/** The checks of the service that the event belongs to. Those it skips do not lower the outcome, but for `offline` ones; those that fail do. */
export function serviceChecks(
  event: RecordedEvent,
  document: unknown,
  services: readonly ServiceChecks[],
  context?: CheckContext,
): readonly Check[] {
  const name = serviceNamedBy(event);
  const service = services.find(({ id, contract }) => contract === event.contract || id === name);
  return [...checkNames(event, services), ...(service?.checks(event, document, context) ?? [])];
}

/**
 * The chain asks for the accreditation of the service or of the schema, whichever names stand together. So a schema counts only
 * under the service whose name it begins with, or whoever is accredited for one service could certify in the forms of another.
 */
function checkNames(event: RecordedEvent, services: readonly ServiceChecks[]): readonly Check[] {
  if (!('schema' in event.args)) return [];
  const [service, schema] = [readable(event.args.service), readable(event.args.schema)];
  const owner = services.find(({ id }) => schema.startsWith(`${id}.`));
  const isOwn = schema.startsWith(`${service}.`) && (owner === undefined || owner.id === service);
  return isOwn ? [] : [failed('schema-of-service', 'other-service', { service, schema })];
}

function readable(name: Hex): string {
  try {
    return bytes32ToName(name);
  } catch {
    return name;
  }
}

/** undefined for events that name no service, as changes of an attestation's status. */
function serviceNamedBy(event: RecordedEvent): string | undefined {
  if (!('service' in event.args)) return undefined;
  try {
    return bytes32ToName(event.args.service);
  } catch {
    return undefined;
  }
}

function checkDocument(file: DocumentFile, event: RecordedEvent, trust: Trust): Check[] {
  try {
    switch (event.name) {
      case 'EntryRecorded':
        return [checkEntryId(file, event.args.entryId), checkCommitment(file, event.args.commitment)];
      case 'PollCreated':
        return [checkEntryId(file, event.args.entryId), checkContent(file, event.args.content)];
      case 'BatchAnchored':
        return [checkAttestation(file, event, trust)];
      case 'BallotCast':
        return [checkEntryId(file, event.args.entryId)];
      default:
        return [failed('commitment-matches', 'no-document', { event: event.name })];
    }
  } catch (error) {
    // Names that are none, values that canonical JSON cannot hold, nesting beyond the stack: no commitment is made of them.
    if (!(error instanceof AppError || error instanceof RangeError)) throw error;
    return [failed('commitment-matches', 'not-canonical')];
  }
}

/**
 * The chain holds no commitment to a ballot: its service compares what the device kept with what was counted. So one of its checks
 * must pass with this document that does not pass without it.
 */
function checkTied(event: RecordedEvent, further: readonly Check[], blind: readonly Check[]): Check[] {
  if (event.name !== 'BallotCast') return [];
  const passes = (checks: readonly Check[], id: string) =>
    checks.some((check) => check.id === id && check.status === 'passed');
  const isTied = further.some(({ id }) => passes(further, id) && !passes(blind, id));
  return isTied ? [] : [skipped('commitment-matches', 'no-service')];
}

function checkEntryId(file: DocumentFile, entryId: Hex): Check {
  return file.entryId === entryId ? passed('entry-matches') : failed('entry-matches', 'other-entry');
}

function checkCommitment(file: DocumentFile, commitment: Hex): Check {
  if (file.salt === undefined) return failed('commitment-matches', 'no-salt');
  const same = commitmentOf(file.document, file.salt) === commitment;
  return same ? passed('commitment-matches') : failed('commitment-matches', 'other-document');
}

function checkContent(file: DocumentFile, content: Hex): Check {
  const same = file.salt === undefined && contentHash(file.document) === content;
  return same ? passed('commitment-matches') : failed('commitment-matches', 'other-document');
}

/** The leaf binds issuer, schema, position and commitment to this chain and contract, so one check says it all. */
function checkAttestation(
  file: DocumentFile,
  event: Extract<RecordedEvent, { name: 'BatchAnchored' }>,
  trust: Trust,
): Check {
  const { attested, salt } = file;
  if (attested === undefined || salt === undefined) return failed('attestation-in-batch', 'no-proof');
  const { entryId, issuer, schema, root, count } = event.args;
  if (attested.batchId !== entryId) return failed('attestation-in-batch', 'other-batch');
  if (attested.count !== count || attested.index >= count)
    return failed('attestation-in-batch', 'out-of-range');
  const leaf = {
    chainId: trust.chainId,
    contract: trust.contracts.Attestations,
    issuer: bytes32ToName(issuer),
    schema: bytes32ToName(schema),
    index: attested.index,
    commitment: commitmentOf(file.document, salt),
  };
  return provesAttestation(leaf, attested.proof, root)
    ? passed('attestation-in-batch', { index: attested.index, count })
    : failed('attestation-in-batch', 'other-document');
}

function worse(a: Verdict['outcome'], b: Verdict['outcome']): Verdict['outcome'] {
  const order = ['valid', 'unknown', 'invalid'] as const;
  return order[Math.max(order.indexOf(a), order.indexOf(b))]!;
}

function hex(pattern: RegExp) {
  return z
    .string()
    .regex(pattern)
    .transform((text) => text as Hex);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('DOCUMENT_MALFORMED', { path: '', reason: 'not JSON' }, error);
  }
}
