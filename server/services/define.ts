/**
 * The shape every service fills. A service is a value: schemas, pure rules, a fold over events, checks and words.
 * Whatever has an effect is done by the driver in server/actions, which runs the generators below: a service asks for rows by
 * yielding, gets them back, and answers with a plan. It never touches a clock, a disk or a random source.
 */
import type { z } from 'zod';
import type { ContractAddresses, EventName, RecordedEvent } from '../core/abi.ts';
import { fromBase64, type Hex } from '../core/bytes.ts';
import type { Original } from '../core/original.ts';
import type { Submission } from '../core/submission.ts';
import type { CheckContext } from '../verify/document.ts';
import type { Check } from '../verify/verdict.ts';

export type { Attested } from '../core/attestation.ts';
export type { Original } from '../core/original.ts';

export interface Text {
  readonly ko: string;
  readonly en: string;
}

/** Text by stable code: labels, refusals, check names. */
export type Words = Readonly<Record<string, Text>>;

/**
 * Row keys name what is read:
 * - `view:<service>/…`    folded from chain events, the same at every gateway
 * - `local:<service>/…`   kept by this gateway only (codes, drafts); never part of an audit
 * - `original:<entryId>`  the off-chain document of an entry, {@link Original}; undefined once erased
 * - `attested:<entryId>`  `Attested` of core/attestation.ts: where it stands in its batch
 * - `entry:<entryId>`     {@link EntryState}: how far the gateway is with an acknowledged entry
 * - `publication:<digest>` base64 of what a service {@link Publishes}, once it is here; see {@link published}
 */
export type Read =
  | { readonly get: string }
  | { readonly range: string; readonly limit: number; readonly after?: string };
export interface Row<T> {
  readonly key: string;
  readonly value: T;
}
export type Reading<T> = Generator<Read, T, unknown>;

export function* row<T>(key: string): Reading<T | undefined> {
  return (yield { get: key }) as T | undefined;
}

/** Rows whose key starts with `range`, in key order. `after` continues behind a key. */
export function* rows<T>(range: string, limit = 100, after?: string): Reading<readonly Row<T>[]> {
  return (yield after === undefined ? { range, limit } : { range, limit, after }) as readonly Row<T>[];
}

/** Checked against its digest when it came. */
export function* published(digest: Hex): Reading<Uint8Array | undefined> {
  const text = yield* row<string>(`publication:${digest}`);
  return text === undefined ? undefined : fromBase64(text);
}

/** The outcome of a rule that needs no rows. */
export function* ready<T>(outcome: T): Reading<T> {
  yield* [];
  return outcome;
}

/** Only the state matters to a rule: whether an acknowledged entry was refused by the chain. */
export interface EntryState {
  readonly state: 'accepted' | 'signed' | 'sent' | 'mined' | 'final' | 'receipted' | 'refused';
}

/** Who asks. An organisation by its short name (bytes32 short string on chain); a citizen stays anonymous. */
export type Actor =
  | { readonly kind: 'organisation'; readonly organisation: string; readonly isCity: boolean }
  | { readonly kind: 'anonymous' };

/** What the driver knows and a pure rule may use. */
export interface Known {
  readonly actor: Actor;
  readonly nowSec: number;
  readonly chainId: number;
  /** Addresses of the contracts, lower case. */
  readonly contracts: ContractAddresses;
  /** keccak256 of the request's idempotency key within its action; `n` tells several submissions of one request apart. */
  idempotency(n?: number): Hex;
  /** Keyed reference (HMAC-SHA-256 with the city's secret) of a guessable identifier: never the identifier itself. */
  subject(kind: string, identifier: string): Hex;
  /** 16 fresh random bytes. */
  salt(): Hex;
}

/** What an accepted action does, all in one durable step. */
export interface Plan {
  readonly submissions: readonly Submission[];
  readonly originals?: readonly (Original & { readonly entryId: Hex })[];
  /** `value` undefined removes the row. Keys start with `local:<service>/`. */
  readonly local?: readonly { readonly key: string; readonly value: unknown }[];
  /** Further members of the answer, beside entryId and state. Public to the caller; kept for a replayed request. */
  readonly reply?: Readonly<Record<string, unknown>>;
}

/** An expected refusal by a rule: a code with words in the service, and the offending values. */
export interface Refused {
  readonly refused: string;
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Action<Input = never> {
  readonly summary: Text;
  /** Strict schema (unknown keys refused), units in names. Its metadata makes the OpenAPI part and the form. */
  readonly input: z.ZodType<Input>;
  /** `anonymous` actions take no credentials at all, not even optional ones. */
  readonly access: 'organisation' | 'anonymous';
  /** Accreditation looked up before the rule runs: schema the organisation must hold (or the service). */
  readonly schema?: string;
  readonly example: unknown;
  /** Keeps rows of this gateway and puts nothing on the ledger. */
  readonly isLocal?: true;
  /** Members of its plans' `reply`; absent when they have none. */
  readonly reply?: z.ZodObject;
  plan(input: Input, known: Known): Reading<Plan | Refused>;
}

export interface Query<Input = never> {
  readonly summary: Text;
  /** Route below /v1/{service}/, with `{name}` for path members, e.g. `polls/{pollId}`. */
  readonly path: string;
  /** Path members and query string together, all strings at the edge: use z.coerce or transforms. */
  readonly input: z.ZodType<Input>;
  readonly access: 'public' | 'organisation';
  /**
   * `post`: the input comes as a body and stands in no URL, so in no log and no history: for identifiers of people's things and
   * for secrets. Nothing is recorded either way. Default `get`.
   */
  readonly method?: 'get' | 'post';
  readonly example: unknown;
  /** What `answer` gives, for the API's description and its client. */
  readonly output: z.ZodType;
  /** undefined = 404 */
  answer(input: Input, known: Known): Reading<unknown>;
}

/** One change of a view row; `value` undefined removes it. Keys start with `view:<service>/`. */
export interface ViewChange {
  readonly key: string;
  readonly value: unknown;
}

export interface FigureKind {
  readonly label: Text;
  /**
   * Counts per hour and day are given in full multiples of this, rounded down: for acts of people who stay anonymous, whose
   * coming could otherwise be read from a count that moves by one.
   */
  readonly step?: number;
}

/** What is under way now. Names of columns are those of the open data; a column ending in `Sec` is Unix time. */
export interface FigureList {
  readonly title: Text;
  readonly columns: Readonly<Record<string, Text>>;
  /** From rows of the own view alone. */
  rows(nowSec: number): Reading<readonly Readonly<Record<string, string | number>>[]>;
}

/** What a service counts of itself for everybody. Nothing in it may point at a person. */
export interface Figures {
  /** Entries by kind; each entry is of one kind at most. */
  readonly kinds: Readonly<Record<string, FigureKind>>;
  /** What else there is to count, such as cars; its count may fall again. */
  readonly things?: Readonly<Record<string, Text>>;
  /** What this event adds to kinds and things. Runs before {@link Service.fold}: rows are as they were before the event. */
  count(event: RecordedEvent): Reading<Readonly<Record<string, number>>>;
  readonly lists?: Readonly<Record<string, FigureList>>;
}

/** A document that is known by a digest. */
export interface Named {
  readonly digest: Hex;
  /** One of {@link Publishes.forms}. */
  readonly form: string;
}

export interface Form {
  readonly maxBytes: number;
  /** The bytes may come from a stranger: undefined unless the digest is theirs and they have this form; else what they name in turn. */
  read(bytes: Uint8Array, digest: Hex): readonly Named[] | undefined;
}

/**
 * Public documents that the chain names by a digest and does not hold. Each gateway and each witness gets a copy and keeps it for
 * good: nothing private, and nothing that may have to be erased, can be among them.
 */
export interface Publishes {
  readonly forms: Readonly<Record<string, Form>>;
  /** Those that name anything. */
  readonly events: readonly EventName[];
  /** What this event names. */
  named(event: RecordedEvent): readonly Named[];
  /** From rows of the gateway that took it in. `digest` is named by the event, or by what the event names. */
  own(event: RecordedEvent, digest: Hex): Reading<Uint8Array | undefined>;
}

export interface Service {
  readonly id: string;
  readonly title: Text;
  readonly summary: Text;
  /** Schemas this service writes; EntryRecorded and BatchAnchored events are routed by their `service`. */
  readonly schemas: readonly string[];
  /** A module contract whose events all belong to this service (they name no service themselves). */
  readonly contract?: 'Ballots';
  readonly actions: Readonly<Record<string, Action>>;
  readonly queries: Readonly<Record<string, Query>>;
  /** Pure fold: what this event changes in the service's view. Called once per event of this service, in log order. */
  fold(event: RecordedEvent): Reading<readonly ViewChange[]>;
  /** Raised with every change of what {@link Service.fold} writes: the rows are then made again at the next start. 1 when absent. */
  readonly foldVersion?: number;
  /** Named checks beyond the log's own, for a receipt with its document (undefined when only the receipt is at hand). */
  checks(event: RecordedEvent, document: unknown, context?: CheckContext): readonly Check[];
  readonly words: Words;
  /** Without it only the number of entries is counted. */
  readonly figures?: Figures;
  readonly publishes?: Publishes;
}

/** Fixes the input type of one action while the registry sees them all alike. */
export function defineAction<Input>(action: Action<Input>): Action {
  return action as unknown as Action;
}

export function defineQuery<Input>(query: Query<Input>): Query {
  return query as unknown as Query;
}

export function defineService(service: Service): Service {
  return service;
}

export function isRefused(outcome: Plan | Refused): outcome is Refused {
  return 'refused' in outcome;
}
