import { bn254 } from '@noble/curves/bn254.js';
import { expect } from 'chai';
import type { Log } from 'ethers';
import { network } from 'hardhat';
import { REFUSALS } from '../../server/core/contracts.generated.ts';
import { ballotIdOf, maskOf, scopeOf } from '../../server/services/voting/ballot.ts';
import { FIELD } from '../../server/services/voting/roll.ts';
import {
  addressOfDeployment,
  BALLOTS,
  type BallotsContract,
  choicesOfVoter,
  DEPLOYER_INDEX,
  idempotencyOf,
  ORGANISATION,
  type OrganisationsContract,
  placeOf,
  pollIdOf,
  ROLL,
  VOTERS,
} from '../helpers/ballots.ts';
import vectors from '../vectors/ballots/ballots.json' with { type: 'json' };

const { ethers, networkHelpers } = await network.create();
const OPENS = 2_000_000_000;
const untouched = await networkHelpers.takeSnapshot();
const CLOSES = OPENS + 3_600;
const refusal = (name: string) => (REFUSALS as readonly string[]).indexOf(name);
const KEY = ethers.ZeroHash;

interface Ballot {
  pollId: string;
  choices: bigint;
  nullifier: bigint;
  proof: bigint[];
}
const ballotOf = (vector: {
  pollId: string;
  choices: number[];
  nullifier: string;
  proof: string[];
}): Ballot => ({
  pollId: vector.pollId,
  choices: maskOf(vector.choices),
  nullifier: BigInt(vector.nullifier),
  proof: vector.proof.map(BigInt),
});
const ballots20 = vectors.cast.map(ballotOf);
const first = ballots20[0]!;

const creation = (changes: Record<string, unknown> = {}) => ({
  organisation: ORGANISATION,
  key: KEY,
  content: ethers.id('the text of the poll'),
  options: 5,
  minChoices: 1,
  maxChoices: 2,
  opensAt: OPENS,
  closesAt: CLOSES,
  mode: 0,
  idempotency: idempotencyOf('main'),
  signature: '0x',
  ...changes,
});
const freeze = (changes: Record<string, unknown> = {}) => ({
  organisation: ORGANISATION,
  key: KEY,
  pollId: pollIdOf('main'),
  root: ROLL.root,
  size: VOTERS.length,
  idempotency: idempotencyOf('main roll'),
  signature: '0x',
  ...changes,
});

async function deploy() {
  const deployer = (await ethers.getSigners())[DEPLOYER_INDEX]!;
  const organisations = (await ethers.deployContract(
    'OrganisationsDouble',
    deployer,
  )) as unknown as OrganisationsContract;
  const verifier = await ethers.deployContract('SemaphoreVerifier', deployer);
  const ballots = (await ethers.deployContract(
    'Ballots',
    [organisations, verifier],
    deployer,
  )) as unknown as BallotsContract;
  return { organisations, verifier, ballots };
}

async function createdPoll() {
  const parts = await deploy();
  await parts.ballots.createPolls([creation()]);
  return parts;
}

async function openPoll() {
  const parts = await createdPoll();
  await parts.ballots.freezeRolls([freeze()]);
  await networkHelpers.time.increaseTo(OPENS);
  return parts;
}

/** Every test begins on an empty chain an hour before the opening. */
async function begin<T>(fixture: () => Promise<T>): Promise<T> {
  await untouched.restore();
  await networkHelpers.time.setNextBlockTimestamp(OPENS - 3_600);
  return fixture();
}

const withRoll = (name: string, root: bigint) => async () => {
  const parts = await openPoll();
  await parts.ballots.createPolls([creation({ idempotency: idempotencyOf(name) })]);
  await parts.ballots.freezeRolls([
    freeze({ pollId: pollIdOf(name), root, size: 4, idempotency: idempotencyOf(`${name} roll`) }),
  ]);
  return parts;
};
const otherPoll = withRoll('other', ROLL.root);
const leanPoll = withRoll('lean', BigInt(vectors.lean.root));

async function refusesCast(ballots: BallotsContract, ballot: Ballot, reason: string) {
  const turnout = (await ballots.pollOf(ballot.pollId)).turnout;
  await expect(ballots.cast([ballot]))
    .to.emit(ballots, 'BallotsRefused')
    .withArgs(ballotIdOf(ballot.pollId as `0x${string}`, ballot.nullifier), ballot.pollId, refusal(reason));
  expect((await ballots.pollOf(ballot.pollId)).turnout).to.equal(turnout);
}

describe('Ballots: a poll', () => {
  it('stands at the address that the test proofs were made for', async () => {
    const { ballots } = await begin(openPoll);
    expect((await ballots.getAddress()).toLowerCase()).to.equal(BALLOTS);
    expect(addressOfDeployment(2)).to.equal(BALLOTS);
    expect(await ballots.scopeOf(pollIdOf('main'))).to.equal(scopeOf(placeOf('main')));
  });

  it('is created with the id of its entry and shows its rules', async () => {
    const { ballots } = await begin(deploy);
    await expect(ballots.createPolls([creation()]))
      .to.emit(ballots, 'PollCreated')
      .withArgs(pollIdOf('main'), ORGANISATION, creation().content, 5, 1, 2, OPENS, CLOSES, 0);
    const poll = await ballots.pollOf(pollIdOf('main'));
    expect([poll.organisation, poll.content, poll.options, poll.rollSize, poll.turnout]).to.deep.equal([
      ORGANISATION,
      creation().content,
      5n,
      0n,
      0n,
    ]);
    expect(await ballots.tallyOf(pollIdOf('main'))).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
  });

  const badPolls: [string, Record<string, unknown>, string][] = [
    ['one option', { options: 1, maxChoices: 1 }, 'BadPollOptions'],
    ['65 options', { options: 65 }, 'BadPollOptions'],
    ['no choice at all', { minChoices: 0, maxChoices: 0 }, 'BadPollOptions'],
    ['more choices than options', { maxChoices: 6 }, 'BadPollOptions'],
    ['a minimum above the maximum', { minChoices: 3 }, 'BadPollOptions'],
    ['no time between opening and close', { closesAt: OPENS }, 'BadPollDates'],
    ['a close in the past', { opensAt: 1, closesAt: 2 }, 'BadPollDates'],
    ['sealed ballots, which nobody could count yet', { mode: 1 }, 'UnsupportedMode'],
    ['a mode that does not exist', { mode: 255 }, 'UnsupportedMode'],
  ];
  for (const [name, changes, reason] of badPolls) {
    it(`with ${name} is refused and leaves its neighbours alone`, async () => {
      const { ballots } = await begin(deploy);
      const bad = creation({ ...changes, idempotency: idempotencyOf('bad') });
      const last = creation({ idempotency: idempotencyOf('last') });
      const sent = ballots.createPolls([creation(), bad, last]);
      await expect(sent)
        .to.emit(ballots, 'BallotsRefused')
        .withArgs(pollIdOf('bad'), pollIdOf('bad'), refusal(reason));
      expect((await ballots.pollOf(pollIdOf('main'))).options).to.equal(5n);
      expect((await ballots.pollOf(pollIdOf('bad'))).options).to.equal(0n);
      expect((await ballots.pollOf(pollIdOf('last'))).options).to.equal(5n);
    });
  }

  it('cannot be created by who may not speak or is not accredited', async () => {
    const { ballots, organisations } = await begin(deploy);
    await organisations.answer(refusal('BadSignature'), true);
    await expect(ballots.createPolls([creation()]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main'), pollIdOf('main'), refusal('BadSignature'));
    await organisations.answer(0, false);
    await expect(ballots.createPolls([creation()]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main'), pollIdOf('main'), refusal('NotAccredited'));
  });

  it('keeps its text, options and dates: the same id is never created twice', async () => {
    const { ballots } = await begin(openPoll);
    await expect(
      ballots.createPolls([creation({ content: ethers.id('another text'), closesAt: CLOSES + 9 })]),
    )
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main'), pollIdOf('main'), refusal('PollExists'));
    const poll = await ballots.pollOf(pollIdOf('main'));
    expect([poll.content, poll.closesAt]).to.deep.equal([creation().content, BigInt(CLOSES)]);
  });

  it('and a freeze never share an entry id', async () => {
    const { ballots } = await begin(openPoll);
    await expect(ballots.createPolls([creation({ idempotency: freeze().idempotency })]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main roll'), pollIdOf('main roll'), refusal('DuplicateEntry'));
    await ballots.createPolls([creation({ idempotency: idempotencyOf('second') })]);
    for (const idempotency of [idempotencyOf('second'), freeze().idempotency])
      await expect(ballots.freezeRolls([freeze({ pollId: pollIdOf('second'), idempotency })]))
        .to.emit(ballots, 'BallotsRefused')
        .withArgs((value: string) => value.length === 66, pollIdOf('second'), refusal('DuplicateEntry'));
  });
});

describe('Ballots: the roll', () => {
  it('is frozen once by the creator, with root and size in public', async () => {
    const { ballots } = await begin(createdPoll);
    await expect(ballots.freezeRolls([freeze()]))
      .to.emit(ballots, 'RollFrozen')
      .withArgs(pollIdOf('main roll'), pollIdOf('main'), ROLL.root, VOTERS.length);
    const later = freeze({ root: 5n, idempotency: idempotencyOf('later roll') });
    await expect(ballots.freezeRolls([later]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('later roll'), pollIdOf('main'), refusal('RollAlreadyFrozen'));
    expect((await ballots.pollOf(pollIdOf('main'))).rollRoot).to.equal(ROLL.root);
  });

  const badRolls: [string, Record<string, unknown>, string][] = [
    ['of one', { size: 1 }, 'RollTooSmall'],
    ['of two', { size: 2 }, 'RollTooSmall'],
    ['of nobody', { size: 0 }, 'RollTooSmall'],
    ['larger than the tree', { size: 2 ** 20 + 1 }, 'RollTooLarge'],
    ['whose root is no field element', { root: FIELD }, 'NotInField'],
    ['of an unknown poll', { pollId: ethers.id('none') }, 'UnknownPoll'],
    ['by another organisation', { organisation: ethers.id('other') }, 'NotAuthor'],
  ];
  for (const [name, changes, reason] of badRolls) {
    it(`${name} is refused and leaves its neighbour alone`, async () => {
      const { ballots } = await begin(createdPoll);
      const bad = freeze({ ...changes, idempotency: idempotencyOf('bad') });
      const sent = ballots.freezeRolls([bad, freeze()]);
      await expect(sent)
        .to.emit(ballots, 'BallotsRefused')
        .withArgs((value: string) => value.length === 66, bad.pollId, refusal(reason));
      await expect(sent).to.emit(ballots, 'RollFrozen');
    });
  }

  it('cannot be frozen at the second of the close, but one second before', async () => {
    const { ballots } = await begin(createdPoll);
    const snapshot = await networkHelpers.takeSnapshot();
    await networkHelpers.time.setNextBlockTimestamp(CLOSES);
    await expect(ballots.freezeRolls([freeze()]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main roll'), pollIdOf('main'), refusal('PollClosed'));
    await snapshot.restore();
    await networkHelpers.time.setNextBlockTimestamp(CLOSES - 1);
    await expect(ballots.freezeRolls([freeze()])).to.emit(ballots, 'RollFrozen');
  });

  it('must be frozen before a ballot counts', async () => {
    const { ballots } = await begin(createdPoll);
    await networkHelpers.time.increaseTo(OPENS);
    await refusesCast(ballots, first, 'RollNotFrozen');
  });

  it('kept as a tree of varying depth would give two ballots to who enrols a subtree, which is why it is not', async () => {
    // The contract cannot see the tree: this shows the forgery that the roll's fixed depth (server/services/voting) removes.
    const { ballots } = await begin(leanPoll);
    await ballots.cast(vectors.lean.twice.map(ballotOf));
    expect((await ballots.pollOf(pollIdOf('lean'))).turnout).to.equal(2n);
  });
});

describe('Ballots: a ballot', () => {
  it('with a real proof counts once, live', async () => {
    const { ballots } = await begin(openPoll);
    await expect(ballots.cast([first]))
      .to.emit(ballots, 'BallotCast')
      .withArgs(
        ballotIdOf(placeOf('main').pollId, first.nullifier),
        first.pollId,
        first.nullifier,
        first.choices,
      );
    expect(await ballots.hasCast(first.pollId, first.nullifier)).to.equal(true);
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(1n);
    expect(await ballots.tallyOf(first.pollId)).to.deep.equal([1n, 0n, 0n, 0n, 0n]);
  });

  it('stands beside 21 others in one transaction, and the tally is the sum of all choices', async () => {
    const { ballots } = await begin(openPoll);
    await ballots.cast(ballots20);
    const expected = [0n, 0n, 0n, 0n, 0n];
    for (const voter of VOTERS) for (const choice of choicesOfVoter(voter)) expected[choice]! += 1n;
    expect(await ballots.tallyOf(first.pollId)).to.deep.equal(expected);
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(22n);
  });

  it('cannot be cast twice, in another transaction or in the same', async () => {
    const { ballots } = await begin(openPoll);
    await expect(ballots.cast([first, first]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(
        ballotIdOf(placeOf('main').pollId, first.nullifier),
        first.pollId,
        refusal('BallotAlreadyCast'),
      );
    await refusesCast(ballots, first, 'BallotAlreadyCast');
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(1n);
  });

  it('cannot be cast again with its nullifier raised by the order of the field', async () => {
    const { ballots } = await begin(openPoll);
    await ballots.cast([first]);
    for (let raised = first.nullifier + FIELD; raised < 2n ** 256n; raised += FIELD)
      await refusesCast(ballots, { ...first, nullifier: raised }, 'NotInField');
  });

  it('cannot be cast again with its proof rewritten, though (-A, -B, C) is a good proof too', async () => {
    const { ballots } = await begin(openPoll);
    const q = bn254.fields.Fp.ORDER;
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = first.proof as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const rewritten = { ...first, proof: [ax, q - ay, bx1, bx0, q - by1, q - by0, cx, cy] };
    const snapshot = await networkHelpers.takeSnapshot();
    await expect(ballots.cast([rewritten])).to.emit(ballots, 'BallotCast');
    await snapshot.restore();
    await ballots.cast([first]);
    await refusesCast(ballots, rewritten, 'BallotAlreadyCast');
  });

  it('counts once though a stranger relays it first', async () => {
    const { ballots } = await begin(openPoll);
    const [voter, stranger] = await ethers.getSigners();
    await expect((ballots.connect(stranger!) as BallotsContract).cast([first])).to.emit(
      ballots,
      'BallotCast',
    );
    await expect((ballots.connect(voter!) as BallotsContract).cast([first])).to.emit(
      ballots,
      'BallotsRefused',
    );
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(1n);
    expect(await ballots.tallyOf(first.pollId)).to.deep.equal([1n, 0n, 0n, 0n, 0n]);
  });

  it('of the same voter counts in two polls under two nullifiers', async () => {
    const { ballots } = await begin(otherPoll);
    const elsewhere = ballotOf(vectors.otherPoll);
    await ballots.cast([first, elsewhere]);
    expect(elsewhere.nullifier).not.to.equal(first.nullifier);
    expect((await ballots.pollOf(pollIdOf('main'))).turnout).to.equal(1n);
    expect((await ballots.pollOf(pollIdOf('other'))).turnout).to.equal(1n);
  });

  const atMain = (vector: Parameters<typeof ballotOf>[0]) => ({
    ...ballotOf(vector),
    pollId: pollIdOf('main'),
  });
  const foreign: [string, Ballot][] = [
    ['another poll', atMain(vectors.otherPoll)],
    ['another chain', atMain(vectors.otherChain)],
    ['another contract', atMain(vectors.otherContract)],
    ['the roll as it was before the freeze', atMain(vectors.rollBeforeFreeze)],
    ['a roll of an outsider', atMain(vectors.outsider)],
    ['other choices, changed on the way', { ...first, choices: first.choices << 1n }],
    ['fewer choices, changed on the way', { ...ballots20[1]!, choices: 1n }],
    ['another nullifier', { ...first, nullifier: first.nullifier + 1n }],
  ];
  for (const [name, ballot] of foreign) {
    it(`proven for ${name} is refused`, async () => {
      const { ballots } = await begin(openPoll);
      await refusesCast(ballots, ballot, 'BadProof');
    });
  }

  it('proven with another circuit over the same roll is refused: depth 16, or the flawed files 4.0.0', async () => {
    const { ballots } = await begin(leanPoll);
    await refusesCast(ballots, ballotOf(vectors.lean.depth16), 'BadProof');
    await refusesCast(ballots, ballotOf(vectors.lean.artifacts400), 'BadProof');
    await expect(ballots.cast([ballotOf(vectors.lean.honest)])).to.emit(ballots, 'BallotCast');
  });

  const choices: [string, bigint][] = [
    ['nothing chosen', 0n],
    ['three of at most two chosen', 0b111n],
    ['an option chosen that does not exist', 0b100001n],
    ['the last bit set', 1n << 63n],
    ['every bit set', 2n ** 64n - 1n],
  ];
  for (const [name, mask] of choices) {
    it(`with ${name} is refused`, async () => {
      const { ballots } = await begin(openPoll);
      await refusesCast(ballots, { ...first, choices: mask }, 'BadChoice');
    });
  }

  it('of an unknown poll is refused', async () => {
    const { ballots } = await begin(openPoll);
    await refusesCast(ballots, { ...first, pollId: ethers.id('none') }, 'UnknownPoll');
  });

  const moments: [string, number, string | undefined][] = [
    ['in the last second before opening', OPENS - 1, 'PollNotOpen'],
    ['in the second of opening', OPENS, undefined],
    ['in the last second', CLOSES - 1, undefined],
    ['in the second of the close', CLOSES, 'PollClosed'],
  ];
  for (const [name, second, reason] of moments) {
    it(`${name} ${reason === undefined ? 'counts' : 'is refused'}`, async () => {
      const { ballots } = await begin(createdPoll);
      await ballots.freezeRolls([freeze()]);
      await networkHelpers.time.setNextBlockTimestamp(second);
      if (reason === undefined) await expect(ballots.cast([first])).to.emit(ballots, 'BallotCast');
      else await refusesCast(ballots, first, reason);
    });
  }
});

describe('Ballots: asking before casting', () => {
  it('answers as casting would, for any time and without a trace', async () => {
    const { ballots } = await begin(openPoll);
    const ask = async (ballot: Ballot, time: number) =>
      REFUSALS[Number(await ballots.refusalOf(ballot, time))];
    const forged = { ...first, choices: first.choices << 1n };
    expect(await ask(first, OPENS - 1)).to.equal('PollNotOpen');
    expect(await ask(first, OPENS)).to.equal('None');
    expect(await ask(first, CLOSES - 1)).to.equal('None');
    expect(await ask(first, CLOSES)).to.equal('PollClosed');
    expect(await ask(forged, OPENS)).to.equal('BadProof');
    expect(await ask({ ...first, choices: 0n }, OPENS)).to.equal('BadChoice');
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(0n);
    await ballots.cast([first]);
    expect(await ask(first, OPENS)).to.equal('BallotAlreadyCast');
  });
});

describe('Ballots: hostile proofs', () => {
  const q = bn254.fields.Fp.ORDER;
  /** On the twist, but of another order than the group's: the JavaScript verifiers in use take it for valid. */
  const outsideSubgroup = () => {
    const { Fp2 } = bn254.fields;
    for (let x = 1n; ; x++) {
      const point = { c0: x, c1: 0n };
      const right = Fp2.add(Fp2.mul(Fp2.sqr(point), point), bn254.G2.Point.CURVE().b);
      try {
        const y = Fp2.sqrt(right);
        return [point.c1, point.c0, y.c1, y.c0];
      } catch {
        // No square root for this x; about every second one has.
      }
    }
  };
  const hostile: [string, bigint[]][] = [
    ['only zeros (three points at infinity)', Array<bigint>(8).fill(0n)],
    ['points that are on no curve', Array<bigint>(8).fill(1n)],
    ['coordinates beyond the field', first.proof.map((value) => value + q)],
    ['the largest numbers', Array<bigint>(8).fill(2n ** 256n - 1n)],
    [
      'a second point outside the subgroup',
      [...first.proof.slice(0, 2), ...outsideSubgroup(), ...first.proof.slice(6)],
    ],
    [
      'its first and last point exchanged',
      [...first.proof.slice(6), ...first.proof.slice(2, 6), ...first.proof.slice(0, 2)],
    ],
  ];
  for (const [name, proof] of hostile) {
    it(`${name}: refused, and the neighbours count`, async () => {
      const { ballots } = await begin(openPoll);
      const sent = ballots.cast([ballots20[1]!, { ...first, proof }, ballots20[2]!]);
      await expect(sent)
        .to.emit(ballots, 'BallotsRefused')
        .withArgs(ballotIdOf(placeOf('main').pollId, first.nullifier), first.pollId, refusal('BadProof'));
      expect((await ballots.pollOf(first.pollId)).turnout).to.equal(2n);
      expect(await ballots.hasCast(first.pollId, first.nullifier)).to.equal(false);
    });
  }

  it('cost a relayer no more than the verifier is given', async () => {
    const { ballots } = await begin(openPoll);
    for (const [, proof] of hostile)
      expect(await ballots.cast.estimateGas([{ ...first, proof }])).to.be.below(480_000n);
  });

  it('are never seen where only the gas was short: a good ballot counts, or its transaction fails', async () => {
    const { ballots } = await begin(openPoll);
    let counted = 0;
    for (let gasLimit = 60_000n; gasLimit <= 460_000n; gasLimit += 20_000n) {
      const snapshot = await networkHelpers.takeSnapshot();
      try {
        const receipt = await (await ballots.cast([first], { gasLimit })).wait();
        expect(receipt!.logs.map((log: Log) => ballots.interface.parseLog(log)!.name)).to.deep.equal([
          'BallotCast',
        ]);
        counted++;
      } catch (error) {
        expect(String(error)).to.match(/BallotsGasTooLow|out of gas|ran out|gas/i);
        expect((error as Error).name).not.to.equal('AssertionError');
      }
      await snapshot.restore();
    }
    expect(counted).to.be.above(0);
  });

  it('do not touch the counters when 1 in 3 of a batch is broken', async () => {
    const { ballots } = await begin(openPoll);
    const mixed = ballots20.flatMap((ballot, i) =>
      i % 2 ? [ballot] : [ballot, { ...ballot, choices: 64n }],
    );
    await ballots.cast(mixed);
    const tally = await ballots.tallyOf(first.pollId);
    expect((await ballots.pollOf(first.pollId)).turnout).to.equal(22n);
    expect(tally.reduce((sum: bigint, count: bigint) => sum + count, 0n)).to.equal(
      BigInt(VOTERS.flatMap(choicesOfVoter).length),
    );
  });
});
