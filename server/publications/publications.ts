/**
 * Copies of the public documents that the chain names by a digest and does not hold: for every gateway, witness and monitor. Bytes
 * count when they fit the digest; it does not matter who sent them.
 */
import { eventOfLeaf, type RecordedEvent } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import type { PublicationsState, WantedPublication } from '../core/operator-state.ts';
import type { Form, Named, Service } from '../services/define.ts';
import { type OpenShelf, openShelf } from './shelf.ts';
import { createSources } from './sources.ts';

export interface Publications {
  get(digest: string): Promise<Uint8Array | undefined>;
  status(): PublicationsState;
  /** There may be new leaves. */
  nudge(): void;
  /** Looks through new leaves and asks once for everything that is lacking. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface OpenPublications extends OpenShelf {
  /** Base addresses of gateways and witnesses. */
  readonly sources: readonly string[];
  /** What lies here already, among the rows of a service. */
  readonly own?: (service: Service, event: RecordedEvent, digest: Hex) => Promise<Uint8Array | undefined>;
  /** Told of what failed here, and once of each publication that is late. */
  readonly report: (error: unknown) => void;
}

interface Tried {
  readonly times: number;
  readonly againMs: number;
}

const LATE_SEC = 300;
const SHOWN = 20;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 60_000;

export async function openPublications(options: OpenPublications): Promise<Publications> {
  const { services, contracts, leaves, nowSec, report } = options;
  const shelf = await openShelf(options);
  const sources = createSources(options.sources);
  const tried = new Map<string, Tried>();
  const told = new Set<string>();
  const isLate = (sinceSec: number) => nowSec() - sinceSec > LATE_SEC;
  let last: Promise<void> = Promise.resolve();
  let isNudged = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function obtain(
    key: string,
    { service: id, form: name, digest, leafIndex }: WantedPublication,
  ): Promise<void> {
    const service = services.find((one) => one.id === id);
    const form = service?.publishes?.forms[name];
    if (service === undefined || form === undefined) return;
    const read = (bytes: Uint8Array) => fitting(form, bytes, digest);
    const own = await lyingHere(service, digest, leafIndex).catch(report);
    const found = (own && read(own)) ?? (await sources.ask(digest, form.maxBytes, read));
    if (found !== undefined) await shelf.keep(key, found.bytes, found.named);
  }

  async function lyingHere(
    service: Service,
    digest: Hex,
    leafIndex: number,
  ): Promise<Uint8Array | undefined> {
    if (options.own === undefined) return undefined;
    const event = eventOfLeaf(await leaves.leaf(leafIndex), leafIndex, contracts)!;
    return options.own(service, event, digest);
  }

  async function obtainAll(isDue: (key: string) => boolean): Promise<void> {
    await shelf.scan();
    // What is obtained may name more, which comes last.
    for (const [key, wanted] of shelf.lacking) {
      if (isStopped) return;
      if (!isDue(key)) continue;
      await obtain(key, wanted).catch(report);
      if (shelf.lacking.has(key)) missed(key, wanted);
      else tried.delete(key);
    }
  }

  function missed(key: string, { digest, service, form, leafIndex, sinceSec }: WantedPublication): void {
    const times = (tried.get(key)?.times ?? 0) + 1;
    const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1));
    tried.set(key, { times, againMs: performance.now() + pauseMs });
    if (!isLate(sinceSec) || told.has(key)) return;
    told.add(key);
    report(new AppError('PUBLICATION_LACKING', { digest, service, form, leafIndex }));
  }

  /** One after another. */
  function run(isDue: (key: string) => boolean): Promise<void> {
    const done = last.then(() => obtainAll(isDue));
    last = done.catch(() => undefined);
    return done;
  }

  async function work(): Promise<void> {
    isNudged = false;
    await run((key) => (tried.get(key)?.againMs ?? 0) <= performance.now()).catch(report);
    if (isStopped || isNudged || shelf.lacking.size === 0) return;
    let againMs = Number.POSITIVE_INFINITY;
    for (const key of shelf.lacking.keys()) againMs = Math.min(againMs, tried.get(key)?.againMs ?? 0);
    timer = setTimeout(nudge, Math.max(FIRST_PAUSE_MS, againMs - performance.now())).unref();
  }

  function nudge(): void {
    clearTimeout(timer);
    if (isNudged || isStopped) return;
    isNudged = true;
    void last.then(work);
  }

  return {
    get: shelf.get,
    status() {
      const lacking = [...shelf.lacking.values()];
      const late = lacking.filter(({ sinceSec }) => isLate(sinceSec)).length;
      return { held: shelf.held, lacking: lacking.length, late, oldest: lacking.slice(0, SHOWN) };
    },
    nudge,
    look: () => run(() => true),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      sources.stop();
      await last;
    },
  };
}

function fitting(
  form: Form,
  bytes: Uint8Array,
  digest: Hex,
): { bytes: Uint8Array; named: readonly Named[] } | undefined {
  const named = bytes.length <= form.maxBytes ? form.read(bytes, digest) : undefined;
  return named && { bytes, named };
}
