/** Clients that never give up: each keeps a journal of what it asked for, what was acknowledged, and every state it was shown. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { courseOf, inspectionOf } from '../../scripts/bench/documents.ts';
import type { Hex } from '../../server/core/bytes.ts';
import type { EntryState } from '../../server/outbox/entry.ts';

/** One entry that a client wants recorded. */
export interface Wish {
  readonly path: string;
  readonly idempotency: string;
  readonly body: unknown;
  /** Known from the first 202 on. */
  entryId?: Hex;
  /** States in the order in which they were shown. */
  readonly shown: EntryState[];
}

export interface ClientsOptions {
  /** Gateways by address, tried in turn; one that does not answer is left for the next. */
  readonly urls: readonly string[];
  /** API key that may write vehicles and credentials, at each of them. */
  readonly key: string;
  readonly count?: number;
  /** Between two wishes of one client; 0 when absent. */
  readonly restMs?: number;
}

/** What an answer says of a wish: kept, to be asked again, or never. */
type Outcome = 'acknowledged' | 'again';

const ANSWER_WITHIN_MS = 10_000;
const REST_MS = 50;
/** Wishes whose state is asked for again and again: the oldest that are not done, and the newest whatever they are. */
const WATCHED = 16;
/** VINs that one run may use before they are another's. */
const RUN = 5_000;
let runs = randomBytes(2).readUInt16BE();

export class Clients {
  readonly journal: Wish[] = [];
  /** Answers that are neither a promise nor a reason to come again: a fault must never cause one. */
  readonly complaints: string[] = [];
  /** How often they were sent away for now, by problem code. */
  readonly refusals = new Map<string, number>();
  readonly #options: ClientsOptions;
  readonly #asking = new Set<Promise<unknown>>();
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  #next = 0;
  #rounds = 0;
  /** VINs and numbers of this run are nobody else's. */
  readonly #first = (runs++ % 180) * RUN;
  /** Both may be changed while they run. */
  restMs: number;
  key: string;

  constructor(options: ClientsOptions) {
    this.#options = options;
    this.restMs = options.restMs ?? 0;
    this.key = options.key;
  }

  get acknowledged(): readonly (Wish & { readonly entryId: Hex })[] {
    return this.journal.filter((wish): wish is Wish & { entryId: Hex } => wish.entryId !== undefined);
  }

  start(): void {
    this.#isStopped = false;
    const clients = Array.from({ length: this.#options.count ?? 6 }, (_, i) => this.#client(i));
    this.#running = Promise.all([...clients, this.#watch()]);
  }

  /** Resolves when so many more are acknowledged, however long that takes. @throws Error with the first complaint */
  more(count: number): Promise<void> {
    return this.#growth(count, () => this.acknowledged.length);
  }

  /** Resolves when so many more were shown with a receipt. @throws Error with the first complaint */
  receipted(count: number): Promise<void> {
    return this.#growth(count, () => this.journal.filter(({ shown }) => shown.at(-1) === 'receipted').length);
  }

  async #growth(count: number, size: () => number): Promise<void> {
    const wanted = size() + count;
    while (size() < wanted) {
      if (this.complaints.length > 0) throw new Error(this.complaints[0]);
      await pause(20);
    }
  }

  /** Resolves when whatever is under way now has its answer. */
  async answered(): Promise<void> {
    await Promise.allSettled([...this.#asking]);
  }

  /** Lets every client end its request. Wishes without a promise stay in the journal: they may have been recorded or not. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** Asks again for everything, promised or not, until each wish has its entry or there is a complaint. A promise must not change. */
  async settle(): Promise<void> {
    for (const wish of this.journal) {
      const before = wish.entryId;
      while ((await this.#ask(wish, 0)) !== 'acknowledged') {
        if (this.complaints.length > 0) return;
        await pause(REST_MS);
      }
      if (before !== undefined && wish.entryId !== before)
        this.complaints.push(`${wish.path} ${wish.idempotency}: first ${before}, now ${wish.entryId}`);
    }
  }

  async #client(index: number): Promise<void> {
    while (!this.#isStopped) {
      const wish = this.#wish(index);
      this.journal.push(wish);
      while (!this.#isStopped && (await this.#ask(wish, index)) === 'again') await pause(REST_MS);
      if (this.restMs > 0) await pause(this.restMs);
    }
  }

  #wish(client: number): Wish {
    const number = this.#next++;
    const isRecord = client % 3 !== 2;
    return {
      path: isRecord ? '/v1/vehicles/register-inspection' : '/v1/credentials/issue-course',
      idempotency: randomBytes(12).toString('hex'),
      body: isRecord ? inspectionOf(this.#first + number) : courseOf(number),
      shown: [],
    };
  }

  async #ask(wish: Wish, client: number): Promise<Outcome> {
    const asking = this.#askNow(wish, client);
    this.#asking.add(asking);
    return asking.finally(() => this.#asking.delete(asking));
  }

  async #askNow(wish: Wish, client: number): Promise<Outcome> {
    const { urls } = this.#options;
    for (let turn = 0; turn < urls.length; turn++) {
      const url = urls[(client + turn) % urls.length]!;
      const response = await fetch(`${url}${wish.path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.key}`,
          'content-type': 'application/json',
          'idempotency-key': wish.idempotency,
        },
        body: JSON.stringify(wish.body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      }).catch(() => undefined);
      const body = await response?.json().catch(() => undefined);
      if (response === undefined || body === undefined) continue;
      if (response.status === 202 || response.status === 200) {
        // A repeated request gets its first answer again, state and all: no news.
        if (wish.entryId === undefined) wish.shown.push(body.state);
        wish.entryId = body.entryId;
        return 'acknowledged';
      }
      if (![429, 502, 503, 504, 507].includes(response.status))
        this.complaints.push(`${wish.path}: ${response.status} ${JSON.stringify(body).slice(0, 300)}`);
      else this.refusals.set(body.code, 1 + (this.refusals.get(body.code) ?? 0));
    }
    return 'again';
  }

  /** Resolves when all that is watched was asked for from now on. */
  async looked(): Promise<void> {
    // The round under way began before.
    const wanted = this.#rounds + 2;
    while (this.#rounds < wanted) await pause(REST_MS);
  }

  /** Follows a few wishes closely: states in between are seldom seen by asking once. */
  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      const open = this.acknowledged.filter(({ shown }) => shown.at(-1) !== 'receipted');
      for (const wish of new Set([...open.slice(0, WATCHED), ...this.acknowledged.slice(-WATCHED)])) {
        if (this.#isStopped) return;
        const response = await fetch(`${this.#options.urls[0]}/v1/entries/${wish.entryId}`, {
          headers: { authorization: `Bearer ${this.key}` },
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        }).catch(() => undefined);
        const body = await response?.json().catch(() => undefined);
        if (response?.status !== 200 || body === undefined || wish.shown.at(-1) === body.state) continue;
        wish.shown.push(body.state);
        if (body.state === 'refused')
          this.complaints.push(`${wish.entryId} refused: ${JSON.stringify(body.refusal)}`);
      }
      this.#rounds += 1;
      await pause(REST_MS);
    }
  }
}
