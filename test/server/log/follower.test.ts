import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { utf8 } from '../../../server/core/bytes.ts';
import type { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { openFollower } from '../../../server/log/follower.ts';
import { type Log, openLog } from '../../../server/log/log.ts';
import { cosign, signNote } from '../../../server/log/sign.ts';
import { signTrust } from '../../../server/log/succession.ts';
import { buildReceipt } from '../../../server/receipts/build.ts';
import { formatTreeHead } from '../../../server/verify/checkpoint.ts';
import { COSIGNATURE, ED25519, parseNote } from '../../../server/verify/note.ts';
import { checkSuccessor, type Trust } from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import {
  LOG_KEY,
  leavesOf,
  naiveRoot,
  ORIGIN,
  TIME_SEC,
  TRUST,
  testKey,
  WITNESS_KEYS,
} from '../../helpers/log.ts';
import { type TestWitness, testWitness } from '../../helpers/witness.ts';

const leaves = leavesOf(600);

describe('A log that another gateway signs', () => {
  let folder: string;
  let witnesses: TestWitness[];
  let signing: Log;
  let follower: Log;
  let served: string | undefined;
  let server: Server;
  let forks: AppError[];
  const open = (name = 'follower', renewTrust?: (known: Trust) => Promise<Trust>) =>
    openFollower({
      ...(renewTrust !== undefined && { renewTrust }),
      folder: join(folder, name),
      trust: TRUST,
      logUrl: `${urlOf(server)}/log`,
      witnessUrls: witnesses.map(({ url }) => url),
      onFork: (fork) => forks.push(fork),
      timeoutMs: 300,
    });
  const everywhere = async (first: number, entries: readonly Uint8Array[]) => {
    for (const { append } of [signing, follower]) await append(first, entries);
    for (const { tree } of witnesses) await tree.append(first, entries);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-follower-'));
    witnesses = await Promise.all([0, 1, 2, 3].map((n) => testWitness(folder, n)));
    signing = await openLog({ folder: join(folder, 'log'), key: LOG_KEY, witnesses, threshold: 3 });
    forks = [];
    served = undefined;
    server = createServer((_, response) => {
      const text = served ?? signing.latest()?.text;
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    follower = await open();
  });
  afterEach(async () => {
    await follower.close();
    await signing.close();
    server.closeAllConnections();
    server.close();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  /** A checkpoint is complete with three; the fourth may come later. */
  async function cosignedByAll(): Promise<void> {
    await signing.publish();
    while (signing.latest()!.cosigned.length < 4) await setTimeout(5);
  }

  it('takes its checkpoints, and serves the same tiles and receipts', async () => {
    for (const size of [10, 300, 303]) {
      await everywhere(signing.size, leaves.slice(signing.size, size));
      await cosignedByAll();
      expect(await follower.publish()).to.include({ size, complete: true });
      expect(await buildReceipt(follower, size - 1)).to.equal(await buildReceipt(signing, size - 1));
    }
    for (const path of [
      'checkpoint',
      'tile/0/000',
      'tile/0/001.p/47',
      'tile/1/000.p/1',
      'tile/entries/001.p/47',
    ])
      expect(await readFile(join(follower.publicFolder, path)), path).to.deep.equal(
        await readFile(join(signing.publicFolder, path)),
      );
    const { text } = follower.latest()!;
    await follower.close();
    follower = await open();
    expect(follower.latest()!.text).to.equal(text);
  });

  it('waits for leaves that its own node has not shown yet, and for cosignatures that come late', async () => {
    await signing.append(0, leaves.slice(0, 20));
    for (const { tree } of witnesses) await tree.append(0, leaves.slice(0, 20));
    const release = witnesses[3]!.slow();
    await signing.publish();
    await follower.append(0, leaves.slice(0, 10));
    expect(await follower.publish()).to.include({ size: 10, complete: false });
    expect(follower.latest()).to.equal(undefined);
    await follower.append(10, leaves.slice(10, 20));
    expect((await follower.publish()).cosigned).to.have.length(3);
    release();
    while (follower.latest()!.cosigned.length < 4) await setTimeout(20);
    expect(follower.latest()!.text).to.equal(signing.latest()!.text);
  });

  it('takes the checkpoint from the witnesses while the signing gateway is down', async () => {
    await everywhere(0, leaves.slice(0, 40));
    await cosignedByAll();
    server.closeAllConnections();
    server.close();
    expect((await follower.publish()).size).to.equal(40);
    const receipt = await buildReceipt(follower, 39);
    expect(verifyReceipt(receipt, TRUST, { verifyEd25519 }).outcome).to.equal('valid');
    expect(follower.latest()!.cosigned).to.have.length(4);
  });

  it('takes it from the witnesses though one of them adds lines in the names of all others', async () => {
    await everywhere(0, leaves.slice(0, 40));
    await cosignedByAll();
    const { text } = parseNote(signing.latest()!.text);
    const other = formatTreeHead({ origin: ORIGIN, size: 39, root: naiveRoot(leaves.slice(0, 39)) });
    const forged = WITNESS_KEYS.map((key) => cosign(other, key, TIME_SEC)).join('');
    const unknown = Array.from({ length: 26 }, (_, n) =>
      cosign(text, testKey(`w${n}`, COSIGNATURE), TIME_SEC),
    );
    const liar = createServer((_, response) => {
      response.end(signNote(text, LOG_KEY) + forged + unknown.join(''));
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    witnesses = [{ ...witnesses[3]!, url: urlOf(liar) }, ...witnesses.slice(0, 3)];
    served = 'nothing of the kind';
    const beside = await open('beside');
    await beside.append(0, leaves.slice(0, 40));
    expect(await beside.publish()).to.include({ size: 40, complete: true });
    await beside.close();
    liar.close();
  });

  it('accepts none below the threshold, of another key, or older than what it has', async () => {
    await everywhere(0, leaves.slice(0, 30));
    await signing.publish();
    await follower.publish();
    const good = follower.latest()!.text;
    await follower.append(30, leaves.slice(30, 40));
    const head = formatTreeHead({ origin: ORIGIN, size: 40, root: naiveRoot(leaves.slice(0, 40)) });
    const lines = WITNESS_KEYS.map((key) => cosign(head, key, TIME_SEC));
    const thief = testKey(ORIGIN, 1, 'a thief');
    const older = formatTreeHead({ origin: ORIGIN, size: 20, root: naiveRoot(leaves.slice(0, 20)) });
    for (const text of [
      signNote(head, LOG_KEY) + lines.slice(0, 2).join(''),
      signNote(head, thief) + lines.join(''),
      signNote(older, LOG_KEY) + WITNESS_KEYS.map((key) => cosign(older, key, TIME_SEC)).join(''),
      'nothing of the kind',
      good.replace(ORIGIN, 'other.example/log'),
    ]) {
      served = text;
      expect(await follower.publish()).to.include({ complete: false });
      expect(follower.latest()!.text).to.equal(good);
    }
    served = signNote(head, LOG_KEY) + lines.join('');
    expect(await follower.publish()).to.include({ size: 40, complete: true });
  });

  it('learns of the log’s next key from a trust file that follows its own, and of no other', async () => {
    const next = testKey(ORIGIN, ED25519, 'next');
    const changed: Trust = {
      ...TRUST,
      version: 2,
      logKey: next.verifierKey,
      earlier: [{ logKey: LOG_KEY.verifierKey, witnesses: TRUST.witnesses, threshold: 3, lastSize: 10 }],
    };
    await follower.close();
    let offered: Trust = { ...changed, threshold: 0 };
    follower = await open('renewing', async (known) => {
      if (checkSuccessor(offered, known, verifyEd25519).status !== 'passed') throw new Error('no successor');
      return offered;
    });
    await follower.append(0, leaves.slice(0, 20));
    const head = formatTreeHead({ origin: ORIGIN, size: 20, root: naiveRoot(leaves.slice(0, 20)) });
    served = signNote(head, next) + WITNESS_KEYS.map((key) => cosign(head, key, TIME_SEC)).join('');
    expect(await follower.publish()).to.include({ complete: false });
    offered = signTrust(changed, [LOG_KEY, next]);
    expect(await follower.publish()).to.include({ size: 20, complete: true });
    served = signNote(head, LOG_KEY) + WITNESS_KEYS.map((key) => cosign(head, key, TIME_SEC)).join('');
    await follower.append(20, leaves.slice(20, 30));
    expect(await follower.publish()).to.include({ complete: false });
  });

  it('never accepts a root that is not its own, even when all have signed it, and keeps the note as evidence', async () => {
    await follower.append(0, leaves.slice(0, 30));
    const lie = [...leaves.slice(0, 29), utf8('what this node never showed')];
    const head = formatTreeHead({ origin: ORIGIN, size: 30, root: naiveRoot(lie) });
    served = signNote(head, LOG_KEY) + WITNESS_KEYS.map((key) => cosign(head, key, TIME_SEC)).join('');
    for (let i = 0; i < 3; i++)
      expect(await follower.publish().catch(({ code }: AppError) => code)).to.equal('LOG_FORKED');
    expect(follower.latest()).to.equal(undefined);
    expect(forks.map(({ code }) => code)).to.deep.equal(['LOG_FORKED']);
    const state = join(folder, 'follower', 'state');
    const [name] = (await readdir(state)).filter((file) => file.startsWith('fork-30-'));
    expect(parseNote(await readFile(join(state, name!), 'utf8')).text).to.equal(head);
  });
});

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
