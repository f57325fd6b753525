/**
 * What a dealer has, counting what is acknowledged but not yet on the chain: `local:vehicles/pending/<organisation>/<subject>`
 * holds the last purchase and sale asked for. Once folded they stand in the view, once refused they count for nothing.
 * `local:vehicles/bought/<organisation>/<newest first>/<subject>` lists purchases in the order of asking.
 */
import type { Hex } from '../../core/bytes.ts';
import { type EntryState, type Plan, type Reading, row, rows } from '../define.ts';
import { entryRow, type StockRow, stockRow } from './view.ts';

interface Pending {
  readonly purchase?: Hex;
  readonly sale?: Hex;
}

/** More purchases than one dealer makes while the chain takes its time. */
const MAX_AWAITED = 100;
/** Far beyond any time in seconds, so that its complement sorts the newest first. */
const END_OF_TIME = 10 ** 12;

const boughtRange = (organisation: string): string => `local:vehicles/bought/${organisation}/`;

const pendingKey = (organisation: string, subject: Hex): string =>
  `local:vehicles/pending/${organisation}/${subject}`;

/** The car as its dealer sees it: `sale` set = sold. undefined = never bought. */
export function* stockOf(organisation: string, subject: Hex): Reading<StockRow | undefined> {
  const known = yield* stockRow(organisation, subject);
  const pending = (yield* row<Pending>(pendingKey(organisation, subject))) ?? {};
  const bought = yield* isAwaited(pending.purchase);
  const sold = yield* isAwaited(pending.sale);
  const base = bought ? { purchase: pending.purchase! } : known;
  return base !== undefined && sold ? { ...base, sale: pending.sale! } : base;
}

/** The rows that a further purchase or sale leaves. */
export function* rowsAfter(
  type: 'purchase' | 'sale',
  { organisation, subject, entryId }: { organisation: string; subject: Hex; entryId: Hex },
  nowSec: number,
): Reading<NonNullable<Plan['local']>> {
  const key = pendingKey(organisation, subject);
  if (type === 'sale') return [{ key, value: { ...(yield* row<Pending>(key)), sale: entryId } }];
  const listed = `${boughtRange(organisation)}${String(END_OF_TIME - nowSec).padStart(12, '0')}/${subject}`;
  return [
    { key, value: { purchase: entryId } },
    { key: listed, value: subject },
  ];
}

/** Cars bought lately whose purchase is acknowledged and no more, newest first. */
export function* awaitedCars(organisation: string): Reading<readonly Hex[]> {
  const subjects: Hex[] = [];
  for (const { value } of yield* rows<Hex>(boughtRange(organisation), MAX_AWAITED)) {
    const pending = yield* row<Pending>(pendingKey(organisation, value));
    const isListed = (yield* stockRow(organisation, value)) !== undefined || subjects.includes(value);
    if (!isListed && (yield* isAwaited(pending?.purchase))) subjects.push(value);
  }
  return subjects;
}

/** Acknowledged, neither folded nor refused. */
function* isAwaited(entryId: Hex | undefined): Reading<boolean> {
  if (entryId === undefined) return false;
  if ((yield* entryRow(entryId)) !== undefined) return false;
  const entry = yield* row<EntryState>(`entry:${entryId}`);
  return entry?.state !== 'refused';
}
