/** Environment -> frozen Config: the only reader of SILLOK_ variables. README and --help are printed from {@link VARIABLES}. */
import { AppError } from './core/errors.ts';
import {
  filled,
  fingerprint,
  integer,
  logOrigin,
  oneOf,
  optionalInteger,
  optionalUrl,
  origin,
  textUpTo,
  urls,
  type WitnessAddress,
  witnesses,
} from './core/settings.ts';

interface Variable<T> {
  readonly fallback: string;
  readonly meaning: string;
  /** @throws Error whose message says what was expected. */
  read(text: string): T;
}

const variable = <T>(fallback: string, meaning: string, read: (text: string) => T): Variable<T> => ({
  fallback,
  meaning,
  read,
});

export const VARIABLES = {
  SILLOK_PORT: variable('8080', 'Port to listen on; 0 takes a free one.', integer(0, 65_535)),
  SILLOK_HOST: variable('127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.', filled),
  SILLOK_PUBLIC_URL: variable(
    '',
    'Address people open, without path (default: http://localhost:<port>). Sign-in and cookies are bound to it.',
    origin,
  ),
  SILLOK_DATA: variable('./data', 'Folder of everything that must be kept.', filled),
  SILLOK_OPERATOR_NAME: variable(
    '시청|City Hall',
    'Who runs this ledger, as shown to people: one name, or <Korean>|<English>.',
    textUpTo(120),
  ),
  SILLOK_RPC_URL: variable(
    '',
    'JSON-RPC addresses of nodes, separated by commas; empty = the embedded chain on this machine.',
    urls,
  ),
  SILLOK_CHAIN_ID: variable(
    '',
    'Chain id that the node must have; empty = any, pinned at first start.',
    optionalInteger(1, 2 ** 40),
  ),
  SILLOK_PASSPHRASE_FILE: variable(
    '',
    'File with the passphrase of the key store; empty = <data>/keys/passphrase, made at first start.',
    (text) => text,
  ),
  SILLOK_STANDBYS: variable(
    '',
    'Addresses of standbys that keep a copy of the store, separated by commas; needs SILLOK_RPC_URL.',
    urls,
  ),
  SILLOK_STANDBY_TOKEN_FILE: variable(
    '',
    'File with the token that the standbys ask for, or with a line "URL TOKEN" for each.',
    (text) => text,
  ),
  SILLOK_STANDBY_THRESHOLD: variable(
    '1',
    'Standbys that must have a write on their disks before it is acknowledged.',
    integer(1, 16),
  ),
  SILLOK_LANES: variable('4', 'Accounts that send transactions side by side.', integer(1, 64)),
  SILLOK_IN_FLIGHT: variable('8', 'Transactions of one lane that may be under way.', integer(1, 1_000)),
  SILLOK_POOL_PER_SENDER: variable(
    '',
    "Transactions of one sender that the nodes keep ready; empty = the engine's own number.",
    optionalInteger(1, 1_000_000),
  ),
  SILLOK_FEES: variable(
    'zero',
    'zero where gas is free; eip1559 where it is paid for: every account that sends must own some.',
    oneOf('zero', 'eip1559'),
  ),
  SILLOK_FEE_BOUND: variable(
    '500',
    'Most that a unit of gas may cost with SILLOK_FEES=eip1559, in gwei.',
    integer(1, 1_000_000_000),
  ),
  SILLOK_QUEUE_MAX: variable(
    '100000',
    'Entries that may wait; above it writes are answered 503.',
    integer(1, 10_000_000),
  ),
  SILLOK_LOG_ORIGIN: variable(
    '',
    "Name of the log in its checkpoints (default: the public address's host name and /log).",
    logOrigin,
  ),
  SILLOK_WITNESSES: variable(
    '',
    'Cosigning servers as <vkey>@<url>, separated by commas, each after "<operator>: " where somebody named runs it; empty = one witness on this machine.',
    witnesses,
  ),
  SILLOK_WITNESS_THRESHOLD: variable(
    '',
    'Cosignatures that make a receipt final (default: all witnesses but one, at least one).',
    optionalInteger(1, 64),
  ),
  SILLOK_LOG_URL: variable(
    '',
    "Address of another gateway's /log, which signs the log of this chain; empty = this gateway signs it.",
    optionalUrl,
  ),
  SILLOK_CLAIMS_FILE: variable(
    '',
    'File that several gateways need: a line <address> <token> for each that follows the log; there its own line.',
    (text) => text,
  ),
  SILLOK_ROLE: variable(
    'gateway',
    'gateway, or reader: shows everything, takes nothing in.',
    oneOf('gateway', 'reader'),
  ),
  SILLOK_TRUST: variable(
    '',
    "With SILLOK_LOG_URL: the ledger's trust file, as a path or an address (default: /v1/trust there).",
    (text) => text,
  ),
  SILLOK_TRUST_FINGERPRINT: variable(
    '',
    'Fingerprint of that trust file, needed once when it comes from an address.',
    fingerprint,
  ),
  SILLOK_PROXY_HOPS: variable('0', 'Trusted reverse proxies in front of the gateway.', integer(0, 8)),
  SILLOK_ANONYMOUS_PER_MINUTE: variable(
    '6000',
    'Requests a minute from one address without an API key.',
    integer(1, 10_000_000),
  ),
  SILLOK_SIGN_INS_PER_MINUTE: variable(
    '60',
    'Sign-in tries a minute from one address.',
    integer(1, 1_000_000),
  ),
  SILLOK_ADMIN_KEY_FILE: variable(
    '',
    "File with the administrator's API key, for npm run admin.",
    (text) => text,
  ),
  SILLOK_LOG_LEVEL: variable(
    'info',
    'fatal, error, warn, info, debug, trace or silent.',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
} as const;

type Read<V> = V extends Variable<infer T> ? T : never;
type Values = { readonly [Name in keyof typeof VARIABLES]: Read<(typeof VARIABLES)[Name]> };

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Origin without a trailing slash; undefined = http://localhost:<port that was taken>. */
  readonly publicUrl: string | undefined;
  readonly data: string;
  readonly operatorName: string;
  /** None = the embedded chain. */
  readonly rpcUrls: readonly string[];
  readonly chainId: number | undefined;
  readonly passphraseFile: string | undefined;
  readonly standbys: readonly string[];
  readonly standbyTokenFile: string | undefined;
  readonly standbyThreshold: number;
  readonly lanes: number;
  readonly inFlight: number;
  readonly poolPerSender: number | undefined;
  /** Wei per unit of gas; undefined where it is free. */
  readonly feeBound: bigint | undefined;
  readonly queueMax: number;
  readonly logOrigin: string | undefined;
  readonly witnesses: readonly WitnessAddress[];
  readonly witnessThreshold: number | undefined;
  /** Without trailing slash; undefined = this gateway signs. */
  readonly logUrl: string | undefined;
  readonly claimsFile: string | undefined;
  readonly isReader: boolean;
  /** A path or an address. */
  readonly trust: string | undefined;
  /** 64 hexadecimal digits. */
  readonly trustFingerprint: string | undefined;
  readonly proxyHops: number;
  readonly anonymousPerMinute: number;
  readonly signInsPerMinute: number;
  readonly adminKeyFile: string | undefined;
  readonly logLevel: string;
}

/** @throws AppError CONFIG_UNKNOWN | CONFIG_MALFORMED naming the variable. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  for (const name of Object.keys(environment))
    if (name.startsWith('SILLOK_') && !(name in VARIABLES)) throw new AppError('CONFIG_UNKNOWN', { name });
  const values = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, { fallback, read }]) => {
      try {
        return [name, (read as (text: string) => unknown)(environment[name]?.trim() ?? fallback)];
      } catch (error) {
        throw new AppError('CONFIG_MALFORMED', { name, expected: (error as Error).message }, error);
      }
    }),
  ) as unknown as Values;
  if (values.SILLOK_LOG_URL !== undefined && values.SILLOK_RPC_URL.length === 0)
    throw new AppError('CONFIG_MALFORMED', {
      name: 'SILLOK_RPC_URL',
      expected: 'an address where SILLOK_LOG_URL is set: the log is derived from a node of the same chain',
    });
  if (values.SILLOK_ROLE === 'reader' && values.SILLOK_LOG_URL === undefined)
    throw new AppError('CONFIG_MALFORMED', {
      name: 'SILLOK_LOG_URL',
      expected: 'the address of the signing gateway where SILLOK_ROLE is reader',
    });
  return Object.freeze({
    port: values.SILLOK_PORT,
    host: values.SILLOK_HOST,
    publicUrl: values.SILLOK_PUBLIC_URL,
    data: values.SILLOK_DATA,
    operatorName: values.SILLOK_OPERATOR_NAME,
    rpcUrls: values.SILLOK_RPC_URL,
    chainId: values.SILLOK_CHAIN_ID,
    passphraseFile: values.SILLOK_PASSPHRASE_FILE || undefined,
    standbys: values.SILLOK_STANDBYS,
    standbyTokenFile: values.SILLOK_STANDBY_TOKEN_FILE || undefined,
    standbyThreshold: values.SILLOK_STANDBY_THRESHOLD,
    lanes: values.SILLOK_LANES,
    inFlight: values.SILLOK_IN_FLIGHT,
    poolPerSender: values.SILLOK_POOL_PER_SENDER,
    feeBound: values.SILLOK_FEES === 'zero' ? undefined : BigInt(values.SILLOK_FEE_BOUND) * 10n ** 9n,
    queueMax: values.SILLOK_QUEUE_MAX,
    logOrigin: values.SILLOK_LOG_ORIGIN,
    witnesses: values.SILLOK_WITNESSES,
    witnessThreshold: values.SILLOK_WITNESS_THRESHOLD,
    logUrl: values.SILLOK_LOG_URL,
    claimsFile: values.SILLOK_CLAIMS_FILE || undefined,
    isReader: values.SILLOK_ROLE === 'reader',
    trust: values.SILLOK_TRUST || undefined,
    trustFingerprint: values.SILLOK_TRUST_FINGERPRINT,
    proxyHops: values.SILLOK_PROXY_HOPS,
    anonymousPerMinute: values.SILLOK_ANONYMOUS_PER_MINUTE,
    signInsPerMinute: values.SILLOK_SIGN_INS_PER_MINUTE,
    adminKeyFile: values.SILLOK_ADMIN_KEY_FILE || undefined,
    logLevel: values.SILLOK_LOG_LEVEL,
  });
}

/** The table of variables as aligned text, for --help. */
export function describeVariables(): string {
  return Object.entries(VARIABLES)
    .map(
      ([name, { fallback, meaning }]) =>
        `  ${name.padEnd(28)} ${meaning}${fallback === '' ? '' : ` [${fallback}]`}`,
    )
    .join('\n');
}
