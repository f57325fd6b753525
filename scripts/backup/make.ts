/** `npm run backup`: exit 0 when the backup is whole and proven, 1 with the reason otherwise. */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, cp, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../server/core/errors.ts';
import { openStore } from '../../server/store/level.ts';
import type { Position } from '../../server/store/record.ts';
import { readRows, writeSnapshot } from '../../server/store/snapshot.ts';
import { writeManifest } from './manifest.ts';
import { runTool } from './tool.ts';

const HELP = `npm run backup -- OUT [--url URL --key-file FILE]      from a running gateway, which goes on
npm run backup -- OUT --data FOLDER                  from the data folder of a stopped one

OUT must not exist. The passphrase is not in it: keep it elsewhere. What is sealed stays sealed, but whoever has a backup
and the passphrase has everything; erasures that come later do not reach it.`;

await runTool(
  'backup',
  HELP,
  { url: 'http://localhost:8080', 'key-file': process.env.SILLOK_ADMIN_KEY_FILE ?? '', data: '' },
  async ([out], options) => {
    if (out === undefined) return undefined;
    const folder = resolve(out);
    await mkdir(folder, { mode: 0o700 }).catch((error) => {
      throw new AppError('BACKUP_EXISTS', { folder }, error);
    });
    try {
      return await make(folder, options);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  },
);

async function make(folder: string, options: Readonly<Record<string, string | undefined>>): Promise<string> {
  const path = join(folder, 'store.jsonl');
  if (options.data === '') await fetchStore(options.url!, options['key-file']!, path);
  else await copyStopped(resolve(options.data!), folder, path);
  // Read again from the disk, as a restore would.
  let rows = 0;
  const { number }: Position = await readRows(createReadStream(path), async () => {
    rows++;
  });
  await writeManifest(folder);
  return `Backup of commit ${number}: ${rows} rows in ${folder}`;
}

async function fetchStore(url: string, keyFile: string, path: string): Promise<void> {
  const key = (await readFile(keyFile, 'utf8').catch(() => '')).trim();
  if (key === '') throw new AppError('KEY_FILE_MISSING');
  const response = await fetch(new URL('/v1/admin/backup', url), {
    headers: { authorization: `Bearer ${key}`, 'accept-language': 'en' },
  }).catch((error) => {
    throw new AppError('GATEWAY_UNREACHABLE', { url }, error);
  });
  if (!response.ok) {
    const { detail = '', code = response.status } = (await response.json().catch(() => ({}))) as Record<
      string,
      string
    >;
    throw new AppError('GATEWAY_REFUSED', { code, detail });
  }
  await write(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), path);
}

async function copyStopped(data: string, folder: string, path: string): Promise<void> {
  await access(join(data, 'store')).catch((error) => {
    throw new AppError('DATA_MISSING', { folder: data }, error);
  });
  const store = await openStore(join(data, 'store'));
  try {
    const snapshot = await store.snapshot();
    await write(Readable.from(writeSnapshot(snapshot)), path);
    await snapshot.close();
    const chain = join(data, 'chain');
    // While we hold the store no gateway runs here, so the chain's files stand still.
    if (
      await access(chain).then(
        () => true,
        () => false,
      )
    )
      await cp(chain, join(folder, 'chain'), { recursive: true });
  } finally {
    await store.close();
  }
}

async function write(from: Readable, path: string): Promise<void> {
  await pipeline(from, createWriteStream(path, { mode: 0o600 }));
  const file = await open(path, 'r');
  await file.sync();
  await file.close();
}
