import { expect } from 'chai';
import type { RecordedEvent } from '../../../../server/core/abi.ts';
import type { PollAnswer } from '../../../../server/services/voting/answers.ts';
import { voting } from '../../../../server/services/voting/index.ts';
import { anyProof, PollingStation } from '../../../helpers/polling-station.ts';

function recorded() {
  const station = new PollingStation();
  const pollId = station.open(['30', '10', '20']);
  const ballot = { pollId, choices: [0, 2], nullifier: '7', proof: anyProof };
  station.act('cast', ballot, 'anonymous');
  const [created, frozen, cast] = station.events as [RecordedEvent, RecordedEvent, RecordedEvent];
  const { content } = station.ask<PollAnswer>('poll', { pollId });
  return { created, frozen, cast, content: content!, ballot };
}
const altered = (event: RecordedEvent, args: object) =>
  ({ ...event, args: { ...event.args, ...args } }) as RecordedEvent;
const outcomes = (event: RecordedEvent, document?: unknown) =>
  Object.fromEntries(
    voting.checks(event, document).map(({ id, status, details }) => [id, details?.reason ?? status]),
  );

describe('voting: checks of a receipt', () => {
  it('say of a poll that the chain enforces the rules of its text', () => {
    const { created, content } = recorded();
    expect(outcomes(created, content)).to.deep.equal({ 'poll-rules-as-written': 'passed' });
    expect(outcomes(created)).to.deep.equal({ 'poll-rules-as-written': 'no-text' });
    for (const lie of [
      { options: content.options.slice(1) },
      { minChoices: 0 },
      { maxChoices: 1 },
      { opensAtSec: content.opensAtSec - 1 },
      { closesAtSec: content.closesAtSec + 1 },
      { mode: 'sealed' },
    ])
      expect(outcomes(created, { ...content, ...lie })).to.deep.equal({
        'poll-rules-as-written': 'other-rules',
      });
    for (const rubbish of [null, 5, 'text', [], { options: 3 }])
      expect(outcomes(created, rubbish)).to.deep.equal({ 'poll-rules-as-written': 'other-rules' });
  });

  it('say of a roll whether it can hide its members', () => {
    const { frozen } = recorded();
    expect(outcomes(frozen)).to.deep.equal({ 'roll-hides-voters': 'passed' });
    expect(outcomes(altered(frozen, { size: 2 }))).to.deep.equal({ 'roll-hides-voters': 'too-small' });
  });

  it('read poll and choices out of a ballot’s receipt, and compare them with what the device kept', () => {
    const { cast, ballot } = recorded();
    expect(outcomes(cast, ballot)).to.deep.equal({
      'ballot-counted-once': 'passed',
      'ballot-choices': 'passed',
      'ballot-as-cast': 'passed',
    });
    const [, choices] = voting.checks(cast, undefined);
    expect(choices!.details).to.deep.equal({ choices: '1, 3' });
    for (const lie of [
      { choices: [0] },
      { choices: [0, 1] },
      { choices: '0,2' },
      { nullifier: '8' },
      { pollId: '0x00' },
    ])
      expect(outcomes(cast, { ...ballot, ...lie })['ballot-as-cast']).to.equal('other-ballot');
  });

  it('find a ballot whose id does not follow from its nullifier, or whose choices break the rules of the text', () => {
    const { cast, content } = recorded();
    expect(outcomes(altered(cast, { nullifier: '8' }))['ballot-counted-once']).to.equal('other-id');
    const beyond = (
      7n + 21888242871839275222246405745257275088548364400416034343698204186575808495617n
    ).toString();
    expect(outcomes(altered(cast, { nullifier: beyond }))['ballot-counted-once']).to.equal('not-in-field');
    expect(outcomes(cast, content)['ballot-choices']).to.equal('passed');
    expect(outcomes(altered(cast, { choices: '8' }), content)['ballot-choices']).to.equal('against-rules');
  });

  it('have words for every outcome', () => {
    const { created, frozen, cast, ballot, content } = recorded();
    const seen = [
      ...voting.checks(created, {}),
      ...voting.checks(created, undefined),
      ...voting.checks(altered(frozen, { size: 1 }), undefined),
      ...voting.checks(altered(cast, { nullifier: '8', choices: '8' }), content),
      ...voting.checks(cast, { ...ballot, choices: [] }),
    ];
    for (const { id, details } of seen) {
      expect(voting.words).to.have.property(id);
      if (details?.reason !== undefined) expect(voting.words).to.have.property(`${id}.${details.reason}`);
    }
  });

  it('say nothing about events that are not theirs', () => {
    const { cast } = recorded();
    expect(
      voting.checks({ ...cast, name: 'VerifierAllowed' } as unknown as RecordedEvent, undefined),
    ).to.deep.equal([]);
  });
});
