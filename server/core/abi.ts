/** Events of the four contracts, decoded into plain values: the vocabulary of folds, checks and audits. */
import { Interface, Result } from 'ethers';
import type { Hex } from './bytes.ts';
import { ABI } from './contracts.generated.ts';
import { decodeLeaf, type LedgerEvent } from './event.ts';

export type ContractName = keyof typeof ABI;
/** Lower-case addresses. */
export type ContractAddresses = Readonly<Record<ContractName, Hex>>;

/** Unix seconds and small counts are numbers; uint64 and uint256 are decimal strings; bytes are lower-case hex. */
export interface EventArgs {
  OrganisationRegistered: { organisation: Hex; kind: number; name: string };
  OrganisationRenamed: { organisation: Hex; name: string };
  OrganisationStatusChanged: { organisation: Hex; status: number };
  KeyAdded: { organisation: Hex; key: Hex; signer: Hex; validFrom: number; validTo: number };
  KeyEnded: { organisation: Hex; key: Hex; validTo: number };
  KeyCompromised: { organisation: Hex; key: Hex; since: number };
  Accredited: { organisation: Hex; scope: Hex; validFrom: number; validTo: number };
  AccreditationWithdrawn: { organisation: Hex; scope: Hex; withdrawnAt: number };
  VerifierAllowed: { verifier: Hex; allowed: boolean };
  EntryRecorded: {
    entryId: Hex;
    organisation: Hex;
    subject: Hex;
    service: Hex;
    schema: Hex;
    commitment: Hex;
    refersTo: Hex;
    kind: number;
    occurredAt: number;
  };
  EntryRefused: { entryId: Hex; organisation: Hex; reason: number };
  BundleRefused: { digest: Hex; organisation: Hex; reason: number };
  BatchAnchored: { entryId: Hex; issuer: Hex; schema: Hex; service: Hex; root: Hex; count: number };
  AttestationStatusChanged: {
    entryId: Hex;
    batchId: Hex;
    organisation: Hex;
    status: number;
    indexes: number[];
  };
  StatusListAnchored: { entryId: Hex; issuer: Hex; list: Hex; service: Hex; version: string; digest: Hex };
  AttestationRefused: { entryId: Hex; organisation: Hex; reason: number };
  PollCreated: {
    entryId: Hex;
    organisation: Hex;
    content: Hex;
    options: number;
    minChoices: number;
    maxChoices: number;
    opensAt: number;
    closesAt: number;
    mode: number;
  };
  RollFrozen: { entryId: Hex; pollId: Hex; root: string; size: number };
  BallotCast: { entryId: Hex; pollId: Hex; nullifier: string; choices: string };
  BallotsRefused: { entryId: Hex; pollId: Hex; reason: number };
}
export type EventName = keyof EventArgs;

/** Discriminated by `name`. */
export type DecodedEvent = {
  [Name in EventName]: {
    readonly name: Name;
    readonly contract: ContractName;
    readonly args: Readonly<EventArgs[Name]>;
  };
}[EventName];

/** An event with its place in the log. */
export type RecordedEvent = DecodedEvent & {
  readonly leafIndex: number;
  readonly block: number;
  readonly timeSec: number;
};

/** Answers of the chain that change no state: they move an entry to `refused`, but are no leaves of the log. */
export const REFUSAL_EVENTS: readonly EventName[] = [
  'EntryRefused',
  'BundleRefused',
  'AttestationRefused',
  'BallotsRefused',
];

export const interfaces: Readonly<Record<ContractName, Interface>> = {
  Organisations: new Interface(ABI.Organisations),
  Records: new Interface(ABI.Records),
  Attestations: new Interface(ABI.Attestations),
  Ballots: new Interface(ABI.Ballots),
};

/** undefined when the event is none of ours: another address, or a topic this version does not know. */
export function decodeEvent(event: LedgerEvent, contracts: ContractAddresses): DecodedEvent | undefined {
  for (const contract of Object.keys(interfaces) as ContractName[]) {
    if (contracts[contract] !== event.address.toLowerCase()) continue;
    const shape = SHAPES[contract].get(event.topics[0]?.toLowerCase() ?? '');
    if (shape === undefined) return undefined;
    const args = readWords(shape, event) ?? readSlowly(interfaces[contract], event);
    return args && ({ name: shape.name, contract, args } as unknown as DecodedEvent);
  }
  return undefined;
}

/** The event that a leaf of the own log holds; undefined when this version does not know it. @throws AppError LEAF_MALFORMED */
export function eventOfLeaf(
  leaf: Uint8Array,
  leafIndex: number,
  contracts: ContractAddresses,
): RecordedEvent | undefined {
  const ledger = decodeLeaf(leaf);
  const event = decodeEvent(ledger, contracts);
  return event && { ...event, leafIndex, block: ledger.block, timeSec: ledger.timeSec };
}

/** What topicOfLeaf of event.ts gives for leaves of these events. */
export function topicsOf(names: readonly EventName[]): ReadonlySet<string> {
  const shapes = Object.values(SHAPES).flatMap((byTopic) => [...byTopic]);
  return new Set(shapes.filter(([, { name }]) => names.includes(name as EventName)).map(([topic]) => topic));
}

/** Whether the event becomes a leaf of the log. */
export function isLeaf(event: DecodedEvent): boolean {
  return !REFUSAL_EVENTS.includes(event.name);
}

interface Shape {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly isIndexed: boolean }[];
  /** Every argument takes one 32-byte word. */
  readonly isFlat: boolean;
  readonly topics: number;
}

/** Events by topic, so that no signature is hashed again for each event. */
const SHAPES: Readonly<Record<ContractName, ReadonlyMap<string, Shape>>> = {
  Organisations: shapesOf(interfaces.Organisations),
  Records: shapesOf(interfaces.Records),
  Attestations: shapesOf(interfaces.Attestations),
  Ballots: shapesOf(interfaces.Ballots),
};

function shapesOf(contract: Interface): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  contract.forEachEvent(({ name, topicHash, inputs }) => {
    shapes.set(topicHash, {
      name,
      inputs: inputs.map((input) => ({
        name: input.name,
        type: input.type,
        isIndexed: input.indexed === true,
      })),
      isFlat: inputs.every(({ type }) => /^(bytes32|uint\d+|address|bool)$/.test(type)),
      topics: 1 + inputs.filter(({ indexed }) => indexed).length,
    });
  });
  return shapes;
}

/** The common case, word by word; undefined when anything is out of the ordinary, which is left to the full decoder. */
function readWords(shape: Shape, { topics, data }: LedgerEvent): Record<string, unknown> | undefined {
  const words = shape.inputs.length - (shape.topics - 1);
  if (!shape.isFlat || topics.length !== shape.topics || data.length !== 2 + 64 * words) return undefined;
  const args: Record<string, unknown> = {};
  let topic = 1;
  let at = 2;
  for (const { name, type, isIndexed } of shape.inputs) {
    const word = isIndexed ? topics[topic++]!.slice(2) : data.slice(at, at + 64);
    if (!isIndexed) at += 64;
    const value = readWord(type, word.toLowerCase());
    if (value === undefined) return undefined;
    args[name] = value;
  }
  return args;
}

/** undefined when bits are set that the type does not have. */
function readWord(type: string, word: string): unknown {
  if (type === 'bytes32') return `0x${word}`;
  if (type === 'address') return word.startsWith('0'.repeat(24)) ? `0x${word.slice(24)}` : undefined;
  const value = BigInt(`0x${word}`);
  if (type === 'bool') return value <= 1n ? value === 1n : undefined;
  return value >> BigInt(type.slice('uint'.length)) === 0n ? plain(value, type) : undefined;
}

/** The bytes may come from a stranger's receipt: data that does not decode is no event of ours. */
function readSlowly(contract: Interface, event: LedgerEvent): Record<string, unknown> | undefined {
  try {
    const log = contract.parseLog({ topics: [...event.topics], data: event.data });
    return log?.fragment.inputs.reduce<Record<string, unknown>>((args, input, i) => {
      args[input.name] = plain(log.args[i], input.type);
      return args;
    }, {});
  } catch {
    return undefined;
  }
}

function plain(value: unknown, type: string): unknown {
  if (value instanceof Result) return value.toArray().map((item) => plain(item, type.replace(/\[\]$/, '')));
  if (typeof value === 'bigint') return /^uint(8|16|32|40|48)$/.test(type) ? Number(value) : value.toString();
  return typeof value === 'string' && type !== 'string' ? value.toLowerCase() : value;
}
