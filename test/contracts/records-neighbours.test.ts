import { expect } from 'chai';
import { concat, keccak256, toBeHex } from 'ethers';
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
  p256Signer,
  passkeySigner,
  RECORD,
  REFUSAL,
  RIVAL,
  type Signer,
  text,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;

async function market() {
  const deployed = await deployRecords(ethers);
  const { organisations, verifiers } = deployed;
  const hostile = await ethers.deployContract('HostileVerifier');
  const hostileAt = await hostile.getAddress();
  await organisations.allowVerifier(hostileAt, true);
  await organisations.accredit(CITY, text('vehicles'), 0, 0);
  const make = async (signer: Signer, from = 0, to = 0) => {
    await organisations.addKey(DEALER, signer.signer, from, to);
    return signer;
  };
  const behaving = (mode: number): Signer => {
    const signer = concat([hostileAt, toBeHex(mode, 1)]);
    return { signer, key: keccak256(signer), sign: () => '0x01' };
  };
  const now = await time.latest();
  const others = {
    early: await make(accountSigner('early'), now + 1_000_000),
    late: await make(accountSigner('late'), now, now + 1_000),
    stolen: await make(accountSigner('stolen')),
    seal: await make(p256Signer(verifiers.p256, 'seal')),
    passkey: await make(passkeySigner(verifiers.webauthn)),
    reverting: await make(behaving(1)),
    burning: await make(behaving(2)),
    flooding: await make(behaving(3)),
  };
  await organisations.reportCompromised(DEALER, others.stolen.key, now);
  await time.increaseTo(now + 2_000);
  return { ...deployed, others };
}

const mine = entry({ idempotency: hash('the bad one') });
const forged = (signer: Signer, signature: string): Signer => ({ ...signer, sign: () => signature });
type Market = Awaited<ReturnType<typeof market>>;
const bad: [string, string, (m: Market) => object][] = [
  ['in nobody’s name', 'UnknownOrganisation', (m) => m.bundle(text('nobody'), m.keys.dealer, mine)],
  ['by an unknown key', 'UnknownKey', (m) => m.bundle(DEALER, accountSigner('x'), mine)],
  ['by a key not yet valid', 'KeyNotYetValid', (m) => m.bundle(DEALER, m.others.early, mine)],
  ['by an expired key', 'KeyExpired', (m) => m.bundle(DEALER, m.others.late, mine)],
  ['by a stolen key', 'KeyCompromised', (m) => m.bundle(DEALER, m.others.stolen, mine)],
  ['with a cut signature', 'BadSignature', (m) => m.bundle(DEALER, forged(m.keys.dealer, '0x1234'), mine)],
  [
    'with an empty passkey signature',
    'BadSignature',
    (m) => m.bundle(DEALER, forged(m.others.passkey, '0x'), mine),
  ],
  [
    'with a garbled passkey signature',
    'BadSignature',
    (m) => m.bundle(DEALER, forged(m.others.passkey, `0x${'ff'.repeat(900)}`), mine),
  ],
  [
    'with a P-256 signature of zeros',
    'BadSignature',
    (m) => m.bundle(DEALER, forged(m.others.seal, `0x${'00'.repeat(64)}`), mine),
  ],
  [
    'with a signature of 100 kB',
    'BadSignature',
    (m) => m.bundle(DEALER, forged(m.others.seal, `0x${'ab'.repeat(100_000)}`), mine),
  ],
  ['whose verifier reverts', 'BadSignature', (m) => m.bundle(DEALER, m.others.reverting, mine)],
  ['whose verifier burns all gas', 'BadSignature', (m) => m.bundle(DEALER, m.others.burning, mine)],
  ['whose verifier answers a megabyte', 'BadSignature', (m) => m.bundle(DEALER, m.others.flooding, mine)],
  ['without entries', 'EmptyBundle', (m) => m.byDealer()],
];

describe('Records: neighbours of a bad bundle', () => {
  for (const [what, reason, make] of bad) {
    it(`are recorded though one bundle is ${what}`, async () => {
      const m = await loadFixture(market);
      const [before, after] = [entry({ idempotency: hash('before') }), entry({ idempotency: hash('after') })];
      await expect(
        m.relay.submit([m.byDealer(before), make(m), m.byCity(after)], { gasLimit: 12_000_000 }),
      ).to.emit(m.records, 'BundleRefused');
      const [refused] = await m.records.queryFilter(m.records.getEvent('BundleRefused'));
      expect('args' in refused! && refused.args.reason).to.equal(REFUSAL[reason]);
      expect((await m.records.recordOf(idOf(DEALER, before.idempotency))).status).to.equal(RECORD.Active);
      expect((await m.records.recordOf(idOf(CITY, after.idempotency))).status).to.equal(RECORD.Active);
      expect((await m.records.recordOf(idOf(DEALER, mine.idempotency))).status).to.equal(0);
    });
  }

  it('are recorded though one organisation is suspended', async () => {
    const m = await loadFixture(market);
    await m.organisations.suspend(DEALER);
    const after = entry({ idempotency: hash('after') });
    await expect(m.relay.submit([m.byDealer(mine), m.byCity(after)]))
      .to.emit(m.records, 'BundleRefused')
      .withArgs(await m.records.digestOf(DEALER, [mine]), DEALER, REFUSAL.OrganisationNotActive);
    expect((await m.records.recordOf(idOf(CITY, after.idempotency))).status).to.equal(RECORD.Active);
  });

  it('share a transaction whoever signs: account, P-256 seal and passkey', async () => {
    const m = await loadFixture(market);
    const signers = [m.keys.dealer, m.others.seal, m.others.passkey];
    const bundles = signers.map((signer, i) =>
      m.bundle(DEALER, signer, entry({ idempotency: hash(`by ${i}`) })),
    );
    await m.relay.submit(bundles, { gasLimit: 6_000_000 });
    expect(await m.records.queryFilter(m.records.getEvent('EntryRecorded'))).to.have.length(3);
  });

  it('are safe from a relayer who leaves too little gas: nothing is refused, the transaction is as if never sent', async () => {
    const m = await loadFixture(market);
    const bundles = [
      m.byDealer(entry({ idempotency: hash('before') })),
      m.bundle(DEALER, m.others.passkey, mine),
    ];
    await expect(m.relay.submit(bundles, { gasLimit: 900_000 })).to.be.revertedWithCustomError(
      m.organisations,
      'VerifierGasTooLow',
    );
    expect((await m.records.recordOf(idOf(DEALER, hash('before')))).status).to.equal(0);
    await m.relay.submit(bundles);
    expect((await m.records.recordOf(idOf(DEALER, mine.idempotency))).status).to.equal(RECORD.Active);
  });

  it('of a forger who dates first: a stranger cannot take an entryId of another organisation', async () => {
    const m = await loadFixture(market);
    await m.organisations.accredit(RIVAL, text('vehicles'), 0, 0);
    await m.relay.submit([m.byRival(mine), m.byDealer(mine)]);
    for (const organisation of [RIVAL, DEALER]) {
      expect((await m.records.recordOf(idOf(organisation, mine.idempotency))).kind).to.equal(ENTRY.Create);
    }
  });
});
