import { expect } from 'chai';
import { concat, keccak256, toBeHex } from 'ethers';
import { network } from 'hardhat';
import {
  accountSigner,
  DEALER,
  deployCity,
  hash,
  p256Signer,
  passkeySigner,
  REFUSAL,
  RIVAL,
  type Signer,
  text,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const DIGEST = hash('what is signed');

async function city() {
  const deployed = await deployCity(ethers);
  const { organisations, verifiers } = deployed;
  const answer = async (signer: Signer, signature = signer.sign(DIGEST), organisation = DEALER) =>
    (await organisations.authorise(organisation, signer.key, DIGEST, signature)).refusal;
  const add = async <S extends Signer>(signer: S): Promise<S> => {
    await organisations.addKey(DEALER, signer.signer, 0, 0);
    return signer;
  };
  const hostile = await ethers.deployContract('HostileVerifier');
  await organisations.allowVerifier(await hostile.getAddress(), true);
  return { ...deployed, answer, add, hostile, passkey: await add(passkeySigner(verifiers.webauthn)) };
}

describe('Organisations.authorise', () => {
  it('answers with the number and kind of the organisation', async () => {
    const { organisations, keys } = await loadFixture(city);
    const signature = keys.dealer.sign(DIGEST);
    expect(await organisations.authorise(DEALER, keys.dealer.key, DIGEST, signature)).to.deep.equal([
      0n,
      2n,
      3n,
    ]);
  });

  it('refuses organisations that are unknown, suspended or retired, and accepts a resumed one', async () => {
    const { organisations, keys, answer } = await loadFixture(city);
    expect(await answer(keys.dealer, undefined, text('nobody'))).to.equal(REFUSAL.UnknownOrganisation);
    await organisations.suspend(DEALER);
    expect(await answer(keys.dealer)).to.equal(REFUSAL.OrganisationNotActive);
    await organisations.resume(DEALER);
    expect(await answer(keys.dealer)).to.equal(REFUSAL.None);
    await organisations.retire(DEALER);
    expect(await answer(keys.dealer)).to.equal(REFUSAL.OrganisationNotActive);
  });

  it('knows keys by their organisation', async () => {
    const { keys, answer } = await loadFixture(city);
    expect(await answer(keys.dealer, undefined, RIVAL)).to.equal(REFUSAL.UnknownKey);
    expect(await answer(accountSigner('stranger'))).to.equal(REFUSAL.UnknownKey);
  });

  it('accepts a key from its first second to the last before its end', async () => {
    const { organisations, answer } = await loadFixture(city);
    const officer = accountSigner('officer');
    const now = (await time.latest()) + 100;
    await organisations.addKey(DEALER, officer.signer, now, now + 10);
    const at = async (second: number) => {
      await time.increaseTo(second);
      return answer(officer);
    };
    expect(await at(now - 1)).to.equal(REFUSAL.KeyNotYetValid);
    expect(await at(now)).to.equal(REFUSAL.None);
    expect(await at(now + 9)).to.equal(REFUSAL.None);
    expect(await at(now + 10)).to.equal(REFUSAL.KeyExpired);
  });

  it('stops a departed officer at once while the successor signs on', async () => {
    const { organisations, keys, answer, add } = await loadFixture(city);
    const successor = await add(accountSigner('successor'));
    await organisations.endKey(DEALER, keys.dealer.key, 0);
    expect(await answer(keys.dealer)).to.equal(REFUSAL.KeyExpired);
    expect(await answer(successor)).to.equal(REFUSAL.None);
  });

  it('stops a compromised key at once, whatever its period', async () => {
    const { organisations, keys, answer } = await loadFixture(city);
    await organisations.reportCompromised(DEALER, keys.dealer.key, 1);
    expect(await answer(keys.dealer)).to.equal(REFUSAL.KeyCompromised);
  });

  describe('account keys', () => {
    it('refuse another digest, another signer and malformed signatures', async () => {
      const { keys, answer } = await loadFixture(city);
      const good = keys.dealer.sign(DIGEST);
      for (const bad of [
        keys.dealer.sign(hash('something else')),
        keys.rival.sign(DIGEST),
        '0x',
        good.slice(0, -2),
        `${good}00`,
        `0x${'00'.repeat(65)}`,
        `0x${'ff'.repeat(65)}`,
        `0x${'ff'.repeat(5_000)}`,
      ]) {
        expect(await answer(keys.dealer, bad), bad.slice(0, 140)).to.equal(REFUSAL.BadSignature);
      }
    });

    it('refuse the same signature with s in the high half of the field', async () => {
      const { keys, answer } = await loadFixture(city);
      const good = keys.dealer.sign(DIGEST);
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
      const s = order - BigInt(`0x${good.slice(66, 130)}`);
      const v = good.endsWith('1b') ? '1c' : '1b';
      expect(await answer(keys.dealer, concat([good.slice(0, 66), toBeHex(s, 32), `0x${v}`]))).to.equal(
        REFUSAL.BadSignature,
      );
    });

    it('never call the code at their address, be it a wallet that agrees to everything', async () => {
      const { organisations, hostile, answer } = await loadFixture(city);
      const signer = await hostile.getAddress();
      await organisations.addKey(DEALER, signer, 0, 0);
      expect(await answer({ signer, key: keccak256(signer), sign: () => '0x' })).to.equal(
        REFUSAL.BadSignature,
      );
    });
  });

  describe('P-256 keys', () => {
    it('sign through the deployed verifier', async () => {
      const { verifiers, answer, add } = await loadFixture(city);
      const signer = await add(p256Signer(verifiers.p256, 'seal'));
      expect(await answer(signer)).to.equal(REFUSAL.None);
    });

    it('refuse every flipped byte of signature and malformed lengths', async () => {
      const { verifiers, answer, add } = await loadFixture(city);
      const signer = await add(p256Signer(verifiers.p256, 'seal'));
      const good = signer.sign(DIGEST);
      for (let i = 0; i < 64; i += 7) {
        const at = 2 + i * 2;
        const flipped = (Number.parseInt(good.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, '0');
        expect(await answer(signer, good.slice(0, at) + flipped + good.slice(at + 2))).to.equal(
          REFUSAL.BadSignature,
        );
      }
      for (const bad of ['0x', '0x00', good.slice(0, 66), `0x${'ff'.repeat(64)}`]) {
        expect(await answer(signer, bad)).to.equal(REFUSAL.BadSignature);
      }
    });

    it('answer BadSignature for a public key that is no point of the curve', async () => {
      const { verifiers, answer, add } = await loadFixture(city);
      for (const key of [`0x${'01'.repeat(64)}`, '0x01', `0x${'ff'.repeat(65)}`]) {
        const signer = concat([verifiers.p256, key]);
        await add({ signer, key: keccak256(signer), sign: () => '0x' });
        expect(await answer({ signer, key: keccak256(signer), sign: () => `0x${'11'.repeat(64)}` })).to.equal(
          REFUSAL.BadSignature,
        );
      }
    });
  });

  describe('passkeys', () => {
    it('sign by a WebAuthn assertion over the digest', async () => {
      const { passkey, answer } = await loadFixture(city);
      expect(await answer(passkey)).to.equal(REFUSAL.None);
    });

    it('refuse another challenge, a registration, an unverified user and the high half of s', async () => {
      const { passkey, answer } = await loadFixture(city);
      for (const bad of [
        passkey.assert(hash('something else')),
        passkey.assert(DIGEST, { type: 'webauthn.create' }),
        passkey.assert(DIGEST, { flags: 0x01 }),
        passkey.assert(DIGEST, { flags: 0x04 }),
        passkey.assert(DIGEST, { highS: true }),
      ]) {
        expect(await answer(passkey, bad)).to.equal(REFUSAL.BadSignature);
      }
    });

    it('answer BadSignature, never a revert, for assertions cut or bent anywhere', async () => {
      const { passkey, answer } = await loadFixture(city);
      const good = passkey.sign(DIGEST);
      const words = (good.length - 2) / 64;
      for (let i = 0; i < words; i++) {
        const at = 2 + i * 64;
        const bent = `${good.slice(0, at)}${'ff'.repeat(32)}${good.slice(at + 64)}`;
        const cut = good.slice(0, at);
        expect(await answer(passkey, cut), `cut ${i}`).to.equal(REFUSAL.BadSignature);
        expect(await answer(passkey, bent), `bent ${i}`).to.equal(REFUSAL.BadSignature);
      }
    });
  });

  describe('verifiers', () => {
    const modes = [
      'agrees',
      'reverts',
      'burns its gas',
      'answers a megabyte',
      'answers one byte',
      'answers no',
    ];
    for (const [mode, name] of modes.entries()) {
      it(`do no harm when one ${name}`, async () => {
        const { hostile, answer, add } = await loadFixture(city);
        const signer = concat([await hostile.getAddress(), toBeHex(mode, 1)]);
        const key = await add({ signer, key: keccak256(signer), sign: () => '0x1234' });
        expect(await answer(key)).to.equal(mode === 0 ? REFUSAL.None : REFUSAL.BadSignature);
      });
    }

    it('are no longer asked once struck off the list', async () => {
      const { organisations, verifiers, passkey, answer } = await loadFixture(city);
      await organisations.allowVerifier(verifiers.webauthn, false);
      expect(await answer(passkey)).to.equal(REFUSAL.VerifierNotAllowed);
    });

    it('burn a bounded amount of gas', async () => {
      const { organisations, hostile, add } = await loadFixture(city);
      const signer = concat([await hostile.getAddress(), '0x02']);
      const key = keccak256(signer);
      await add({ signer, key, sign: () => '0x' });
      const gas = await organisations.authorise.estimateGas(DEALER, key, DIGEST, '0x');
      expect(gas).to.be.below(1_150_000n);
    });

    it('are not asked with too little gas: a mean relayer cannot make a good signature look bad', async () => {
      const { organisations, passkey } = await loadFixture(city);
      const signature = passkey.sign(DIGEST);
      for (const gasLimit of [300_000, 600_000, 900_000, 1_000_000]) {
        await expect(
          organisations.authorise(DEALER, passkey.key, DIGEST, signature, { gasLimit }),
        ).to.be.revertedWithCustomError(organisations, 'VerifierGasTooLow');
      }
      const answer = await organisations.authorise(DEALER, passkey.key, DIGEST, signature, {
        gasLimit: 1_200_000,
      });
      expect(answer.refusal).to.equal(REFUSAL.None);
    });

    it('leave room: a passkey without the precompiled contract needs at most half of the bound', async () => {
      const { organisations, passkey } = await loadFixture(city);
      const gas = await organisations.isSignedBy.estimateGas(passkey.signer, DIGEST, passkey.sign(DIGEST));
      expect(gas).to.be.below(500_000n);
    });

    it('are what isSignedBy is for: it knows no accounts', async () => {
      const { organisations, keys } = await loadFixture(city);
      const { signer } = keys.dealer;
      expect(await organisations.isSignedBy(signer, DIGEST, keys.dealer.sign(DIGEST))).to.equal(false);
    });
  });
});
