/** The vault: signing keys, personal originals and the city's secret, none of which leave this machine in clear. */
import { createHmac } from 'node:crypto';
import { computeAddress, SigningKey } from 'ethers';
import { fromHex, type Hex } from '../core/bytes.ts';
import type { Original } from '../core/original.ts';
import type { Signer } from '../core/signer.ts';
import type { Op, Store } from '../store/level.ts';
import { openKeystore } from './keystore.ts';
import { type ErasedOriginal, type SealedOriginal, seal, unseal } from './originals.ts';

export interface Vault {
  /** Made on first use, durable before it is handed out: 'deployer', 'administrator', 'lane-0' .., 'organisation.<id>'. */
  signer(name: string): Promise<Signer>;
  hasKey(name: string): Promise<boolean>;
  /** The row to commit together with the entry. */
  sealOriginal(entryId: Hex, original: Original): Op;
  /** undefined when there is none or it was erased. @throws AppError ORIGINAL_UNREADABLE */
  openOriginal(entryId: Hex): Promise<Original | undefined>;
  /** When it was erased; undefined when it was not. */
  erasedAtMs(entryId: Hex): Promise<number | undefined>;
  /** Document, salt and data key go for good; that there was one stays. Does nothing twice. */
  eraseOriginal(entryId: Hex): Promise<void>;
  /** HMAC-SHA-256 with the city's secret: nobody else can test a guess against it. */
  subjectReference(kind: string, identifier: string): Hex;
}

export interface OpenVault {
  readonly folder: string;
  readonly passphrase: string;
  readonly store: Store;
  readonly nowMs?: () => number;
  /** Awaited before a new key is handed out: whoever keeps copies of the files keeps this one from its first use. */
  readonly onNewFile?: () => Promise<void>;
}

/** @throws AppError VAULT_PASSPHRASE_WRONG | VAULT_FILE_MALFORMED */
export async function openVault(options: OpenVault): Promise<Vault> {
  const { store, nowMs = Date.now } = options;
  const keystore = openKeystore(options.folder, options.passphrase, options.onNewFile);
  const masterKey = fromHex(await keystore.secret('originals'));
  const subjectSecret = fromHex(await keystore.secret('subjects'));
  const keyOf = (entryId: Hex) => `original:${entryId}`;
  const read = (entryId: Hex) => store.get<SealedOriginal | ErasedOriginal>(keyOf(entryId));
  /** A name's key never changes, and its public half takes a multiplication on the curve to find. */
  const signers = new Map<string, Signer>();

  async function signer(name: string): Promise<Signer> {
    const known = signers.get(name);
    if (known !== undefined) return known;
    const made = signerOf(await keystore.secret(`key.${name}`));
    signers.set(name, made);
    return made;
  }

  return {
    signer,
    hasKey: async (name) => signers.has(name) || keystore.has(`key.${name}`),
    sealOriginal: (entryId, original) => ({
      type: 'put',
      key: keyOf(entryId),
      value: seal(masterKey, entryId, original),
    }),
    openOriginal: async (entryId) => {
      const row = await read(entryId);
      return row === undefined || 'erasedAtMs' in row ? undefined : unseal(masterKey, entryId, row);
    },
    erasedAtMs: async (entryId) => {
      const row = await read(entryId);
      return row !== undefined && 'erasedAtMs' in row ? row.erasedAtMs : undefined;
    },
    eraseOriginal: async (entryId) => {
      const row = await read(entryId);
      if (row === undefined || 'erasedAtMs' in row) return;
      const erased: ErasedOriginal = { erasedAtMs: nowMs() };
      await store.replace(keyOf(entryId), erased);
    },
    subjectReference: (kind, identifier) => {
      const message = JSON.stringify([kind, identifier]);
      return `0x${createHmac('sha256', subjectSecret).update(message).digest('hex')}`;
    },
  };
}

function signerOf(privateKey: Hex): Signer {
  const key = new SigningKey(privateKey);
  const address = computeAddress(key.publicKey).toLowerCase() as Hex;
  return { address, sign: async (digest) => key.sign(digest).serialized as Hex };
}
