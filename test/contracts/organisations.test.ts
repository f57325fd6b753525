import { expect } from 'chai';
import { concat, keccak256, ZeroAddress, ZeroHash } from 'ethers';
import { network } from 'hardhat';
import { accountSigner, DEALER, deployCity, KIND, SCHEMA, SERVICE, STATUS, text } from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const city = () => deployCity(ethers);
const NOBODY = text('nobody');
const DAY = 86_400;

describe('Organisations', () => {
  describe('administration', () => {
    it('is reserved to the roles of the access manager, function by function', async () => {
      const { organisations, stranger, keys } = await loadFixture(city);
      const calls: [string, unknown[]][] = [
        ['register', [NOBODY, KIND.Company, 'x']],
        ['rename', [DEALER, 'x']],
        ['suspend', [DEALER]],
        ['resume', [DEALER]],
        ['retire', [DEALER]],
        ['addKey', [DEALER, accountSigner('new').signer, 0, 0]],
        ['endKey', [DEALER, keys.dealer.key, 0]],
        ['reportCompromised', [DEALER, keys.dealer.key, 1]],
        ['accredit', [DEALER, SERVICE, 0, 0]],
        ['withdrawAccreditation', [DEALER, SERVICE]],
        ['allowVerifier', [ZeroAddress, false]],
      ];
      for (const [name, args] of calls) {
        await expect(organisations.connect(stranger).getFunction(name)(...args))
          .to.be.revertedWithCustomError(organisations, 'AccessManagedUnauthorized')
          .withArgs(stranger.address);
      }
    });

    it('can be given to a role for one function alone', async () => {
      const { organisations, authority, stranger } = await loadFixture(city);
      const selector = organisations.interface.getFunction('suspend')!.selector;
      await authority.getFunction('setTargetFunctionRole')(await organisations.getAddress(), [selector], 7);
      await authority.getFunction('grantRole')(7, stranger.address, 0);
      await organisations.connect(stranger).getFunction('suspend')(DEALER);
      await expect(
        organisations.connect(stranger).getFunction('resume')(DEALER),
      ).to.be.revertedWithCustomError(organisations, 'AccessManagedUnauthorized');
    });
  });

  describe('register', () => {
    it('numbers organisations in order and says so', async () => {
      const { organisations } = await loadFixture(city);
      await expect(organisations.register(NOBODY, KIND.Association, '조합'))
        .to.emit(organisations, 'OrganisationRegistered')
        .withArgs(NOBODY, KIND.Association, '조합');
      expect(await organisations.organisationOf(NOBODY)).to.deep.equal([4n, 4n, 1n, '조합']);
      expect(await organisations.organisationAt(4)).to.equal(NOBODY);
      expect(await organisations.organisationAt(5)).to.equal(ZeroHash);
    });

    it('refuses a taken id, no id, no kind, and a name that is empty or above 200 bytes', async () => {
      const { organisations } = await loadFixture(city);
      await expect(organisations.register(DEALER, KIND.City, 'x'))
        .to.be.revertedWithCustomError(organisations, 'OrganisationAlreadyRegistered')
        .withArgs(DEALER);
      await expect(organisations.register(ZeroHash, KIND.City, 'x'))
        .to.be.revertedWithCustomError(organisations, 'OrganisationInvalidId')
        .withArgs(ZeroHash);
      await expect(organisations.register(NOBODY, 0, 'x'))
        .to.be.revertedWithCustomError(organisations, 'OrganisationInvalidKind')
        .withArgs(0);
      for (const name of ['', 'x'.repeat(201)]) {
        await expect(organisations.register(NOBODY, KIND.City, name))
          .to.be.revertedWithCustomError(organisations, 'OrganisationInvalidName')
          .withArgs(name.length);
      }
      await organisations.register(NOBODY, KIND.City, 'x'.repeat(200));
    });
  });

  describe('rename', () => {
    it('changes the name and nothing else', async () => {
      const { organisations } = await loadFixture(city);
      await expect(organisations.rename(DEALER, '새 이름'))
        .to.emit(organisations, 'OrganisationRenamed')
        .withArgs(DEALER, '새 이름');
      expect(await organisations.organisationOf(DEALER)).to.deep.equal([2n, 3n, 1n, '새 이름']);
    });

    it('refuses an unknown organisation, a retired one and an empty name', async () => {
      const { organisations } = await loadFixture(city);
      await expect(organisations.rename(NOBODY, 'x'))
        .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
        .withArgs(NOBODY);
      await expect(organisations.rename(DEALER, ''))
        .to.be.revertedWithCustomError(organisations, 'OrganisationInvalidName')
        .withArgs(0);
      await organisations.retire(DEALER);
      await expect(organisations.rename(DEALER, 'x'))
        .to.be.revertedWithCustomError(organisations, 'OrganisationWrongStatus')
        .withArgs(DEALER, STATUS.Retired);
    });
  });

  describe('status', () => {
    it('goes between active and suspended, and from both to retired for ever', async () => {
      const { organisations } = await loadFixture(city);
      const step = async (name: 'suspend' | 'resume' | 'retire', status: number) =>
        expect(organisations[name](DEALER))
          .to.emit(organisations, 'OrganisationStatusChanged')
          .withArgs(DEALER, status);
      const refused = async (name: 'suspend' | 'resume' | 'retire', status: number) =>
        expect(organisations[name](DEALER))
          .to.be.revertedWithCustomError(organisations, 'OrganisationWrongStatus')
          .withArgs(DEALER, status);
      await refused('resume', STATUS.Active);
      await step('suspend', STATUS.Suspended);
      await refused('suspend', STATUS.Suspended);
      await step('resume', STATUS.Active);
      await step('suspend', STATUS.Suspended);
      await step('retire', STATUS.Retired);
      for (const name of ['suspend', 'resume', 'retire'] as const) await refused(name, STATUS.Retired);
    });

    it('is refused for an unknown organisation', async () => {
      const { organisations } = await loadFixture(city);
      for (const name of ['suspend', 'resume', 'retire'] as const) {
        await expect(organisations[name](NOBODY))
          .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
          .withArgs(NOBODY);
      }
    });
  });

  describe('addKey', () => {
    it('keeps the signer and its period, 0 meaning from this block on', async () => {
      const { organisations } = await loadFixture(city);
      const { signer, key } = accountSigner('officer');
      const now = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(now);
      await expect(organisations.addKey(DEALER, signer, 0, now + DAY))
        .to.emit(organisations, 'KeyAdded')
        .withArgs(DEALER, key, signer.toLowerCase(), now, now + DAY);
      expect(await organisations.keyOf(DEALER, key)).to.deep.equal([
        BigInt(now),
        BigInt(now + DAY),
        0n,
        signer.toLowerCase(),
      ]);
    });

    it('gives a key one life, and each organisation its own keys', async () => {
      const { organisations, keys } = await loadFixture(city);
      await organisations.endKey(DEALER, keys.dealer.key, 0);
      await expect(organisations.addKey(DEALER, keys.dealer.signer, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'KeyAlreadyAdded')
        .withArgs(DEALER, keys.dealer.key);
      await organisations.addKey(text('rival'), keys.dealer.signer, 0, 0);
    });

    it('refuses what is no signer, and verifiers that are not on the list', async () => {
      const { organisations } = await loadFixture(city);
      const malformed = ['0x', `0x${'11'.repeat(19)}`, ZeroAddress, concat([ZeroAddress, '0x01'])];
      for (const signer of [...malformed, `0x${'11'.repeat(2049)}`]) {
        await expect(organisations.addKey(DEALER, signer, 0, 0))
          .to.be.revertedWithCustomError(organisations, 'KeyInvalidSigner')
          .withArgs(signer);
      }
      const verifier = await organisations.getAddress();
      await expect(organisations.addKey(DEALER, concat([verifier, '0x01']), 0, 0))
        .to.be.revertedWithCustomError(organisations, 'VerifierNotAllowed')
        .withArgs(verifier);
    });

    it('refuses an empty or past period, an unknown and a retired organisation', async () => {
      const { organisations } = await loadFixture(city);
      const { signer } = accountSigner('officer');
      const now = await time.latest();
      for (const [from, to] of [
        [now + DAY, now + DAY],
        [now + DAY, now + 1],
        [now - DAY, now - 1],
      ] as const) {
        await expect(organisations.addKey(DEALER, signer, from, to))
          .to.be.revertedWithCustomError(organisations, 'KeyInvalidPeriod')
          .withArgs(from, to);
      }
      await expect(organisations.addKey(NOBODY, signer, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
        .withArgs(NOBODY);
      await organisations.retire(DEALER);
      await expect(organisations.addKey(DEALER, signer, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'OrganisationWrongStatus')
        .withArgs(DEALER, STATUS.Retired);
    });
  });

  describe('endKey', () => {
    it('cuts a period short, never into the past and never longer', async () => {
      const { organisations, keys } = await loadFixture(city);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(organisations.endKey(DEALER, keys.dealer.key, now + DAY))
        .to.emit(organisations, 'KeyEnded')
        .withArgs(DEALER, keys.dealer.key, now + DAY);
      const { validFrom } = await organisations.keyOf(DEALER, keys.dealer.key);
      await expect(organisations.endKey(DEALER, keys.dealer.key, now + DAY))
        .to.be.revertedWithCustomError(organisations, 'KeyInvalidPeriod')
        .withArgs(validFrom, now + DAY);
      await time.setNextBlockTimestamp(now + 50);
      await expect(organisations.endKey(DEALER, keys.dealer.key, 5))
        .to.emit(organisations, 'KeyEnded')
        .withArgs(DEALER, keys.dealer.key, now + 50);
    });

    it('refuses a key or an organisation it does not know', async () => {
      const { organisations, keys } = await loadFixture(city);
      await expect(organisations.endKey(DEALER, keys.city.key, 0))
        .to.be.revertedWithCustomError(organisations, 'KeyUnknown')
        .withArgs(DEALER, keys.city.key);
      await expect(organisations.endKey(NOBODY, keys.city.key, 0))
        .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
        .withArgs(NOBODY);
    });
  });

  describe('reportCompromised', () => {
    it('takes a time that is not in the future, and later only an earlier one', async () => {
      const { organisations, keys } = await loadFixture(city);
      const { key } = keys.dealer;
      const now = (await time.latest()) + 100;
      const refused = (since: number, latest: number) =>
        expect(organisations.reportCompromised(DEALER, key, since))
          .to.be.revertedWithCustomError(organisations, 'KeyInvalidPeriod')
          .withArgs(since, latest);
      await time.setNextBlockTimestamp(now);
      await refused(now + 1, now);
      await time.setNextBlockTimestamp(now + 1);
      await refused(0, now + 1);
      await expect(organisations.reportCompromised(DEALER, key, now))
        .to.emit(organisations, 'KeyCompromised')
        .withArgs(DEALER, key, now);
      await refused(now, now - 1);
      await organisations.reportCompromised(DEALER, key, now - 50);
      expect((await organisations.keyOf(DEALER, key)).compromisedAt).to.equal(now - 50);
    });

    it('refuses a key it does not know', async () => {
      const { organisations, keys } = await loadFixture(city);
      await expect(organisations.reportCompromised(DEALER, keys.city.key, 1))
        .to.be.revertedWithCustomError(organisations, 'KeyUnknown')
        .withArgs(DEALER, keys.city.key);
    });
  });

  describe('accreditation', () => {
    it('is in force from its first second to the last before its end, for the service or the schema', async () => {
      const { organisations } = await loadFixture(city);
      const now = (await time.latest()) + 100;
      await expect(organisations.accredit(text('rival'), SCHEMA, now, now + 10))
        .to.emit(organisations, 'Accredited')
        .withArgs(text('rival'), SCHEMA, now, now + 10);
      const at = async (second: number, service: string, schema: string) => {
        if ((await time.latest()) < second) await time.increaseTo(second);
        return organisations.isAccredited(text('rival'), service, schema);
      };
      expect(await at(now - 1, SERVICE, SCHEMA)).to.equal(false);
      expect(await at(now, SERVICE, SCHEMA)).to.equal(true);
      expect(await at(now, SERVICE, text('other'))).to.equal(false);
      expect(await at(now, SERVICE, ZeroHash)).to.equal(false);
      expect(await at(now, ZeroHash, ZeroHash)).to.equal(false);
      expect(await at(now + 9, SERVICE, SCHEMA)).to.equal(true);
      expect(await at(now + 10, SERVICE, SCHEMA)).to.equal(false);
      expect(await organisations.isAccredited(DEALER, SERVICE, SCHEMA)).to.equal(true);
    });

    it('is withdrawn at once, and can be given again', async () => {
      const { organisations } = await loadFixture(city);
      const now = (await time.latest()) + 5;
      await time.setNextBlockTimestamp(now);
      await expect(organisations.withdrawAccreditation(DEALER, SERVICE))
        .to.emit(organisations, 'AccreditationWithdrawn')
        .withArgs(DEALER, SERVICE, now);
      expect(await organisations.isAccredited(DEALER, SERVICE, SCHEMA)).to.equal(false);
      expect((await organisations.accreditationOf(DEALER, SERVICE)).validTo).to.equal(now);
      for (const scope of [SERVICE, SCHEMA]) {
        await expect(organisations.withdrawAccreditation(DEALER, scope))
          .to.be.revertedWithCustomError(organisations, 'AccreditationUnknown')
          .withArgs(DEALER, scope);
      }
      await organisations.accredit(DEALER, SERVICE, 0, 0);
      expect(await organisations.isAccredited(DEALER, SERVICE, SCHEMA)).to.equal(true);
    });

    it('refuses no scope, an empty or past period, an unknown and a retired organisation', async () => {
      const { organisations } = await loadFixture(city);
      const now = await time.latest();
      await expect(organisations.accredit(DEALER, ZeroHash, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'AccreditationInvalidScope')
        .withArgs(ZeroHash);
      for (const [from, to] of [
        [now + DAY, now + DAY],
        [now - DAY, now - 1],
      ] as const) {
        await expect(organisations.accredit(DEALER, SERVICE, from, to))
          .to.be.revertedWithCustomError(organisations, 'AccreditationInvalidPeriod')
          .withArgs(from, to);
      }
      await expect(organisations.accredit(NOBODY, SERVICE, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
        .withArgs(NOBODY);
      await expect(organisations.withdrawAccreditation(NOBODY, SERVICE))
        .to.be.revertedWithCustomError(organisations, 'OrganisationUnknown')
        .withArgs(NOBODY);
      await organisations.retire(DEALER);
      await expect(organisations.accredit(DEALER, SERVICE, 0, 0))
        .to.be.revertedWithCustomError(organisations, 'OrganisationWrongStatus')
        .withArgs(DEALER, STATUS.Retired);
    });
  });

  describe('allowVerifier', () => {
    it('takes contracts only, and can take its word back', async () => {
      const { organisations, stranger, verifiers } = await loadFixture(city);
      await expect(organisations.allowVerifier(stranger.address, true))
        .to.be.revertedWithCustomError(organisations, 'VerifierNotAllowed')
        .withArgs(stranger.address);
      expect(await organisations.isVerifierAllowed(verifiers.p256)).to.equal(true);
      await expect(organisations.allowVerifier(verifiers.p256, false))
        .to.emit(organisations, 'VerifierAllowed')
        .withArgs(verifiers.p256, false);
      expect(await organisations.isVerifierAllowed(verifiers.p256)).to.equal(false);
    });
  });

  it('finds a key under the keccak256 of its signer', async () => {
    const { organisations, keys } = await loadFixture(city);
    expect((await organisations.keyOf(DEALER, keccak256(keys.dealer.signer))).signer).to.equal(
      keys.dealer.signer.toLowerCase(),
    );
  });
});
