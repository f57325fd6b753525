/**
 * The standby's own process, and the order to take over:
 *   npm run standby -- --data DIR --port P --token-file F [--host A]
 *   npm run standby -- promote --data DIR --token-file F [--others URL,URL] [--others-token-file F] [--gone N]
 * Ready: one line of JSON {"url"} on stdout. A failure is one line on stderr and exit code 1.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isWrongOption, wrongOptionLine } from '../core/arguments.ts';
import { AppError } from '../core/errors.ts';
import { tokenIn } from '../store/standby-tokens.ts';
import type { StandbyPlace } from '../store/standbys.ts';
import { openKeeper } from './keeper.ts';
import { promote } from './promote.ts';
import { openStandbyDoor } from './server.ts';

const USAGE = `npm run standby -- --data DIR --port P --token-file F [--host A]
npm run standby -- promote --data DIR --token-file F [--others URL,URL] [--others-token-file F] [--gone N]

The first keeps a synced copy of a gateway's store; the gateway names it in SILLOK_STANDBYS. The second makes a gateway's
data folder of the copy, when the gateway is lost.

  --data DIR               folder of the copy
  --port P                 port to listen on
  --host A                 address to listen on (default: 127.0.0.1)
  --token-file F           file with this standby's secret, which the gateway has in SILLOK_STANDBY_TOKEN_FILE
  --others URL,URL         the gateway's other standbys, so that the old gateway can go on with none of them
  --others-token-file F    file with their secrets, as the gateway has it (default: they have the same)
  --gone N                 how many of the others burnt and never come back: what only they held is lost`;

const WORDS: Readonly<Record<string, string>> = {
  STANDBY_NEWER: 'Another standby has commits which this one lacks: promote that one.',
  STANDBYS_UNFENCED:
    'Too few other standbys are fenced, and the old gateway could go on with them: name them with --others, or with --gone how many burnt.',
  STANDBY_PROMOTED: 'Another standby was promoted already: its gateway is the one that goes on.',
  STANDBY_FENCED:
    'Another promotion is under way or was broken off. Look at the other standbys, then give the order again.',
  STANDBY_EMPTY: 'This standby never received a store.',
  STANDBY_UNREACHABLE: 'Another standby does not answer. It must, or the old gateway could go on with it.',
  STANDBY_FORK:
    'The gateway tells another history than this copy. Nothing was taken. Find out which is right before you remove this copy.',
  UNAUTHENTICATED: 'This standby asks for another token: see --token-file and --others-token-file.',
  STORE_LOCKED: 'Another process uses this folder.',
  TOKEN_MISSING:
    'The token file must hold at least 32 characters, for instance of "openssl rand -hex 32", or of several standbys a line "URL TOKEN" for each.',
};

function report(error: unknown): void {
  if (isWrongOption(error)) {
    console.error(`standby: ${wrongOptionLine(error)}`);
    return;
  }
  const { code, details, message } =
    error instanceof AppError ? error : { code: 'STANDBY_FAILED', details: {}, message: String(error) };
  const told = WORDS[code] ?? (message === code ? 'Stopped.' : message);
  console.error(`standby: ${told} ${JSON.stringify(details)} [${code}]`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      'token-file': { type: 'string' },
      others: { type: 'string', default: '' },
      'others-token-file': { type: 'string' },
      gone: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { data = '', port = '', host, others, gone, 'token-file': tokenFile = '' } = values;
  const { 'others-token-file': othersFile = tokenFile } = values;
  const [command, ...more] = positionals;
  const isPromotion = command === 'promote';
  const wrong = [
    !isPromotion && command !== undefined && `no command "${command}"`,
    more.length > 0 && `"${more[0]}" says nothing here`,
    data === '' && '--data names the folder of the copy',
    tokenFile === '' && '--token-file names the file with the secret',
    !isPromotion && !/^\d{1,5}$/.test(port) && '--port takes a port to listen on',
    !/^\d{1,2}$/.test(gone) && '--gone takes a number of standbys',
  ].find((line) => line !== false);
  if (wrong !== undefined) {
    console.error(`standby: ${wrong}; see --help`);
    process.exitCode = 2;
    return;
  }
  const folder = resolve(data);
  if (isPromotion) {
    const done = await promote({
      folder,
      token: await tokenFrom(tokenFile),
      others: await Promise.all(
        others.split(',').flatMap((url) => (url === '' ? [] : placeOf(url, othersFile))),
      ),
      gone: Number(gone),
    });
    console.log(howToStart(done));
    return;
  }
  const token = await tokenFrom(tokenFile);
  const keeper = await openKeeper(folder);
  const door = await openStandbyDoor({ keeper, token, host, port: Number(port), report });
  await keeper.heardAt(door.url);
  console.log(JSON.stringify({ url: door.url }));
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (isEnding) return;
      isEnding = true;
      void door
        .close()
        .then(keeper.close)
        .then(() => process.exit(0));
    });
}

/** @param url of whom, where the file tells several apart */
async function tokenFrom(file: string, url?: string): Promise<string> {
  const token = tokenIn(await readFile(file, 'utf8'), url);
  if (token === undefined) throw new AppError('TOKEN_MISSING', { file, ...(url !== undefined && { url }) });
  return token;
}

async function placeOf(url: string, file: string): Promise<StandbyPlace> {
  return { url, token: await tokenFrom(file, url) };
}

function howToStart({ folder, epoch, number, files }: Awaited<ReturnType<typeof promote>>): string {
  return `Promoted: commit ${number}, epoch ${epoch}; ${files.length} files written. The old gateway is fenced off.
Start the gateway here with the old one's variables, and with
  SILLOK_DATA=${folder}
  SILLOK_PASSPHRASE_FILE=<file with the passphrase of the old gateway's keys>
  SILLOK_RPC_URL=<node of this machine>
  SILLOK_STANDBYS=<the standbys that are left, or empty>`;
}

main().catch((error: unknown) => {
  report(error);
  process.exit(isWrongOption(error) ? 2 : 1);
});
