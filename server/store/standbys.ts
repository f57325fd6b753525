/**
 * Copies of every commit on other machines. A commit counts once enough of them have it on their disks; they get it as soon as
 * it is on ours, and the next ones are written meanwhile. A standby that knows a higher epoch was promoted: we are fenced off.
 */
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';
import type { StandbyState } from '../core/operator-state.ts';
import type { CommittedStore } from './level.ts';
import type { Position } from './record.ts';
import { writeSnapshot } from './snapshot.ts';
import { addressOf } from './standby-set.ts';

export interface Copies {
  /** @throws AppError STANDBY_MISSING | FENCED when a commit could not be copied now */
  admit(): void;
  /** undefined when nobody has to be waited for. @throws AppError FENCED */
  committed(position: Position): Promise<void> | undefined;
  /** Resolves when so many of these, or all that there are, have that commit. @throws AppError FENCED | STANDBY_MISSING when it ends */
  held(urls: readonly string[], count: number, number: number): Promise<void>;
  ready(): Promise<void>;
  states(): readonly StandbyState[];
  close(): void;
}

export const NO_COPIES: Copies = {
  admit: () => {},
  committed: () => undefined,
  held: async () => {},
  ready: async () => {},
  states: () => [],
  close: () => {},
};

/** Where a copy is kept, and the secret that it asks for. */
export interface StandbyPlace {
  readonly url: string;
  readonly token: string;
}

export interface CopyTo {
  readonly standbys: readonly StandbyPlace[];
  readonly threshold: number;
  /** Called once: another gateway holds the lanes now. */
  readonly onFenced: (error: AppError) => void;
}

interface Link extends StandbyPlace {
  head: Position | undefined;
  /** Has caught up since it was last reached. */
  isCurrent: boolean;
  /** Since when something is asked of it that it has not answered. */
  askedAtMs: number | undefined;
  error: string | undefined;
}

/** Somebody who is answered when so many of them have a commit. */
interface Waiting {
  readonly number: number;
  readonly by: readonly Link[];
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const BATCH_BYTES = 4 << 20;
const LATE_MS = 2_000;
const TIMEOUT_MS = 20_000;
const BEAT_MS = 1_000;
const AGAIN_MS = 250;
/** Only a person mends a fork. */
const FORK_AGAIN_MS = 10_000;

export function copyTo({ standbys, threshold, onFenced }: CopyTo): (source: CommittedStore) => Copies {
  return (source) => {
    const links: Link[] = standbys.map((place) => ({
      ...place,
      head: undefined,
      isCurrent: false,
      askedAtMs: undefined,
      error: undefined,
    }));
    let waiting: Waiting[] = [];
    let fenced: AppError | undefined;
    let isClosed = false;
    let wake = Promise.withResolvers<void>();
    const readiness = Promise.withResolvers<void>();
    readiness.promise.catch(() => undefined);

    const isThere = (link: Link) =>
      link.isCurrent && (link.askedAtMs === undefined || performance.now() - link.askedAtMs < LATE_MS);
    const missing = () =>
      new AppError('STANDBY_MISSING', {
        there: links.filter(isThere).length,
        threshold,
        retryAfterSec: Math.ceil(LATE_MS / 1000),
      });

    async function ask(link: Link, method: string, path: string, body?: BodyInit): Promise<Position> {
      link.askedAtMs ??= performance.now();
      const response = await fetch(new URL(path, link.url), {
        method,
        headers: {
          authorization: `Bearer ${link.token}`,
          'sillok-copies': [
            threshold,
            source.position().epoch,
            ...links.map(({ url }) => addressOf(url)),
          ].join(' '),
        },
        ...(body !== undefined && { body, duplex: 'half' }),
        ...(path !== '/snapshot' && { signal: AbortSignal.timeout(TIMEOUT_MS) }),
        redirect: 'error',
      } as RequestInit);
      const answer = (await response.json().catch(() => ({}))) as Position & { code?: string };
      link.askedAtMs = undefined;
      if (!response.ok) {
        const { code = `HTTP_${response.status}`, ...details } = answer;
        throw new AppError(code, { ...details, url: link.url });
      }
      return answer;
    }

    /** Sends what it lacks until it has all, then looks after it. */
    async function follow(link: Link): Promise<void> {
      let head = await ask(link, 'GET', '/head');
      for (;;) {
        if (isClosed) return;
        compare(head, link);
        link.head = head;
        link.error = undefined;
        const here = source.position();
        if (head.number === here.number) link.isCurrent = true;
        advance();
        if (head.number === here.number) {
          const beat = new AbortController();
          await Promise.race([wake.promise, pause(BEAT_MS, undefined, { signal: beat.signal, ref: false })]);
          beat.abort();
          if (source.position().number === head.number) {
            head = await ask(link, 'GET', '/head');
            continue;
          }
        }
        const found = await source.since(head.number, BATCH_BYTES);
        // A store that is older than its commit log cannot be had from its commits.
        const isWhole = head.number > 0 || found?.toString('hex', 16, 48) === head.hash;
        const records = isWhole ? found : undefined;
        if (records === undefined) head = await sendSnapshot(link);
        else if (records.length > 0) head = await ask(link, 'POST', '/commits', new Uint8Array(records));
      }
    }

    async function sendSnapshot(link: Link): Promise<Position> {
      link.isCurrent = false;
      const snapshot = await source.snapshot();
      try {
        return await ask(
          link,
          'POST',
          '/snapshot',
          Readable.toWeb(Readable.from(writeSnapshot(snapshot))) as BodyInit,
        );
      } finally {
        await snapshot.close();
      }
    }

    function compare(head: Position, { url }: Link): void {
      const here = source.position();
      if (head.epoch > here.epoch) throw new AppError('FENCED', { epoch: head.epoch, own: here.epoch });
      if (head.number > here.number)
        throw new AppError('STANDBY_AHEAD', { url, number: head.number, own: here.number });
      // Of older numbers we may know the hash no more; then its records, or a whole copy, are the same history by its epoch.
      const known = head.number === here.number ? here.hash : source.hashAt(head.number);
      if (known !== undefined && head.hash !== known)
        throw new AppError('STANDBY_FORK', { number: head.number });
    }

    /** Answers those whose commits enough standbys have. */
    function advance(): void {
      if (links.filter(isThere).length >= threshold) readiness.resolve();
      waiting = waiting.filter((one) => {
        const has = one.by.filter(({ head }) => (head?.number ?? 0) >= one.number);
        if (has.length < one.count) return true;
        one.resolve();
        return false;
      });
    }

    function wait(number: number, by: readonly Link[], count: number): Promise<void> {
      return new Promise((resolve, reject) => {
        if (fenced !== undefined || isClosed) return reject(fenced ?? missing());
        waiting.push({ number, by, count, resolve, reject });
        advance();
      });
    }

    function fail(error: AppError): void {
      fenced ??= error;
      readiness.reject(error);
      for (const { reject } of waiting.splice(0)) reject(error);
      onFenced(error);
    }

    /** A copy with which the gateway went on before, and does no more, answers every later one that it was promoted. */
    function endsUs({ code, details }: AppError): boolean {
      const isOlder = Number(details.epoch) < source.position().epoch;
      return code === 'STANDBY_AHEAD' || (code === 'FENCED' && !isOlder);
    }

    async function keep(link: Link): Promise<void> {
      while (!isClosed && fenced === undefined) {
        try {
          await follow(link);
        } catch (error) {
          link.isCurrent = false;
          link.askedAtMs = undefined;
          link.error = error instanceof AppError ? error.code : 'STANDBY_UNREACHABLE';
          if (error instanceof AppError && endsUs(error)) fail(error);
          await pause(link.error === 'STANDBY_FORK' ? FORK_AGAIN_MS : AGAIN_MS, undefined, { ref: false });
        }
      }
    }

    for (const link of links) void keep(link);
    return {
      admit() {
        if (fenced !== undefined) throw fenced;
        if (isClosed || links.filter(isThere).length < threshold) throw missing();
      },
      committed({ number }) {
        wake.resolve();
        wake = Promise.withResolvers();
        return wait(number, links, threshold);
      },
      held(urls, count, number) {
        const by = links.filter(({ url }) => urls.includes(addressOf(url)));
        return wait(number, by, Math.min(count, by.length));
      },
      ready: () => readiness.promise,
      states: () =>
        links.map(({ url, head, error, askedAtMs }) => {
          const late =
            askedAtMs !== undefined && performance.now() - askedAtMs >= LATE_MS ? 'STANDBY_LATE' : undefined;
          const told = error ?? late;
          return {
            url: addressOf(url),
            number: head?.number,
            lag: head === undefined ? undefined : Math.max(0, source.position().number - head.number),
            epoch: head?.epoch,
            ...(told !== undefined && { error: told }),
          };
        }),
      close() {
        isClosed = true;
        wake.resolve();
        for (const { reject } of waiting.splice(0)) reject(missing());
      },
    };
  };
}
