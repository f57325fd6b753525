/** Copies of the public documents that the chain names by a digest: of those taken in here, and of those that others have. */
import type { Ingest } from '../actions/ingest.ts';
import { readerOf, run } from '../actions/reading.ts';
import type { Context } from '../context.ts';
import { openPublications, type Publications } from '../publications/publications.ts';
import type { Start } from './start.ts';

interface Parts {
  readonly context: Context;
  readonly ingest: Ingest;
  readonly sources: readonly string[];
}

export async function keepPublications(
  { store, stops, logger, nowMs }: Start,
  { context, ingest, sources }: Parts,
): Promise<Publications> {
  const { services, log, chain } = context;
  const publications = await openPublications({
    ...{ services, store, sources, contracts: chain.contracts },
    leaves: { size: () => log.size, leaf: (index) => log.leaf(index) },
    own: (service, event, digest) =>
      run(service.publishes!.own(event, digest), readerOf(service.id, context)),
    nowSec: () => Math.floor(nowMs() / 1000),
    report: (error) => logger.warn({ error: String(error) }, 'publications'),
  });
  const stop = ingest.onEvents(publications.nudge);
  stops.add(() => {
    stop();
    return publications.stop();
  });
  publications.nudge();
  return publications;
}
