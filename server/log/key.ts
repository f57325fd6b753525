/** The Ed25519 keys of log and witness: made on first start, sealed under the operator's passphrase, used in this file only. */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scryptSync,
  sign,
} from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fromHex, fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { isGenerated } from '../core/passphrase.ts';
import { syncFolder } from '../store/write-file.ts';
import { formatVerifierKey } from '../verify/note.ts';
import { readIfThere } from './files.ts';

export interface LogKey {
  readonly name: string;
  /** Verifier key (c2sp.org/signed-note), for the trust file. */
  readonly verifierKey: string;
  sign(message: Uint8Array): Uint8Array;
}

export interface OpenKey {
  readonly path: string;
  /** Key name in the notes it signs: the log's origin, or the name of the witness. */
  readonly name: string;
  /** ED25519 for a log, COSIGNATURE for a witness. */
  readonly type: number;
  readonly passphrase: string;
}

/** scrypt's N (RFC 7914): 64 MB and some 200 ms per guess of a passphrase that a person chose. */
const N_CHOSEN = 2 ** 16;
const N_GENERATED = 2 ** 10;

interface Sealed {
  readonly sillok: 'key.2';
  readonly N: number;
  readonly name: string;
  readonly type: number;
  readonly salt: string;
  readonly nonce: string;
  /** AES-256-GCM of the PKCS#8 bytes, tag at the end. */
  readonly sealed: string;
}

/** Stretched in any case. */
type OldSealed = Omit<Sealed, 'sillok' | 'N'> & { readonly sillok: 'key.1' };

/** @throws AppError KEY_WRONG_PASSPHRASE | KEY_CORRUPT | KEY_OTHER_NAME */
export async function openKey({ path, name, type, passphrase }: OpenKey): Promise<LogKey> {
  const present = await readIfThere(path);
  const key = present === undefined ? generateKeyPairSync('ed25519').privateKey : undefined;
  if (key !== undefined) await writeOnce(path, seal(key, name, type, passphrase));
  const text = present ?? (await readIfThere(path));
  return signer(unseal(text, { path, name, type, passphrase }), name, type);
}

function signer(key: KeyObject, name: string, type: number): LogKey {
  // The last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key (RFC 8410).
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    name,
    verifierKey: formatVerifierKey(name, type, new Uint8Array(publicKey)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

function stretch(passphrase: string, salt: Uint8Array, N: number): Buffer {
  return scryptSync(passphrase, salt, 32, { N, r: 8, p: 1, maxmem: 256 * N * 8 });
}

function seal(key: KeyObject, name: string, type: number, passphrase: string): string {
  const N = isGenerated(passphrase) ? N_GENERATED : N_CHOSEN;
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', stretch(passphrase, salt, N), nonce);
  cipher.setAAD(boundTo(name, type));
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const sealed = Buffer.concat([cipher.update(der), cipher.final(), cipher.getAuthTag()]);
  const file: Sealed = {
    sillok: 'key.2',
    N,
    name,
    type,
    salt: toHex(salt),
    nonce: toHex(nonce),
    sealed: toHex(sealed),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function unseal(bytes: Uint8Array | undefined, { path, name, type, passphrase }: OpenKey): KeyObject {
  const file = parse(bytes, path);
  if (file.name !== name || file.type !== type)
    throw new AppError('KEY_OTHER_NAME', { path, name: file.name });
  const sealed = fromHex(file.sealed);
  const secret = stretch(passphrase, fromHex(file.salt), file.N);
  const decipher = createDecipheriv('aes-256-gcm', secret, fromHex(file.nonce));
  decipher.setAAD(boundTo(name, type));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    const der = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch (error) {
    throw new AppError('KEY_WRONG_PASSPHRASE', { path }, error);
  }
}

function parse(bytes: Uint8Array | undefined, path: string): Sealed {
  try {
    const read = JSON.parse(fromUtf8(bytes ?? new Uint8Array(0))) as Sealed | OldSealed;
    const file: Sealed = read.sillok === 'key.1' ? { ...read, sillok: 'key.2', N: N_CHOSEN } : read;
    const complete = [fromHex(file.salt), fromHex(file.nonce), fromHex(file.sealed)];
    const isKnown = file.sillok === 'key.2' && [N_CHOSEN, N_GENERATED].includes(file.N);
    if (isKnown && complete[1]!.length === 12 && complete[2]!.length > 16) return file;
  } catch {
    // Falls through: one error for every way of not being a key file.
  }
  throw new AppError('KEY_CORRUPT', { path });
}

/** A sealed key moved under another name does not open. */
function boundTo(name: string, type: number): Uint8Array {
  return utf8(`${type} ${name}`);
}

/** Readable by its owner only, durable before it is used, and never over a key that is there already. */
async function writeOnce(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${toHex(randomBytes(4)).slice(2)}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(folder);
}
