/** The gateway that follows the log: claims members of batches where the log is signed, and tells again what it holds to one that forgot. */
import { randomBytes } from 'node:crypto';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { ClaimsState } from '../core/operator-state.ts';
import { fetchText } from '../log/fetch.ts';
import type { Store } from '../store/level.ts';
import { AGAIN_SEC, type Answer, type Claim, type Taken } from './claims.ts';
import { CLAIMANT, type ClaimantRow, under } from './rows.ts';

export interface Claimant {
  readonly claim: Claim;
  /** Looks from now on whether the other gateway has forgotten claims. @param openMembers accepted here and not yet final */
  watch(openMembers: () => readonly Hex[]): void;
  state(): ClaimsState;
  close(): void;
}

export interface OpenClaimant {
  readonly store: Store;
  /** Of the gateway that signs the log. */
  readonly gateway: string;
  /** As that one has it. */
  readonly own: { readonly url: string; readonly token: string };
  /** The store cannot know all that it had claimed: those claims are no longer its own. */
  readonly isRestored: boolean;
  /** Told when the other gateway begins to give no answer, and of members that both have recorded. */
  readonly onTrouble: (error: AppError) => void;
  readonly nowMs: () => number;
}

interface Question {
  readonly entryIds: readonly Hex[];
  readonly book: string;
  readonly told?: 'some' | 'all';
}

const TIMEOUT_MS = 5_000;
const MAX_LENGTH = 4 << 20;
const LOOK_EVERY_MS = 5_000;
const SLICE = 5_000;

/** @throws AppError STORE_* */
export async function openClaimant(options: OpenClaimant): Promise<Claimant> {
  const { store, gateway, own, onTrouble, nowMs } = options;
  let row = await rowOf(store, options.isRestored);
  /** On the disk. */
  let kept = row;
  let refusal: ClaimsState['refusal'];
  const twice = new Set<Hex>();
  let telling: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let openMembers: () => readonly Hex[] = () => [];

  async function ask({ told, ...question }: Question): Promise<Answer> {
    const { holder, origin } = row;
    const seen = question.book === row.book ? row.seen : 0;
    const { status, text } = await fetchText(`${gateway}/v1/claims`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      maxLength: MAX_LENGTH,
      body: JSON.stringify({ holder, origin, seen, ...question, ...(told && { told }) }),
      headers: { authorization: `Bearer ${own.token}`, 'content-type': 'application/json' },
    }).catch((error: unknown) => {
      throw unreachable(gateway, error);
    });
    if (status === 401) throw new AppError('CLAIMS_REFUSED', { gateway, retryAfterSec: AGAIN_SEC });
    const heard = parsed(text);
    if (heard?.code === 'CLAIMS_FORGOTTEN' || heard?.code === 'CLAIMS_INCOMPLETE')
      throw new AppError(heard.code, { ...heard.details });
    const answer = status === 200 ? answerIn(heard, question.entryIds) : undefined;
    if (answer === undefined) throw unreachable(gateway, `status ${status}`);
    return answer;
  }

  /** Before a claim is acted upon: a copy of the book that is older is known by what was seen. */
  async function see(count: number): Promise<void> {
    if (kept.book === row.book && count <= kept.seen) return;
    row = { ...row, seen: Math.max(row.seen, count) };
    await keep();
  }

  async function keep(): Promise<void> {
    const value = row;
    await store.commit([{ type: 'put', key: CLAIMANT, value }]);
    kept = value;
  }

  /** What is open is asked for first: from there an entry moves to the rows that are read then. */
  async function tellAll(book: string): Promise<void> {
    const tell = async (entryIds: readonly Hex[]): Promise<void> => {
      for (const one of (await ask({ book, entryIds, told: 'some' })).taken)
        if (one.gateway !== own.url) {
          twice.add(one.entryId);
          onTrouble(new AppError('RECORDED_TWICE', { ...one }));
        }
    };
    const open = openMembers();
    for (let at = 0; at < open.length; at += SLICE) await tell(open.slice(at, at + SLICE));
    const { gte: prefix, lt } = under('attested');
    for (let gt = prefix; ; ) {
      const rows = await store.range({ gt, lt, limit: SLICE });
      if (rows.length === 0) break;
      gt = rows.at(-1)!.key;
      await tell(rows.map(({ key }) => key.slice(prefix.length) as Hex));
    }
    const { count } = await ask({ book, entryIds: [], told: 'all' });
    row = { ...row, book, seen: count };
    await keep();
  }

  async function askAndSee(entryIds: readonly Hex[]): Promise<readonly Taken[]> {
    const { book } = row;
    const { taken, count } = await ask({ book, entryIds });
    // The other one was not told of this claim.
    if (book !== row.book) throw unreachable(gateway, 'it is another book since');
    await see(count);
    return taken;
  }

  async function claimOrTell(entryIds: readonly Hex[]): Promise<readonly Taken[]> {
    try {
      return await askAndSee(entryIds);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CLAIMS_FORGOTTEN') throw error;
      telling ??= tellAll(String(error.details.book)).finally(() => {
        telling = undefined;
      });
      await telling;
      return askAndSee(entryIds);
    }
  }

  const claim: Claim = async (entryIds) => {
    try {
      const taken = await claimOrTell(entryIds);
      // Where some are taken, nothing had to be written.
      if (taken.length === 0) refusal = undefined;
      return taken;
    } catch (error) {
      const known = error as AppError;
      if (refusal === undefined) onTrouble(known);
      refusal = { code: known.code, gateway, sinceMs: refusal?.sinceMs ?? nowMs() };
      throw known.code === 'CLAIMS_FORGOTTEN' ? unreachable(gateway, known) : known;
    }
  };

  return {
    claim,
    watch(members) {
      openMembers = members;
      const look = () => void claim([]).catch(() => undefined);
      look();
      timer = setInterval(look, LOOK_EVERY_MS).unref();
    },
    state: () => ({ ...(refusal !== undefined && { refusal }), recordedTwice: twice.size }),
    close: () => clearInterval(timer),
  };
}

async function rowOf(store: Store, isRestored: boolean): Promise<ClaimantRow> {
  const known = await store.get<ClaimantRow>(CLAIMANT);
  if (known !== undefined && !isRestored) return known;
  const random = () => randomBytes(16).toString('hex');
  const value: ClaimantRow = { holder: random(), origin: known?.origin ?? random(), book: '', seen: 0 };
  await store.commit([{ type: 'put', key: CLAIMANT, value }]);
  return value;
}

function unreachable(gateway: string, cause: unknown): AppError {
  return new AppError('CLAIMS_UNREACHABLE', { gateway, retryAfterSec: AGAIN_SEC }, cause);
}

interface Heard extends Partial<Answer> {
  readonly code?: string;
  readonly details?: Record<string, unknown>;
}

function parsed(text: string): Heard | undefined {
  try {
    return (JSON.parse(text) as Heard | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** undefined when the answer is not about what was asked. */
function answerIn(heard: Heard | undefined, asked: readonly Hex[]): Answer | undefined {
  const known = new Set(asked);
  const { taken, count } = heard ?? {};
  if (!Array.isArray(taken) || !Number.isSafeInteger(count)) return undefined;
  const isWhole = taken.every((one) => known.has(one?.entryId) && typeof one.gateway === 'string');
  return isWhole ? { taken, count: count! } : undefined;
}
