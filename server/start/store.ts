/** The store at the start: with the standbys that hold copies of it, and never one that another gateway took over from. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from '../actions/data-folder.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { type CommittedStore, openStore } from '../store/level.ts';
import { agreeOnStandbys } from '../store/standby-set.ts';
import { tokenIn } from '../store/standby-tokens.ts';
import { copyTo, type StandbyPlace } from '../store/standbys.ts';
import { writeDurably } from '../store/write-file.ts';
import type { Outset } from './start.ts';

const TELL_EVERY_MS = 3_000;

/** @throws AppError STORE_* | FENCED | STANDBY_AHEAD | STANDBY_MISSING | CONFIG_MALFORMED */
export async function openGatewayStore(
  { config, stops, logger, say, fail }: Outset,
  folder: DataFolder,
): Promise<CommittedStore> {
  const fence = join(folder.store, 'fenced');
  if (existsSync(fence)) throw new AppError('FENCED', { folder: folder.store });
  const standbys = await standbysOf(config);
  let marked: Promise<void> | undefined;
  // Another part may learn of it first and end the gateway.
  stops.add(() => marked);
  const store = await openStore(folder.store, {
    ...(standbys.length > 0 && {
      copies: copyTo({
        standbys,
        threshold: config.standbyThreshold,
        onFenced: (error) => {
          // Without its standbys' addresses this folder would not learn it a second time.
          if (error.code === 'FENCED') marked ??= writeDurably(fence, `${JSON.stringify(error.details)}\n`);
          void Promise.resolve(marked)
            .catch(() => undefined)
            .then(() => fail(error));
        },
      }),
    }),
  });
  stops.add(store.close);
  if (standbys.length === 0) return store;
  say('waiting for a standby');
  const tell = () => logger.warn({ standbys: store.standbys() }, 'waiting for a standby');
  const telling = setInterval(tell, TELL_EVERY_MS);
  try {
    await store.ready();
    await agreeOnStandbys(store, { urls: config.standbys, threshold: config.standbyThreshold });
  } finally {
    clearInterval(telling);
  }
  return store;
}

async function standbysOf({
  standbys: urls,
  standbyTokenFile: file,
  standbyThreshold,
  rpcUrls,
}: Config): Promise<readonly StandbyPlace[]> {
  if (urls.length === 0) return [];
  const malformed = (name: string, expected: string) => new AppError('CONFIG_MALFORMED', { name, expected });
  // The journal of the embedded chain has no copy: a standby could not go on with it.
  if (rpcUrls.length === 0) throw malformed('SILLOK_STANDBYS', 'empty with the embedded chain');
  if (standbyThreshold > urls.length)
    throw malformed('SILLOK_STANDBY_THRESHOLD', `at most the number of standbys (${urls.length})`);
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  return urls.map((url) => {
    const token = tokenIn(text, url);
    if (token === undefined)
      throw malformed(
        'SILLOK_STANDBY_TOKEN_FILE',
        `a file with at least 32 characters, or with a line "URL TOKEN" for each standby (${url})`,
      );
    return { url, token };
  });
}
