/** A witness in the test's own process: real door, store, tree and decision; what its node shows is what the test appends. */
import { join } from 'node:path';
import { AppError } from '../../server/core/errors.ts';
import type { WitnessEndpoint } from '../../server/log/cosigners.ts';
import { openTree, type Tree } from '../../server/log/tree.ts';
import { openStore } from '../../server/store/level.ts';
import { openAlarms } from '../../server/witness/alarms.ts';
import { openCosigner } from '../../server/witness/cosigner.ts';
import { type Door, openDoor } from '../../server/witness/server.ts';
import { createStatus } from '../../server/witness/status.ts';
import { LOG_KEY, ORIGIN, TIME_SEC, WITNESS_KEYS } from './log.ts';
import { noPublications } from './publications.ts';

export interface TestWitness extends WitnessEndpoint {
  readonly tree: Tree;
  readonly reports: AppError[];
  /** Every request that came, in order. */
  readonly asked: string[];
  /** Takes the door away and gives it back at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** From now on requests wait until the function is called that this answers. */
  slow(): () => void;
  post(body: string): Promise<Response>;
  stop(): Promise<void>;
}

export async function testWitness(folder: string, n: number): Promise<TestWitness> {
  const key = WITNESS_KEYS[n]!;
  const home = join(folder, `witness-${n}`);
  const store = await openStore(join(home, 'store'));
  const tree = await openTree(join(home, 'log'));
  const reports: AppError[] = [];
  const derivation = {
    reach: async (size: number) => {
      if (tree.size < size) throw new AppError('WITNESS_BEHIND', { size: tree.size, asked: size });
    },
    status: () => ({ head: 0, block: 0, size: tree.size, readAtMs: undefined }),
    stop: async () => {},
  };
  const nowSec = () => TIME_SEC;
  const alarms = await openAlarms(store, nowSec);
  const report = (error: AppError) => void reports.push(error);
  const options = {
    key,
    logKeys: [LOG_KEY.verifierKey],
    store,
    tree,
    derivation,
    nowSec,
    alarms,
    report,
  };
  const decides = openCosigner(options);
  const asked: string[] = [];
  let held = Promise.resolve();
  const cosigner = {
    ...decides,
    addCheckpoint(body: string) {
      asked.push(body);
      return held.then(() => decides.addCheckpoint(body));
    },
  };
  const publications = noPublications;
  const status = createStatus({
    origin: ORIGIN,
    key: key.verifierKey,
    cosigner,
    derivation,
    alarms,
    publications,
  });
  const open = (port: number) =>
    openDoor({
      cosigner,
      origin: ORIGIN,
      tree,
      publications,
      alarms,
      status,
      host: '127.0.0.1',
      port,
      report: (error) => reports.push(error as AppError),
    });
  let door: Door | undefined = await open(0);
  const { url } = door;
  return {
    url,
    key: key.verifierKey,
    tree,
    reports,
    asked,
    async down() {
      await door?.close();
      door = undefined;
    },
    async up() {
      door = await open(Number(new URL(url).port));
    },
    slow() {
      const hold = Promise.withResolvers<void>();
      held = hold.promise;
      return hold.resolve;
    },
    post: (body) => fetch(`${url}/add-checkpoint`, { method: 'POST', body }),
    async stop() {
      await door?.close();
      await tree.close();
      await store.close();
    },
  };
}
