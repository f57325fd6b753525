import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import { network } from 'hardhat';
import {
  type AttestationsContract,
  commitmentOf,
  DIPLOMA,
  DIPLOMAS,
  deployAttestations,
  ISSUER,
  idOfBatch,
  leaf,
} from '../helpers/attestations.ts';
import {
  ATTESTATION,
  accountSigner,
  CITY,
  hash,
  passkeySigner,
  REFUSAL,
  RIVAL,
  signed,
  text,
  unsigned,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const office = () => deployAttestations(ethers);
const ONE = `0x${'0'.repeat(63)}1`;

const refused = (
  attestations: AttestationsContract,
  sent: unknown,
  name: string,
  reason: string,
  issuer = ISSUER,
) =>
  expect(sent)
    .to.emit(attestations, 'AttestationRefused')
    .withArgs(idOfBatch(name, issuer), issuer, REFUSAL[reason]);

describe('Attestations', () => {
  describe('anchor', () => {
    it('keeps and announces issuer, service, schema, root, count and time', async () => {
      const { attestations, relay, batch } = await loadFixture(office);
      const spring = batch('spring', 3);
      const now = (await time.latest()) + 5;
      await time.setNextBlockTimestamp(now);
      await expect(relay.anchor([spring]))
        .to.emit(attestations, 'BatchAnchored')
        .withArgs(idOfBatch('spring'), ISSUER, DIPLOMA, DIPLOMAS, spring.root, 3);
      expect(await attestations.batchOf(idOfBatch('spring'))).to.deep.equal([
        ISSUER,
        DIPLOMAS,
        DIPLOMA,
        spring.root,
        3n,
        BigInt(now),
        1n,
      ]);
      expect(await attestations.isIssued(spring.root)).to.equal(true);
      expect(await attestations.isRevoked(spring.root)).to.equal(false);
    });

    it('keeps the batches of issuers, services and schemas apart', async () => {
      const { organisations, attestations, relay, batch } = await loadFixture(office);
      await organisations.accredit(CITY, DIPLOMAS, 0, 0);
      await relay.anchor([
        batch('a'),
        batch('b', 4, { schema: text('credentials.licence.1'), root: hash('b') }),
        batch('c', 4, { issuer: CITY }),
        batch('d'),
      ]);
      const schemas = await Promise.all(
        [idOfBatch('a'), idOfBatch('b'), idOfBatch('c', CITY), idOfBatch('d')].map(async (id) => {
          const { issuer, schema } = await attestations.batchOf(id);
          return [issuer, schema];
        }),
      );
      expect(schemas).to.deep.equal([
        [ISSUER, DIPLOMA],
        [ISSUER, text('credentials.licence.1')],
        [CITY, DIPLOMA],
        [ISSUER, DIPLOMA],
      ]);
    });

    it('knows nothing of what was never anchored', async () => {
      const { attestations, relay, batch, change } = await loadFixture(office);
      await relay.anchor([batch('spring')]);
      await relay.changeStatus([change('a change', idOfBatch('spring'), ATTESTATION.Suspended)]);
      for (const id of [hash('nothing'), ZeroHash, ONE, idOfBatch('a change')]) {
        expect((await attestations.batchOf(id)).status).to.equal(ATTESTATION.Unknown);
        expect(await attestations.statusOf(id, 0)).to.equal(ATTESTATION.Unknown);
        expect(await attestations.contains(id, 0, ZeroHash, [])).to.equal(false);
        expect(await attestations.isIssued(id)).to.equal(false);
        expect(await attestations.isRevoked(id)).to.equal(false);
      }
    });

    const refusals: [string, string, Record<string, unknown>][] = [
      ['without leaves', 'BatchEmpty', { count: 0, root: hash('x') }],
      ['without a root', 'BatchEmpty', { root: ZeroHash }],
      ['with a root that marks other entries', 'BatchEmpty', { root: ONE }],
      ['of more than 2^20 leaves', 'BundleTooLarge', { count: 2 ** 20 + 1, root: hash('x') }],
      ['of an unknown issuer', 'UnknownOrganisation', { issuer: text('nobody') }],
      ['of an issuer without accreditation', 'NotAccredited', { issuer: RIVAL }],
      ['of another service and schema', 'NotAccredited', { service: text('votes'), schema: text('votes.1') }],
      ['with a root anchored before', 'RootAlreadyAnchored', {}],
      ['with an id taken before', 'DuplicateEntry', { idempotency: hash('spring') }],
    ];
    for (const [what, reason, part] of refusals) {
      it(`refuses a batch ${what}, and anchors its neighbours`, async () => {
        const { attestations, relay, batch } = await loadFixture(office);
        const spring = batch('spring');
        await relay.anchor([spring]);
        const change = reason === 'RootAlreadyAnchored' ? { root: spring.root } : part;
        const bad = batch('bad', 4, change);
        const sent = relay.anchor([batch('before'), bad, batch('after')]);
        const name = reason === 'DuplicateEntry' ? 'spring' : 'bad';
        await refused(attestations, sent, name, reason, bad.issuer);
        for (const neighbour of ['before', 'after']) {
          expect((await attestations.batchOf(idOfBatch(neighbour))).status).to.equal(ATTESTATION.Valid);
        }
      });
    }

    it('takes 2^20 leaves', async () => {
      const { attestations, relay, batch } = await loadFixture(office);
      await relay.anchor([batch('all', 2 ** 20, { root: hash('all') })]);
      expect(await attestations.statusOf(idOfBatch('all'), 2 ** 20 - 1)).to.equal(ATTESTATION.Valid);
      expect(await attestations.statusOf(idOfBatch('all'), 2 ** 20)).to.equal(ATTESTATION.Unknown);
    });

    it('refuses a batch in which any signed field, the chain or the contract was changed', async () => {
      const { attestations, relay, batch, domain, keys } = await loadFixture(office);
      const good = batch('spring');
      const message = unsigned(good);
      const forged = [
        ...Object.entries({ service: text('x'), schema: text('x'), root: hash('x'), count: 5 }).map(
          ([field, value]) => ({
            ...good,
            [field]: value,
          }),
        ),
        signed('Batch', { ...domain, chainId: domain.chainId + 1 }, message, keys.dealer),
        signed('Batch', { ...domain, verifyingContract: keys.city.signer }, message, keys.dealer),
      ];
      const sent = await relay.anchor(forged);
      const events = await attestations.queryFilter(
        attestations.getEvent('AttestationRefused'),
        sent.blockNumber,
      );
      expect(events.map((event) => 'args' in event && Number(event.args.reason))).to.deep.equal(
        forged.map(() => REFUSAL.BadSignature),
      );
      await expect(relay.anchor([{ ...good, idempotency: hash('x') }]))
        .to.emit(attestations, 'AttestationRefused')
        .withArgs(idOfBatch('x'), ISSUER, REFUSAL.BadSignature);
    });

    it('is signed with a passkey as well as with an account', async () => {
      const { organisations, attestations, relay, batch, domain, verifiers } = await loadFixture(office);
      const passkey = passkeySigner(verifiers.webauthn);
      await organisations.addKey(ISSUER, passkey.signer, 0, 0);
      const message = unsigned(batch('spring'));
      await relay.anchor([signed('Batch', domain, message, passkey)]);
      expect((await attestations.batchOf(idOfBatch('spring'))).status).to.equal(ATTESTATION.Valid);
    });

    it('answers for each state of the issuer and its keys', async () => {
      const { organisations, attestations, relay, batch, domain, keys } = await loadFixture(office);
      const now = await time.latest();
      const [early, stolen] = [accountSigner('early'), accountSigner('stolen')];
      await organisations.addKey(ISSUER, early.signer, now + 10_000, 0);
      await organisations.addKey(ISSUER, stolen.signer, 0, 0);
      await organisations.reportCompromised(ISSUER, stolen.key, now);
      const by = (signer: typeof early) => {
        const message = unsigned(batch('spring'));
        return signed('Batch', domain, message, signer);
      };
      await refused(attestations, relay.anchor([by(accountSigner('unknown'))]), 'spring', 'UnknownKey');
      await refused(attestations, relay.anchor([by(early)]), 'spring', 'KeyNotYetValid');
      await refused(attestations, relay.anchor([by(stolen)]), 'spring', 'KeyCompromised');
      await organisations.suspend(ISSUER);
      await refused(attestations, relay.anchor([by(keys.dealer)]), 'spring', 'OrganisationNotActive');
      await organisations.resume(ISSUER);
      await organisations.endKey(ISSUER, keys.dealer.key, 0);
      await refused(attestations, relay.anchor([by(keys.dealer)]), 'spring', 'KeyExpired');
    });
  });

  describe('leaves', () => {
    it('are bound to chain, contract, issuer, schema, index and commitment', async () => {
      const { attestations, domain } = await loadFixture(office);
      const own = await attestations.leafOf(ISSUER, DIPLOMA, 7, hash('c'));
      expect(own).to.equal(leaf(domain, ISSUER, DIPLOMA, 7, hash('c')));
      const others = [
        leaf({ ...domain, chainId: domain.chainId + 1 }, ISSUER, DIPLOMA, 7, hash('c')),
        leaf({ ...domain, verifyingContract: CITY.slice(0, 42) }, ISSUER, DIPLOMA, 7, hash('c')),
        leaf(domain, CITY, DIPLOMA, 7, hash('c')),
        leaf(domain, ISSUER, text('x'), 7, hash('c')),
        leaf(domain, ISSUER, DIPLOMA, 8, hash('c')),
        leaf(domain, ISSUER, DIPLOMA, 7, hash('d')),
      ];
      expect(others).to.not.include(own);
    });

    for (const count of [1, 2, 3, 5, 1_000, 65_536]) {
      it(`prove themselves in a batch of ${count}`, async () => {
        const { attestations, relay, batch, treeOf } = await loadFixture(office);
        const { root, proof } = treeOf('spring', count);
        await relay.anchor([batch('spring', count, { root })]);
        const sample = [...new Set([0, 1, count >> 1, count - 2, count - 1])].filter(
          (i) => i >= 0 && i < count,
        );
        for (const i of sample) {
          const ask = (index: number, name = 'spring', path = proof(i)) =>
            attestations.contains(idOfBatch('spring'), index, commitmentOf(name, i), path);
          expect(await ask(i), `leaf ${i}`).to.equal(true);
          expect(await ask(i + 1), 'another index').to.equal(false);
          expect(await ask(i, 'autumn'), 'another commitment').to.equal(false);
          expect(await ask(i, 'spring', [...proof(i), hash('more')]), 'a longer proof').to.equal(false);
          if (count > 1) expect(await ask(i, 'spring', proof(i).slice(1)), 'a shorter proof').to.equal(false);
        }
      });
    }

    it('of one batch prove nothing in another, though the commitments are the same', async () => {
      const { attestations, relay, batch, treeOf, organisations } = await loadFixture(office);
      await organisations.accredit(CITY, DIPLOMAS, 0, 0);
      await relay.anchor([batch('spring', 4), batch('autumn', 4), batch('spring', 4, { issuer: CITY })]);
      const { proof } = treeOf('spring', 4);
      expect(
        await attestations.contains(idOfBatch('autumn'), 1, commitmentOf('spring', 1), proof(1)),
      ).to.equal(false);
      expect(
        await attestations.contains(idOfBatch('spring', CITY), 1, commitmentOf('spring', 1), proof(1)),
      ).to.equal(false);
      expect(
        await attestations.contains(idOfBatch('spring'), 1, commitmentOf('spring', 1), proof(1)),
      ).to.equal(true);
    });

    it('of another chain or contract prove nothing here', async () => {
      const { attestations, relay, batch, domain } = await loadFixture(office);
      const abroad = { ...domain, chainId: domain.chainId + 1 };
      const next = { ...domain, verifyingContract: CITY.slice(0, 42) };
      for (const [name, place] of Object.entries({ abroad, next })) {
        const root = leaf(place, ISSUER, DIPLOMA, 0, commitmentOf(name, 0));
        await relay.anchor([batch(name, 1, { root })]);
        expect(await attestations.isIssued(root)).to.equal(true);
        expect(await attestations.contains(idOfBatch(name), 0, commitmentOf(name, 0), [])).to.equal(false);
      }
    });

    it('cannot be feigned by an inner node, at whatever index it is presented', async () => {
      const { attestations, relay, batch, treeOf } = await loadFixture(office);
      await relay.anchor([batch('spring', 4)]);
      const { levels } = treeOf('spring', 4);
      const [left, right] = levels[1]!;
      for (let index = 0; index < 4; index++) {
        for (const node of [left!, right!, levels[2]![0]!]) {
          for (const path of [[], [right!], [left!]]) {
            expect(await attestations.contains(idOfBatch('spring'), index, node, path)).to.equal(false);
          }
        }
      }
    });

    it('beyond the count are not contained, though the tree would lead there', async () => {
      const { attestations, relay, batch, treeOf } = await loadFixture(office);
      const { root, proof } = treeOf('spring', 4);
      await relay.anchor([batch('spring', 2, { root, count: 2 })]);
      const ask = (i: number) =>
        attestations.contains(idOfBatch('spring'), i, commitmentOf('spring', i), proof(i));
      expect([await ask(1), await ask(2), await ask(3)]).to.deep.equal([true, false, false]);
    });
  });

  describe('status lists', () => {
    it('rise in version, per issuer and list', async () => {
      const { organisations, attestations, relay, statusList } = await loadFixture(office);
      await organisations.accredit(CITY, DIPLOMAS, 0, 0);
      const first = statusList('v1', 1);
      await expect(relay.anchorStatusLists([first]))
        .to.emit(attestations, 'StatusListAnchored')
        .withArgs(idOfBatch('v1'), ISSUER, text('list-1'), DIPLOMAS, 1, first.digest);
      await relay.anchorStatusLists([
        statusList('v9', 9),
        statusList('other', 3, { list: text('list-2') }),
        statusList('city', 2n ** 64n - 1n, { issuer: CITY }),
      ]);
      const head = async (issuer: string, name: string) =>
        Number((await attestations.statusListOf(issuer, text(name))).version);
      expect([
        await head(ISSUER, 'list-1'),
        await head(ISSUER, 'list-2'),
        await head(ISSUER, 'list-3'),
      ]).to.deep.equal([9, 3, 0]);
      expect((await attestations.statusListOf(CITY, text('list-1'))).version).to.equal(2n ** 64n - 1n);
    });

    it('refuse version 0, the same version and an older one, and leave neighbours untouched', async () => {
      const { attestations, relay, statusList } = await loadFixture(office);
      await refused(attestations, relay.anchorStatusLists([statusList('v0', 0)]), 'v0', 'VersionNotRising');
      const sent = relay.anchorStatusLists([
        statusList('v5', 5),
        statusList('again', 5),
        statusList('old', 4),
        statusList('v6', 6),
      ]);
      await refused(attestations, sent, 'again', 'VersionNotRising');
      await refused(attestations, sent, 'old', 'VersionNotRising');
      expect((await attestations.statusListOf(ISSUER, text('list-1'))).digest).to.equal(hash('digest of v6'));
    });

    it('refuse a taken id, a forged list and an issuer without accreditation', async () => {
      const { organisations, attestations, relay, statusList } = await loadFixture(office);
      await relay.anchorStatusLists([statusList('v1', 1)]);
      await refused(attestations, relay.anchorStatusLists([statusList('v1', 2)]), 'v1', 'DuplicateEntry');
      const forged = { ...statusList('v2', 2), digest: hash('forged') };
      await refused(attestations, relay.anchorStatusLists([forged]), 'v2', 'BadSignature');
      const rival = statusList('v1', 1, { issuer: RIVAL });
      await refused(attestations, relay.anchorStatusLists([rival]), 'v1', 'NotAccredited', RIVAL);
      await organisations.accredit(RIVAL, text('list-1'), 0, 0);
      await expect(relay.anchorStatusLists([rival])).to.emit(attestations, 'StatusListAnchored');
    });

    it('share their ids with batches and changes, so that an id names one act of this contract', async () => {
      const { attestations, relay, batch, change, statusList } = await loadFixture(office);
      await relay.anchorStatusLists([statusList('one', 1)]);
      await relay.anchor([batch('two')]);
      await refused(attestations, relay.anchor([batch('one')]), 'one', 'DuplicateEntry');
      await refused(attestations, relay.anchorStatusLists([statusList('two', 2)]), 'two', 'DuplicateEntry');
      const same = change('one', idOfBatch('two'), ATTESTATION.Revoked);
      await refused(attestations, relay.changeStatus([same]), 'one', 'DuplicateEntry');
    });
  });
});
