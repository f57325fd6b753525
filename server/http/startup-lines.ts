/** What the console says when the gateway cannot start or must stop: one line, what is wrong and what to do. */
import { AppError } from '../core/errors.ts';
import { fill } from './language.ts';

const LINES: Readonly<Record<string, string>> = {
  CONFIG_UNKNOWN: '{name} is no variable of Sillok. Run "npm start -- --help" for the list.',
  CONFIG_MALFORMED: '{name} must be {expected}.',
  PORT_BUSY: 'Port {port} is in use already. Stop the other program or set SILLOK_PORT.',
  PORT_FORBIDDEN: 'Port {port} may not be taken by this user. Set SILLOK_PORT to a number above 1023.',
  HOST_UNKNOWN: 'This machine has no address {host}. Set SILLOK_HOST.',
  DATA_READ_ONLY: 'The data folder {folder} cannot be written ({code}). Set SILLOK_DATA or its permissions.',
  DATA_NOT_FOLDER: '{folder} is not a folder. Set SILLOK_DATA.',
  DATA_CORRUPT: 'The file {file} is damaged. Restore it from a backup; nothing was changed.',
  PASSPHRASE_MISSING: 'The passphrase file {file} cannot be read. Without it the keys stay sealed.',
  PASSPHRASE_EMPTY: 'The passphrase file {file} is empty.',
  VAULT_PASSPHRASE_WRONG: 'The passphrase does not open the key store.',
  KEY_WRONG_PASSPHRASE: 'The passphrase does not open the key of the log.',
  KEY_OTHER_NAME: 'The key of the log bears another name: SILLOK_LOG_ORIGIN changed after the first start.',
  STORE_LOCKED: 'Another Sillok uses the data folder already ({folder}).',
  STORE_CORRUPT: 'The store {folder} is damaged. Restore it from a backup; nothing was changed.',
  STORE_READ_ONLY: 'The store {folder} cannot be written.',
  STORE_FULL: 'The disk is full ({folder}).',
  CHAIN_FOLDER_LOCKED: 'Another Sillok uses the chain in the data folder already.',
  CHAIN_FOLDER_READ_ONLY: 'The chain in the data folder cannot be written.',
  CHAIN_JOURNAL_CORRUPT:
    'The journal of the embedded chain is damaged. Restore it from a backup; nothing was changed.',
  CHAIN_STOPPED: 'The embedded chain has stopped.',
  CHAIN_UNREACHABLE: 'The node at {url} does not answer. Check SILLOK_RPC_URL.',
  CHAIN_MISMATCH: 'The node serves another chain than the one this data belongs to.',
  CHAIN_FORKED: 'The chain shows another history than the one that was read.',
  LOG_CONFLICT: 'The log on the disk and the chain tell different histories. Nothing was changed.',
  LOG_CORRUPT: 'The log in the data folder is damaged.',
  INTERNAL: 'A fault in the program; the log has its details.',
  WITNESS_STOPPED: 'The witness has stopped.',
  ARTIFACTS_MISSING: 'The contracts are not compiled. Run "npm start" instead of the script itself.',
  KEY_FILE_MISSING: 'No administrator’s key: set SILLOK_ADMIN_KEY_FILE to a file that holds it.',
};

/** Never more than a line: reports with stack traces go to the log. */
export function startupLine(error: unknown): string {
  if (!(error instanceof AppError))
    return `Unexpected: ${(error as Error)?.message ?? String(error)}`.split('\n')[0]!;
  const line = LINES[error.code];
  return line === undefined ? error.message.split('\n')[0]! : `${fill(line, error.details)} [${error.code}]`;
}
