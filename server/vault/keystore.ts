/** Keys in files: Web3 Secret Storage, version 3 (scrypt), as geth and every wallet read it. */
import { scrypt as nodeScrypt, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { computeAddress, decryptKeystoreJson, encryptKeystoreJson, scrypt } from 'ethers';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { isGenerated } from '../core/passphrase.ts';
import { writeDurably } from '../store/write-file.ts';

// ethers' own scrypt runs in JavaScript and takes seconds where OpenSSL takes a fraction of one.
scrypt.register(
  (password, salt, N, r, p, length) =>
    new Promise((resolve, reject) =>
      nodeScrypt(password, salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
        error ? reject(error) : resolve(`0x${key.toString('hex')}`),
      ),
    ),
);

/** What wallets use by default: slows down whoever guesses a passphrase that a person chose. */
const SCRYPT_N = 1 << 17;
const SCRYPT_N_GENERATED = 1 << 10;

/** One that isGenerated. */
export function generatePassphrase(): string {
  return randomBytes(32).toString('hex');
}

export interface Keystore {
  has(name: string): boolean;
  /** 32 bytes; a new random key, durable before it is handed out, when there is none of this name. @throws AppError VAULT_PASSPHRASE_WRONG | VAULT_FILE_MALFORMED */
  secret(name: string): Promise<Hex>;
}

/** @param passphrase is kept in memory only and never part of an error. */
export function openKeystore(
  folder: string,
  passphrase: string,
  onNewFile: () => Promise<void> = async () => {},
): Keystore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = new Map<string, Promise<Hex>>();
  const N = isGenerated(passphrase) ? SCRYPT_N_GENERATED : SCRYPT_N;

  async function create(path: string): Promise<Hex> {
    const privateKey: Hex = `0x${randomBytes(32).toString('hex')}`;
    const account = { address: computeAddress(privateKey), privateKey };
    // A key that was registered on chain and then lost with the page cache could never sign again.
    await writeDurably(path, await encryptKeystoreJson(account, passphrase, { scrypt: { N, r: 8, p: 1 } }));
    await onNewFile();
    return privateKey;
  }

  async function read(name: string, path: string): Promise<Hex> {
    const text = await readFile(path, 'utf8');
    try {
      return (await decryptKeystoreJson(text, passphrase)).privateKey as Hex;
    } catch (error) {
      const wrong = /incorrect password/.test((error as Error).message);
      throw new AppError(wrong ? 'VAULT_PASSPHRASE_WRONG' : 'VAULT_FILE_MALFORMED', { name });
    }
  }

  return {
    has: (name) => existsSync(pathOf(folder, name)),
    secret: (name) => {
      const path = pathOf(folder, name);
      const known = secrets.get(name);
      if (known !== undefined) return known;
      const secret = existsSync(path) ? read(name, path) : create(path);
      secrets.set(name, secret);
      secret.catch(() => secrets.delete(name));
      return secret;
    },
  };
}

/** Names become file names: whatever could leave the folder is refused. */
function pathOf(folder: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name)) throw new AppError('VAULT_NAME_INVALID', { name });
  return join(folder, `${name}.json`);
}
