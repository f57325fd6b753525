/** Rows of a running gateway against rows folded from the chain alone, and entry states against both. */
import type { RecordedRow } from '../../server/actions/project.ts';
import type { EntryRow } from '../../server/outbox/rows.ts';
import type { Store } from '../../server/store/level.ts';
import { type CheckReport, Comparison } from './finding.ts';

/** Prefixes of rows that are a pure function of the chain. */
const FOLDED = ['view:', 'recorded:', 'figures:'];
const PAGE = 1000;

export async function compareRows(kept: Store, folded: Store): Promise<CheckReport> {
  const comparison = new Comparison('rows');
  for (const prefix of FOLDED) {
    const left = pages(folded, prefix);
    const right = pages(kept, prefix);
    let expected = await left.next();
    let found = await right.next();
    while (!expected.done || !found.done) {
      const [a, b] = [expected.done ? undefined : expected.value, found.done ? undefined : found.value];
      const isLeft = b === undefined || (a !== undefined && a.key <= b.key);
      const isRight = a === undefined || (b !== undefined && b.key <= a.key);
      comparison.equal((isLeft ? a : b)!.key, isLeft ? a!.value : undefined, isRight ? b!.value : undefined);
      if (isLeft) expected = await left.next();
      if (isRight) found = await right.next();
    }
  }
  return comparison.report();
}

/** An entry is called final if and only if its event stands in the log, and at that very leaf. */
export async function compareEntries(kept: Store, folded: Store): Promise<CheckReport> {
  const comparison = new Comparison('entries');
  for await (const { key, value } of pages<EntryRow>(kept, 'entry:')) {
    const entryId = key.slice('entry:'.length);
    const attested = await kept.get<{ batchId: string }>(`attested:${entryId}`);
    const recorded = await folded.get<RecordedRow>(`recorded:${attested?.batchId ?? entryId}`);
    if (value.state === 'final')
      comparison.equal(`${key} final at leaf`, recorded?.leafIndex, value.leafIndex);
    else if (value.state === 'refused')
      comparison.equal(`${key} refused, in the log`, undefined, recorded?.leafIndex);
  }
  return comparison.report();
}

export async function* pages<T>(
  store: Store,
  prefix: string,
): AsyncGenerator<{ key: string; value: T }, undefined> {
  for (let gte: string | undefined = prefix, gt: string | undefined; ; gte = undefined) {
    const rows: { key: string; value: T }[] = await store.range<T>({
      ...(gte === undefined ? { gt: gt! } : { gte }),
      lt: `${prefix}\uffff`,
      limit: PAGE,
    });
    yield* rows;
    if (rows.length < PAGE) return undefined;
    gt = rows.at(-1)!.key;
  }
}
