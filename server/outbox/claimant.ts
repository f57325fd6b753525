/** The gateway that follows the log: claims members of batches where the log is signed, and tells again what it holds to one that forgot. */
import { randomBytes } from 'node:crypto';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { ClaimsState } from '../core/operator-state.ts';
import { fetchText } from '../log/fetch.ts';
import type { Store } from '../store/level.ts';
import { AGAIN_SEC, type Claim, type Taken } from './claims.ts';
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
  let refusal: ClaimsState['refusal'];
  const twice = new Set<Hex>();
  let telling: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let openMembers: () => readonly Hex[] = () => [];

  async function ask({ told, ...question }: Question): Promise<readonly Taken[]> {
    const { status, text } = await fetchText(`${gateway}/v1/claims`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      maxLength: MAX_LENGTH,
      body: JSON.stringify({ holder: row.holder, ...question, ...(told && { told }) }),
      headers: { authorization: `Bearer ${own.token}`, 'content-type': 'application/json' },
    }).catch((error: unknown) => {
      throw unreachable(gateway, error);
    });
    if (status === 401) throw new AppError('CLAIMS_REFUSED', { gateway, retryAfterSec: AGAIN_SEC });
    const answer = parsed(text);
    if (answer?.code === 'CLAIMS_FORGOTTEN' || answer?.code === 'CLAIMS_INCOMPLETE')
      throw new AppError(answer.code, { ...answer.details });
    const taken = status === 200 ? takenIn(answer, question.entryIds) : undefined;
    if (taken === undefined) throw unreachable(gateway, `status ${status}`);
    return taken;
  }

  /** What is open is asked for first: from there an entry moves to the rows that are read then. */
  async function tellAll(book: string): Promise<void> {
    const tell = async (entryIds: readonly Hex[]): Promise<void> => {
      for (const one of await ask({ book, entryIds, told: 'some' }))
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
    await ask({ book, entryIds: [], told: 'all' });
    row = { ...row, book };
    await store.commit([{ type: 'put', key: CLAIMANT, value: row }]);
  }

  async function claimOrTell(entryIds: readonly Hex[]): Promise<readonly Taken[]> {
    try {
      return await ask({ book: row.book, entryIds });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CLAIMS_FORGOTTEN') throw error;
      telling ??= tellAll(String(error.details.book)).finally(() => {
        telling = undefined;
      });
      await telling;
      return ask({ book: row.book, entryIds });
    }
  }

  const claim: Claim = async (entryIds) => {
    try {
      const taken = await claimOrTell(entryIds);
      refusal = undefined;
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
  const value: ClaimantRow = { holder: randomBytes(16).toString('hex'), book: '' };
  await store.commit([{ type: 'put', key: CLAIMANT, value }]);
  return value;
}

function unreachable(gateway: string, cause: unknown): AppError {
  return new AppError('CLAIMS_UNREACHABLE', { gateway, retryAfterSec: AGAIN_SEC }, cause);
}

interface Answer {
  readonly taken?: readonly Taken[];
  readonly code?: string;
  readonly details?: Record<string, unknown>;
}

function parsed(text: string): Answer | undefined {
  try {
    return (JSON.parse(text) as Answer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** undefined when the answer is not about what was asked. */
function takenIn(answer: Answer | undefined, asked: readonly Hex[]): readonly Taken[] | undefined {
  const known = new Set(asked);
  const { taken } = answer ?? {};
  const isWhole =
    Array.isArray(taken) && taken.every((one) => known.has(one?.entryId) && typeof one.gateway === 'string');
  return isWhole ? taken : undefined;
}
