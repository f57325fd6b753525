import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recoverAddress, Wallet } from 'ethers';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { generatePassphrase } from '../../../server/vault/keystore.ts';
import { openVault, type Vault } from '../../../server/vault/vault.ts';
import { hashOf } from '../../helpers/outbox.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

describe('the vault', () => {
  let folder: string;
  let store: Store;
  let vault: Vault;
  const passphrase = generatePassphrase();
  const open = (phrase = passphrase, name = 'vault') =>
    openVault({ folder: join(folder, name), passphrase: phrase, store, nowMs: () => 1_234 });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-vault-'));
    store = await openStore(join(folder, 'store'));
    vault = await open();
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe('keys', () => {
    it('are the same after a restart and sign what recovers to their address', async () => {
      const { address } = await vault.signer('organisation.dealer');
      const again = await (await open()).signer('organisation.dealer');
      expect(again.address).to.equal(address);
      const digest = hashOf('digest');
      expect(recoverAddress(digest, await again.sign(digest)).toLowerCase()).to.equal(address);
    });

    it('are made once, though asked for many times at once', async () => {
      expect(await vault.hasKey('lane-0')).to.equal(false);
      const signers = await Promise.all(Array.from({ length: 20 }, () => vault.signer('lane-0')));
      expect(new Set(signers.map(({ address }) => address)).size).to.equal(1);
      expect(await vault.hasKey('lane-0')).to.equal(true);
    });

    it('lie in files that only their owner reads, as any wallet opens them', async () => {
      const { address } = await vault.signer('lane-0');
      for (const name of await readdir(join(folder, 'vault')))
        expect((await stat(join(folder, 'vault', name))).mode & 0o777, name).to.equal(0o600);
      expect((await stat(join(folder, 'vault'))).mode & 0o777).to.equal(0o700);
      const text = await readFile(join(folder, 'vault', 'key.lane-0.json'), 'utf8');
      expect(JSON.parse(text).version).to.equal(3);
      expect((await Wallet.fromEncryptedJson(text, passphrase)).address.toLowerCase()).to.equal(address);
    });

    it('of a person’s passphrase are stretched as wallets do it', async () => {
      await open('correct horse battery staple', 'personal');
      const text = await readFile(join(folder, 'personal', 'originals.json'), 'utf8');
      expect(JSON.parse(text).Crypto.kdfparams.n).to.equal(131_072);
    });

    it('do not open with another passphrase, which the error does not repeat', async () => {
      const wrong = generatePassphrase();
      const error = await open(wrong).then(
        () => undefined,
        (reason) => reason,
      );
      expect(codeOf(error)).to.equal('VAULT_PASSPHRASE_WRONG');
      expect(JSON.stringify(error) + error.stack).not.to.include(wrong);
    });

    it('cannot lead out of their folder by their name', async () => {
      for (const name of ['../x', 'a/b', 'A', 'x'.repeat(80)])
        expect(await vault.signer(name).catch(codeOf), name).to.equal('VAULT_NAME_INVALID');
    });

    it('that are damaged are named and not replaced', async () => {
      await vault.signer('lane-0');
      await writeFile(join(folder, 'vault', 'key.lane-0.json'), '{"version":3');
      const again = await open();
      expect(await again.signer('lane-0').catch(codeOf)).to.equal('VAULT_FILE_MALFORMED');
    });
  });

  describe('originals', () => {
    const entryId = hashOf('entry');
    const original = {
      document: { owner: '홍길동', plate: '12가3456' },
      salt: `0x${'ab'.repeat(16)}` as Hex,
    };

    it('open again, and are unreadable in the store', async () => {
      const op = vault.sealOriginal(entryId, original);
      await store.commit([op]);
      expect(JSON.stringify(op)).not.to.include('12가3456');
      expect(await (await open()).openOriginal(entryId)).to.deep.equal(original);
    });

    it('do not open under another entry’s id', async () => {
      const other = hashOf('other');
      await store.commit([{ ...vault.sealOriginal(entryId, original), key: `original:${other}` }]);
      expect(await vault.openOriginal(other).catch(codeOf)).to.equal('ORIGINAL_UNREADABLE');
    });

    it('do not open after one flipped bit', async () => {
      const op = vault.sealOriginal(entryId, original) as {
        key: string;
        value: { wrappedKey: string; sealed: string };
      };
      for (const part of ['wrappedKey', 'sealed'] as const) {
        const bytes = Buffer.from(op.value[part], 'base64');
        bytes[20]! ^= 1;
        await store.commit([
          { type: 'put', key: op.key, value: { ...op.value, [part]: bytes.toString('base64') } },
        ]);
        expect(await vault.openOriginal(entryId).catch(codeOf)).to.equal('ORIGINAL_UNREADABLE');
      }
    });

    it('are erased one by one, and that there was one stays', async () => {
      const neighbour = hashOf('neighbour');
      await store.commit([vault.sealOriginal(entryId, original), vault.sealOriginal(neighbour, original)]);
      await vault.eraseOriginal(entryId);
      await vault.eraseOriginal(entryId);
      expect(await vault.openOriginal(entryId)).to.equal(undefined);
      expect(await vault.erasedAtMs(entryId)).to.equal(1_234);
      expect(await vault.openOriginal(neighbour)).to.deep.equal(original);
      expect(await vault.erasedAtMs(neighbour)).to.equal(undefined);
    });
  });

  it('gives one reference per kind and identifier, and another city another one', async () => {
    const vin = vault.subjectReference('vin', 'KMHXX00XXXX000001');
    expect((await open()).subjectReference('vin', 'KMHXX00XXXX000001')).to.equal(vin);
    expect(vault.subjectReference('plate', 'KMHXX00XXXX000001')).not.to.equal(vin);
    expect((await open(passphrase, 'other city')).subjectReference('vin', 'KMHXX00XXXX000001')).not.to.equal(
      vin,
    );
    expect(vin).to.match(/^0x[0-9a-f]{64}$/);
  });
});
