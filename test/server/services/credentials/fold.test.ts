import { expect } from 'chai';
import fc from 'fast-check';
import type { Hex } from '../../../../server/core/bytes.ts';
import { nameToBytes32 } from '../../../../server/core/ids.ts';
import { credentials } from '../../../../server/services/credentials/index.ts';
import { leafStatus } from '../../../../server/services/credentials/view.ts';
import { property } from '../../../helpers/property.ts';
import { runReading, World } from '../../../helpers/run-plan.ts';

const COUNT = 8;
const BATCH: Hex = `0x${'ba'.repeat(32)}`;
const NAMES = ['unknown', 'valid', 'suspended', 'revoked'] as const;

const change = fc.record({
  status: fc.integer({ min: 1, max: 3 }),
  indexes: fc.uniqueArray(fc.nat(COUNT - 1), { maxLength: 4 }).map((list) => list.sort((a, b) => a - b)),
});

/** The contract: a batch and its leaves each have a status, revoked is final, the heavier one is the answer. */
class Model {
  batch = 1;
  readonly leaves = new Array<number>(COUNT).fill(1);

  /** Whether the contract takes it; all leaves are looked at before any is changed. */
  apply({ status, indexes }: { status: number; indexes: readonly number[] }): boolean {
    const may = (from: number): boolean => from !== 3 && (status === 3 || from !== status);
    if (this.batch === 3) return false;
    const touched = indexes.length === 0 ? [this.batch] : indexes.map((index) => this.leaves[index]!);
    if (!touched.every(may)) return false;
    if (indexes.length === 0) this.batch = status;
    for (const index of indexes) this.leaves[index] = status;
    return true;
  }

  statusOf(index: number): string {
    return NAMES[Math.max(this.batch, this.leaves[index]!)]!;
  }
}

describe('the fold of credential events', () => {
  it('gives every leaf the status that the contract gives it, after any changes of leaves and batches', () => {
    property(fc.array(change, { maxLength: 30 }), (changes) => {
      const world = new World(credentials, 1_770_000_000);
      const issuer = nameToBytes32('seongdong-gu');
      const schema = nameToBytes32('credentials.course.1');
      const service = nameToBytes32('credentials');
      world.record({
        name: 'BatchAnchored',
        contract: 'Attestations',
        args: { entryId: BATCH, issuer, schema, service, root: BATCH, count: COUNT },
      });
      const model = new Model();
      for (const [n, { status, indexes }] of changes.entries()) {
        if (!model.apply({ status, indexes })) continue;
        world.record({
          name: 'AttestationStatusChanged',
          contract: 'Attestations',
          args: {
            entryId: `0x${String(n).padStart(64, '0')}`,
            batchId: BATCH,
            organisation: issuer,
            status,
            indexes,
          },
        });
      }
      for (let index = 0; index < COUNT; index++)
        expect(runReading(leafStatus(BATCH, index), world.rows)?.status).equal(model.statusOf(index));
      expect(runReading(leafStatus(BATCH, COUNT), world.rows)).equal(undefined);
    });
  });
});
