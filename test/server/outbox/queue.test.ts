import { expect } from 'chai';
import fc from 'fast-check';
import type { Hex } from '../../../server/core/bytes.ts';
import type { Submission } from '../../../server/core/submission.ts';
import { makeQueue } from '../../../server/outbox/queue.ts';
import { costOf, groupOf, type Item, type Work } from '../../../server/outbox/work.ts';
import { hashOf, record, ZERO } from '../../helpers/outbox.ts';
import { property } from '../../helpers/property.ts';

const UNBOUNDED = { gas: 1e12, bytes: 1e12, works: 1e9, gasPerByte: 16 };
let arrivals = 0;

function workOf(name: string, submission: Submission): Work {
  const accepted = { seq: ++arrivals, atMs: arrivals, open: 1 };
  const items: Item[] = [];
  const work: Work = { kind: submission.to, items, cap: Number.POSITIVE_INFINITY, isHeld: false };
  const entryId = hashOf(name);
  items.push({ entryId, submission, accepted, work, state: 'accepted', transaction: undefined });
  return work;
}

/** A queue and the set of ids that count as not settled. */
function newQueue() {
  const open = new Set<Hex>();
  const late = new Set<Work>();
  const queue = makeQueue(
    (id) => open.has(id),
    (work) => late.has(work),
  );
  const push = (work: Work) => {
    for (const { entryId } of work.items) open.add(entryId);
    queue.push(work);
  };
  const settle = (id: Hex) => {
    open.delete(id);
    queue.settled(id);
  };
  return { queue, open, late, push, settle };
}

const namesOf = (works: readonly Work[]) => works.map((work) => work.items[0]!.entryId);

describe('the queue of the outbox', () => {
  it('gives everything once, in the order of arrival per kind', () => {
    property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (kinds, works) => {
      const { queue, push } = newQueue();
      const pushed = kinds.map((isRecord, i) =>
        workOf(`${i}`, isRecord ? record(`${i}`) : { ...record(`${i}`), to: 'attestations' as const }),
      );
      for (const work of pushed) push(work);
      const taken: Work[] = [];
      for (
        let some = queue.take({ ...UNBOUNDED, works });
        some.length > 0;
        some = queue.take({ ...UNBOUNDED, works })
      ) {
        expect(some.length).to.be.at.most(works);
        expect(new Set(some.map(({ kind }) => kind)).size).to.equal(1);
        taken.push(...some);
      }
      for (const kind of ['records', 'attestations'])
        expect(namesOf(taken.filter((work) => work.kind === kind))).to.deep.equal(
          namesOf(pushed.filter((work) => work.kind === kind)),
        );
    });
  });

  it('keeps within gas and bytes, except for one that exceeds them alone', () => {
    const bound = fc.integer({ min: 0, max: 3_000_000 });
    property(
      fc.array(fc.constantFrom('dealer', 'rival'), { minLength: 1, maxLength: 40 }),
      bound,
      bound,
      (all, gas, bytes) => {
        const { queue, push } = newQueue();
        for (const [i, organisation] of all.entries()) push(workOf(`${i}`, record(`${i}`, { organisation })));
        const works = queue.take({ gas, bytes, works: 1e9, gasPerByte: 100 });
        if (works.length === 1) return;
        const groups = new Set<string>();
        let [usedGas, usedBytes] = [0, 0];
        for (const work of works) {
          const cost = costOf(work, !groups.has(groupOf(work)), 100);
          groups.add(groupOf(work));
          usedGas += cost.gas;
          usedBytes += cost.bytes;
        }
        expect(usedGas).to.be.at.most(gas);
        expect(usedBytes).to.be.at.most(bytes);
      },
    );
  });

  it('holds back what refers to an open entry, and what changes the same thing later', () => {
    const { queue, push, settle } = newQueue();
    const create = workOf('create', record('create'));
    const amend = workOf('amend', record('amend', { refersTo: hashOf('create'), kind: 'amend' }));
    const revoke = workOf('revoke', record('revoke', { refersTo: hashOf('create'), kind: 'revoke' }));
    for (const work of [create, amend, revoke]) push(work);
    expect(queue.take(UNBOUNDED)).to.deep.equal([create]);
    expect(queue.take(UNBOUNDED)).to.deep.equal([]);
    settle(hashOf('create'));
    expect(queue.take(UNBOUNDED)).to.deep.equal([amend]);
    expect(queue.take(UNBOUNDED)).to.deep.equal([]);
    settle(hashOf('amend'));
    expect(queue.take(UNBOUNDED)).to.deep.equal([revoke]);
  });

  it('never lets a change overtake an earlier change of the same thing, whatever is settled when', () => {
    const step = fc.record({ target: fc.integer({ min: 0, max: 3 }), settles: fc.boolean() });
    property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { queue, push, settle } = newQueue();
      const sent: { id: Hex; target: Hex }[] = [];
      const settled = new Set<Hex>();
      const order = new Map<Hex, Hex[]>();
      const drain = () => {
        for (const work of queue.take(UNBOUNDED)) {
          const { entryId, submission } = work.items[0]!;
          const target = (submission as { refersTo: Hex }).refersTo;
          const earlier = order.get(target)!.slice(0, order.get(target)!.indexOf(entryId));
          expect(earlier.every((id) => settled.has(id))).to.equal(true);
          sent.push({ id: entryId, target });
        }
      };
      for (const [i, { target, settles }] of steps.entries()) {
        const refersTo = hashOf(`target ${target}`);
        order.set(refersTo, [...(order.get(refersTo) ?? []), hashOf(`change ${i}`)]);
        push(workOf(`change ${i}`, record(`${i}`, { refersTo, kind: 'suspend' })));
        drain();
        const next = sent.find(({ id }) => !settled.has(id));
        if (!settles || next === undefined) continue;
        settled.add(next.id);
        settle(next.id);
        drain();
      }
    });
  });

  it('gives nothing that is held or too late, and in its old place what is released', () => {
    const { queue, late, push } = newQueue();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => workOf(text, record(text))) as [
      Work,
      Work,
      Work,
      Work,
    ];
    for (const work of [a, b, c, d]) push(work);
    b.isHeld = true;
    queue.sort(b);
    late.add(c);
    expect(queue.ready).to.equal(3);
    expect(queue.take({ ...UNBOUNDED, works: 1 })).to.deep.equal([a]);
    b.isHeld = false;
    queue.sort(b);
    expect(queue.take(UNBOUNDED)).to.deep.equal([b, d]);
    expect([a, b, c, d].map(queue.has)).to.deep.equal([false, false, true, false]);
    const removed = queue.remove(new Set([a, c]));
    expect(removed.works).to.deep.equal([c]);
    expect(queue.has(c)).to.equal(false);
  });

  it('puts back what was removed where it would stand had it stayed', () => {
    const { queue, push, settle } = newQueue();
    const base = workOf('base', record('base'));
    const change = workOf('change', record('change', { refersTo: hashOf('base'), kind: 'suspend' }));
    const other = workOf('other', record('other'));
    for (const work of [base, change, other]) push(work);
    const removed = queue.remove(new Set([base, change]));
    expect(removed.works).to.deep.equal([base, change]);
    removed.undo();
    expect(queue.take(UNBOUNDED)).to.deep.equal([base, other]);
    settle(hashOf('base'));
    expect(queue.take(UNBOUNDED)).to.deep.equal([change]);
    const again = workOf('again', record('again', { refersTo: hashOf('open'), kind: 'suspend' }));
    push(workOf('open', record('open')));
    push(again);
    const removedAgain = queue.remove(new Set([again]));
    settle(hashOf('open'));
    removedAgain.undo();
    expect(queue.take(UNBOUNDED).map(({ items }) => items[0]!.entryId)).to.include(hashOf('again'));
  });

  it('does not hold ballots back for each other, only for their poll', () => {
    const { queue, push, settle } = newQueue();
    const pollId = hashOf('poll');
    const roll = workOf('roll', {
      to: 'rolls',
      organisation: 'dealer',
      pollId,
      root: '1',
      size: 3,
      idempotency: ZERO,
    });
    const casts = [1, 2, 3].map((n) =>
      workOf(`cast ${n}`, { to: 'casts', pollId, choices: '1', nullifier: `${n}`, proof: [] }),
    );
    for (const work of [roll, ...casts]) push(work);
    expect(queue.take(UNBOUNDED)).to.deep.equal([roll]);
    expect(queue.take(UNBOUNDED)).to.deep.equal([]);
    settle(hashOf('roll'));
    expect(queue.take(UNBOUNDED)).to.deep.equal(casts);
  });

  it('gives first what was put back, and alone what may not share a transaction', () => {
    const { queue, push } = newQueue();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => workOf(name, record(name))) as [Work, Work, Work];
    push(c);
    a.cap = 1;
    queue.putBack([a, b]);
    expect(queue.take(UNBOUNDED)).to.deep.equal([a]);
    expect(queue.take(UNBOUNDED)).to.deep.equal([b, c]);
  });

  it('drops what somebody else recorded meanwhile', () => {
    const { queue, push } = newQueue();
    const work = workOf('a', record('a'));
    push(work);
    work.items[0]!.state = 'final';
    expect(queue.oldestAtMs).to.equal(undefined);
    expect(queue.take(UNBOUNDED)).to.deep.equal([]);
  });
});
