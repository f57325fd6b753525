/**
 * What signed-in staff are about to sign: planned once, shown, signed in their page, then accepted as it was shown.
 * Drafts hold personal documents, so they live in memory only, for minutes, and belong to one session.
 */
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { contentHash } from '../core/hash.ts';
import type { Submission } from '../core/submission.ts';
import { digestOf, type TypedData, typedDataOf } from '../core/typed-data.ts';
import { type SignedUnit, signedUnits } from '../core/units.ts';
import type { Group } from '../outbox/outbox.ts';
import type { Op } from '../store/level.ts';
import { noting, type Reads } from './guard.ts';
import { createLocks } from './locks.ts';
import type { Outcome } from './perform.ts';
import { idempotencyRow } from './perform.ts';
import { type Answer, answerOf, authorOf, type Call, opsOf, type Planned, planItem } from './plan.ts';
import { overlaid, type Reader, readerOf } from './reading.ts';
import { withStanding } from './standing.ts';

const LIFE_SEC = 600;
const MAX_PER_SESSION = 16;

export interface Signature {
  /** keccak256 of the ERC-7913 signer. */
  readonly key: Hex;
  readonly signature: Hex;
}

/** A submission with its entryId and, where it has one, the document behind its commitment. */
export type PreparedEntry = Submission & {
  readonly entryId: Hex;
  readonly document?: unknown;
  readonly salt?: Hex;
};

/** What a page shows before the signature. */
export interface Prepared {
  readonly draft: string;
  readonly expiresAtSec: number;
  /** What would be recorded, in order; for an item of a list that cannot be, why not. */
  readonly entries: readonly (PreparedEntry | { readonly error: AppError })[];
  readonly toSign: readonly { readonly typedData: TypedData; readonly digest: Hex }[];
}

export interface Drafts {
  prepare(call: Call, session: string): Promise<Prepared>;
  /** The same draft twice has one outcome. @throws AppError DRAFT_UNKNOWN | SIGNATURE_REFUSED */
  submit(
    draft: string,
    session: string,
    call: Call,
    signatures: readonly Signature[],
  ): Promise<readonly Outcome[]>;
}

interface Draft {
  readonly session: string;
  readonly expiresAtMs: number;
  readonly call: Call;
  readonly items: readonly (Planned | { readonly error: AppError })[];
  readonly units: readonly SignedUnit[];
  /** Local rows the rules saw: the draft is stale when they changed. */
  readonly seen: ReadonlyMap<string, Hex>;
}

/** Row under the draft's id: null where an item was refused. */
interface Kept {
  readonly answers: readonly (Answer | null)[];
}

/** A local read, as it is noted in {@link Draft.seen}. */
interface Asked {
  readonly get?: string;
  readonly range?: string;
  readonly limit?: number;
  readonly after?: string;
}

export function createDrafts(context: Context): Drafts {
  const drafts = new Map<string, Draft>();
  const locks = createLocks();

  async function prepare(call: Call, session: string): Promise<Prepared> {
    forgetOld(session);
    const id = Buffer.from(context.random(18)).toString('base64url');
    const changes = new Map<string, unknown>();
    const seen = new Map<string, Hex>();
    const reader = recording(overlaid(readerOf(call.service.id, context), changes), seen, changes);
    const author = await authorOf(context, call);
    const items: (Planned | { readonly error: AppError })[] = [];
    for (let i = 0; i < call.bodies.length; i++)
      try {
        const planned = await planItem(context, call, i, author, reader);
        for (const { key, value } of planned.plan.local ?? []) changes.set(key, value);
        items.push(planned);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (!call.isBatch) throw error;
        items.push({ error });
      }
    const submissions = items.flatMap((item) => ('plan' in item ? item.plan.submissions : []));
    const units = signedUnits(submissions, context.chain);
    const expiresAtMs = context.nowMs() + LIFE_SEC * 1000;
    drafts.set(id, { session, expiresAtMs, call, items, units, seen });
    return {
      draft: id,
      expiresAtSec: Math.floor(expiresAtMs / 1000),
      entries: items.flatMap((item): Prepared['entries'] => ('error' in item ? [item] : shown(item))),
      toSign: units.map(({ toSign }) => {
        const typedData = typedDataOf(toSign, context.chain.chainId, context.chain.contracts);
        return { typedData, digest: digestOf(typedData) };
      }),
    };
  }

  async function submit(
    id: string,
    session: string,
    { service, action, actor, deadlineSec }: Call,
    signatures: readonly Signature[],
  ): Promise<readonly Outcome[]> {
    return locks.hold(id, async () => {
      const row = idempotencyRow(
        { service, action, actor, key: '', bodies: [], isBatch: false },
        `draft.${id}`,
      );
      const kept = await context.store.get<Kept>(row);
      if (kept !== undefined) return kept.answers.map(replayOf);
      const draft = drafts.get(id);
      if (draft === undefined || !belongs(draft, session, service.id, action))
        throw new AppError('DRAFT_UNKNOWN');
      const groups = (await authorise(draft, signatures)).map((group) => ({
        ...group,
        ...(deadlineSec !== undefined && { deadlineSec }),
      }));
      const planned = draft.items.filter((item) => 'plan' in item);
      const answers = draft.items.map((item) => ('plan' in item ? answerOf(item) : undefined));
      const ops: Op[] = planned.flatMap((item) => opsOf(context, item));
      await context.guard.run(
        service.id,
        (reads) => requireFresh(draft, reads),
        () => planned.flatMap(({ plan }) => (plan.local ?? []).map(({ key }) => key)),
        () =>
          context.outbox
            .accept({ groups, ops: [...ops, { type: 'put', key: row, value: { answers } }] })
            .catch(async (error: AppError) => Promise.reject(await withStanding(context, error))),
      );
      drafts.delete(id);
      return draft.items.map((item, i) => ('plan' in item ? { answer: answers[i]!, isReplay: false } : item));
    });
  }

  async function authorise(draft: Draft, signatures: readonly Signature[]): Promise<readonly Group[]> {
    if (signatures.length !== draft.units.length)
      throw new AppError('SIGNATURE_REFUSED', { reason: `${draft.units.length} signatures expected` });
    return Promise.all(
      draft.units.map(async ({ submissions, toSign }, i) => {
        const { key, signature } = signatures[i]!;
        const digest = digestOf(typedDataOf(toSign, context.chain.chainId, context.chain.contracts));
        const reason = await context.chain.authorise(toSign.organisation, key, digest, signature);
        if (reason !== 'None') throw new AppError('SIGNATURE_REFUSED', { reason });
        return { submissions, authorisation: { key, signature } };
      }),
    );
  }

  /** @throws AppError DRAFT_UNKNOWN when a local row changed that the rules had seen */
  async function requireFresh(draft: Draft, reads: Reads): Promise<void> {
    const reader = noting(readerOf(draft.call.service.id, context), reads);
    for (const [asked, hash] of draft.seen) {
      const { get, range, limit, after } = JSON.parse(asked) as Asked;
      const now = get !== undefined ? await reader.get(get) : await reader.range(range!, limit!, after);
      if (hashOf(now) !== hash) throw new AppError('DRAFT_UNKNOWN');
    }
  }

  function forgetOld(session: string): void {
    for (const [id, { expiresAtMs }] of drafts) if (expiresAtMs <= context.nowMs()) drafts.delete(id);
    const own = [...drafts].filter(([, draft]) => draft.session === session);
    for (const [id] of own.slice(0, Math.max(0, own.length - MAX_PER_SESSION + 1))) drafts.delete(id);
  }

  function belongs(draft: Draft, session: string, service: string, action: string): boolean {
    return (
      draft.session === session &&
      draft.expiresAtMs > context.nowMs() &&
      draft.call.service.id === service &&
      draft.call.action === action
    );
  }

  return { prepare, submit };
}

function shown({ plan, entryIds }: Planned): readonly PreparedEntry[] {
  return plan.submissions.map((submission, i) => {
    const entryId = entryIds[i]!;
    const original = plan.originals?.find((one) => one.entryId === entryId);
    return {
      ...submission,
      entryId,
      ...(original !== undefined && { document: original.document, salt: original.salt }),
    };
  });
}

function replayOf(answer: Answer | null): Outcome {
  return answer === null ? { error: new AppError('DRAFT_UNKNOWN') } : { answer, isReplay: true };
}

/** Notes a hash of each local row that was read and that this draft did not write itself. */
function recording(reader: Reader, seen: Map<string, Hex>, own: ReadonlyMap<string, unknown>): Reader {
  return {
    async get(key) {
      const value = await reader.get(key);
      if (key.startsWith('local:') && !own.has(key)) seen.set(JSON.stringify({ get: key }), hashOf(value));
      return value;
    },
    async range(prefix, limit, after) {
      const rows = await reader.range(prefix, limit, after);
      const touched = [...own.keys()].some((key) => key.startsWith(prefix));
      if (prefix.startsWith('local:') && !touched)
        seen.set(JSON.stringify({ range: prefix, limit, after }), hashOf(rows));
      return rows;
    },
  };
}

function hashOf(value: unknown): Hex {
  return contentHash(value ?? null);
}
