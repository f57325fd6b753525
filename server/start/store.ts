/** The store at the start: with the standbys that hold copies of it, and never one that another gateway took over from. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataFolder } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { type CommittedStore, openStore } from '../store/level.ts';
import { copyTo } from '../store/standbys.ts';
import { writeDurably } from '../store/write-file.ts';
import type { Start } from './start.ts';

type StoreStart = Pick<Start, 'stops' | 'say' | 'fail'> & {
  readonly config: Config;
  readonly folder: DataFolder;
  warn(details: object, message: string): void;
};

const TELL_AFTER_MS = 3_000;

/** @throws AppError STORE_* | FENCED | STANDBY_AHEAD | CONFIG_MALFORMED | FILE_MISSING */
export async function openGatewayStore(start: StoreStart): Promise<CommittedStore> {
  const { config, folder, stops, say, fail, warn } = start;
  const fence = join(folder.store, 'fenced');
  if (existsSync(fence)) throw new AppError('FENCED', { folder: folder.store });
  const token = await tokenOf(config);
  const store = await openStore(folder.store, {
    ...(token !== undefined && {
      copies: copyTo({
        urls: config.standbys,
        threshold: config.standbyThreshold,
        token,
        onFenced: (error) => {
          // Without its standbys' addresses this folder would not learn it a second time.
          const marked =
            error.code === 'FENCED' ? writeDurably(fence, `${JSON.stringify(error.details)}\n`) : undefined;
          void Promise.resolve(marked).finally(() => fail(error));
        },
      }),
    }),
  });
  stops.add(store.close);
  if (token === undefined) return store;
  say('waiting for a standby');
  await Promise.race([store.ready(), tellWhile(store, warn)]);
  return store;
}

/** Never resolves: a start that waits says for whom. */
async function tellWhile(store: CommittedStore, warn: StoreStart['warn']): Promise<void> {
  await pause(TELL_AFTER_MS, undefined, { ref: false });
  warn({ standbys: store.standbys() }, 'waiting for a standby');
  await store.ready();
}

async function tokenOf({
  standbys,
  standbyTokenFile: file,
  standbyThreshold,
  rpcUrls,
}: Config): Promise<string | undefined> {
  if (standbys.length === 0) return undefined;
  const malformed = (name: string, expected: string) => new AppError('CONFIG_MALFORMED', { name, expected });
  // The journal of the embedded chain has no copy: a standby could not go on with it.
  if (rpcUrls.length === 0) throw malformed('SILLOK_STANDBYS', 'empty with the embedded chain');
  if (standbyThreshold > standbys.length)
    throw malformed('SILLOK_STANDBY_THRESHOLD', `at most the number of standbys (${standbys.length})`);
  const token = file === undefined ? '' : (await readFile(file, 'utf8').catch(() => '')).trim();
  if (token.length < 32) throw malformed('SILLOK_STANDBY_TOKEN_FILE', 'a file with at least 32 characters');
  return token;
}
