/** Every action of every service -> POST /v1/{service}/{action}, and …/prepare for staff who sign themselves. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Drafts, Signature } from '../actions/drafts.ts';
import { whileStandbysAreThere } from '../actions/patience.ts';
import type { Outcome, Performer } from '../actions/perform.ts';
import type { Call } from '../actions/plan.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { EntryStatus } from '../outbox/entry.ts';
import type { Service } from '../services/define.ts';
import { deadlineOf } from './deadline.ts';
import { actorOf } from './identity.ts';
import { languageOf } from './language.ts';
import { waitOf } from './prefer.ts';
import { problemOf } from './problems.ts';
import { type Asked, type Route, route } from './route.ts';

const MAX_BATCH = 1000;

const hex = (bytes?: number) =>
  z
    .string()
    .regex(new RegExp(`^0x([0-9a-f]{2}){${bytes ?? '1,8192'}}$`, 'i'))
    .transform((text) => text.toLowerCase() as Hex);

/** What staff send after signing what `prepare` showed. */
const signedDraft = z.strictObject({
  draft: z.string().max(64),
  signatures: z.array(z.strictObject({ key: hex(32), signature: hex() })).max(MAX_BATCH),
});

export function actionRoutes(context: Context, performer: Performer, drafts: Drafts): readonly Route[] {
  return context.services.flatMap((service) =>
    Object.entries(service.actions).flatMap(([name, action]): Route[] => {
      const common = {
        method: 'post',
        tag: service.id,
        access: action.access,
        scope: `${service.id}/${name}`,
        body: action.input,
        ...(action.reply !== undefined && { answer: action.reply }),
        isRaw: true,
        isWrite: true,
        example: action.example,
        summary: action.summary,
      } as const;
      const write = route({
        ...common,
        path: `/v1/${service.id}/${name}`,
        status: 202,
        problems: [
          'INPUT_INVALID',
          'IDEMPOTENCY_KEY_REUSED',
          'NOT_ACCREDITED',
          'DEADLINE_PASSED',
          'QUEUE_FULL',
        ],
        handle: (asked, response) => write_(service, name, asked, response),
      });
      if (action.access === 'anonymous') return [write];
      const prepare = route({
        ...common,
        access: 'session',
        path: `/v1/${service.id}/${name}/prepare`,
        summary: {
          ko: `${action.summary.ko}: 서명할 내용 준비`,
          en: `${action.summary.en}: prepare what is to be signed`,
        },
        problems: ['INPUT_INVALID', 'NOT_ACCREDITED'],
        handle: (asked, response) => prepare_(service, name, asked, response),
      });
      return [write, prepare];
    }),
  );

  async function write_(service: Service, action: string, asked: Asked, response: Response): Promise<void> {
    const { caller, body, request } = asked;
    const isDraft = caller.kind === 'session' && typeof body === 'object' && body !== null && 'draft' in body;
    const key = isDraft ? '' : idempotencyKeyOf(request);
    const deadlineSec = deadlineOf(request, context.nowMs());
    const call = {
      ...callOf(service, action, asked, key),
      ...(deadlineSec !== undefined && { deadlineSec }),
    };
    const outcomes = await whileStandbysAreThere(
      context.store,
      isDraft
        ? submitDraft(call, asked)
        : performer.perform(call, { unsignedOnly: caller.kind === 'session' }),
    );
    const entries = await waitFor(outcomes, waitOf(request, response));
    if (outcomes.every((outcome) => 'answer' in outcome && outcome.isReplay))
      response.setHeader('Idempotency-Replayed', 'true');
    if (call.isBatch || outcomes.length !== 1) {
      const language = languageOf(request.headers['accept-language']);
      const items = outcomes.map((outcome, i) => {
        if ('answer' in outcome) return answerTo(outcome, entries[i]);
        const error = problemOf(outcome.error, language, context.services);
        return { status: error.status, error };
      });
      response.status(207).json(items);
      return;
    }
    const [outcome] = outcomes as [Outcome];
    if ('error' in outcome) throw outcome.error;
    const { status, ...answer } = answerTo(outcome, entries[0]);
    if (answer.entryId !== undefined) response.setHeader('Location', `/v1/entries/${answer.entryId}`);
    response.status(status).json(answer);
  }

  async function submitDraft(call: Call, { body, caller }: Asked): Promise<readonly Outcome[]> {
    const parsed = signedDraft.safeParse(body, { reportInput: true });
    if (!parsed.success) throw new AppError('INPUT_INVALID', { issues: parsed.error.issues });
    if (caller.kind !== 'session') throw new AppError('DRAFT_UNKNOWN');
    const { draft, signatures } = parsed.data;
    return drafts.submit(draft, caller.session.id, call, signatures as readonly Signature[]);
  }

  async function prepare_(service: Service, action: string, asked: Asked, response: Response): Promise<void> {
    if (asked.caller.kind !== 'session') throw new AppError('UNAUTHENTICATED');
    const key = idempotencyKeyOf(asked.request);
    const language = languageOf(asked.request.headers['accept-language']);
    const prepared = await drafts.prepare(callOf(service, action, asked, key), asked.caller.session.id);
    const entries = prepared.entries.map((entry) =>
      'error' in entry ? { error: problemOf(entry.error, language, context.services) } : entry,
    );
    response.json({ ...prepared, entries });
  }

  function waitFor(outcomes: readonly Outcome[], waitSec: number | undefined) {
    if (waitSec === undefined) return Promise.resolve([]);
    return Promise.all(
      outcomes.map((outcome) => {
        const entryId = 'answer' in outcome ? outcome.answer.entryId : undefined;
        return entryId === undefined ? undefined : context.outbox.whenState(entryId, 'final', waitSec * 1000);
      }),
    );
  }
}

function callOf(service: Service, action: string, { body, caller }: Asked, key: string): Call {
  const isBatch = Array.isArray(body);
  const bodies = isBatch ? body : [body];
  if (bodies.length === 0) throw new AppError('BATCH_EMPTY');
  if (bodies.length > MAX_BATCH) throw new AppError('BATCH_TOO_LARGE', { max: MAX_BATCH });
  return { service, action, actor: actorOf(caller), key, bodies, isBatch };
}

/** 202 accepted; 201 recorded within the wait; 200 nothing was to be recorded, or the chain refused it (see `refusal`). */
function answerTo(outcome: Extract<Outcome, { answer: unknown }>, entry: EntryStatus | undefined) {
  const { answer } = outcome;
  if (entry === undefined) return { status: answer.state === 'done' ? 200 : 202, ...answer };
  const { state, refusal, leafIndex, elsewhere } = entry;
  const status = state === 'refused' ? 200 : state === 'final' || state === 'receipted' ? 201 : 202;
  return {
    status,
    ...answer,
    state,
    ...(refusal !== undefined && { refusal }),
    ...(leafIndex !== undefined && { leafIndex }),
    ...(elsewhere && { elsewhere }),
  };
}

function idempotencyKeyOf(request: Request): string {
  const key = request.headers['idempotency-key'];
  if (key === undefined) throw new AppError('IDEMPOTENCY_KEY_MISSING');
  // '#' separates an item's number in a list.
  if (typeof key !== 'string' || !/^[\x21\x22\x24-\x7e]{8,100}$/.test(key))
    throw new AppError('IDEMPOTENCY_KEY_MALFORMED');
  return key;
}
