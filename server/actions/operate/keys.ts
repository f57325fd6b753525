/** Organisations that will soon be unable to sign. */
import type { KeysEnding } from '../../core/operator-state.ts';
import type { OrganisationRow } from '../../core/organisation.ts';
import type { Store } from '../../store/level.ts';
import { listOrganisations } from '../organisations.ts';

/** Keys change seldom: they are looked through once in this time. */
const KEPT_MS = 60_000;

export function createKeyWatch(store: Pick<Store, 'range'>, nowMs: () => number) {
  let kept: { readonly atMs: number; readonly ends: Promise<readonly KeysEnding[]> } | undefined;

  /** Active organisations that have keys, none of which is for good. */
  async function look(): Promise<readonly KeysEnding[]> {
    const rows = await listOrganisations(store);
    return rows.filter(({ status }) => status === 'active').flatMap(endOf);
  }

  return (): Promise<readonly KeysEnding[]> => {
    if (kept === undefined || Math.abs(nowMs() - kept.atMs) >= KEPT_MS)
      kept = { atMs: nowMs(), ends: look() };
    return kept.ends;
  };
}

function endOf({ organisation, keys }: OrganisationRow): readonly KeysEnding[] {
  const ends = Object.values(keys).map(({ validToSec, compromisedAtSec }) =>
    compromisedAtSec > 0 ? compromisedAtSec : validToSec === 0 ? Number.POSITIVE_INFINITY : validToSec,
  );
  const endsAtSec = Math.max(...ends);
  return ends.length === 0 || endsAtSec === Number.POSITIVE_INFINITY ? [] : [{ organisation, endsAtSec }];
}
