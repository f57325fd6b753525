/** What administrators did here and the chain does not tell. Row `trail:<time, milliseconds, 15 digits>-<random>` = {@link Act}. */
import { toHex } from '../core/bytes.ts';
import type { Op, Store } from '../store/level.ts';

export interface Act {
  readonly atMs: number;
  /** Prefix of the API key. */
  readonly by: string;
  readonly did:
    | 'api-key-issued'
    | 'api-key-revoked'
    | 'staff-invited'
    | 'original-erased'
    | 'backup-made'
    | 'entry-held'
    | 'entry-released'
    | 'entry-cancelled'
    | 'entry-retried'
    | 'claim-released';
  /** Prefix of a key, id of an organisation or of an entry. */
  readonly to: string;
  /** The reason that was given. */
  readonly why?: string;
}

const PREFIX = 'trail:';

interface Sources {
  nowMs(): number;
  random(bytes: number): Uint8Array;
}

export async function noteAct(sources: Sources & { store: Store }, act: Omit<Act, 'atMs'>): Promise<void> {
  await sources.store.commit([actOp(sources, act)]);
}

/** To be committed together with what was done. */
export function actOp({ nowMs, random }: Sources, act: Omit<Act, 'atMs'>): Op {
  const atMs = nowMs();
  const key = `${PREFIX}${String(atMs).padStart(15, '0')}-${toHex(random(4)).slice(2)}`;
  return { type: 'put', key, value: { atMs, ...act } satisfies Act };
}

/** Newest first. */
export async function listActs(store: Store, limit: number): Promise<readonly Act[]> {
  const rows = await store.range<Act>({ gte: PREFIX, lt: `${PREFIX}\uffff`, limit, reverse: true });
  return rows.map(({ value }) => value);
}
