/**
 * Who takes which member of a Merkle batch, where several gateways write to one chain. Of a batch the chain sees only the root, so
 * that it cannot refuse a member that stands in two of them; everything else it keeps apart by its id. One gateway, the one that
 * signs the log, gives these ids out: a row claim:<entryId> here before another gateway acknowledges one.
 */
import { randomBytes } from 'node:crypto';
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
  /** Address, as the operator of this gateway wrote it down. */
  readonly gateway: string;
  /** The {@link Book} that it has told of all that it holds. */
  readonly book: string;
}

/** Somebody else's; without a gateway: in the hands of the one that was asked. */
export interface Taken {
  readonly entryId: Hex;
  readonly gateway?: string;
}

/** Makes ids the caller's own, all of them or none, and answers those that are somebody else's. */
export type Claim = (entryIds: readonly Hex[]) => Promise<readonly Taken[]>;

/** A restored store has lost claims: it is another book, and complete when every gateway has told it again what it holds. */
export interface Book {
  readonly id: string;
  /** @throws AppError CLAIMS_INCOMPLETE {gateway} */
  mustBeComplete(): void;
  state(): ClaimsState;
  completedBy(gateway: string): Promise<void>;
}

export interface ClaimBook {
  /** @throws AppError CLAIMS_FORGOTTEN {book} | CLAIMS_INCOMPLETE */
  claim(entryIds: readonly Hex[], by: Holder): Promise<readonly Taken[]>;
  /** What the gateway holds already: one by one, and answered is what is somebody else's all the same. @throws AppError CLAIMS_FORGOTTEN */
  tell(entryIds: readonly Hex[], by: Holder, isAll: boolean): Promise<readonly Taken[]>;
  claimOf(entryId: Hex): Promise<ClaimRow | undefined>;
  /** Frees the id, in one commit with `ops`. @throws AppError CLAIM_UNKNOWN */
  releaseClaim(entryId: Hex, request: { readonly ops: readonly Op[] }): Promise<void>;
}

/** When a gateway that got no answer about its claims is worth asking again. */
export const AGAIN_SEC = 2;

export async function openBook(
  store: Store,
  gateways: readonly string[],
  isRestored: boolean,
  nowMs: () => number,
): Promise<Book> {
  const sinceMs = nowMs();
  const known = isRestored ? undefined : await store.get<BookRow>(BOOK);
  let row: BookRow = known ?? {
    id: randomBytes(16).toString('hex'),
    waitsFor: isRestored ? gateways : [],
  };
  const keep = () => store.commit([{ type: 'put', key: BOOK, value: row }]);
  if (known === undefined) await keep();
  const waitsFor = () => row.waitsFor.find((one) => gateways.includes(one));
  return {
    id: row.id,
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
    async completedBy(gateway) {
      row = { ...row, waitsFor: row.waitsFor.filter((one) => one !== gateway) };
      await keep();
    },
  };
}

/** @param book undefined where this gateway gives out no ids: then nobody is let in to ask for one */
export function openClaimBook(desk: Desk, reservations: Reservations, book: Book | undefined): ClaimBook {
  const { store } = desk;
  const claimOf = (entryId: Hex) => store.get<ClaimRow>(claimKey(entryId));

  function mustBeKnown(by: Holder): void {
    if (by.book !== book?.id) throw new AppError('CLAIMS_FORGOTTEN', { book: book?.id });
  }

  async function takeDown(
    entryIds: readonly Hex[],
    { holder: own, gateway }: Holder,
    isAllOrNone: boolean,
  ): Promise<readonly Taken[]> {
    // Before the rows are read: what is settled meanwhile is open no more, and its row came too late for us.
    const open = entryIds.map((entryId) => desk.open.has(entryId));
    const entries = await store.getMany(entryIds.map(entryKey));
    const claims = await store.getMany<ClaimRow>(entryIds.map(claimKey));
    const taken = entryIds.flatMap((entryId, i): Taken[] => {
      if (open[i] || entries[i] !== undefined) return [{ entryId }];
      const claim = claims[i];
      return claim === undefined || claim.holder === own ? [] : [{ entryId, gateway: claim.gateway }];
    });
    if (isAllOrNone && taken.length > 0) return taken;
    const value: ClaimRow = { holder: own, gateway, atMs: desk.nowMs() };
    const fresh = entryIds.filter((_, i) => !open[i] && entries[i] === undefined && claims[i] === undefined);
    if (fresh.length > 0)
      await store.commit(fresh.map((entryId): Op => ({ type: 'put', key: claimKey(entryId), value })));
    return taken;
  }

  return {
    async claim(entryIds, by) {
      mustBeKnown(by);
      book?.mustBeComplete();
      return reservations.hold(entryIds, () => takeDown(entryIds, by, true));
    },
    async tell(entryIds, by, isAll) {
      mustBeKnown(by);
      const taken = await reservations.hold(entryIds, () => takeDown(entryIds, by, false));
      if (isAll) await book?.completedBy(by.gateway);
      return taken;
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
