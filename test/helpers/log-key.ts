/** The key of a gateway's log, as its operator holds it, or whoever broke into that machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogKey, openKey } from '../../server/log/key.ts';
import { ED25519 } from '../../server/verify/note.ts';
import type { TestGateway } from './gateway.ts';

export async function logKeyOf({ folder, trust }: TestGateway): Promise<LogKey> {
  const passphrase = (await readFile(join(folder, 'keys/passphrase'), 'utf8')).trimEnd();
  return openKey({ path: join(folder, 'keys/log.json'), name: trust.origin, type: ED25519, passphrase });
}
