/** `npm run restore`: a data folder out of a backup, or out of the chain alone. */
import { createReadStream } from 'node:fs';
import { access, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../server/core/errors.ts';
import { writeMirrored } from '../../server/store/files.ts';
import { openStore } from '../../server/store/level.ts';
import { readSnapshot } from '../../server/store/snapshot.ts';
import { writeDurably } from '../../server/store/write-file.ts';
import { checkManifest } from './manifest.ts';
import { runTool } from './tool.ts';

const HELP = `npm run restore -- BACKUP FOLDER           makes a data folder, which must be empty, out of a backup
npm run restore -- --without-store FOLDER  the store is lost and there is no backup: begin an empty one beside the keys

Then put the passphrase back (FOLDER/keys/passphrase or SILLOK_PASSPHRASE_FILE) and start the gateway. It reads the chain
again before it takes anything in, and writes a file recovered-….json with what could not come back. Be sure that the old
gateway never runs again: both would send from the same accounts.`;

await runTool('restore', HELP, { 'without-store': '' }, async ([backup, folder], options) => {
  const lost = options['without-store']!;
  if (lost !== '') return beginAnew(resolve(lost));
  if (backup === undefined || folder === undefined) return undefined;
  const [from, to] = [resolve(backup), resolve(folder)];
  await checkManifest(from);
  const present = await readdir(to).catch(() => []);
  if (present.length > 0) throw new AppError('DATA_NOT_EMPTY', { folder: to });
  await mkdir(to, { recursive: true, mode: 0o700 });
  // First: without it a start takes the folder for one that was never away.
  await mark(to);
  const incoming = join(to, 'store');
  const { number } = await readSnapshot(incoming, createReadStream(join(from, 'store.jsonl'))).catch(
    async (error) => {
      for (const name of await readdir(to)) await rm(join(to, name), { recursive: true });
      throw error;
    },
  );
  const store = await openStore(incoming);
  const files = await writeMirrored(store, to).finally(store.close);
  if (await isThere(join(from, 'chain')))
    await cp(join(from, 'chain'), join(to, 'chain'), { recursive: true });
  return `Restored commit ${number} and ${files.length} files into ${to}. Put the passphrase back and start the gateway.`;
});

async function beginAnew(folder: string): Promise<string> {
  if (!(await isThere(join(folder, 'keys/vault')))) throw new AppError('DATA_MISSING', { folder });
  if (await isThere(join(folder, 'store'))) throw new AppError('STORE_PRESENT', { folder });
  await (await openStore(join(folder, 'store'))).close();
  await mark(folder);
  return `An empty store is in ${folder}. Start the gateway: it reads the chain again. All originals are gone.`;
}

/** The gateway takes nothing in before it caught up, however new the backup is. */
function mark(folder: string): Promise<void> {
  return writeDurably(join(folder, 'recovery.json'), `${JSON.stringify({ startedAtMs: Date.now() })}\n`);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
