/** Entries through the gateway, from request to cosigned checkpoint, counted in the log. */
import { setTimeout as pause } from 'node:timers/promises';
import { watchFinality } from './finality.ts';
import { type Answer, closedLoop, type Load } from './load.ts';
import { type Percentiles, percentiles } from './measure.ts';

export interface Through {
  /** Entries that the log holds of them: events, or what their batches count. */
  readonly recorded: number;
  /** From the first request to the checkpoint that covers the last entry. */
  readonly seconds: number;
  readonly ackMs: Percentiles;
  readonly finalMs: Percentiles;
  /** Processor time of the gateway's process per entry: says more than the clock on a machine that others use too. */
  readonly cpuMs: number;
}

interface Sent {
  readonly entryId: string;
  readonly startedMs: number;
}

/** Entries whose finality is looked up one by one, after the clock stopped. */
const SAMPLE = 400;
const ASKED_AT_ONCE = 8;
const PAGE = 1_000;

/** @param send everything; answers in any order. @throws Error when anything was refused */
export async function through(load: Load, send: () => Promise<readonly Answer[]>): Promise<Through> {
  const before = await logSize(load);
  const cpuBefore = await cpuSeconds(load);
  const finality = await watchFinality(load);
  try {
    const answers = await send();
    const sent = answers.map(acceptedIn);
    // The last ones of the last answers end last; the sample tells whether it was so.
    const last = sent.slice(-SAMPLE).map((items) => items.at(-1)!);
    const all = sent.flat();
    for (const { entryId } of last) await leafIndexOf(load, entryId);
    const cpuAfter = await cpuSeconds(load);
    const sample = [...all.filter((_, i) => i % Math.ceil(all.length / SAMPLE) === 0), ...last];
    const finals = await closedLoop(sample.length, ASKED_AT_ONCE, async (i) => {
      const { entryId, startedMs } = sample[i]!;
      const atMs = await finality.covered(await leafIndexOf(load, entryId));
      return { atMs, tookMs: atMs - startedMs };
    });
    const startMs = Math.min(...answers.map(({ startedMs }) => startedMs));
    const endMs = Math.max(
      await finality.covered((await logSize(load)) - 1),
      ...finals.map(({ atMs }) => atMs),
    );
    const recorded = await recordedSince(load, before);
    return {
      recorded,
      seconds: (endMs - startMs) / 1000,
      cpuMs: (1000 * (cpuAfter - cpuBefore)) / recorded,
      ackMs: percentiles(answers.map(({ startedMs, endedMs }) => endedMs - startedMs)),
      finalMs: percentiles(finals.slice(0, -last.length).map(({ tookMs }) => tookMs)),
    };
  } finally {
    await finality.stop();
  }
}

function acceptedIn({ status, text, startedMs }: Answer): Sent[] {
  const answer = JSON.parse(text) as unknown;
  const items = (Array.isArray(answer) ? answer : [{ ...(answer as object), status }]) as {
    readonly status: number;
    readonly entryId?: string;
  }[];
  return items.map((item) => {
    if (item.status !== 202 || item.entryId === undefined)
      throw new Error(`the gateway answered ${item.status}: ${JSON.stringify(item).slice(0, 300)}`);
    return { entryId: item.entryId, startedMs };
  });
}

/** Where the entry stands in the log, once it does. @throws Error when the chain refused it */
async function leafIndexOf(load: Load, entryId: string): Promise<number> {
  for (;;) {
    const entry = JSON.parse((await load.get(`/v1/entries/${entryId}`)).text);
    if (entry.state === 'refused') throw new Error(`refused: ${JSON.stringify(entry.refusal)}`);
    if (typeof entry.leafIndex === 'number') return entry.leafIndex;
    await pause(20);
  }
}

export async function logSize(load: Load): Promise<number> {
  return JSON.parse((await load.get('/v1/events?after=-1&limit=1')).text).size;
}

async function cpuSeconds(load: Load): Promise<number> {
  const { text } = await load.get('/metrics');
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

async function recordedSince(load: Load, from: number): Promise<number> {
  let recorded = 0;
  for (let after = from - 1; ; ) {
    const page = JSON.parse((await load.get(`/v1/events?after=${after}&limit=${PAGE}`)).text) as {
      readonly events: readonly { readonly name: string; readonly args: { readonly count?: number } }[];
      readonly next: number;
    };
    if (page.events.length === 0) return recorded;
    for (const { name, args } of page.events) recorded += name === 'BatchAnchored' ? (args.count ?? 0) : 1;
    after = page.next;
  }
}
