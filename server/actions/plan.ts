/** One request's way through a service's rule, up to what would be accepted. Nothing is written here. */
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { keccak256 } from '../core/hash.ts';
import type { OrganisationRow } from '../core/organisation.ts';
import type { Submission } from '../core/submission.ts';
import { entryIdOfSubmission } from '../core/submission-id.ts';
import type { Action, Actor, Known, Plan, Service } from '../services/define.ts';
import { isRefused } from '../services/define.ts';
import type { Op } from '../store/level.ts';
import { organisationOf, requireAccredited, requireActive, scopesNeeded } from './organisations.ts';
import { type Reader, readerOf, run } from './reading.ts';

export interface Call {
  readonly service: Service;
  readonly action: string;
  readonly actor: Actor;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  readonly bodies: readonly unknown[];
  /** Whether the caller sent a list, even of one. */
  readonly isBatch: boolean;
  /** Unix seconds: what is not signed by then is to be refused. */
  readonly deadlineSec?: number;
}

export interface Planned {
  readonly plan: Plan;
  readonly entryIds: readonly Hex[];
}

/** The answer to a write, as it is kept for a repeated request. */
export interface Answer {
  readonly entryId?: Hex;
  readonly entryIds?: readonly Hex[];
  readonly state: 'accepted' | 'done';
  readonly [member: string]: unknown;
}

/** Key of item `i`: a list is as many requests as it has items. */
export function itemKey(call: Call, i: number): string {
  return call.isBatch ? `${call.key}#${i}` : call.key;
}

/** Who the idempotency keys belong to. */
export function tenantOf(actor: Actor): string {
  return actor.kind === 'organisation' ? actor.organisation : '-';
}

function actionOf(call: Call): Action<unknown> {
  return call.service.actions[call.action] as unknown as Action<unknown>;
}

/** In whose name a call writes, as the chain knows it now; the same for all of a call's items. */
export async function authorOf(context: Context, { actor }: Call): Promise<OrganisationRow | undefined> {
  if (actor.kind !== 'organisation') return undefined;
  return organisationOf(actor.organisation, readerOf('organisations', context));
}

/** @throws AppError INPUT_INVALID | RULE_REFUSED | ORGANISATION_INACTIVE | NOT_ACCREDITED */
export async function planItem(
  context: Context,
  call: Call,
  i: number,
  author: OrganisationRow | undefined,
  reader: Reader,
): Promise<Planned> {
  const { service, actor } = call;
  const action = actionOf(call);
  const parsed = action.input.safeParse(call.bodies[i], { reportInput: true });
  if (!parsed.success)
    throw new AppError('INPUT_INVALID', { service: service.id, issues: parsed.error.issues });
  const nowSec = context.nowSec();
  if (actor.kind === 'organisation') {
    const row = requireActive(actor.organisation, author);
    if (action.schema !== undefined) requireAccredited(row, [service.id, action.schema], nowSec);
  }
  const outcome = await run(
    action.plan(parsed.data, knownTo(context, call, itemKey(call, i), nowSec)),
    reader,
  );
  if (isRefused(outcome)) {
    const { refused: code, field, details } = outcome;
    throw new AppError('RULE_REFUSED', { service: service.id, code, field, details });
  }
  requireOwn(outcome, call);
  requireScopes(outcome.submissions, author, nowSec);
  return { plan: outcome, entryIds: outcome.submissions.map(entryIdOfSubmission) };
}

export function answerOf({ plan, entryIds }: Planned): Answer {
  const [entryId] = entryIds;
  return {
    ...plan.reply,
    ...(entryId !== undefined && { entryId }),
    ...(entryIds.length > 1 && { entryIds }),
    state: entryId === undefined ? 'done' : 'accepted',
  };
}

/** Rows that must become durable together with the acceptance. */
export function opsOf(context: Context, { plan }: Planned): readonly Op[] {
  const originals = (plan.originals ?? []).map(({ entryId, document, salt }) =>
    context.vault.sealOriginal(entryId, { document, salt }),
  );
  const local = (plan.local ?? []).map(
    ({ key, value }): Op => (value === undefined ? { type: 'del', key } : { type: 'put', key, value }),
  );
  return [...originals, ...local];
}

export function knownTo(
  context: Context,
  call: Omit<Call, 'bodies' | 'isBatch' | 'key'>,
  key: string,
  nowSec: number,
): Known {
  const scope = `sillok.idempotency.1\0${call.service.id}/${call.action}\0${key}\0`;
  return {
    actor: call.actor,
    nowSec,
    chainId: context.chain.chainId,
    contracts: context.chain.contracts,
    idempotency: (n = 0) => toHex(keccak256(utf8(`${scope}${n}`))),
    subject: (kind, identifier) => context.vault.subjectReference(kind, identifier),
    salt: () => toHex(context.random(16)),
  };
}

/** A service speaks for its caller and for its own folder only: a slip in a rule must not write in another's name. */
function requireOwn(plan: Plan, { service, actor }: Call): void {
  const own = (submission: Submission) =>
    submission.to === 'casts' ||
    (actor.kind === 'organisation' &&
      submission.organisation === actor.organisation &&
      (!('service' in submission) || submission.service === service.id));
  const inFolder = (plan.local ?? []).every(({ key }) => key.startsWith(`local:${service.id}/`));
  if (!plan.submissions.every(own) || !inFolder) throw new AppError('PLAN_FOREIGN', { service: service.id });
}

/** @param author whose submissions they all are, see {@link requireOwn}. */
function requireScopes(
  submissions: readonly Submission[],
  author: OrganisationRow | undefined,
  nowSec: number,
): void {
  for (const submission of submissions) {
    const scopes = scopesNeeded(submission);
    if (scopes !== undefined && author !== undefined) requireAccredited(author, scopes, nowSec);
  }
}
