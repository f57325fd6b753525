import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { utf8 } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { type Checkpoint, type Log, openLog } from '../../../server/log/log.ts';
import { buildReceipt } from '../../../server/receipts/build.ts';
import { parseNote } from '../../../server/verify/note.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { LOG_KEY, leavesOf, TRUST, WITNESS_KEYS } from '../../helpers/log.ts';
import { type TestWitness, testWitness } from '../../helpers/witness.ts';

const leaves = leavesOf(600);

describe('The log with four witnesses of which three must sign', () => {
  let folder: string;
  let witnesses: TestWitness[];
  let log: Log;
  const open = (name = 'log') =>
    openLog({ folder: join(folder, name), key: LOG_KEY, witnesses, threshold: 3, timeoutMs: 3000 });
  const everywhere = async (first: number, entries: readonly Uint8Array[]) => {
    for (const { append } of [
      log,
      ...witnesses.map((witness) => ({ append: witness.tree.append.bind(witness.tree) })),
    ])
      await append(first, entries);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-log-'));
    witnesses = await Promise.all([0, 1, 2, 3].map((n) => testWitness(folder, n)));
    log = await open();
  });
  afterEach(async () => {
    await log.close();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('publishes checkpoints and makes receipts that anybody verifies', async () => {
    const published: number[] = [];
    log.onPublished(({ size }) => published.push(size));
    await refused(buildReceipt(log, 0), 'RECEIPT_PENDING');
    await everywhere(0, leaves.slice(0, 300));
    const checkpoint = await log.publish();
    expect(checkpoint).to.include({ size: 300, complete: true });
    while (log.latest()!.cosigned.length < 4) await setTimeout(5);
    expect(await readFile(join(log.publicFolder, 'checkpoint'), 'utf8')).to.equal(log.latest()!.text);
    await everywhere(300, leaves.slice(300, 303));
    await refused(buildReceipt(log, 300), 'RECEIPT_PENDING');
    await log.publish();
    for (const index of [0, 255, 256, 302]) expect(judge(await buildReceipt(log, index))).to.equal('valid');
    expect(published).to.deep.equal([300, 303]);
  });

  it('still issues with one witness down, and finds it again without being told its size', async () => {
    await everywhere(0, leaves.slice(0, 10));
    await witnesses[1]!.down();
    const checkpoint = await log.publish();
    expect(checkpoint.complete).to.equal(true);
    expect(checkpoint.missing.map(({ code }) => code)).to.deep.equal(['WITNESS_UNREACHABLE']);
    expect(judge(await buildReceipt(log, 9))).to.equal('valid');
    await witnesses[1]!.up();
    await everywhere(10, leaves.slice(10, 20));
    await log.publish();
    while (log.latest()!.size < 20 || log.latest()!.cosigned.length < 4) await setTimeout(5);
  });

  it('asks a witness anew in whose name somebody on the way has told a size beyond its own', async () => {
    const { url } = witnesses[2]!;
    let lies = 1;
    const way = createServer((request, response) => {
      const answer = async () => {
        const body = await text(request);
        if (lies-- > 0) return response.writeHead(409).end(`${Number.MAX_SAFE_INTEGER}\n`);
        const passed = await fetch(`${url}${request.url}`, { method: 'POST', body });
        response.writeHead(passed.status).end(await passed.text());
      };
      void answer();
    });
    await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
    witnesses[2] = { ...witnesses[2]!, url: `http://127.0.0.1:${(way.address() as AddressInfo).port}` };
    await log.close();
    log = await open();
    await everywhere(0, leaves.slice(0, 10));
    expect((await log.publish()).cosigned).to.have.length(3);
    await everywhere(10, leaves.slice(10, 20));
    await log.publish();
    while (log.latest()!.size < 20 || log.latest()!.cosigned.length < 4) await setTimeout(5);
    way.closeAllConnections();
    way.close();
  });

  it('waits for no slow witness, and adds its cosignature when it comes', async () => {
    await everywhere(0, leaves.slice(0, 10));
    const release = witnesses[3]!.slow();
    const checkpoint = await log.publish();
    expect(checkpoint.cosigned).to.have.length(3);
    expect(checkpoint.missing.map(({ code }) => code)).to.deep.equal(['WITNESS_SLOW']);
    expect(judge(await buildReceipt(log, 9))).to.equal('valid');
    release();
    while (log.latest()!.cosigned.length < 4) await setTimeout(5);
    const { text } = log.latest()!;
    expect(await readFile(join(log.publicFolder, 'checkpoint'), 'utf8')).to.equal(text);
    const names = WITNESS_KEYS.map(({ name }) => name);
    expect(parseNote(text).signatures.map(({ name }) => name)).to.deep.equal([LOG_KEY.name, ...names]);
    expect(log.witnessStates().map(({ size, error }) => [size, error])).to.deep.equal(
      Array.from({ length: 4 }, () => [10, undefined]),
    );
    const receipt = await buildReceipt(log, 9);
    expect(judge(receipt)).to.equal('valid');
    await log.close();
    log = await open();
    expect(await buildReceipt(log, 9)).to.equal(receipt);
  });

  it('goes on while one witness hangs, whatever was left behind there', async () => {
    const release = witnesses[0]!.slow();
    for (let size = 10; size <= 50; size += 10) {
      await everywhere(size - 10, leaves.slice(size - 10, size));
      expect(await log.publish()).to.include({ size, complete: true });
    }
    release();
    while (log.latest()!.cosigned.length < 4) await setTimeout(5);
    expect(log.latest()!.size).to.equal(50);
    expect(log.witnessStates()[0]).to.include({ size: 50 });
  });

  it('publishes nothing below the threshold, and does by itself as soon as the witness is back', async () => {
    await everywhere(0, leaves.slice(0, 10));
    await witnesses[0]!.down();
    await witnesses[2]!.down();
    expect((await log.publish()).complete).to.equal(false);
    expect(log.latest()).to.equal(undefined);
    await refused(buildReceipt(log, 3), 'COSIGNATURES_PENDING');
    expect(log.waiting()).to.deep.equal({ size: 10, cosigned: 2, threshold: 3, witnesses: 4 });
    expect(log.witnessStates().map(({ error }) => error)).to.deep.equal([
      'WITNESS_UNREACHABLE',
      undefined,
      'WITNESS_UNREACHABLE',
      undefined,
    ]);
    const published = new Promise<Checkpoint>((resolve) => log.onPublished(resolve));
    await witnesses[2]!.up();
    expect((await published).cosigned).to.have.length(3);
    expect(log.waiting()).to.equal(undefined);
    expect(judge(await buildReceipt(log, 3))).to.equal('valid');
  });

  it('is not cosigned by a witness whose own node shows something else', async () => {
    await everywhere(0, leaves.slice(0, 10));
    await log.append(10, leaves.slice(10, 11));
    for (const { tree } of witnesses.slice(0, 3)) await tree.append(10, leaves.slice(10, 11));
    await witnesses[3]!.tree.append(10, [utf8('what this node shows')]);
    // Until that one has answered another one keeps the checkpoint from being complete.
    const release = witnesses[0]!.slow();
    const publishing = log.publish();
    while (log.witnessStates()[3]!.refusal === undefined) await setTimeout(5);
    release();
    const checkpoint = await publishing;
    expect(checkpoint.cosigned).to.have.length(3);
    expect(checkpoint.missing[0]?.details).to.include({ status: 422, reason: 'ROOT_NOT_DERIVED' });
    expect(witnesses[3]!.reports).to.have.length(1);
    expect(log.witnessStates()[3]!.refusal).to.include({ code: 'ROOT_NOT_DERIVED', size: 11 });
  });

  it('shares one run among calls made at the same time, and the last entries are always covered', async () => {
    const runs: number[] = [];
    log.onPublished(({ size }) => runs.push(size));
    await everywhere(0, leaves.slice(0, 5));
    const first = log.publish();
    await everywhere(5, leaves.slice(5, 9));
    const later = await Promise.all(Array.from({ length: 20 }, () => log.publish()));
    await first;
    expect(new Set(later.map(({ size }) => size))).to.deep.equal(new Set([9]));
    expect(runs.length).to.be.at.most(3);
  });

  it('knows its newest checkpoint after a restart, and none that somebody edited', async () => {
    await everywhere(0, leaves.slice(0, 50));
    const { text } = await log.publish();
    await log.close();
    log = await open();
    expect(log.latest()?.text).to.equal(text);
    expect(judge(await buildReceipt(log, 49))).to.equal('valid');
    await log.close();
    await writeFile(join(folder, 'log', 'public', 'checkpoint'), text.replace('\n50\n', '\n49\n'));
    log = await open();
    expect(log.latest()).to.equal(undefined);
  });

  it('signs nothing after it was restored from an older copy, until it has all entries again', async () => {
    await everywhere(0, leaves.slice(0, 20));
    await log.publish();
    await log.close();
    await cp(join(folder, 'log'), join(folder, 'copy'), { recursive: true });
    log = await open();
    await everywhere(20, leaves.slice(20, 40));
    await log.publish();
    await log.close();
    log = await open('copy');
    const behind = await log.publish();
    expect(behind.complete).to.equal(false);
    expect(new Set(behind.missing.map(({ code }) => code))).to.deep.equal(new Set(['LOG_BEHIND']));
    await log.append(20, leaves.slice(20, 40));
    expect((await log.publish()).complete).to.equal(true);
  });

  it('refuses to sign a smaller tree than it signed before, even with nobody watching', async () => {
    await everywhere(0, leaves.slice(0, 300));
    await log.publish();
    await log.close();
    await rm(join(folder, 'log', 'state', 'tail.1'));
    log = await open();
    expect(log.size).to.equal(256);
    await refused(log.publish(), 'LOG_BEHIND');
    await log.append(0, leaves.slice(0, 300));
    expect((await log.publish()).complete).to.equal(true);
  });

  it('never signs two roots for one size, even when its own files were exchanged', async () => {
    await everywhere(0, leaves.slice(0, 20));
    await log.publish();
    await log.close();
    const signed = await readFile(join(folder, 'log', 'state', 'signed'));
    await rm(join(folder, 'log'), { recursive: true });
    log = await open();
    await log.append(0, [utf8('another beginning'), ...leaves.slice(1, 20)]);
    await writeFile(join(folder, 'log', 'state', 'signed'), signed);
    await refused(log.publish(), 'LOG_CONFLICT');
    await log.append(20, leaves.slice(20, 30));
    await refused(log.publish(), 'LOG_CONFLICT');
  });

  it('writes byte-equal files when it is built again from the same leaves', async () => {
    await everywhere(0, leaves);
    await log.publish();
    const again = await open('again');
    for (let i = 0; i < leaves.length; i += 77) await again.append(i, leaves.slice(i, i + 77));
    await again.publish();
    for (const path of [
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/002.p/88',
    ])
      expect(await readFile(join(again.publicFolder, path))).to.deep.equal(
        await readFile(join(log.publicFolder, path)),
      );
    await again.close();
  });
});

function judge(receipt: string): string {
  return verifyReceipt(receipt, TRUST, { verifyEd25519 }).outcome;
}

async function refused(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AppError);
  expect((error as AppError).code).to.equal(code);
}
