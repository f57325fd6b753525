/**
 * Who takes which member of a Merkle batch, where several gateways write to one chain. Of a batch the chain sees only the root, so
 * that it cannot refuse a member that stands in two of them; everything else it keeps apart by its id. One gateway, the one that
 * signs the log, gives these ids out: a row claim:<entryId> here before another gateway acknowledges one.
 */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { ClaimsState } from '../core/operator-state.ts';
import type { Op, Store } from '../store/level.ts';
import type { Desk } from './desk.ts';
import type { Reservations } from './reservations.ts';
import { BOOK, type BookRow, type ClaimRow, claimKey, entryKey } from './rows.ts';
import type { Item } from './work.ts';

export interface Holder {
  /** Made by the claiming gateway, known to it and to us: whoever has it gets its own claims again. */
  readonly holder: string;
  /** Likewise, and the same after it was restored: a thief of its token does not know it. */
  readonly origin: string;
  /** Address, as the operator of this gateway wrote it down. */
  readonly gateway: string;
  /** The {@link Book} that it has told of all that it holds. */
  readonly book: string;
  /** The highest count of that book that it has on its disk. */
  readonly seen: number;
}

/** Somebody else's; without a gateway: in the hands of the one that was asked. */
export interface Taken {
  readonly entryId: Hex;
  readonly gateway?: string;
}

export interface Answer {
  readonly taken: readonly Taken[];
  /** Commits of claims for the one that asks, this one among them; 0 when nothing was written. */
  readonly count: number;
}

/** Makes ids the caller's own, all of them or none, and answers those that are somebody else's. */
export type Claim = (entryIds: readonly Hex[]) => Promise<readonly Taken[]>;

/** A restored store has lost claims: it is another book, and complete when every gateway has told it again what it holds. */
export interface Book {
  /** Becomes another book when it is shown to be an older copy. @throws AppError CLAIMS_FORGOTTEN {book} */
  mustBeKnownTo(by: Holder): Promise<void>;
  /** @throws AppError CLAIMS_FORGOTTEN {book} */
  mustBeToldBy(by: Holder): void;
  /** @throws AppError CLAIMS_INCOMPLETE {gateway} */
  mustBeComplete(): void;
  state(): ClaimsState;
  /** One commit, also without claims: the answer tells that claims can be written. @returns the count */
  write(claims: readonly Op[], by: Holder, hasToldAll: boolean): Promise<number>;
}

export interface ClaimBook {
  /** @throws AppError CLAIMS_FORGOTTEN {book} | CLAIMS_INCOMPLETE */
  claim(entryIds: readonly Hex[], by: Holder): Promise<Answer>;
  /** What the gateway holds already: one by one, and answered is what is somebody else's all the same. @throws AppError CLAIMS_FORGOTTEN */
  tell(entryIds: readonly Hex[], by: Holder, isAll: boolean): Promise<Answer>;
  claimOf(entryId: Hex): Promise<ClaimRow | undefined>;
  /** Frees the id, in one commit with `ops`. @throws AppError CLAIM_UNKNOWN */
  releaseClaim(entryId: Hex, request: { readonly ops: readonly Op[] }): Promise<void>;
}

/** When a gateway that got no answer about its claims is worth asking again. */
export const AGAIN_SEC = 2;

export interface OpenBook {
  readonly store: Store;
  /** Addresses of those that may claim, as the operator wrote them down for this start. */
  readonly gateways: readonly string[];
  readonly isRestored: boolean;
  /** Told when it turns out to be an older copy, and of two that come with one token. */
  readonly onTrouble: (error: AppError) => void;
  readonly nowMs: () => number;
}

/** @throws AppError STORE_* */
export async function openBook({ store, gateways, isRestored, onTrouble, nowMs }: OpenBook): Promise<Book> {
  let sinceMs = nowMs();
  const known = await store.get<BookRow>(BOOK);
  let row = rowAt(known, gateways, isRestored);
  const shared = new Set<string>();
  const keep = (claims: readonly Op[]) => store.commit([...claims, { type: 'put', key: BOOK, value: row }]);
  if (!isDeepStrictEqual(row, known)) await keep([]);

  const waitsFor = () =>
    row.isRestored ? gateways.find((gateway) => !row.toldBy.includes(row.origins[gateway] ?? '')) : undefined;

  const countOf = (origin: string) => row.counts[origin] ?? 0;

  /** Whoever comes first with the token of an address, until its line is out of the file at a start. */
  function isAtHome({ gateway, origin }: Holder): boolean {
    const usual = row.origins[gateway];
    if (usual === undefined) row = { ...row, origins: { ...row.origins, [gateway]: origin } };
    if (usual === undefined || usual === origin) return true;
    if (!shared.has(gateway)) onTrouble(new AppError('CLAIMS_SHARED', { gateway }));
    shared.add(gateway);
    return false;
  }

  async function becomeAnother({ gateway, origin, seen }: Holder): Promise<void> {
    onTrouble(new AppError('CLAIMS_INCOMPLETE', { gateway, seen, count: countOf(origin) }));
    row = { ...row, ...newBook(true) };
    sinceMs = nowMs();
    await keep([]);
  }

  function forgotten(): AppError {
    return new AppError('CLAIMS_FORGOTTEN', { book: row.id });
  }

  return {
    async mustBeKnownTo(by) {
      if (by.book === row.id && isAtHome(by) && by.seen > countOf(by.origin)) await becomeAnother(by);
      if (by.book !== row.id) throw forgotten();
    },
    mustBeToldBy(by) {
      if (row.isRestored && isAtHome(by) && !row.toldBy.includes(by.origin)) throw forgotten();
    },
    mustBeComplete() {
      const gateway = waitsFor();
      if (gateway !== undefined)
        throw new AppError('CLAIMS_INCOMPLETE', { gateway, retryAfterSec: AGAIN_SEC });
    },
    state() {
      const gateway = waitsFor();
      return {
        ...(gateway !== undefined && { refusal: { code: 'CLAIMS_INCOMPLETE', gateway, sinceMs } }),
        recordedTwice: 0,
      };
    },
    async write(claims, by, hasToldAll) {
      // It told the book of before where this one has become another meanwhile.
      const isTold = hasToldAll && by.book === row.id;
      if (isAtHome(by)) row = withAnswer(row, by.origin, claims.length > 0 ? 1 : 0, isTold);
      const count = countOf(by.origin);
      await keep(claims);
      return count;
    },
  };
}

function newBook(isRestored: boolean): Pick<BookRow, 'id' | 'isRestored' | 'toldBy'> {
  return { id: randomBytes(16).toString('hex'), isRestored, toldBy: [] };
}

function rowAt(known: BookRow | undefined, gateways: readonly string[], isRestored: boolean): BookRow {
  const origins = Object.entries(known?.origins ?? {}).filter(([gateway]) => gateways.includes(gateway));
  const book = known === undefined || isRestored ? newBook(isRestored) : known;
  return { counts: {}, ...known, ...book, origins: Object.fromEntries(origins) };
}

function withAnswer(row: BookRow, origin: string, more: number, isTold: boolean): BookRow {
  return {
    ...row,
    counts: { ...row.counts, [origin]: (row.counts[origin] ?? 0) + more },
    ...(isTold && !row.toldBy.includes(origin) && { toldBy: [...row.toldBy, origin] }),
  };
}

/** @param book undefined where this gateway gives out no ids: then nobody is let in to ask for one */
export function openClaimBook(desk: Desk, reservations: Reservations, book: Book | undefined): ClaimBook {
  const { store } = desk;
  const claimOf = (entryId: Hex) => store.get<ClaimRow>(claimKey(entryId));

  function bookHere(): Book {
    if (book === undefined) throw new AppError('UNAUTHENTICATED');
    return book;
  }

  async function takeDown(entryIds: readonly Hex[], by: Holder, told?: 'some' | 'all'): Promise<Answer> {
    // Before the rows are read: what is settled meanwhile is open no more, and its row came too late for us.
    const open = entryIds.map((entryId) => desk.open.has(entryId));
    const entries = await store.getMany(entryIds.map(entryKey));
    const claims = await store.getMany<ClaimRow>(entryIds.map(claimKey));
    const taken = entryIds.flatMap((entryId, i): Taken[] => {
      if (open[i] || entries[i] !== undefined) return [{ entryId }];
      const claim = claims[i];
      return claim === undefined || claim.holder === by.holder ? [] : [{ entryId, gateway: claim.gateway }];
    });
    if (told === undefined && taken.length > 0) return { taken, count: 0 };
    const value: ClaimRow = { holder: by.holder, gateway: by.gateway, atMs: desk.nowMs() };
    const fresh = entryIds.filter((_, i) => !open[i] && entries[i] === undefined && claims[i] === undefined);
    const ops = fresh.map((entryId): Op => ({ type: 'put', key: claimKey(entryId), value }));
    return { taken, count: await bookHere().write(ops, by, told === 'all') };
  }

  return {
    async claim(entryIds, by) {
      await bookHere().mustBeKnownTo(by);
      bookHere().mustBeToldBy(by);
      bookHere().mustBeComplete();
      return reservations.hold(entryIds, () => takeDown(entryIds, by));
    },
    async tell(entryIds, by, isAll) {
      await bookHere().mustBeKnownTo(by);
      return reservations.hold(entryIds, () => takeDown(entryIds, by, isAll ? 'all' : 'some'));
    },
    claimOf,
    releaseClaim: (entryId, { ops }) =>
      reservations.hold([entryId], async () => {
        if ((await claimOf(entryId)) === undefined) throw new AppError('CLAIM_UNKNOWN', { entryId });
        await store.commit([...ops, { type: 'del', key: claimKey(entryId) }]);
      }),
  };
}

/** For the gateway that keeps the book: what it takes itself needs no row. */
export function claimHere(store: Store, book: Book | undefined): Claim {
  return async (entryIds) => {
    book?.mustBeComplete();
    const claims = await store.getMany<ClaimRow>(entryIds.map(claimKey));
    return entryIds.flatMap((entryId, i) =>
      claims[i] === undefined ? [] : [{ entryId, gateway: claims[i].gateway }],
    );
  };
}

export function isMember({ submission }: Item): boolean {
  return submission.to === 'attestations';
}
