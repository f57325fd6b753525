import { expect } from 'chai';
import { Interface } from 'ethers';
import fc from 'fast-check';
import { type ContractName, decodeEvent, interfaces } from '../../../server/core/abi.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { CONTRACTS, recordEvent, SEED } from '../../helpers/log.ts';

describe('An event of the contracts', () => {
  it('decodes to what the full ABI decoder reads, for every event and any values', () => {
    for (const contract of Object.keys(interfaces) as ContractName[]) {
      interfaces[contract].forEachEvent((fragment) => {
        const values = fc.tuple(...fragment.inputs.map(({ type }) => anyOf(type)));
        fc.assert(
          fc.property(values, (args) => {
            const { topics, data } = interfaces[contract].encodeEventLog(fragment, args);
            const place = { chainId: 1, block: 1, timeSec: 1, logIndex: 0, address: CONTRACTS[contract] };
            const decoded = decodeEvent({ ...place, topics: topics as Hex[], data: data as Hex }, CONTRACTS);
            expect(decoded?.name).to.equal(fragment.name);
            const reference = new Interface([fragment]).decodeEventLog(fragment, data, topics);
            for (const [i, { name, type }] of fragment.inputs.entries())
              expect(
                text((decoded!.args as Record<string, unknown>)[name]),
                `${fragment.name}.${name}`,
              ).to.equal(text(type === 'string' ? reference[i] : lower(reference[i])));
          }),
          { seed: SEED, numRuns: 20 },
        );
      });
    }
  });

  it('is none of ours under another address, another topic, with too few topics or cut data', () => {
    const event = recordEvent(1);
    expect(decodeEvent({ ...event, address: `0x${'ee'.repeat(20)}` }, CONTRACTS)).to.equal(undefined);
    expect(decodeEvent({ ...event, topics: [event.topics[1]!] }, CONTRACTS)).to.equal(undefined);
    expect(decodeEvent({ ...event, topics: [] }, CONTRACTS)).to.equal(undefined);
    expect(decodeEvent({ ...event, topics: event.topics.slice(0, 2) }, CONTRACTS)).to.equal(undefined);
    expect(decodeEvent({ ...event, data: event.data.slice(0, -64) as Hex }, CONTRACTS)).to.equal(undefined);
  });
});

function anyOf(type: string): fc.Arbitrary<unknown> {
  const hex = (bytes: number) =>
    fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((raw) => `0x${Buffer.from(raw).toString('hex')}`);
  if (type === 'bytes32') return hex(32);
  if (type === 'address') return hex(20);
  if (type === 'bytes') return hex(85);
  if (type === 'bool') return fc.boolean();
  if (type === 'string') return fc.string({ unit: 'grapheme' });
  if (type.endsWith('[]')) return fc.array(anyOf(type.slice(0, -2)), { maxLength: 4 });
  return fc.bigInt({ min: 0n, max: 2n ** BigInt(type.slice('uint'.length)) - 1n });
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join() : String(value);
}
