/**
 * `npm run admin -- COMMAND …`: administration of a running gateway over HTTP.
 * The key comes from a file named in SILLOK_ADMIN_KEY_FILE, or is asked for; never from an argument, which others can see.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { readConfig } from '../server/config.ts';
import { AppError } from '../server/core/errors.ts';
import { startupLine } from '../server/http/startup-lines.ts';

interface Command {
  readonly usage: string;
  readonly does: string;
  readonly min: number;
  run(args: readonly string[], flags: Flags): Ask;
}

interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

const organisation = (id: string | undefined, rest = '') =>
  `/v1/admin/organisations/${encodeURIComponent(id ?? '')}${rest}`;
const list = (text: string | boolean | undefined) =>
  typeof text === 'string' ? text.split(',').map((part) => part.trim()) : [];
const seconds = (text: string | boolean | undefined) =>
  typeof text === 'string' ? Math.floor(Date.parse(text) / 1000) : 0;
const period = ({ from, until }: Flags) => ({ validFromSec: seconds(from), validToSec: seconds(until) });

const COMMANDS: Readonly<Record<string, Command>> = {
  status: {
    usage: 'status',
    does: 'queue, lanes, chain and log',
    min: 0,
    run: () => ({ path: '/v1/admin/status' }),
  },
  trail: {
    usage: 'trail',
    does: 'what administrators did, newest first',
    min: 0,
    run: () => ({ path: '/v1/admin/trail' }),
  },
  organisations: {
    usage: 'organisations',
    does: 'list organisations with keys and accreditations',
    min: 0,
    run: () => ({ path: '/v1/admin/organisations' }),
  },
  register: {
    usage: 'register ID NAME --kind company|public-body|association|city [--scopes vehicles,…] [--no-key]',
    does: 'register an organisation; the vault makes its key unless --no-key',
    min: 2,
    run: ([id, name], { kind, scopes, 'no-key': noKey }) => ({
      method: 'POST',
      path: '/v1/admin/organisations',
      body: { organisation: id, name, kind, accreditations: list(scopes), vaultKey: noKey !== true },
    }),
  },
  suspend: act('suspend', 'suspend an organisation'),
  resume: act('resume', 'let a suspended organisation act again'),
  retire: act('retire', 'end an organisation for good'),
  rename: {
    usage: 'rename ID NAME',
    does: 'change the public name',
    min: 2,
    run: ([id, name]) => ({ method: 'POST', path: organisation(id, '/rename'), body: { name } }),
  },
  'add-key': {
    usage: 'add-key ID [ADDRESS|SIGNER] [--from DATE] [--until DATE]',
    does: 'add a signing key; without one the vault makes it',
    min: 1,
    run: ([id, signer], flags) => ({
      method: 'POST',
      path: organisation(id, '/keys'),
      body: {
        ...(signer === undefined ? { vault: true } : signer.length === 42 ? { address: signer } : { signer }),
        ...period(flags),
      },
    }),
  },
  'end-key': {
    usage: 'end-key ID KEY [--until DATE]',
    does: 'end a key, now or at a date',
    min: 2,
    run: ([id, key], { until }) => ({
      method: 'POST',
      path: organisation(id, `/keys/${key}/end`),
      body: { validToSec: seconds(until) },
    }),
  },
  compromised: {
    usage: 'compromised ID KEY --since DATE',
    does: 'report a key as stolen since a moment',
    min: 2,
    run: ([id, key], { since }) => ({
      method: 'POST',
      path: organisation(id, `/keys/${key}/compromised`),
      body: { sinceSec: seconds(since) },
    }),
  },
  accredit: {
    usage: 'accredit ID SCOPE [--from DATE] [--until DATE]',
    does: 'accredit for a service or a schema',
    min: 2,
    run: ([id, scope], flags) => ({
      method: 'POST',
      path: organisation(id, '/accreditations'),
      body: { scope, ...period(flags) },
    }),
  },
  withdraw: {
    usage: 'withdraw ID SCOPE',
    does: 'withdraw an accreditation',
    min: 2,
    run: ([id, scope]) => ({ method: 'DELETE', path: organisation(id, `/accreditations/${scope}`) }),
  },
  invite: {
    usage: 'invite ID',
    does: 'a link with which one member of staff joins by passkey or wallet',
    min: 1,
    run: ([id]) => ({ method: 'POST', path: organisation(id, '/invitations') }),
  },
  keys: { usage: 'keys', does: 'list API keys', min: 0, run: () => ({ path: '/v1/admin/api-keys' }) },
  'issue-key': {
    usage: 'issue-key ID LABEL --scopes vehicles/*,… [--per-minute N] [--until DATE]',
    does: 'issue an API key; it is shown once',
    min: 2,
    run: ([id, label], { scopes, until, 'per-minute': perMinute }) => ({
      method: 'POST',
      path: '/v1/admin/api-keys',
      body: {
        organisation: id,
        label,
        scopes: list(scopes),
        ...(typeof perMinute === 'string' && { perMinute: Number(perMinute) }),
        ...(typeof until === 'string' && { expiresAtSec: seconds(until) }),
      },
    }),
  },
  'revoke-key': {
    usage: 'revoke-key PREFIX',
    does: 'revoke an API key at once',
    min: 1,
    run: ([prefix]) => ({ method: 'DELETE', path: `/v1/admin/api-keys/${prefix}` }),
  },
  erase: {
    usage: 'erase ENTRY-ID',
    does: 'erase the original of an entry; its commitment stays',
    min: 1,
    run: ([id]) => ({ method: 'POST', path: `/v1/admin/entries/${id}/erase`, body: {} }),
  },
};

function act(name: string, does: string): Command {
  return {
    usage: `${name} ID`,
    does,
    min: 1,
    run: ([id]) => ({ method: 'POST', path: organisation(id, `/${name}`), body: {} }),
  };
}

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
} as const;

function help(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, does }) => `  ${usage.padEnd(width)}  ${does}`);
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
  const [name, ...args] = positionals;
  const command = COMMANDS[name ?? ''];
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
    process.exitCode = 1;
  },
);
