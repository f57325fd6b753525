/** Signed notes (c2sp.org/signed-note): text, a blank line, signature lines. Reading and verifying; signing is in log/. */
import { concat, fromBase64, toBase64, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';

/** Signature type: Ed25519 over the note's text. */
export const ED25519 = 0x01;
/** Signature type: timestamped Ed25519 cosignature (c2sp.org/tlog-cosignature). */
export const COSIGNATURE = 0x04;

export interface NoteSignature {
  readonly name: string;
  /** Four bytes, big endian. */
  readonly keyId: number;
  /** What follows the key id. */
  readonly bytes: Uint8Array;
}

export interface Note {
  /** With its final newline, without the blank line. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** Injected: node:crypto at the gateway and on the command line, noble in the page. Answers false, never throws. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** The specification asks for at least 16; ML-DSA signatures take 3.3 kB of base64 each. */
const MAX_SIGNATURES = 32;
const MAX_LENGTH = 128 * 1024;
// Unicode White_Space, as Go's unicode.IsSpace has it; JavaScript's \s lacks U+0085 and adds U+FEFF.
const NAME = /^[^\s\u0085+]+$/u;

/** @throws AppError NOTE_MALFORMED */
export function parseNote(note: string): Note {
  const malformed = (reason: string) => new AppError('NOTE_MALFORMED', { reason });
  if (note.length > MAX_LENGTH) throw malformed('too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the specification forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw malformed('control character');
  if (!note.isWellFormed()) throw malformed('not UTF-8');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed('no blank line before the signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed('too many signatures');
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** One line without its newline. @throws AppError NOTE_MALFORMED */
export function parseSignatureLine(line: string): NoteSignature {
  const malformed = (reason: string) => new AppError('NOTE_MALFORMED', { reason });
  const [dash, name, base64, ...rest] = line.split(' ');
  if (dash !== '—' || name === undefined || base64 === undefined || rest.length > 0 || !NAME.test(name))
    throw malformed('signature line');
  const raw = decodeBase64(base64);
  if (raw === undefined || raw.length < 5) throw malformed('signature bytes');
  return { name, keyId: uint32(raw), bytes: raw.subarray(4) };
}

export function formatSignatureLine(signature: NoteSignature): string {
  const keyId = new Uint8Array(4);
  new DataView(keyId.buffer).setUint32(0, signature.keyId);
  return `— ${signature.name} ${toBase64(concat(keyId, signature.bytes))}\n`;
}

/** `name+keyid+base64(type || key)`. Only the two Ed25519 types are known. @throws AppError VERIFIER_KEY_MALFORMED */
export function parseVerifierKey(text: string): VerifierKey {
  const malformed = () => new AppError('VERIFIER_KEY_MALFORMED', { key: text.slice(0, 200) });
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 1 || second < 0) throw malformed();
  const name = text.slice(0, first);
  const raw = decodeBase64(text.slice(second + 1));
  if (raw === undefined || raw.length !== 33 || !NAME.test(name)) throw malformed();
  const type = raw[0]!;
  if (type !== ED25519 && type !== COSIGNATURE) throw malformed();
  const publicKey = raw.slice(1);
  const keyId = keyIdOf(name, type, publicKey);
  if (text.slice(first + 1, second) !== hex32(keyId)) throw malformed();
  return { name, keyId, type, publicKey };
}

export function formatVerifierKey(name: string, type: number, publicKey: Uint8Array): string {
  if (!NAME.test(name)) throw new AppError('VERIFIER_KEY_MALFORMED', { key: name });
  return `${name}+${hex32(keyIdOf(name, type, publicKey))}+${toBase64(concat(Uint8Array.of(type), publicKey))}`;
}

/** The first line with this key's name and id. A known key's line must verify, whatever stands beside it. */
export function signatureOf(note: Note, key: VerifierKey): NoteSignature | undefined {
  return note.signatures.find((line) => line.name === key.name && line.keyId === key.keyId);
}

/** SHA-256(name || newline || type || public key), first four bytes. */
function keyIdOf(name: string, type: number, publicKey: Uint8Array): number {
  return uint32(sha256(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
}

function uint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function hex32(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}
