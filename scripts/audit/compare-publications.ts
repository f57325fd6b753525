/** The copies of public documents that are served here, against the digests that the chain names. */
import type { RecordedEvent } from '../../server/core/abi.ts';
import { fromBase64 } from '../../server/core/bytes.ts';
import type { Named, Publishes, Service } from '../../server/services/define.ts';
import type { Store } from '../../server/store/level.ts';
import { pages } from './compare-rows.ts';
import { type CheckReport, Comparison } from './finding.ts';

const PREFIX = 'publication:';

/** One that is lacking is no lie, only a silence: the operator's page and the witnesses tell of it. */
export async function comparePublications(
  kept: Store,
  services: readonly Service[],
  events: readonly RecordedEvent[],
): Promise<CheckReport> {
  const comparison = new Comparison('publications');
  const fitting = new Set<string>();
  for (const { publishes } of services) {
    if (publishes === undefined) continue;
    const named = events.flatMap((event) => publishes.named(event));
    // What fits may name more, which comes last.
    for (const one of named) {
      const further = await readCopy(kept, publishes, one);
      if (further === undefined) continue;
      fitting.add(PREFIX + one.digest);
      named.push(...further);
    }
  }
  for await (const { key } of pages(kept, PREFIX))
    comparison.equal(key, 'as the chain names it', fitting.has(key) ? 'as the chain names it' : 'not so');
  return comparison.report();
}

async function readCopy(kept: Store, { forms }: Publishes, { digest, form }: Named) {
  const text = await kept.get<string>(PREFIX + digest);
  return text === undefined ? undefined : forms[form]?.read(fromBase64(text), digest);
}
