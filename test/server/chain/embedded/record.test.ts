import { expect } from 'chai';
import { decodeBlock, encodeBlock } from '../../../../server/chain/embedded/record.ts';
import { seededRandom } from '../../../faults/embedded/harness.ts';

describe('embedded chain: block record', () => {
  it('gives back every block as it was written', () => {
    const random = seededRandom('blocks');
    for (let round = 0; round < 200; round++) {
      const transactions = Array.from({ length: random.next(5) }, () => random.bytes(random.next(300)));
      const block = { timestampSec: random.next(2 ** 31), hash: random.bytes(32), transactions };
      expect(decodeBlock(encodeBlock(block))).to.deep.equal(block);
    }
  });

  it('refuses every shortened record and every longer one', () => {
    const random = seededRandom('cuts');
    const transactions = [random.bytes(40), random.bytes(3)];
    const bytes = encodeBlock({ timestampSec: 1, hash: random.bytes(32), transactions });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeBlock(bytes.subarray(0, length)), `${length} bytes`).to.throw(RangeError);
    }
    expect(() => decodeBlock(Uint8Array.from([...bytes, 0]))).to.throw(RangeError);
  });
});
