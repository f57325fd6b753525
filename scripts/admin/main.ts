/**
 * `npm run admin -- COMMAND …`: administration of a running gateway over HTTP.
 * The key comes from a file named in SILLOK_ADMIN_KEY_FILE, or is asked for; never from an argument, which others can see.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { readConfig } from '../../server/config.ts';
import { isWrongOption } from '../../server/core/arguments.ts';
import { AppError } from '../../server/core/errors.ts';
import { startupLine } from '../../server/http/startup-lines.ts';
import { API_KEYS } from './api-keys.ts';
import { CLAIMS } from './claims.ts';
import type { Commands } from './command.ts';
import { ENTRIES } from './entries.ts';
import { GATEWAY } from './gateway.ts';
import { ORGANISATIONS } from './organisations.ts';

const COMMANDS: Commands = { ...GATEWAY, ...ORGANISATIONS, ...API_KEYS, ...ENTRIES, ...CLAIMS };

const OPTIONS = {
  help: { type: 'boolean' },
  url: { type: 'string' },
  only: { type: 'string' },
  kind: { type: 'string' },
  scopes: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  since: { type: 'string' },
  'per-minute': { type: 'string' },
  'no-key': { type: 'boolean' },
  whole: { type: 'boolean' },
} as const;

const COLUMN = 34;

/** A command that is longer than its column stands on a line of its own. */
function help(): string {
  const lines = Object.values(COMMANDS).map(({ usage, does }) =>
    usage.length < COLUMN
      ? `  ${usage.padEnd(COLUMN)}${does}`
      : `  ${usage}\n${' '.repeat(COLUMN + 2)}${does}`,
  );
  return [
    'npm run admin -- COMMAND …',
    '',
    ...lines,
    '',
    '  --url URL   gateway to talk to [SILLOK_PUBLIC_URL, or localhost at SILLOK_PORT]',
    '  --only X    print only the member X of the answer, text without quotes',
    '  DATE        for instance 2027-01-31 or 2027-01-31T09:00:00+09:00',
    '',
    "The administrator's API key is read from the file named in SILLOK_ADMIN_KEY_FILE, or asked for.",
  ].join('\n');
}

async function readKey(file: string | undefined): Promise<string> {
  if (file !== undefined) {
    if (!existsSync(file)) throw new AppError('KEY_FILE_MISSING');
    return readFileSync(file, 'utf8').trim();
  }
  if (!process.stdin.isTTY) {
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    return text.trim();
  }
  process.stderr.write("Administrator's API key: ");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  const key = await reader.question('');
  reader.close();
  process.stderr.write('\n');
  return key.trim();
}

/** Text as it is, for use in a script; everything else as JSON. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name, ...rest] = positionals;
  const pair = `${name} ${rest[0]}`;
  const command = COMMANDS[pair] ?? COMMANDS[name ?? ''];
  const args = pair in COMMANDS ? rest.slice(1) : rest;
  if (values.help || name === undefined) {
    console.log(help());
    return name === undefined && !values.help ? 2 : 0;
  }
  if (command === undefined || args.length < command.min) {
    console.error(
      command === undefined ? `admin: no command "${name}"; see --help` : `usage: ${command.usage}`,
    );
    return 2;
  }
  const config = readConfig(process.env);
  const url = values.url ?? config.publicUrl ?? `http://localhost:${config.port}`;
  const { method = 'GET', path, body } = command.run(args, values);
  const key = await readKey(config.adminKeyFile);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'accept-language': process.env.LANG?.startsWith('ko') ? 'ko' : 'en',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => undefined);
  if (response === undefined) {
    console.error(
      `admin: nothing answers at ${url}. Start it with "npm start", or name its address with --url.`,
    );
    return 1;
  }
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.ok) console.log(shown(values.only === undefined ? answer : answer[values.only]));
  else console.error(`admin: ${answer.detail ?? response.statusText} [${answer.code ?? response.status}]`);
  for (const { path: at, message } of (answer.errors ?? []) as { path: string; message: string }[])
    console.error(`  ${at}: ${message}`);
  return response.ok ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { cause } = error as { cause?: unknown };
    console.error(`admin: ${startupLine(cause instanceof Error && cause.message !== '' ? cause : error)}`);
    process.exitCode = isWrongOption(error) ? 2 : 1;
  },
);
