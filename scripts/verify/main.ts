/**
 * `npm run verify -- [--trust FILE] [--fingerprint HEX] [--lang ko|en] [--explain] [--json] FILE…`: checks files alone, without gateway, chain or network.
 * Exit code 0: all valid. 1: at least one invalid. 2: none invalid, but of at least one it cannot be told.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isWrongOption, wrongOptionLine } from '../../server/core/arguments.ts';
import { AppError } from '../../server/core/errors.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { type AtHand, KINDS } from './kinds.ts';
import { HELP, type Language, print, type Result, TEXTS, write } from './print.ts';

const MAX_BYTES = 16 * 2 ** 20;

process.exitCode = main();

function main(): number {
  const given = argumentsGiven();
  if (typeof given === 'string') return complain(given);
  const { values, positionals } = given;
  const language = values.lang === 'ko' || values.lang === 'en' ? values.lang : defaultLanguage();
  if (values.lang !== undefined && values.lang !== language)
    return complain(`--lang ${values.lang}: ko | en`);
  if (values.help) {
    console.log(HELP[language]);
    return 0;
  }
  if (positionals.length === 0) return complain(HELP[language]);
  const trust = readTrust(values.trust, language);
  if (typeof trust === 'string') return complain(trust);
  const context = { nowSec: Math.floor(Date.now() / 1000), fingerprint: values.fingerprint };
  const results = positionals.map((file) => judge(file, trust, context, language));
  if (values.json) write(JSON.stringify(results, undefined, 2));
  else for (const result of results) print(result, language, values.explain === true);
  if (results.some(({ outcome }) => outcome === 'invalid')) return 1;
  return results.every(({ outcome }) => outcome === 'valid') ? 0 : 2;
}

function argumentsGiven() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        fingerprint: { type: 'string' },
        lang: { type: 'string' },
        explain: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return isWrongOption(error) ? wrongOptionLine(error) : String(error);
  }
}

/** The gateway of this machine writes its trust file into its data folder. */
function readTrust(path: string | undefined, language: Language): Trust | string {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const places = path === undefined ? [resolve('data/trust.json'), join(root, 'data/trust.json')] : [path];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) return `${places[0]}: ${TEXTS['no-trust'][language]}`;
  try {
    return parseTrust(readFileSync(found, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof AppError ? `${error.details.path}: ${error.details.reason}` : String(error);
    return `${found}: ${TEXTS['bad-trust'][language]} (${reason})`;
  }
}

function judge(file: string, trust: Trust, context: AtHand, language: Language): Result {
  const cannot = (why: keyof typeof TEXTS): Result => ({
    file,
    outcome: 'unknown',
    checks: [],
    error: TEXTS[why][language],
  });
  let text: string;
  try {
    const found = statSync(file);
    if (!found.isFile()) return cannot('unreadable');
    if (found.size > MAX_BYTES) return cannot('too-large');
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    return cannot(error instanceof TypeError ? 'not-text' : 'unreadable');
  }
  const kind = KINDS.find(({ matches }) => matches(basename(file), text));
  if (kind === undefined) return cannot('unknown-kind');
  return { file, kind: kind.name, ...kind.verify(text, trust, context) };
}

function complain(text: string): number {
  console.error(text);
  return 2;
}

function defaultLanguage(): Language {
  return (process.env.LC_ALL ?? process.env.LANG ?? '').startsWith('ko') ? 'ko' : 'en';
}
