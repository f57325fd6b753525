import { expect } from 'chai';
import fc from 'fast-check';
import { decodeEvent, interfaces, isLeaf } from '../../../server/core/abi.ts';
import { type Hex, toHex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { decodeLeaf, encodeLeaf, type LedgerEvent } from '../../../server/core/event.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';

const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const event: fc.Arbitrary<LedgerEvent> = fc.record({
  chainId: fc.nat(),
  block: fc.maxSafeNat(),
  timeSec: fc.maxSafeNat(),
  logIndex: fc.nat(),
  address: hex(20),
  topics: fc.array(hex(32), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 200 }).map(toHex),
});

const contracts = {
  Organisations: `0x${'01'.repeat(20)}`,
  Records: `0x${'02'.repeat(20)}`,
  Attestations: `0x${'03'.repeat(20)}`,
  Ballots: `0x${'04'.repeat(20)}`,
} as const;

function recorded(contract: keyof typeof contracts, name: string, values: unknown[]): LedgerEvent {
  const { topics, data } = interfaces[contract].encodeEventLog(name, values);
  return {
    chainId: 1,
    block: 2,
    timeSec: 3,
    logIndex: 4,
    address: contracts[contract],
    topics: topics as Hex[],
    data: data as Hex,
  };
}

const id = (digits: string): Hex => `0x${digits.repeat(32)}`;
const entry = [
  id('aa'),
  nameToBytes32('dealer'),
  id('bb'),
  nameToBytes32('vehicles'),
  nameToBytes32('vehicles.sale.1'),
  id('cc'),
  id('00'),
  1,
  1_700_000_000,
];

describe('a leaf of the log', () => {
  it('holds an event of the chain whole', () => {
    fc.assert(
      fc.property(event, (given) => {
        expect(decodeLeaf(encodeLeaf(given))).to.deep.equal(given);
      }),
      { seed: 6962 },
    );
  });

  it('differs as soon as one bit of the event differs', () => {
    fc.assert(
      fc.property(event, event, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(toHex(encodeLeaf(a)) === toHex(encodeLeaf(b))).to.equal(same);
      }),
      { seed: 6963 },
    );
  });

  it('is refused when it comes cut, or of an unknown version', () => {
    const leaf = encodeLeaf(recorded('Records', 'EntryRecorded', entry));
    const cut = leaf.slice(0, 60);
    const unknown = Uint8Array.from(leaf, (byte, i) => (i === 0 ? 2 : byte));
    const manyTopics = Uint8Array.from(leaf, (byte, i) => (i === 49 ? 5 : byte));
    for (const bytes of [cut, unknown, manyTopics, new Uint8Array(0)]) {
      expect(() => decodeLeaf(bytes))
        .to.throw(AppError)
        .with.property('code', 'LEAF_MALFORMED');
    }
  });
});

describe('an event of the contracts', () => {
  it('decodes into plain values', () => {
    const decoded = decodeEvent(recorded('Records', 'EntryRecorded', entry), contracts)!;
    expect(decoded.name).to.equal('EntryRecorded');
    expect(decoded.args).to.deep.include({ entryId: id('aa'), kind: 1, occurredAt: 1_700_000_000 });
  });

  it('keeps numbers exact that a double cannot hold', () => {
    const nullifier = (2n ** 253n + 1n).toString();
    const decoded = decodeEvent(
      recorded('Ballots', 'BallotCast', [id('aa'), id('bb'), nullifier, 2n ** 63n]),
      contracts,
    )!;
    expect(decoded.args).to.deep.include({ nullifier, choices: (2n ** 63n).toString() });
  });

  it('is none of ours from another address, with another topic or with cut data', () => {
    const ours = recorded('Records', 'EntryRecorded', entry);
    expect(decodeEvent({ ...ours, address: `0x${'09'.repeat(20)}` }, contracts)).to.equal(undefined);
    expect(decodeEvent({ ...ours, address: contracts.Ballots }, contracts)).to.equal(undefined);
    expect(decodeEvent({ ...ours, data: ours.data.slice(0, 66) as Hex }, contracts)).to.equal(undefined);
  });

  it('is a leaf only when it changed the state', () => {
    const refused = recorded('Records', 'EntryRefused', [id('aa'), nameToBytes32('dealer'), 11]);
    expect(isLeaf(decodeEvent(refused, contracts)!)).to.equal(false);
    expect(isLeaf(decodeEvent(recorded('Records', 'EntryRecorded', entry), contracts)!)).to.equal(true);
  });
});
