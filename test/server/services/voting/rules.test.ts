import { expect } from 'chai';
import type { z } from 'zod';
import { AppError } from '../../../../server/core/errors.ts';
import { contentHash } from '../../../../server/core/hash.ts';
import type { PollAnswer } from '../../../../server/services/voting/answers.ts';
import { ballotIdOf } from '../../../../server/services/voting/ballot.ts';
import { voting } from '../../../../server/services/voting/index.ts';
import vectors from '../../../../server/services/voting/vectors.json' with { type: 'json' };
import {
  anyProof,
  CLOSES,
  codeOfNumber,
  OFFICE,
  OPENS,
  POLL,
  PollingStation,
} from '../../../helpers/polling-station.ts';

const MEMBERS = ['30', '10', '20', '50'];
const ballot = (pollId: string, nullifier: string, choices = [0]) => ({
  pollId,
  choices,
  nullifier,
  proof: anyProof,
});

describe('voting: inputs', () => {
  for (const { name, action, input } of vectors.inputs.valid)
    it(`takes ${name}`, () => {
      expect(voting.actions[action]!.input.safeParse(input).error).to.equal(undefined);
    });

  for (const { name, action, input, code } of vectors.inputs.invalid)
    it(`refuses ${name} as ${code}`, () => {
      const { error } = voting.actions[action]!.input.safeParse(input);
      const codes = error!.issues.map((found: z.core.$ZodIssue) =>
        found.code === 'custom' ? found.message : found.code,
      );
      expect(codes).to.include(code);
      if (code === code.toUpperCase()) expect(voting.words).to.have.property(code);
    });

  it('never repeats a malformed code in its refusal', () => {
    const secret = 'SECRET_CODE_1234';
    const { error } = voting.actions['import-codes']!.input.safeParse({
      pollId: `0x${'5e'.repeat(32)}`,
      codes: [secret],
    });
    expect(JSON.stringify(error!.issues)).not.to.include(secret);
  });
});

describe('voting: a poll', () => {
  it('binds its whole text, options, rules and pictures into the hash on the chain', () => {
    const station = new PollingStation();
    const [picture] = vectors.inputs.valid.filter(({ name }) => name === 'a poll with a picture');
    const pollId = station.act('create-poll', picture!.input).reply!.pollId as `0x${string}`;
    const answer = station.ask<PollAnswer>('poll', { pollId });
    expect(answer.contentHash).to.equal(contentHash(answer.content));
    expect(answer.content!.options[0]!.image).to.include({ mediaType: 'image/png', alt: '점 하나' });
    const { images } = station.ask<{ images: { option: number; image: string }[] }>('images', { pollId });
    expect(images).to.have.length(1);
    expect(images[0]!.image).to.match(/^data:image\/png;base64,/);
  });

  it('is refused when it closes in the past, or when nobody signs for it', () => {
    const station = new PollingStation();
    station.nowSec = CLOSES;
    expect(() => station.act('create-poll', POLL)).to.throw('CLOSES_IN_PAST');
    expect(() => station.act('create-poll', POLL, 'anonymous')).to.throw('ORGANISATION_ONLY');
  });

  it('goes from accepted over enrolling, scheduled and open to closed', () => {
    const station = new PollingStation();
    const states: string[] = [];
    const look = (pollId: string) => states.push(station.ask<PollAnswer>('poll', { pollId }).state);
    const pollId = station.accept('create-poll', POLL).reply!.pollId as `0x${string}`;
    look(pollId);
    station.settle();
    look(pollId);
    station.enrol(pollId, MEMBERS);
    station.act('open-poll', { pollId });
    look(pollId);
    station.nowSec = OPENS;
    look(pollId);
    station.nowSec = CLOSES;
    look(pollId);
    expect(states).to.deep.equal(['draft', 'enrolling', 'scheduled', 'open', 'closed']);
  });

  it('warns when the text held here is not the one on the chain', () => {
    const station = new PollingStation();
    const pollId = station.open(MEMBERS);
    const key = `local:voting/draft/${pollId}`;
    const draft = station.rows.get(key) as { content: { title: { ko: string } } };
    station.rows.set(key, { ...draft, content: { ...draft.content, title: { ko: '다른 제목' } } });
    expect(station.ask<PollAnswer>('poll', { pollId }).notices).to.include('TEXT_ALTERED');
    station.rows.delete(key);
    expect(station.ask<PollAnswer>('poll', { pollId }).notices).to.include('TEXT_MISSING');
  });
});

describe('voting: enrolment', () => {
  it('takes a code once, in any spelling, and only one this poll knows', () => {
    const station = new PollingStation();
    const pollId = station.create();
    const other = station.create();
    station.act('import-codes', { pollId, codes: ['7K3M-Q9TX-42WD', 'H5RC-0PBE-J8NV'] });
    const enrol = (code: string, commitment: string, poll = pollId) =>
      station.act('enrol', { pollId: poll, code, commitment }, 'anonymous');
    expect(() => enrol('7K3M-Q9TX-42WD', '1', other)).to.throw('CODE_UNKNOWN');
    expect(() => enrol('7K3M-Q9TX-42WE', '1')).to.throw('CODE_UNKNOWN');
    enrol(' 7k3mq9tx 42wd', '1');
    expect(() => enrol('7K3M-Q9TX-42WD', '2')).to.throw('CODE_USED');
    expect(() => enrol('H5RC-0PBE-J8NV', '1')).to.throw('ALREADY_ENROLLED');
    expect(station.ask<PollAnswer>('poll', { pollId }).enrolment).to.deep.equal({
      enrolled: 1,
      isOpen: true,
    });
  });

  it('counts codes imported twice once, also after they were used', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.enrol(pollId, ['1']);
    const again = station.act('import-codes', {
      pollId,
      codes: [codeOfNumber(0), 'NEW-CODE-1', 'new code 1'],
    });
    expect(again.reply).to.deep.equal({ added: 1, alreadyKnown: 1, codes: 2 });
    expect(() =>
      station.act('enrol', { pollId, code: codeOfNumber(0), commitment: '2' }, 'anonymous'),
    ).to.throw('CODE_USED');
  });

  it('leaves no row that holds a code, or a code’s reference together with a voting key', () => {
    const station = new PollingStation();
    const pollId = station.create();
    const commitment = '12375365012684411337706486571306470266284236391105543160462434846640218350123';
    station.enrol(pollId, [commitment]);
    const hex = BigInt(commitment).toString(16);
    for (const [key, value] of station.rows) {
      const text = `${key} ${JSON.stringify(value)}`;
      expect(text).not.to.include(codeOfNumber(0).replace('-', ''));
      const holdsKey = text.includes(hex) || text.includes(commitment);
      expect(holdsKey && text.includes('/code/')).to.equal(false);
    }
  });

  it('names the members to the own organisation alone, and only when nobody joins any more', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.enrol(pollId, ['33', '11', '22']);
    const ask = (by: string, more = {}) => station.ask('members', { pollId, ...more }, by);
    expect(ask(OFFICE)).equal(undefined);
    station.act('close-enrolment', { pollId });
    expect(ask(OFFICE)).deep.equal({ members: ['11', '22', '33'], next: null });
    expect(ask('seoul.another')).equal(undefined);
    expect(ask('anonymous')).equal(undefined);
    expect(ask(OFFICE, { limit: '2' })).deep.equal({ members: ['11', '22'], next: '22' });
    expect(ask(OFFICE, { limit: '2', after: '22' })).deep.equal({ members: ['33'], next: null });
  });

  it('is over once the organisation closes it or the roll is frozen, and for codes too', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.enrol(pollId, MEMBERS);
    station.act('import-codes', { pollId, codes: ['LATE-CODE-1'] });
    station.act('close-enrolment', { pollId });
    const late = () => station.act('enrol', { pollId, code: 'LATE-CODE-1', commitment: '9' }, 'anonymous');
    expect(late).to.throw('ENROLMENT_CLOSED');
    station.act('open-poll', { pollId });
    expect(late).to.throw('ENROLMENT_CLOSED');
    expect(() => station.act('import-codes', { pollId, codes: ['LATE-CODE-2'] })).to.throw('ROLL_FROZEN');
  });

  it('belongs to the organisation of the poll', () => {
    const station = new PollingStation();
    const pollId = station.create();
    for (const [action, input] of [
      ['import-codes', { pollId, codes: ['SOME-CODE-1'] }],
      ['close-enrolment', { pollId }],
      ['open-poll', { pollId }],
    ] as const) {
      expect(() => station.act(action, input, 'other.office')).to.throw('NOT_YOUR_POLL');
      expect(() => station.act(action, { ...input, pollId: `0x${'00'.repeat(32)}` })).to.throw(
        'POLL_UNKNOWN',
      );
    }
    expect(station.ask<{ polls: unknown[] }>('own-polls', {}, OFFICE).polls).to.have.length(1);
    expect(station.ask<{ polls: unknown[] }>('own-polls', {}, 'other.office').polls).to.have.length(0);
  });
});

describe('voting: opening', () => {
  it('waits for the poll on the chain and for three members', () => {
    const station = new PollingStation();
    const pollId = station.accept('create-poll', POLL).reply!.pollId as `0x${string}`;
    expect(() => station.act('open-poll', { pollId })).to.throw('POLL_NOT_RECORDED_YET');
    station.settle();
    station.enrol(pollId, ['1', '2']);
    expect(() => station.act('open-poll', { pollId })).to.throw('ROLL_TOO_SMALL');
  });

  it('asked twice before the chain answered freezes the same roll, and once it answered never again', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.enrol(pollId, MEMBERS);
    const [first] = station.accept('open-poll', { pollId }).submissions;
    const [second] = station.accept('open-poll', { pollId }).submissions;
    expect({ ...first, idempotency: '' }).to.deep.equal({ ...second, idempotency: '' });
    station.settle();
    expect(() => station.act('open-poll', { pollId })).to.throw('ROLL_FROZEN');
  });

  it('shows no roll and no chunk before the freeze', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.enrol(pollId, MEMBERS);
    station.accept('open-poll', { pollId });
    expect(station.ask('roll', { pollId })).to.equal(undefined);
    expect(station.ask('roll-chunk', { pollId, chunk: '0' })).to.equal(undefined);
  });
});

describe('voting: casting', () => {
  it('takes an anonymous ballot, keeps its proof for a recount and counts it', () => {
    const station = new PollingStation();
    const pollId = station.open(MEMBERS);
    const { submissions, originals } = station.act('cast', ballot(pollId, '7', [0, 2]), 'anonymous');
    expect(submissions).to.deep.equal([
      { to: 'casts', pollId, choices: '5', nullifier: '7', proof: anyProof },
    ]);
    expect(originals![0]!.entryId).to.equal(ballotIdOf(pollId, 7n));
    const poll = station.ask<PollAnswer>('poll', { pollId });
    expect([poll.turnout, poll.tally]).to.deep.equal([1, [1, 0, 1]]);
    expect(poll.notices).to.deep.equal(['FEW_BALLOTS']);
  });

  it('reads no row of this gateway alone, so that ballots never queue behind each other', () => {
    const station = new PollingStation();
    const pollId = station.open(MEMBERS);
    for (const key of [...station.rows.keys()]) if (key.startsWith('local:')) station.rows.delete(key);
    station.act('cast', ballot(pollId, '7'), 'anonymous');
    expect(station.ask<PollAnswer>('poll', { pollId }).turnout).to.equal(1);
  });

  const refused: [string, string, (station: PollingStation, pollId: `0x${string}`) => unknown][] = [
    ['in an unknown poll', 'POLL_UNKNOWN', () => ballot(`0x${'00'.repeat(32)}`, '1')],
    [
      'a second before the opening',
      'POLL_NOT_OPEN',
      (station, pollId) => {
        station.nowSec = OPENS - 1;
        return ballot(pollId, '1');
      },
    ],
    [
      'in the second of the close',
      'POLL_CLOSED',
      (station, pollId) => {
        station.nowSec = CLOSES;
        return ballot(pollId, '1');
      },
    ],
    ['with too few choices', 'CHOICE_NOT_ALLOWED', (_, pollId) => ballot(pollId, '1', [])],
    ['with too many choices', 'CHOICE_NOT_ALLOWED', (_, pollId) => ballot(pollId, '1', [0, 1, 2])],
    ['for an option that is none', 'CHOICE_NOT_ALLOWED', (_, pollId) => ballot(pollId, '1', [3])],
    [
      'a second time, though for something else',
      'BALLOT_ALREADY_CAST',
      (station, pollId) => {
        station.act('cast', ballot(pollId, '1', [1]), 'anonymous');
        return ballot(pollId, '1', [0]);
      },
    ],
  ];
  for (const [name, code, prepare] of refused)
    it(`is refused ${name}`, () => {
      const station = new PollingStation();
      const pollId = station.open(MEMBERS);
      const input = prepare(station, pollId);
      expect(() => station.act('cast', input, 'anonymous')).to.throw(AppError, code);
      expect(voting.words).to.have.property(code);
    });

  it('is refused while the roll is not frozen', () => {
    const station = new PollingStation();
    const pollId = station.create();
    station.nowSec = OPENS;
    expect(() => station.act('cast', ballot(pollId, '1'), 'anonymous')).to.throw('ROLL_NOT_FROZEN');
  });
});

describe('voting: words', () => {
  it('are there in both languages and never empty', () => {
    for (const [code, { ko, en }] of Object.entries(voting.words)) {
      expect(ko.trim(), code).not.to.equal('');
      expect(en.trim(), code).not.to.equal('');
      const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
      expect(holes(ko), code).to.deep.equal(holes(en));
    }
  });
});
