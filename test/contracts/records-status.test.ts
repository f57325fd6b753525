import { expect } from 'chai';
import { network } from 'hardhat';
import {
  accountSigner,
  CITY,
  DEALER,
  deployRecords,
  ENTRY,
  entry,
  hash,
  idOf,
  RECORD,
  REFUSAL,
  RIVAL,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture } = networkHelpers;
const FIRST = entry({ idempotency: hash('first') });
const FIRST_ID = idOf(DEALER, FIRST.idempotency);

/** One record of the dealer; `act` applies one entry to it and answers with the refusal's code, 0 when recorded. */
async function record() {
  const deployed = await deployRecords(ethers);
  const { records, relay, byDealer, byCity, byRival } = deployed;
  await deployed.organisations.accredit(CITY, FIRST.service, 0, 0);
  await relay.submit([byDealer(FIRST)]);
  let count = 0;
  const act = async (
    who: 'dealer' | 'city' | 'rival',
    kind: keyof typeof ENTRY,
    refersTo = FIRST_ID,
    idempotency = hash(`act ${++count}`),
  ) => {
    const by = { dealer: byDealer, city: byCity, rival: byRival }[who];
    const sent = await relay.submit([by(entry({ idempotency, kind: ENTRY[kind], refersTo }))]);
    const receipt = await sent.wait();
    const log = records.interface.parseLog(receipt!.logs[0]!)!;
    return log.name === 'EntryRefused' ? Number(log.args.reason) : 0;
  };
  const status = async (id = FIRST_ID) => Number((await records.recordOf(id)).status);
  return { ...deployed, act, status };
}

type Kind = Exclude<keyof typeof ENTRY, 'Create'>;
/** How to bring the record into a status, and what each kind by author and city does there: status or reason. */
const TABLE: Record<string, { path: ['dealer' | 'city', Kind][]; moves: Record<Kind, string> }> = {
  Active: {
    path: [],
    moves: {
      Amend: 'Amended',
      Supersede: 'Superseded',
      Revoke: 'Revoked',
      Suspend: 'Suspended',
      Resume: 'RecordNotSuspended',
      Dispute: 'Disputed',
      Resolve: 'RecordNotDisputed',
    },
  },
  Suspended: {
    path: [['dealer', 'Suspend']],
    moves: {
      Amend: 'RecordNotActive',
      Supersede: 'RecordNotActive',
      Revoke: 'Revoked',
      Suspend: 'RecordNotActive',
      Resume: 'Active',
      Dispute: 'RecordNotActive',
      Resolve: 'RecordNotDisputed',
    },
  },
  Disputed: {
    path: [['dealer', 'Dispute']],
    moves: {
      Amend: 'RecordDisputed',
      Supersede: 'RecordDisputed',
      Revoke: 'Revoked',
      Suspend: 'RecordDisputed',
      Resume: 'RecordDisputed',
      Dispute: 'RecordDisputed',
      Resolve: 'Active',
    },
  },
  Amended: { path: [['dealer', 'Amend']], moves: all('RecordReplaced') },
  Superseded: { path: [['dealer', 'Supersede']], moves: all('RecordReplaced') },
  Revoked: { path: [['dealer', 'Revoke']], moves: all('RecordRevoked') },
};

function all(reason: string): Record<Kind, string> {
  const kinds: Kind[] = ['Amend', 'Supersede', 'Revoke', 'Suspend', 'Resume', 'Dispute', 'Resolve'];
  return Object.fromEntries(kinds.map((kind) => [kind, reason])) as Record<Kind, string>;
}

describe('Records: the status of a record', () => {
  for (const [from, { path, moves }] of Object.entries(TABLE)) {
    describe(`when ${from}`, () => {
      for (const [kind, to] of Object.entries(moves) as [Kind, string][]) {
        for (const who of ['dealer', 'city'] as const) {
          const result = kind === 'Resolve' && who === 'dealer' ? 'NotAuthor' : to;
          it(`answers ${kind} by the ${who === 'dealer' ? 'author' : 'city'} with ${result}`, async () => {
            const { act, status } = await loadFixture(record);
            for (const [actor, step] of path) expect(await act(actor, step)).to.equal(0);
            const isMove = result in RECORD;
            expect(await act(who, kind)).to.equal(isMove ? 0 : REFUSAL[result]);
            expect(await status()).to.equal(RECORD[(isMove ? result : from) as keyof typeof RECORD]);
          });
        }
      }
    });
  }

  it('is nobody else’s to change, accredited or not', async () => {
    const { organisations, act, status } = await loadFixture(record);
    await organisations.accredit(RIVAL, FIRST.service, 0, 0);
    for (const kind of ['Amend', 'Supersede', 'Revoke', 'Suspend', 'Resume', 'Dispute', 'Resolve'] as const) {
      expect(await act('rival', kind)).to.equal(REFUSAL.NotAuthor);
    }
    expect(await status()).to.equal(RECORD.Active);
  });

  it('passes to the amendment, which is a record of its own and can be amended again', async () => {
    const { records, act, status } = await loadFixture(record);
    expect(await act('dealer', 'Amend', FIRST_ID, hash('amendment'))).to.equal(0);
    const amendment = idOf(DEALER, hash('amendment'));
    expect((await records.recordOf(amendment)).kind).to.equal(ENTRY.Amend);
    expect(await status(amendment)).to.equal(RECORD.Active);
    expect(await act('dealer', 'Supersede', amendment, hash('successor'))).to.equal(0);
    expect(await status(amendment)).to.equal(RECORD.Superseded);
    expect(await status(idOf(DEALER, hash('successor')))).to.equal(RECORD.Active);
  });

  it('can be amended by one of two rivals in a race, never by both', async () => {
    const { records, relay, byDealer } = await loadFixture(record);
    const [a, b] = ['a', 'b'].map((name) =>
      entry({ idempotency: hash(name), kind: ENTRY.Amend, refersTo: FIRST_ID }),
    );
    await expect(relay.submit([byDealer(a!), byDealer(b!)]))
      .to.emit(records, 'EntryRefused')
      .withArgs(idOf(DEALER, hash('b')), DEALER, REFUSAL.RecordReplaced);
  });

  describe('through the life of an organisation', () => {
    it('can be changed with a new key after the old one is gone', async () => {
      const { organisations, relay, bundle, keys, status, records } = await loadFixture(record);
      const successor = accountSigner('successor');
      await organisations.addKey(DEALER, successor.signer, 0, 0);
      await organisations.endKey(DEALER, keys.dealer.key, 0);
      const revoke = entry({ idempotency: hash('late'), kind: ENTRY.Revoke, refersTo: FIRST_ID });
      await expect(relay.submit([bundle(DEALER, keys.dealer, revoke)]))
        .to.emit(records, 'BundleRefused')
        .withArgs(await records.digestOf(DEALER, [revoke]), DEALER, REFUSAL.KeyExpired);
      await relay.submit([bundle(DEALER, successor, revoke)]);
      expect(await status()).to.equal(RECORD.Revoked);
    });

    it('stays valid when the key that wrote it is compromised, and the key writes no more', async () => {
      const { organisations, records, relay, byDealer, keys, status } = await loadFixture(record);
      await organisations.reportCompromised(DEALER, keys.dealer.key, 1);
      const late = entry({ idempotency: hash('late') });
      await expect(relay.submit([byDealer(late)]))
        .to.emit(records, 'BundleRefused')
        .withArgs(await records.digestOf(DEALER, [late]), DEALER, REFUSAL.KeyCompromised);
      expect(await status()).to.equal(RECORD.Active);
    });

    it('is out of reach while the organisation is suspended, and only the city’s once it is retired', async () => {
      const { organisations, records, relay, byDealer, act, status } = await loadFixture(record);
      const suspend = entry({ idempotency: hash('suspend'), kind: ENTRY.Suspend, refersTo: FIRST_ID });
      await organisations.suspend(DEALER);
      await expect(relay.submit([byDealer(suspend)]))
        .to.emit(records, 'BundleRefused')
        .withArgs(await records.digestOf(DEALER, [suspend]), DEALER, REFUSAL.OrganisationNotActive);
      await organisations.resume(DEALER);
      await relay.submit([byDealer(suspend)]);
      expect(await status()).to.equal(RECORD.Suspended);
      await organisations.retire(DEALER);
      expect(await act('city', 'Resume')).to.equal(0);
      expect(await act('city', 'Revoke')).to.equal(0);
      expect(await status()).to.equal(RECORD.Revoked);
    });

    it('can still be revoked, but not amended, once the accreditation is withdrawn', async () => {
      const { organisations, act } = await loadFixture(record);
      await organisations.withdrawAccreditation(DEALER, FIRST.service);
      expect(await act('dealer', 'Amend')).to.equal(REFUSAL.NotAccredited);
      expect(await act('dealer', 'Supersede')).to.equal(REFUSAL.NotAccredited);
      expect(await act('dealer', 'Revoke')).to.equal(0);
    });
  });
});
