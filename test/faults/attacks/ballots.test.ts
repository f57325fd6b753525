/** A malicious voter, a malicious relayer and a curious operator around one real poll with real proofs. */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { proveAll } from '../../../scripts/lib/prover.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { commitmentOfKey, newVotingKey, type ProvenBallot } from '../../../web/lib/prove.ts';
import { type Actor, makeActor, record } from '../../helpers/actors.ts';
import { gateway, send, type TestGateway, untilReceipted } from '../../helpers/gateway.ts';

const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

describe('around a poll', () => {
  let running: TestGateway;
  let office: Actor;
  let pollId: Hex;
  let otherPoll: Hex;
  let ballot: ProvenBallot;
  let entryId: Hex;
  const codes = Array.from({ length: 4 }, () => randomBytes(10).toString('hex').toUpperCase());
  const keys = codes.map(() => newVotingKey());
  const commitments = keys.map(commitmentOfKey);

  async function openPoll(): Promise<Hex> {
    const id = await record(
      running,
      'voting/create-poll',
      {
        title: { ko: '시험' },
        options: [{ ko: '가' }, { ko: '나' }, { ko: '다' }],
        opensAt: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
        closesAt: '2040-01-01T00:00:00Z',
      },
      office.key,
    );
    await send(`${running.url}/v1/voting/import-codes`, { key: office.key, body: { pollId: id, codes } });
    for (const [i, code] of codes.entries())
      await send(`${running.url}/v1/voting/enrol`, {
        body: { pollId: id, code, commitment: commitments[i] },
      });
    await record(running, 'voting/open-poll', { pollId: id }, office.key);
    return id;
  }

  before(async () => {
    running = await gateway();
    office = await makeActor(running, ['voting']);
    [pollId, otherPoll] = [await openPoll(), await openPoll()];
    const { body: roll } = await send<{ chunkRoots: string[] }>(
      `${running.url}/v1/voting/polls/${pollId}/roll`,
    );
    const { body: chunk } = await send<{ leaves: string[] }>(
      `${running.url}/v1/voting/polls/${pollId}/roll/0`,
    );
    const { body: poll } = await send<{ roll: { root: string } }>(`${running.url}/v1/voting/polls/${pollId}`);
    const { chainId, contracts } = running.context.chain;
    const order = {
      votingKey: keys[0]!,
      place: { chainId, contract: contracts.Ballots, pollId },
      choices: [1],
      rollRoot: BigInt(poll.roll.root),
      chunk: { index: 0, leaves: chunk.leaves.map(BigInt) },
      chunkRoots: roll.chunkRoots.map(BigInt),
    };
    [ballot] = (await proveAll([order])) as [ProvenBallot];
  });

  const cast = (change: Record<string, unknown> = {}) =>
    send(`${running.url}/v1/voting/cast`, { body: { ...ballot, ...change }, wait: 20 });

  it('a relayer cannot change the choice, the poll, the number or the proof of a ballot', async () => {
    const changes: [Record<string, unknown>, RegExp][] = [
      [{ choices: [0] }, /^BALLOT_REFUSED$/],
      [{ pollId: otherPoll }, /^BALLOT_REFUSED$/],
      [{ nullifier: (BigInt(ballot.nullifier) + 1n).toString() }, /^BALLOT_REFUSED$/],
      [{ nullifier: (BigInt(ballot.nullifier) + FIELD).toString() }, /^INPUT_INVALID$/],
      [{ proof: [...ballot.proof].reverse() }, /^(BALLOT_REFUSED|INPUT_INVALID)$/],
      [{ proof: ballot.proof.map(() => '0') }, /^BALLOT_REFUSED$/],
      [{ choices: [0, 1] }, /^CHOICE_NOT_ALLOWED$/],
      [{ choices: [1, 1] }, /^INPUT_INVALID$/],
      [{ choices: [] }, /^CHOICE_NOT_ALLOWED$/],
      [{ choices: [63] }, /^CHOICE_NOT_ALLOWED$/],
    ];
    for (const [change, code] of changes)
      expect((await cast(change)).body.code, JSON.stringify(change).slice(0, 40)).match(code);
  });

  it('a voter counts once, however often and however parallel the ballot comes', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => cast()));
    const taken = replies.filter(({ status }) => status === 201 || status === 202);
    expect(taken).to.have.length(1);
    entryId = taken[0]!.body.entryId;
    const view = await untilReceipted(running.url, entryId);
    expect(view).include({ state: 'receipted' });
    expect(Object.keys(view), 'no clock of the gateway').members([
      'entryId',
      'state',
      'service',
      'leafIndex',
      'block',
      'recordedAtSec',
    ]);
    const row = await running.context.store.get<object>(`entry:${entryId}`);
    expect(row).not.have.property('acceptedAtMs');
    expect((await cast()).body.code).equal('BALLOT_ALREADY_CAST');
    const { body } = await send(`${running.url}/v1/voting/polls/${pollId}`);
    expect(body).deep.include({ turnout: 1, tally: [0, 1, 0] });
  });

  it('an operator finds no row that knows a ballot together with a code, a voting key or an enrolment', async () => {
    const rows = await running.context.store.range<unknown>({ gte: '', lt: '\uffff' });
    const texts = rows.map(({ key, value }) => `${key} ${JSON.stringify(value)}`);
    const about = [ballot.nullifier, entryId, entryId.slice(2)];
    const ofBallot = texts.filter((text) => about.some((part) => text.includes(part)));
    expect(ofBallot).not.empty;
    const references = codes.map((code) =>
      running.context.vault.subjectReference('voting.code', `${pollId}/${code}`),
    );
    const ofVoters = [
      ...codes,
      ...references,
      ...commitments,
      ...commitments.map((one) => BigInt(one).toString(16)),
      ...keys,
      '127.0.0.1',
    ];
    expect(ofBallot.filter((text) => ofVoters.some((part) => text.includes(part)))).deep.equal([]);
  });

  it('an official can no longer add, remove or exchange voters', async () => {
    const late = { pollId, codes: ['LATE'.repeat(4)] };
    for (const [action, body] of [
      ['import-codes', late],
      ['close-enrolment', { pollId }],
      ['open-poll', { pollId }],
    ] as const)
      expect((await send(`${running.url}/v1/voting/${action}`, { key: office.key, body })).body.code).equal(
        'ROLL_FROZEN',
      );
    const more = { pollId, code: codes[0], commitment: commitmentOfKey(newVotingKey()) };
    expect((await send(`${running.url}/v1/voting/enrol`, { body: more })).body.code).oneOf([
      'ROLL_FROZEN',
      'ENROLMENT_CLOSED',
    ]);
  });
});
