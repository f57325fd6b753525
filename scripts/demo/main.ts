/**
 * `npm run demo`: the main job on real input. Exit 0 only if every tally equals its input and every receipt is valid.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isWrongOption, wrongOptionLine } from '../../server/core/arguments.ts';
import { createClient } from '../../web/lib/client/client.ts';
import { type StartedGateway, startGatewayProcess } from '../lib/gateway.ts';
import { showProgress } from '../lib/progress.ts';
import { renderTable } from '../lib/table.ts';
import { foundCity } from './city.ts';
import { issueCredentials } from './credentials.ts';
import type { Outcome } from './outcome.ts';
import { replayPolls } from './polls.ts';
import { type Verified, verifyReceipts } from './receipts.ts';
import { fileVehicles } from './vehicles.ts';

const HELP = `npm run demo -- [--full] [--ballots N] [--url URL --admin-key-file FILE]

Creates real polls, replays one of them with anonymous ballots, files vehicle records, issues certificates,
and verifies every receipt offline. Without --url it starts a gateway of its own on empty data and removes both.

  --full                 all 863 ballots of the poll of 2014 (default: 60 in the same proportion)
  --ballots N            N ballots, 3 to 863
  --url URL              use this gateway
  --admin-key-file FILE  file with its administrator's key`;

interface Options {
  readonly ballots: number | 'all';
  readonly gateway: { readonly url: string; readonly adminKeyFile: string } | undefined;
}

class Usage extends Error {}

function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean' },
      ballots: { type: 'string' },
      url: { type: 'string' },
      'admin-key-file': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const ballots = values.full ? 'all' : Number(values.ballots ?? 60);
  if (ballots !== 'all' && !(Number.isInteger(ballots) && ballots >= 3 && ballots <= 863))
    throw new Usage('--ballots takes a whole number from 3 to 863');
  const { url, 'admin-key-file': adminKeyFile } = values;
  if ((url === undefined) !== (adminKeyFile === undefined))
    throw new Usage('--url and --admin-key-file go together');
  return { ballots, gateway: url === undefined ? undefined : { url, adminKeyFile: adminKeyFile! } };
}

async function withOwnGateway<T>(run: (gateway: StartedGateway) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'sillok-demo-'));
  const gateway = await startGatewayProcess({ data });
  try {
    return await run(gateway);
  } finally {
    await gateway.stop();
    await rm(data, { recursive: true, force: true });
  }
}

async function demonstrate(url: string, adminKey: string, ballots: number | 'all'): Promise<boolean> {
  const startedMs = performance.now();
  const city = await foundCity(url, adminKey);
  const anybody = createClient({ url });
  const timed: (Outcome & { readonly seconds: number })[] = [];
  for (const part of [
    () => replayPolls(city['policy-bureau'], anybody, ballots),
    () => fileVehicles(city['hanbit-motors'], city['jangan-inspection'], anybody),
    () => issueCredentials(city['lifelong-academy'], anybody),
  ]) {
    const beganMs = performance.now();
    const outcome = await part();
    timed.push({ ...outcome, seconds: (performance.now() - beganMs) / 1000 });
  }
  const total = timed.reduce((sum, { entryIds }) => sum + entryIds.length, 0);
  const progress = showProgress('receipts: verifying offline', total);
  const verified: Verified[] = [];
  for (const { entryIds } of timed)
    verified.push(await verifyReceipts(anybody, entryIds, () => progress.add()));
  progress.done();
  const rows = timed.map(({ name, entryIds, says, isRight, seconds }, i) => [
    name,
    entryIds.length,
    `${verified[i]!.valid}/${entryIds.length}`,
    seconds.toFixed(1),
    isRight ? 'yes' : 'NO',
    says,
  ]);
  console.log(`\n${renderTable(['part', 'entries', 'valid receipts', 'seconds', 'as input', 'what'], rows)}`);
  for (const { complaints } of verified) for (const complaint of complaints) console.log(complaint);
  const isRight =
    timed.every((part) => part.isRight) && verified.every(({ complaints }) => complaints.length === 0);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `\n${isRight ? 'Everything came out as the input says' : 'SOMETHING DIFFERS'}, in ${seconds} s.`,
  );
  return isRight;
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
    return true;
  }
  const { gateway, ballots } = options;
  if (gateway === undefined)
    return withOwnGateway(({ url, adminKey }) => demonstrate(url, adminKey!, ballots));
  const adminKey = (await readFile(gateway.adminKeyFile, 'utf8')).trim();
  return demonstrate(gateway.url.replace(/\/$/, ''), adminKey, ballots);
}

main().then(
  (isRight) => process.exit(isRight ? 0 : 1),
  (error: unknown) => {
    const isUsage = error instanceof Usage || isWrongOption(error);
    console.error(`demo: ${isUsage ? wrongOptionLine(error as Error) : (error as Error).message}`);
    process.exit(isUsage ? 2 : 1);
  },
);
