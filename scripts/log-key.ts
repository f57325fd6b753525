/**
 * `npm run log-key -- status | rotate | finish | endorse FILE…`: changes the key that signs the log, in the data folder of this machine.
 *
 * Two steps, a restart after each. `rotate` makes the next key; from then on both sign, so that verifiers with either trust file are
 * served. `finish` ends the overlap: at the next start the old key signs the trust file that retires it, up to the size of the tree it
 * has signed, and is destroyed.
 */
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  openDataFolder,
  readJsonFile,
  readPassphrase,
  writeJsonFile,
} from '../server/actions/data-folder.ts';
import { readConfig } from '../server/config.ts';
import { AppError } from '../server/core/errors.ts';
import { startupLine } from '../server/http/startup-lines.ts';
import { verifyEd25519 } from '../server/log/ed25519.ts';
import { openKey } from '../server/log/key.ts';
import { keyPaths } from '../server/start/log.ts';
import { syncFolder } from '../server/store/write-file.ts';
import { ED25519 } from '../server/verify/note.ts';
import { endorsersOf } from '../server/verify/successor.ts';
import { fingerprintOf, parseTrust, type Trust } from '../server/verify/trust.ts';

const HELP = `npm run log-key -- COMMAND

  status    fingerprint and keys of the trust file
  rotate    make the next key of the log; from the next start on both keys sign
  finish    end the overlap; at the next start the old key is retired and destroyed
  endorse FILE…
            adds the lines by which witnesses stand for the trust file (npm run witness -- endorse)

Works in the folder of SILLOK_DATA, with the passphrase of SILLOK_PASSPHRASE_FILE. The gateway may run: it takes notice when it is
started again. Publish the new fingerprint after each start. Witnesses learn of the new key before "finish".`;

type Folder = Awaited<ReturnType<typeof openDataFolder>>;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  });
  const [command = '', ...files] = positionals;
  const run = COMMANDS[command];
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (run === undefined) {
    const said = command === '' ? 'name a command' : `no command "${command}"`;
    console.error(`log-key: ${said}; see --help`);
    return 2;
  }
  if ((command === 'endorse') !== files.length > 0) {
    console.error(`log-key: usage: ${command}${command === 'endorse' ? ' FILE…' : ''}; see --help`);
    return 2;
  }
  const config = readConfig(process.env);
  const folder = await openDataFolder(config.data);
  const known = await readJsonFile<Trust>(folder.trust, (value) => parseTrust(value) !== undefined);
  if (known === undefined) throw new AppError('DATA_INCOMPLETE', { path: folder.trust });
  if (!existsSync(folder.logKey) && !existsSync(keyPaths(folder.logKey).next))
    throw new AppError('LOG_KEY_ELSEWHERE', { folder: config.data });
  return run(folder, known, () => readPassphrase(folder, config.passphraseFile), files);
}

const COMMANDS: Readonly<
  Record<
    string,
    (
      folder: Folder,
      trust: Trust,
      passphrase: () => Promise<string>,
      files: readonly string[],
    ) => Promise<number>
  >
> = {
  async status(folder, trust) {
    const { retiring, retired } = keyPaths(folder.logKey);
    console.log(`fingerprint  ${fingerprintOf(trust)}`);
    console.log(`version      ${trust.version ?? 1}`);
    console.log(`log key      ${trust.logKey}`);
    for (const { logKey, lastSize } of trust.earlier ?? [])
      console.log(
        `earlier      ${logKey} ${lastSize === undefined ? 'still signs' : `up to size ${lastSize}`}`,
      );
    if (existsSync(retiring)) console.log('overlap      two keys sign; "finish" ends it');
    if (existsSync(retired)) console.log('overlap      ends at the next start');
    return 0;
  },

  async rotate(folder, trust, passphrase) {
    const { next, retiring, retired } = keyPaths(folder.logKey);
    if (existsSync(retired) || (existsSync(retiring) && existsSync(folder.logKey)))
      throw new AppError('LOG_KEY_OVERLAP');
    const { verifierKey } = await openKey({
      path: next,
      name: trust.origin,
      type: ED25519,
      passphrase: await passphrase(),
    });
    // Stopped between the two, the same command finishes it: whatever is missing is still under its other name.
    if (existsSync(folder.logKey) && !existsSync(retiring)) await rename(folder.logKey, retiring);
    await rename(next, folder.logKey);
    await syncFolder(dirname(folder.logKey));
    console.log(`next key     ${verifierKey}`);
    console.log('From the next start on both keys sign. Then publish the fingerprint that "status" shows.');
    return 0;
  },

  async finish(folder) {
    const { retiring, retired } = keyPaths(folder.logKey);
    if (!existsSync(retiring)) throw new AppError('LOG_KEY_NO_OVERLAP');
    await rename(retiring, retired);
    await syncFolder(dirname(folder.logKey));
    console.log(
      'At the next start the old key is retired. Then publish the fingerprint that "status" shows.',
    );
    return 0;
  },

  async endorse(folder, trust, _passphrase, files) {
    const { version = 1 } = trust;
    const path = join(folder.trusts, `${version - 1}.json`);
    const before = await readJsonFile<Trust>(path, (value) => parseTrust(value) !== undefined);
    if (before === undefined) throw new AppError('DATA_INCOMPLETE', { path });
    let endorsed = trust;
    for (const file of files) {
      const line = (await readFile(file, 'utf8')).trimEnd();
      const [signer] = endorsersOf(parseTrust({ ...trust, signatures: [line] }), before, verifyEd25519);
      if (signer === undefined) throw new AppError('ENDORSEMENT_WRONG', { file, version });
      endorsed = { ...endorsed, signatures: [...new Set([...(endorsed.signatures ?? []), line])] };
    }
    const names = endorsersOf(parseTrust(endorsed), before, verifyEd25519);
    for (const place of [join(folder.trusts, `${version}.json`), folder.trust])
      await writeJsonFile(place, endorsed);
    console.log(`endorsed by  ${names.join(', ')}`);
    console.log(`${names.length} of the ${before.threshold} that it takes. Served from the next start on.`);
    return 0;
  },
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`log-key: ${startupLine(error)}`);
    process.exitCode = 2;
  },
);
