import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../../server/core/abi.ts';
import type { Hex } from '../../../../server/core/bytes.ts';
import type { PollAnswer } from '../../../../server/services/voting/answers.ts';
import { maskOf } from '../../../../server/services/voting/ballot.ts';
import type { RollRow } from '../../../../server/services/voting/enrolment.ts';
import { voting } from '../../../../server/services/voting/index.ts';
import { chunkRootsOf, rollRootOf } from '../../../../server/services/voting/roll.ts';
import { anyProof, PollingStation, type Rows } from '../../../helpers/polling-station.ts';
import { foldInto } from '../../../helpers/run-plan.ts';

const SEED = 0x766f74;
const MEMBERS = ['30', '10', '20', '50'];

interface BallotsPage {
  readonly ballots: readonly {
    readonly nullifier: string;
    readonly choices: number[];
    readonly proof: string[] | null;
  }[];
  readonly next: number | null;
}

/** What a stranger does with the public answer alone. */
function recount(station: PollingStation, pollId: Hex, options: number) {
  const tally = Array<number>(options).fill(0);
  const seen = new Set<string>();
  for (let after: number | null = 0; after !== null; ) {
    const page: BallotsPage = station.ask<BallotsPage>('ballots', {
      pollId,
      after: String(after),
      limit: '3',
    });
    for (const { nullifier, choices } of page.ballots) {
      expect(seen.has(nullifier)).to.equal(false);
      seen.add(nullifier);
      for (const choice of choices) tally[choice]! += 1;
    }
    after = page.next;
  }
  return { tally, turnout: seen.size };
}

const choices = fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 2 });
const ballots = fc.array(fc.record({ poll: fc.integer({ min: 0, max: 1 }), choices }), { maxLength: 40 });

function stationWith(found: readonly { poll: number; choices: number[] }[]) {
  const station = new PollingStation();
  const polls = [station.open(MEMBERS), station.open(MEMBERS)];
  found.forEach(({ poll, choices }, i) => {
    const pollId = polls[poll]!;
    station.act(
      'cast',
      { pollId, choices: choices.sort(), nullifier: String(i + 1), proof: anyProof },
      'anonymous',
    );
  });
  return { station, polls };
}

const viewOf = (rows: Rows) =>
  [...rows].filter(([key]) => key.startsWith('view:')).sort(([a], [b]) => (a < b ? -1 : 1));

describe('voting: the view', () => {
  it(`shows the tally that anybody recounts from the ballots (seed ${SEED})`, () => {
    fc.assert(
      fc.property(ballots, (found) => {
        const { station, polls } = stationWith(found);
        for (const pollId of polls) {
          const { tally, turnout } = station.ask<PollAnswer>('poll', { pollId });
          expect(recount(station, pollId, 3)).to.deep.equal({ tally, turnout });
          const sum = tally.reduce((total, votes) => total + votes, 0);
          expect(sum).to.be.within(turnout, 2 * turnout);
        }
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it(`is the same when the log is replayed, and each poll alone without the others (seed ${SEED})`, () => {
    fc.assert(
      fc.property(ballots, (found) => {
        const { station, polls } = stationWith(found);
        const replayed: Rows = new Map();
        for (const event of station.events) foldInto(voting, event, replayed);
        expect(viewOf(replayed)).to.deep.equal(viewOf(station.rows));
        const alone: Rows = new Map();
        const ofFirst = ({ args }: RecordedEvent) =>
          ('pollId' in args && args.pollId === polls[0]) || ('entryId' in args && args.entryId === polls[0]);
        for (const event of station.events.filter(ofFirst)) foldInto(voting, event, alone);
        expect(alone.get(`view:voting/poll/${polls[0]}`)).to.deep.equal(
          station.rows.get(`view:voting/poll/${polls[0]}`),
        );
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('gives the same roll whatever the order of enrolment, rising, with every member once', () => {
    const roots = [MEMBERS, [...MEMBERS].reverse()].map((members) => {
      const station = new PollingStation();
      const pollId = station.open(members);
      const { leaves } = station.ask<{ leaves: string[] }>('roll-chunk', { pollId, chunk: '0' });
      expect(leaves).to.deep.equal(['10', '20', '30', '50']);
      const roll = station.ask<RollRow>('roll', { pollId });
      const chunkRoots = chunkRootsOf(leaves.map(BigInt));
      expect(roll).to.deep.equal({
        root: rollRootOf(chunkRoots).toString(),
        size: 4,
        chunkRoots: chunkRoots.map(String),
        firstLeaves: ['10'],
      });
      expect(station.ask<PollAnswer>('poll', { pollId }).roll!.root).to.equal(roll.root);
      return roll.root;
    });
    expect(new Set(roots)).to.have.property('size', 1);
  });

  it('cuts a large roll into chunks of 1,024 that lead to the root on the chain', () => {
    const station = new PollingStation();
    const pollId = station.create();
    // Enrolment itself is tested elsewhere; here only its rows count.
    for (let i = 1; i <= 1_500; i++)
      station.rows.set(`local:voting/member/${pollId}/${i.toString(16).padStart(64, '0')}`, true);
    station.act('open-poll', { pollId });
    const roll = station.ask<RollRow>('roll', { pollId });
    expect([roll.size, roll.firstLeaves]).to.deep.equal([1_500, ['1', '1025']]);
    const chunks = ['0', '1'].map(
      (chunk) => station.ask<{ leaves: string[] }>('roll-chunk', { pollId, chunk }).leaves,
    );
    expect(chunks.map((leaves) => leaves.length)).to.deep.equal([1_024, 476]);
    expect(rollRootOf(chunkRootsOf(chunks.flat().map(BigInt))).toString()).to.equal(roll.root);
    expect(station.ask('roll-chunk', { pollId, chunk: '2' })).to.equal(undefined);
  });

  it('lists polls newest first, page by page', () => {
    const station = new PollingStation();
    const made = [station.create(), station.create(), station.create()];
    const list = (input: object) => station.ask<{ polls: PollAnswer[]; next: string | null }>('polls', input);
    const first = list({ limit: '2' });
    expect(first.polls.map(({ pollId }) => pollId)).to.deep.equal([made[2], made[1]]);
    const second = list({ limit: '2', after: first.next });
    expect(second.polls.map(({ pollId }) => pollId)).to.deep.equal([made[0]]);
    expect(second.next).to.equal(null);
  });

  it('raises the alarm when there are more ballots than members', () => {
    const station = new PollingStation();
    const pollId = station.open(MEMBERS);
    for (let i = 1; i <= 5; i++)
      station.record({
        name: 'BallotCast',
        contract: 'Ballots',
        args: {
          entryId: `0x${String(i).padStart(64, '0')}`,
          pollId,
          nullifier: String(i),
          choices: maskOf([0]).toString(),
        },
      });
    expect(station.ask<PollAnswer>('poll', { pollId }).notices).to.include('MORE_BALLOTS_THAN_VOTERS');
  });

  it('passes over events of polls it never saw, and over organisations whose id is no name', () => {
    const station = new PollingStation();
    const stray = `0x${'ab'.repeat(32)}` as const;
    const contract = 'Ballots' as const;
    station.record({
      name: 'BallotCast',
      contract,
      args: { entryId: stray, pollId: stray, nullifier: '1', choices: '1' },
    });
    station.record({
      name: 'RollFrozen',
      contract,
      args: { entryId: stray, pollId: stray, root: '1', size: 3 },
    });
    expect(viewOf(station.rows)).to.deep.equal([]);
    const args = {
      entryId: stray,
      organisation: stray,
      content: stray,
      options: 2,
      minChoices: 1,
      maxChoices: 1,
      opensAt: 1,
      closesAt: 2,
      mode: 0,
    };
    station.record({ name: 'PollCreated', contract, args });
    expect(station.ask<PollAnswer>('poll', { pollId: stray }).organisation).to.equal(stray);
  });
});
