/** What the console says when the gateway cannot start or must stop: one line, what is wrong and what to do. */
import { isWrongOption, wrongOptionLine } from '../core/arguments.ts';
import { AppError } from '../core/errors.ts';
import { fill } from './language.ts';

const LINES: Readonly<Record<string, string>> = {
  CONFIG_UNKNOWN: '{name} is no variable of Sillok. Run "npm start -- --help" for the list.',
  CONFIG_MALFORMED: '{name} must be {expected}.',
  TRUST_UNREADABLE:
    'The trust file {source} cannot be read ({reason}). Check SILLOK_TRUST and SILLOK_LOG_URL.',
  TRUST_MALFORMED: 'The trust file is malformed at {path}: {reason}.',
  TRUST_FINGERPRINT: 'The trust file {source} is another one: its fingerprint is {is}.',
  TRUST_FINGERPRINT_MISSING:
    'The trust file {source} must be recognised: set SILLOK_TRUST_FINGERPRINT to the fingerprint that the city publishes (this one has {is}).',
  TRUST_NOT_SUCCESSOR:
    'The trust file {source} does not follow the one at hand ({reason}). Compare its fingerprint with what the city publishes.',
  TRUST_WEAKER:
    'The trust file {source} asks for less than the one kept here, or names other witnesses or contracts. If the city has published its fingerprint {is}, set SILLOK_TRUST_FINGERPRINT to it.',
  TRUST_WITHOUT_DEPLOYMENT:
    "The trust file {source} does not name the contracts' code: take it from a newer gateway.",
  ARGUMENT_MISSING: '{name} is missing. See --help.',
  ARGUMENT_WRONG: '{name} must be {expected}.',
  WITNESS_WITHOUT_KEY:
    'The folder {folder} holds no key. Make one with "npm run witness -- init --name NAME".',
  LOG_KEY_ELSEWHERE: 'The data folder {folder} holds no key of the log: another gateway signs it.',
  LOG_KEY_OVERLAP:
    'Two keys sign already. Run "npm run log-key -- finish" and start once before the next change.',
  LOG_KEY_NO_OVERLAP:
    'Only one key signs: there is nothing to finish. "npm run log-key -- rotate" makes the next one.',
  ENDORSEMENT_WRONG:
    'No witness of the version before stands for version {version} of the trust file in {file}, or it is one of your own.',
  PORT_BUSY: 'Port {port} is in use already. Stop the other program or set SILLOK_PORT.',
  PORT_FORBIDDEN: 'Port {port} may not be taken by this user. Set SILLOK_PORT to a number above 1023.',
  PORT_FAILED: 'Port {port} cannot be taken. Set SILLOK_PORT or SILLOK_HOST.',
  HOST_UNKNOWN: 'This machine has no address {host}. Set SILLOK_HOST.',
  DATA_READ_ONLY: 'The data folder {folder} cannot be written ({code}). Set SILLOK_DATA or its permissions.',
  DATA_NOT_FOLDER: '{folder} is not a folder. Set SILLOK_DATA.',
  DATA_CORRUPT: 'The file {file} is damaged. Restore it from a backup; it was not changed.',
  DATA_INCOMPLETE: '{path} is missing, though this data was in use before. Restore it from a backup.',
  PASSPHRASE_MISSING: 'The passphrase file {file} cannot be read. Without it the keys stay sealed.',
  PASSPHRASE_EMPTY: 'The passphrase file {file} is empty.',
  VAULT_PASSPHRASE_WRONG:
    'The passphrase does not open keys/vault/{name}.json: it is another one, or the file is damaged. Check SILLOK_PASSPHRASE_FILE.',
  VAULT_FILE_MALFORMED:
    'The key file keys/vault/{name}.json is damaged. Restore it from a backup; it was not changed.',
  KEY_WRONG_PASSPHRASE:
    'The passphrase does not open {path}: it is another one, or the file is damaged. Check SILLOK_PASSPHRASE_FILE.',
  KEY_CORRUPT: 'The key file {path} is damaged. Restore it from a backup; it was not changed.',
  KEY_OTHER_NAME:
    'The key in {path} bears the name {name}: set SILLOK_LOG_ORIGIN and SILLOK_PUBLIC_URL as at the first start.',
  STORE_LOCKED: 'Another Sillok uses the data folder already ({folder}).',
  STORE_CORRUPT:
    'The store {folder} is damaged, and its second copy cannot mend it. Promote a standby or restore it from a backup; it was not changed.',
  STORE_NEWER:
    'The store {folder} was written by a newer version (format {format}, this one knows {known}). Start that version.',
  FENCED:
    'Another gateway took over from this one, and holds its lanes now. Do not start this folder again: set it up as a standby.',
  STANDBY_AHEAD:
    'The standby {url} has commits ({number}) which this store ({own}) lacks: it is an older copy. Promote the standby.',
  VIEWS_NEWER: 'A newer version made the views of this data ({of}). Start that version.',
  STORE_READ_ONLY: 'The store {folder} cannot be written. Set its permissions.',
  STORE_FULL: 'The disk is full ({folder}). Make room and start again.',
  STORE_FAILED: 'The store {folder} cannot be used. Check the disk and the permissions.',
  CHAIN_FOLDER_LOCKED: 'Another Sillok uses the chain in the data folder already ({folder}).',
  CHAIN_FOLDER_READ_ONLY: 'The chain {folder} cannot be written. Set its permissions.',
  CHAIN_JOURNAL_CORRUPT:
    'The journal of the embedded chain is damaged ({where}: {reason}). Restore the data folder from a backup.',
  CHAIN_ENGINE_CHANGED:
    'The embedded chain was made with {field} {journal}, not {engine}. Start the version and settings that made it.',
  CHAIN_REPLAY_DIFFERS:
    'Block {block} of the embedded chain comes out otherwise than it was. Start the version that made it.',
  CHAIN_DISK_FAILED: 'The embedded chain cannot write its journal ({reason}). Make room and start again.',
  CHAIN_ENGINE_FAILED: 'The engine of the embedded chain failed ({reason}). Start again.',
  CHAIN_STOPPED: 'The embedded chain has stopped. Start again: what was acknowledged is kept.',
  CHAIN_UNREACHABLE: 'The node at {node} does not answer. Check SILLOK_RPC_URL.',
  CHAIN_TIMEOUT: 'The node at {node} does not answer in time. Check SILLOK_RPC_URL.',
  CHAIN_ERROR: 'The node refuses {method} ({message}). Check SILLOK_RPC_URL.',
  CHAIN_MISMATCH:
    'The node serves another chain than this data belongs to ({what} is {is}, not {expected}). Check SILLOK_RPC_URL.',
  CHAIN_FORKED:
    'The chain shows another block {block} than it did before. Check the node, then run "npm run audit".',
  CHAIN_OLDER:
    'The embedded chain ends at block {head}, but block {read} was read before: its folder is older than the store. Restore both from one backup.',
  ACCOUNT_EMPTY:
    'The account {name} ({account}) owns nothing on this chain and cannot pay for gas. Send it some, or set SILLOK_FEES=zero where gas is free.',
  LANE_EXCEEDS_POOL:
    'A lane may have {inFlight} transactions under way, but the nodes keep {perSender} of one sender. Lower SILLOK_IN_FLIGHT, or raise the nodes’ limit and SILLOK_POOL_PER_SENDER.',
  DEPLOYMENT_FAILED:
    'The contracts on this chain are not those that the keys of this data folder make. Use the data that belongs to it.',
  ARTIFACT_MISSING: 'The contracts are not compiled ({path}). Run "npm start" instead of the script itself.',
  LANE_MISSING: 'Lane {lane} was in use, but there are {lanes} now. Set SILLOK_LANES as before, or higher.',
  LANE_KEY_CHANGED: 'Lane {lane} had the key of {was}. Restore keys/vault from a backup.',
  LOG_CORRUPT:
    'A file of the log is damaged. Move log/public and log/state/tail.* away: they are made again from the chain.',
  LOG_CONFLICT: 'The log is not what the chain says or what was signed before. Run "npm run audit".',
  LOG_GAP: 'The log lacks entries that the chain has. Run "npm run audit".',
  LOG_BEHIND: 'The log signed {signed} entries before and has {size} now. Restore the chain from a backup.',
  WITNESS_STOPPED: 'The witness has stopped. Start again: what was acknowledged is kept.',
  WITNESS_FAILED: 'The witness failed ({reason}). Start again.',
  KEY_FILE_MISSING: 'No administrator’s key: set SILLOK_ADMIN_KEY_FILE to a file that holds it.',
};

/** Never more than a line: reports with stack traces go to the log. */
export function startupLine(error: unknown): string {
  if (isWrongOption(error)) return wrongOptionLine(error);
  if (!(error instanceof AppError))
    return `Unexpected: ${oneLine((error as Error)?.message ?? String(error))}`;
  const { code, details } = error;
  const line = LINES[code];
  if (line !== undefined) return `${oneLine(fill(line, details))} [${code}]`;
  const told = Object.entries(details).map(([name, value]) => `${name}: ${value}`);
  return `${oneLine(told.length === 0 ? 'Stopped.' : `Stopped (${told.join('; ')}).`)} [${code}]`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
