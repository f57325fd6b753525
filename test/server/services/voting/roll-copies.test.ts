import { expect } from 'chai';
import type { RecordedEvent } from '../../../../server/core/abi.ts';
import { concat, fromHex, type Hex, toBase64 } from '../../../../server/core/bytes.ts';
import type { Named } from '../../../../server/services/define.ts';
import { voting } from '../../../../server/services/voting/index.ts';
import { CHUNK_LEAVES, EMPTY_CHUNK, FIELD } from '../../../../server/services/voting/roll.ts';
import { digestOf } from '../../../../server/services/voting/roll-copies.ts';
import { PollingStation } from '../../../helpers/polling-station.ts';
import { runReading } from '../../../helpers/run-plan.ts';

const { forms, named, own } = voting.publishes!;
const { roll, chunk } = forms as { roll: typeof forms.roll & object; chunk: typeof forms.chunk & object };
const bytesOf = (...numbers: readonly (string | bigint)[]) =>
  concat(...numbers.map((number) => fromHex(digestOf(number))));

describe('voting: copies of a frozen roll', () => {
  const members = Array.from({ length: CHUNK_LEAVES + 2 }, (_, i) => String(10 * i + 10));
  let first: PollingStation;
  let pollId: Hex;
  let frozen: RecordedEvent;
  let digest: Hex;
  let bytes: Uint8Array;
  let chunks: readonly Named[];

  before(() => {
    first = new PollingStation();
    pollId = first.open(members);
    frozen = first.events.at(-1)!;
    [{ digest }] = named(frozen) as [Named];
    bytes = runReading(own(frozen, digest), first.rows)!;
    chunks = roll.read(bytes, digest)!;
  });

  const chunkBytes = (n: number) => runReading(own(frozen, chunks[n]!.digest), first.rows)!;

  it('are the roots of its chunks by the root on the chain, and the leaves by the roots of the chunks', () => {
    expect(chunks.map(({ form }) => form)).to.deep.equal(['chunk', 'chunk']);
    for (const [n, { digest: root }] of chunks.entries())
      expect(chunk.read(chunkBytes(n), root)).to.deep.equal([]);
    expect(chunkBytes(1)).to.deep.equal(bytesOf(...members.slice(CHUNK_LEAVES)));
    expect(runReading(own(frozen, `0x${'00'.repeat(32)}`), first.rows)).to.equal(undefined);
  });

  it('are refused with a leaf more, less, changed, moved or doubled, and with what only fills up', () => {
    const [{ digest: whole }, { digest: last }] = chunks as [Named, Named];
    const [a, b] = members.slice(CHUNK_LEAVES) as [string, string];
    for (const lie of [[a], [b, a], [a, b, b], [a, b, '0'], [a, `${BigInt(b) + 1n}`], [a, b, `${FIELD}`], []])
      expect(chunk.read(bytesOf(...lie), last), lie.join()).to.equal(undefined);
    expect(chunk.read(chunkBytes(1), whole)).to.equal(undefined);
    expect(chunk.read(chunkBytes(1).subarray(1), last)).to.equal(undefined);
    for (const lie of [
      bytes.subarray(0, 32),
      concat(bytes, bytesOf(EMPTY_CHUNK)),
      concat(bytes, bytesOf(0n)),
      concat(bytes.subarray(32), bytes.subarray(0, 32)),
      new Uint8Array(0),
      bytes.subarray(1),
    ])
      expect(roll.read(lie, digest)).to.equal(undefined);
  });

  it('let a voter find the own chunk at a gateway that did not take the poll in, once all are there', () => {
    const second = new PollingStation();
    for (const event of first.events) second.record(event);
    const put = (name: Hex, copy: Uint8Array) => second.rows.set(`publication:${name}`, toBase64(copy));
    const ask = (query: string, input: object) => second.ask(query, { pollId, ...input });
    put(digest, bytes);
    put(chunks[0]!.digest, chunkBytes(0));
    expect(ask('roll', {})).to.equal(undefined);
    expect(ask('roll-chunk', { chunk: 0 })).to.deep.equal(first.ask('roll-chunk', { pollId, chunk: 0 }));
    expect(ask('roll-chunk', { chunk: 1 })).to.equal(undefined);
    put(chunks[1]!.digest, chunkBytes(1));
    expect(ask('roll', {})).to.deep.equal(first.ask('roll', { pollId }));
    expect(ask('roll-chunk', { chunk: 1 })).to.deep.equal(first.ask('roll-chunk', { pollId, chunk: 1 }));
    expect(ask('roll-chunk', { chunk: 2 })).to.equal(undefined);
  });
});
