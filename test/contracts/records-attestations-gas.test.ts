/**
 * Gas per entry, compared with test/gas.json so that a jump is seen in review. `UPDATE_GAS=1` writes the file anew.
 * Gas is exact on a given compiler; the tolerance covers calldata, whose zero bytes depend on hashes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { network } from 'hardhat';
import { deployAttestations, idOfBatch } from '../helpers/attestations.ts';
import {
  ATTESTATION,
  DEALER,
  deployRecords,
  ENTRY,
  entry,
  hash,
  idOf,
  p256Signer,
  passkeySigner,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture } = networkHelpers;
const FILE = new URL('../gas.json', import.meta.url);
const TOLERANCE = 0.01;
const GAS_LIMIT = 29_000_000;
const snapshot = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, number>;
const measured: Record<string, number> = {};

interface Sent {
  wait(): Promise<{ gasUsed: bigint; logs: readonly unknown[] } | null>;
}

/** Gas per item of a transaction that must have announced all its items. */
async function gas(name: string, sent: Promise<Sent>, items: number, events = items): Promise<number> {
  const receipt = await (await sent).wait();
  expect(receipt!.logs).to.have.length(events);
  const each = Math.round(Number(receipt!.gasUsed) / items);
  measured[name] = each;
  if (process.env.UPDATE_GAS !== '1') {
    const noted = snapshot[name] ?? 0;
    expect(Math.abs(each - noted), `${name}: ${each}, noted ${noted}`).to.be.at.most(noted * TOLERANCE);
  }
  return each;
}

const market = () => deployRecords(ethers);
const office = () => deployAttestations(ethers);
const creations = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) =>
    entry({ idempotency: hash(`key ${from + i}`), subject: hash(`car ${from + i}`) }),
  );

describe('Gas', () => {
  after(() => {
    if (process.env.UPDATE_GAS === '1') {
      writeFileSync(FILE, `${JSON.stringify({ ...snapshot, ...measured }, null, 2)}\n`);
    }
  });

  describe('of a record', () => {
    for (const size of [1, 10, 100, 500]) {
      it(`in bundles of ${size} is as noted${size >= 100 ? ' and below 45,000' : ''}`, async () => {
        const { relay, byDealer } = await loadFixture(market);
        await relay.submit([byDealer(...creations(1, 10_000))]);
        const sent = relay.submit([byDealer(...creations(size))], { gasLimit: GAS_LIMIT });
        const each = await gas(`record, bundle of ${size}`, sent, size);
        if (size >= 100) expect(each).to.be.below(45_000);
      });
    }

    it('in five bundles of 100 of one transaction is no dearer than in one', async () => {
      const { relay, byDealer } = await loadFixture(market);
      const bundles = [0, 100, 200, 300, 400].map((from) => byDealer(...creations(100, from)));
      const each = await gas('record, 5 bundles of 100', relay.submit(bundles, { gasLimit: GAS_LIMIT }), 500);
      expect(each).to.be.below(45_000);
    });

    for (const kind of ['Amend', 'Suspend', 'Revoke'] as const) {
      it(`that is to ${kind} another, in bundles of 100, is as noted and below 45,000`, async () => {
        const { relay, byDealer } = await loadFixture(market);
        const created = creations(100);
        await relay.submit([byDealer(...created)], { gasLimit: GAS_LIMIT });
        const changes = created.map(({ subject, idempotency }, i) =>
          entry({
            idempotency: hash(`change ${i}`),
            subject,
            kind: ENTRY[kind],
            refersTo: idOf(DEALER, idempotency),
          }),
        );
        const sent = relay.submit([byDealer(...changes)], { gasLimit: GAS_LIMIT });
        expect(await gas(`${kind}, bundle of 100`, sent, 100)).to.be.below(45_000);
      });
    }

    it('signed by a P-256 seal or a passkey, alone and without the precompiled contract, is as noted', async () => {
      const { organisations, relay, bundle, verifiers } = await loadFixture(market);
      const seal = p256Signer(verifiers.p256, 'seal');
      const passkey = passkeySigner(verifiers.webauthn);
      for (const { signer } of [seal, passkey]) await organisations.addKey(DEALER, signer, 0, 0);
      const by = (signer: typeof seal, name: string) =>
        relay.submit([bundle(DEALER, signer, entry({ idempotency: hash(name) }))]);
      expect(await gas('record, P-256 seal', by(seal, 'seal'), 1)).to.be.below(500_000);
      const receipt = await (await by(passkey, 'passkey')).wait();
      // Its key is new in every run and P-256 in Solidity takes another path for each, so only the bound is checked.
      expect(Number(receipt!.gasUsed)).to.be.below(600_000);
    });
  });

  describe('of attestations', () => {
    it('is below 100 per leaf in a batch of 1,000, and the same transaction for 65,536', async () => {
      const { relay, batch } = await loadFixture(office);
      const first = await gas('batch, first of an issuer and schema', relay.anchor([batch('first', 1)]), 1);
      const thousand = batch('thousand', 1_000, { root: hash('thousand') });
      const small = await gas('batch of 1,000', relay.anchor([thousand]), 1);
      const many = batch('many', 65_536, { root: hash('many') });
      const large = await gas('batch of 65,536', relay.anchor([many]), 1);
      expect(small).to.be.below(100 * 1_000);
      expect(Math.abs(large - small)).to.be.below(100);
      expect(first).to.be.below(200_000);
    });

    it('is as noted for revoking a leaf, first and in a word already written, and 256 leaves at once', async () => {
      const { relay, batch, change } = await loadFixture(office);
      await relay.anchor([batch('spring', 1_000, { root: hash('spring') })]);
      const revoke = (name: string, indexes: number[]) =>
        relay.changeStatus([change(name, idOfBatch('spring'), ATTESTATION.Revoked, indexes)]);
      await gas('revoke a leaf', revoke('a', [0]), 1);
      await gas('revoke a leaf in a written word', revoke('b', [1]), 1);
      await gas(
        'revoke 256 leaves, per leaf',
        revoke(
          'c',
          Array.from({ length: 256 }, (_, i) => 256 + i),
        ),
        256,
        1,
      );
    });

    it('is as noted for a new version of a status list', async () => {
      const { relay, statusList } = await loadFixture(office);
      await gas('status list, first version', relay.anchorStatusLists([statusList('v1', 1)]), 1);
      await gas('status list, next version', relay.anchorStatusLists([statusList('v2', 2)]), 1);
    });

    it('is as noted for ten batches of one transaction', async () => {
      const { relay, batch } = await loadFixture(office);
      await relay.anchor([batch('first', 1)]);
      const batches = Array.from({ length: 10 }, (_, i) => batch(`b${i}`, 1_000, { root: hash(`b${i}`) }));
      await gas('batch, ten in a transaction', relay.anchor(batches), 10);
    });
  });
});
