/** Signatures under checkpoints: the log's own, and the timestamped one of a witness. */
import { utf8 } from '../core/bytes.ts';
import { cosignedMessage, encodeCosignature } from '../verify/checkpoint.ts';
import { formatSignatureLine, parseVerifierKey } from '../verify/note.ts';
import type { LogKey } from './key.ts';

/** The signed note. @param text with its final newline */
export function signNote(text: string, ...keys: readonly LogKey[]): string {
  const lines = keys.map((key) => {
    const { name, keyId } = parseVerifierKey(key.verifierKey);
    return formatSignatureLine({ name, keyId, bytes: key.sign(utf8(text)) });
  });
  return `${text}\n${lines.join('')}`;
}

/** One signature line (c2sp.org/tlog-cosignature). */
export function cosign(text: string, key: LogKey, timestampSec: number): string {
  const { name, keyId } = parseVerifierKey(key.verifierKey);
  const signature = key.sign(cosignedMessage(text, timestampSec));
  return formatSignatureLine({ name, keyId, bytes: encodeCosignature(timestampSec, signature) });
}
