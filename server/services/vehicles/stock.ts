/**
 * What a dealer has, counting what is acknowledged but not yet on the chain: `local:vehicles/pending/<organisation>/<subject>`
 * holds the last purchase and sale asked for. Once folded they stand in the view, once refused they count for nothing.
 */
import type { Hex } from '../../core/bytes.ts';
import { type EntryState, type Reading, row } from '../define.ts';
import { entryRow, type StockRow, stockRow } from './view.ts';

interface Pending {
  readonly purchase?: Hex;
  readonly sale?: Hex;
}

export const pendingKey = (organisation: string, subject: Hex): string =>
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

/** The pending row after a further purchase or sale. */
export function* pendingWith(organisation: string, subject: Hex, type: 'purchase' | 'sale', entryId: Hex) {
  const key = pendingKey(organisation, subject);
  const pending = type === 'purchase' ? {} : ((yield* row<Pending>(key)) ?? {});
  return { key, value: { ...pending, [type]: entryId } };
}

/** Acknowledged, neither folded nor refused. */
function* isAwaited(entryId: Hex | undefined): Reading<boolean> {
  if (entryId === undefined) return false;
  if ((yield* entryRow(entryId)) !== undefined) return false;
  const entry = yield* row<EntryState>(`entry:${entryId}`);
  return entry?.state !== 'refused';
}
