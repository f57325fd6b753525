import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AttestationLeaf,
  attestationLeaf,
  attestationProof,
  attestationRoot,
  attestationRows,
  provesAttestation,
} from '../../../server/core/attestation.ts';
import { type Hex, toHex } from '../../../server/core/bytes.ts';
import { entryIdOf, keccakAbi } from '../../../server/core/hash.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import { tree } from '../../helpers/attestations.ts';
import { hashOf, record } from '../../helpers/outbox.ts';
import { property } from '../../helpers/property.ts';

const contract: Hex = `0x${'c0'.repeat(20)}`;
const leafAt = (index: number): AttestationLeaf => ({
  chainId: 4217,
  contract,
  issuer: 'university',
  schema: 'credentials.degree.1',
  index,
  commitment: hashOf(`degree ${index}`),
});

describe('an attestation in its batch', () => {
  it('has the root that the tree has by its definition, for every number of leaves', () => {
    property(fc.integer({ min: 1, max: 70 }), (count) => {
      const leaves = Array.from({ length: count }, (_, i) => attestationLeaf(leafAt(i)));
      expect(attestationRoot(attestationRows(leaves))).to.equal(tree(leaves.map(toHex)).levels.at(-1)![0]);
    });
  });

  it('is proven at its place and at no other, with its commitment and no other', () => {
    property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (count, a, b) => {
      const [index, other] = [a % count, b % count];
      const rows = attestationRows(Array.from({ length: count }, (_, i) => attestationLeaf(leafAt(i))));
      const root = attestationRoot(rows);
      const proof = attestationProof(rows, index);
      expect(provesAttestation(leafAt(index), proof, root)).to.equal(true);
      expect(provesAttestation({ ...leafAt(index), index: count }, proof, root)).to.equal(false);
      expect(provesAttestation({ ...leafAt(index), commitment: hashOf('other') }, proof, root)).to.equal(
        false,
      );
      if (other !== index) expect(provesAttestation(leafAt(other), proof, root)).to.equal(false);
    });
  });

  it('is not proven by what is no proof', () => {
    const rows = attestationRows([0, 1, 2].map((i) => attestationLeaf(leafAt(i))));
    const root = attestationRoot(rows);
    for (const proof of [['0x12'], ['zz'], Array.from({ length: 21 }, () => hashOf('node'))])
      expect(provesAttestation(leafAt(0), proof, root)).to.equal(false);
  });

  it('takes no empty batch', () => {
    expect(() => attestationRows([])).to.throw(RangeError);
  });
});

describe('the id of a submission', () => {
  it('is what the contracts compute', () => {
    const submission = record('a');
    expect(entryIdOfSubmission(submission)).to.equal(
      entryIdOf(nameToBytes32('dealer'), submission.idempotency),
    );
  });

  it('of a ballot follows from poll and nullifier', () => {
    const pollId = hashOf('poll');
    const nullifier = String(2n ** 250n + 7n);
    const cast = { to: 'casts' as const, pollId, nullifier, choices: '1', proof: [] };
    expect(entryIdOfSubmission(cast)).to.equal(keccakAbi(['bytes32', 'uint256'], [pollId, nullifier]));
  });
});
