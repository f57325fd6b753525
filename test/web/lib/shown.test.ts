/** A gateway that shows one thing and hands out another to sign. */
import { expect } from 'chai';
import type { ContractAddresses } from '../../../server/core/abi.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import { digestOf, typedDataOf } from '../../../server/core/typed-data.ts';
import { signedUnits } from '../../../server/core/units.ts';
import type { Plan } from '../../../server/services/define.ts';
import { rollRowOf } from '../../../server/services/voting/enrolment.ts';
import { ownTypedData } from '../../../web/lib/shown.ts';
import type { Act, Prepared, PreparedEntry } from '../../../web/lib/signing.ts';
import { BALLOTS, CHAIN_ID } from '../../helpers/ballots.ts';
import { OFFICE, POLL, PollingStation } from '../../helpers/polling-station.ts';

const contracts: ContractAddresses = {
  Organisations: BALLOTS,
  Records: BALLOTS,
  Attestations: BALLOTS,
  Ballots: BALLOTS,
};
const ledger = { chainId: CHAIN_ID, contracts };
const key = 'a-key-of-the-page';

function preparedOf(plan: Plan): Prepared {
  const toSign = signedUnits(plan.submissions, ledger).map((unit) => {
    const typedData = typedDataOf(unit.toSign, CHAIN_ID, contracts);
    return { typedData, digest: digestOf(typedData) };
  });
  const entries = plan.submissions.map((submission) => {
    const entryId = entryIdOfSubmission(submission);
    const original = plan.originals?.find((one) => one.entryId === entryId);
    return { ...submission, entryId, ...original } as PreparedEntry;
  });
  return JSON.parse(JSON.stringify({ draft: 'd', expiresAtSec: 1, entries, toSign })) as Prepared;
}

const sees = (prepared: Prepared, act: Act, organisation = OFFICE) =>
  ownTypedData(prepared, { organisation, act, ledger });

/** The same with one value changed, for each value that stands anywhere in it. */
function* changedOnce(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield value.startsWith('0x') ? flipped(value) : `${value}1`;
  else if (typeof value === 'number') yield value + 1;
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value))
      for (const other of changedOnce(member))
        yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
}

const flipped = (hex: string) => hex.slice(0, -1) + (hex.endsWith('1') ? '2' : '1');

describe('What an official signs', () => {
  const station = new PollingStation();
  const act: Act = { service: 'voting', action: 'create-poll', body: POLL, key };

  it('is the poll that was typed, in the own organisation’s name', () => {
    const prepared = preparedOf(station.plan('create-poll', POLL, OFFICE) as Plan);
    expect(sees(prepared, act)).deep.equal(prepared.toSign.map(({ typedData }) => typedData));
    expect(sees(prepared, act, 'seoul.another')).equal(undefined);
  });

  it('is no other poll, whichever of its words, days, numbers or pictures the gateway changed', () => {
    const others = [...changedOnce(POLL), { ...POLL, options: POLL.options.toReversed() }];
    const said = { ...POLL, text: { ko: '덧붙인 말' } };
    let tried = 0;
    for (const body of [...others, said]) {
      const plan = attempt(() => station.plan('create-poll', body, OFFICE));
      if (plan === undefined || 'refused' in plan) continue;
      tried += 1;
      expect(sees(preparedOf(plan), act), JSON.stringify(body)).equal(undefined);
    }
    expect(tried).greaterThan(7);
  });

  it('is nothing where value and digest agree with each other and not with what is shown', () => {
    const honest = preparedOf(station.plan('create-poll', POLL, OFFICE) as Plan);
    const { typedData } = honest.toSign[0]!;
    for (const part of ['domain', 'message'] as const)
      for (const changed of changedOnce(typedData[part])) {
        const lie = { ...typedData, [part]: changed } as typeof typedData;
        const digest = attempt(() => digestOf(lie));
        if (digest === undefined) continue;
        expect(sees({ ...honest, toSign: [{ typedData: lie, digest }] }, act)).equal(undefined);
      }
    expect(sees({ ...honest, toSign: [] }, act), 'less').equal(undefined);
    expect(sees({ ...honest, toSign: [...honest.toSign, ...honest.toSign] }, act), 'more').equal(undefined);
    expect(sees({ ...honest, entries: [] }, act), 'something not shown').equal(undefined);
  });

  describe('when a roll is frozen', () => {
    const members = ['11', '22', '33', '44'];
    const pollId = station.create();
    station.enrol(pollId, members);
    const roll = rollRowOf(members.map(BigInt));
    const opening: Act = { service: 'voting', action: 'open-poll', body: { pollId }, key, roll };
    const prepared = preparedOf(station.plan('open-poll', { pollId }, OFFICE) as Plan);

    it('is the root of the members that the page was given', () => {
      expect(sees(prepared, opening)).lengthOf(1);
    });

    it('is no roll with a member more, less or exchanged, nor one of another poll, nor one unseen', () => {
      for (const other of [
        ['11', '22', '33'],
        [...members, '55'],
        ['11', '22', '33', '45'],
      ]) {
        const { root, size } = rollRowOf(other.map(BigInt));
        expect(sees(prepared, { ...opening, roll: { root, size } })).equal(undefined);
      }
      const { roll: _, ...unseen } = opening;
      expect(sees(prepared, unseen)).equal(undefined);
      const elsewhere: Hex = `0x${'77'.repeat(32)}`;
      expect(sees(prepared, { ...opening, body: { pollId: elsewhere } })).equal(undefined);
    });
  });

  it('is an act of the service it was meant for', () => {
    const prepared = preparedOf(station.plan('create-poll', POLL, OFFICE) as Plan);
    expect(sees(prepared, { ...act, service: 'credentials' })).equal(undefined);
  });
});

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
