import { expect } from 'chai';
import fc from 'fast-check';
import type { Hex } from '../../../../server/core/bytes.ts';
import { nameToBytes32 } from '../../../../server/core/ids.ts';
import { ENTRY_KINDS, type EntryKind } from '../../../../server/core/submission.ts';
import { vehicles } from '../../../../server/services/vehicles/index.ts';
import { type EntryRow, entriesOn, entryRow, stockRow } from '../../../../server/services/vehicles/view.ts';
import { property } from '../../../helpers/property.ts';
import { foldInto, runReading, World } from '../../../helpers/run-plan.ts';

const idOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const subjectOf = (n: number): Hex => `0x${(0xcafe00 + n).toString(16).padStart(64, '0')}`;
const DEALERS = ['dealer-a', 'dealer-b'] as const;
const SCHEMAS = {
  purchase: 'vehicles.purchase.1',
  inspection: 'vehicles.inspection.1',
  sale: 'vehicles.sale.1',
} as const;
type Type = keyof typeof SCHEMAS;

/** What the contract keeps of a record; `revoked` and what replaced it are final. */
interface Kept {
  readonly id: Hex;
  readonly type: Type;
  readonly organisation: string;
  readonly subject: Hex;
  status: string;
}

const step = fc.record({
  kind: fc.constantFrom<EntryKind>(...ENTRY_KINDS, 'create', 'create', 'create'),
  type: fc.constantFrom<Type>('purchase', 'sale', 'inspection'),
  dealer: fc.constantFrom(...DEALERS),
  car: fc.nat(1),
  target: fc.nat(30),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The contract's table of moves: undefined = refused. */
function moved(status: string, kind: EntryKind): string | undefined {
  if (['revoked', 'amended', 'superseded', 'change'].includes(status)) return undefined;
  if (kind === 'revoke') return 'revoked';
  if (kind === 'resolve') return status === 'disputed' ? 'active' : undefined;
  if (kind === 'resume') return status === 'suspended' ? 'active' : undefined;
  if (status !== 'active') return undefined;
  return { amend: 'amended', supersede: 'superseded', suspend: 'suspended', dispute: 'disputed' }[
    kind as string
  ];
}

/** Plays steps on a model of the chain; what it takes becomes an event. */
function play(steps: readonly Step[]): { world: World; kept: Kept[] } {
  const world = new World(vehicles, 1_770_000_000);
  const kept: Kept[] = [];
  for (const [n, { kind, type, dealer, car, target }] of steps.entries()) {
    world.nowSec += 60;
    const old = kind === 'create' ? undefined : kept[target % Math.max(1, kept.length)];
    if (kind !== 'create') {
      const next = old && moved(old.status, kind);
      if (old === undefined || next === undefined) continue;
      old.status = next;
    }
    const record = old ?? { type, organisation: dealer, subject: subjectOf(car) };
    const isDocument = ['create', 'amend', 'supersede'].includes(kind);
    kept.push({ ...record, id: idOf(n + 1), status: isDocument ? 'active' : 'change' });
    world.record({
      name: 'EntryRecorded',
      contract: 'Records',
      args: {
        entryId: idOf(n + 1),
        organisation: nameToBytes32(record.organisation),
        subject: record.subject,
        service: nameToBytes32('vehicles'),
        schema: nameToBytes32(SCHEMAS[record.type]),
        commitment: idOf(n + 1000),
        refersTo: old?.id ?? idOf(0),
        kind: ENTRY_KINDS.indexOf(kind) + 1,
        occurredAt: world.nowSec,
      },
    });
  }
  return { world, kept };
}

describe('the fold of vehicle events', () => {
  it('gives every record the status that the contract gives it', () => {
    property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { world, kept } = play(steps);
      for (const { id, status } of kept) expect(runReading(entryRow(id), world.rows)?.status).equal(status);
    });
  });

  it('lists the entries on a car newest first, all of them', () => {
    property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { world, kept } = play(steps);
      for (const subject of [subjectOf(0), subjectOf(1)]) {
        const listed = runReading(entriesOn(subject, 100), world.rows).map(
          ({ entryId }: EntryRow) => entryId,
        );
        expect(listed).deep.equal(
          kept
            .filter((record) => record.subject === subject)
            .map(({ id }) => id)
            .reverse(),
        );
      }
    });
  });

  it('keeps a stock that names standing records only, and lists each car of it once', () => {
    property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { world, kept } = play(steps);
      const statusOf = (id: Hex): string => kept.find((record) => record.id === id)!.status;
      for (const dealer of DEALERS) {
        const cars = [...world.rows].filter(([key]) => key.startsWith(`view:vehicles/cars/${dealer}/`));
        const stocked = [subjectOf(0), subjectOf(1)].filter(
          (subject) => runReading(stockRow(dealer, subject), world.rows) !== undefined,
        );
        expect(cars.map(([, subject]) => subject).sort()).deep.equal([...stocked].sort());
        for (const subject of stocked) {
          const { purchase, sale } = runReading(stockRow(dealer, subject), world.rows)!;
          for (const id of sale === undefined ? [purchase] : [purchase, sale])
            expect(statusOf(id)).to.be.oneOf(['active', 'suspended', 'disputed']);
        }
      }
    });
  });

  it('gives the same rows for the same events, and does not mix cars: each car alone gives its own rows', () => {
    property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { world } = play(steps);
      const apart = new Map<string, unknown>();
      for (const subject of [subjectOf(1), subjectOf(0)])
        for (const event of world.events)
          if ('subject' in event.args && event.args.subject === subject) foldInto(vehicles, event, apart);
      expect(apart).deep.equal(world.rows);
    });
  });
});
