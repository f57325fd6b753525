/**
 * Which standbys a gateway keeps copies at. One that was away knows the set of before, and could be promoted with the consent of
 * the others of that set. So a change comes into force as a commit that as many of them have as a write needed then:
 * one of these is then asked at every promotion, and either knows the new set or has more commits than the one that was away.
 * `store:standbys` = {@link StandbySet}, the one in force.
 */
import type { CommittedStore } from './level.ts';

export interface StandbySet {
  /** In any order. */
  readonly urls: readonly string[];
  readonly threshold: number;
}

type SetRow = StandbySet & { readonly epoch: number };

const KEY = 'store:standbys';

/** Resolves when it is in force: until then nothing may be acknowledged. @throws AppError FENCED | STANDBY_AHEAD | STANDBY_MISSING */
export async function agreeOnStandbys(store: CommittedStore, { urls, threshold }: StandbySet): Promise<void> {
  const now: SetRow = { epoch: store.position().epoch, urls: urls.map(addressOf).sort(), threshold };
  const before = await store.get<SetRow>(KEY);
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  // A promotion ended the set of before: its members were fenced, or declared gone.
  if (before?.epoch === now.epoch) {
    // Not yet the new one: a kill while it waits must not make the next start forget for whom.
    await store.commit([{ type: 'put', key: KEY, value: before }]);
    // Whoever is no longer in the list was taken out by a person, and is not waited for.
    await store.held(before.urls, before.threshold, store.position().number);
  }
  await store.commit([{ type: 'put', key: KEY, value: now }]);
}

/** What tells two standbys apart: they answer at the root only. */
export function addressOf(url: string): string {
  return new URL(url).origin;
}
