import { expect } from 'chai';
import fc from 'fast-check';
import { type EntryState, furthest, hasReached, mayMove } from '../../../server/outbox/entry.ts';
import { property } from '../../helpers/property.ts';

const STATES: readonly EntryState[] = [
  'accepted',
  'signed',
  'sent',
  'mined',
  'final',
  'receipted',
  'refused',
];
const state = fc.constantFrom(...STATES);

describe('the states of an entry', () => {
  it('never lead back to where an entry has been', () => {
    property(fc.array(state, { maxLength: 40 }), (wishes) => {
      const path: EntryState[] = ['accepted'];
      for (const wish of wishes) if (mayMove(path.at(-1)!, wish)) path.push(wish);
      expect(new Set(path).size).to.equal(path.length);
    });
  });

  it('all lead to the end: receipted can be reached from each other one', () => {
    for (const from of STATES)
      if (from !== 'receipted') expect(mayMove(from, 'receipted'), from).to.equal(true);
  });

  it('end with receipted', () => {
    for (const to of STATES) expect(mayMove('receipted', to)).to.equal(false);
  });

  it('once final are never refused', () => {
    expect(mayMove('final', 'refused')).to.equal(false);
  });

  it('show the further of two, whatever the order in which they are learnt', () => {
    property(fc.array(state, { minLength: 1, maxLength: 20 }), (learnt) => {
      const unrefused = learnt.filter((one) => one !== 'refused');
      const shown = unrefused.reduce(furthest, 'accepted');
      expect([...unrefused].reverse().reduce(furthest, 'accepted')).to.equal(shown);
    });
  });

  it('wake whoever waits for one that cannot come any more', () => {
    expect(hasReached('refused', 'final')).to.equal(true);
    expect(hasReached('refused', 'receipted')).to.equal(true);
    expect(hasReached('final', 'receipted')).to.equal(false);
    expect(hasReached('receipted', 'final')).to.equal(true);
  });
});
