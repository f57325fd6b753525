import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import { AppError } from '../../../server/core/errors.ts';
import * as client from './harness.ts';

const { ask, sign, sender, receiptOf } = client;
const START = fileURLToPath(new URL('../../../server/chain/embedded/start.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../server/chain/embedded/main.ts', import.meta.url));

describe('embedded chain: start and stop', () => {
  const undo: (() => unknown)[] = [];

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  after(client.removeFolders);

  async function start(
    folder: string,
    options: { port?: number; chainId?: number } = {},
  ): Promise<EmbeddedChain> {
    const chain = await startEmbeddedChain({ folder, chainId: client.CHAIN_ID, ...options });
    undo.push(() => chain.stop());
    return chain;
  }

  async function refusal(started: Promise<unknown>): Promise<AppError> {
    const error = await started.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).to.be.instanceOf(AppError);
    return error;
  }

  async function fill(chain: EmbeddedChain, name: string, count: number): Promise<void> {
    await chain.ready;
    for (let nonce = 0; nonce < count; nonce++) {
      await receiptOf(
        chain.url,
        await ask(chain.url, 'eth_sendRawTransaction', await sign(sender(name), nonce)),
      );
    }
  }

  /** Starts the process alone, as a terminal would. */
  async function runAlone(folder: string): Promise<{ code: number; lines: string[] }> {
    const child = spawn(process.execPath, [MAIN, '--folder', folder, '--chain-id', String(client.CHAIN_ID)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, lines: text.trim().split('\n') };
  }

  it('makes every block again with the same hash, though pending blocks and calls were asked for in between', async () => {
    const folder = await client.newFolder();
    const first = await start(folder);
    await first.ready;
    const wallet = sender('restart');
    for (let nonce = 0; nonce < 25; nonce++) {
      const request = nonce % 3 === 0 ? { ...client.STORE_RANDOM, gasLimit: 200_000 } : { data: '0xabcdef' };
      await receiptOf(
        first.url,
        await ask(first.url, 'eth_sendRawTransaction', await sign(wallet, nonce, request)),
      );
      await ask(first.url, 'eth_getBlockByNumber', 'pending', true);
      await ask(first.url, 'eth_call', { to: wallet.address, from: wallet.address }, 'pending');
      await ask(first.url, 'eth_estimateGas', { to: wallet.address, from: wallet.address });
    }
    const hashes = await client.blockHashes(first.url);
    await first.stop();
    expect(await first.exited).to.deep.equal({ code: 0, reason: undefined });
    const told: number[] = [];
    const again = await startEmbeddedChain({
      folder,
      chainId: client.CHAIN_ID,
      onProgress: (done, total) => told.push(done, total),
    });
    undo.push(() => again.stop());
    await again.ready;
    expect(await client.blockHashes(again.url)).to.deep.equal(hashes);
    expect(told.slice(-2)).to.deep.equal([25, 25]);
    expect(await ask(again.url, 'sillok_progress')).to.deep.equal({ state: 'ready', done: 25, total: 25 });
  });

  it('refuses a second start on the same folder', async () => {
    const folder = await client.newFolder();
    const first = await start(folder);
    expect(await refusal(start(folder))).to.include({ code: 'CHAIN_FOLDER_LOCKED' });
    await first.ready;
    expect(await ask(first.url, 'eth_blockNumber')).to.equal('0x0');
  });

  it('names a busy port and leaves the folder free', async () => {
    const folder = await client.newFolder();
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    undo.push(() => squatter.close());
    const { port } = squatter.address() as { port: number };
    const error = await refusal(start(folder, { port }));
    expect(error.code).to.equal('CHAIN_PORT_BUSY');
    expect(error.details).to.include({ port, reason: 'EADDRINUSE' });
    await (await start(folder)).ready;
  });

  it('refuses the journal of another chain and names the field', async () => {
    const folder = await client.newFolder();
    await (await start(folder)).stop();
    const error = await refusal(start(folder, { chainId: 4242 }));
    expect(error.code).to.equal('CHAIN_ENGINE_CHANGED');
    expect(error.details).to.deep.equal({ field: 'chainId', journal: 1337, engine: 4242 });
  });

  it('says in one line where the journal is damaged and ends with code 1', async () => {
    const folder = await client.newFolder();
    const chain = await start(folder);
    await fill(chain, 'damaged', 3);
    await chain.stop();
    const head = await readFile(join(folder, 'head'));
    await writeFile(join(folder, 'head'), head.fill(1, 0, 8000));
    const error = await refusal(start(folder));
    expect(error.details).to.deep.equal({ where: 'head file', reason: 'both slots are damaged' });
    const { code, lines } = await runAlone(folder);
    expect(code).to.equal(1);
    expect(lines).to.deep.equal([
      'embedded chain stopped: CHAIN_JOURNAL_CORRUPT (where: head file; reason: both slots are damaged)',
    ]);
  });

  it('refuses a folder that cannot be written', async function () {
    const folder = await client.newFolder();
    if (process.getuid?.() === 0) {
      if (!mount(folder, 'ro')) return skipAloud(this, 'no right to mount');
    } else {
      await chmod(folder, 0o500);
      undo.push(() => chmod(folder, 0o700));
    }
    expect(await refusal(start(folder))).to.include({ code: 'CHAIN_FOLDER_READ_ONLY' });
  });

  it('stops with one line when the disk is full, and has every receipt seen when there is room again', async function () {
    const folder = await client.newFolder();
    if (process.getuid?.() !== 0 || !mount(folder, 'size=600k')) return skipAloud(this, 'no right to mount');
    const chain = await start(join(folder, 'chain'));
    await chain.ready;
    const wallet = sender('disk');
    const seen: client.SeenReceipt[] = [];
    const load = async (): Promise<never> => {
      for (let nonce = 0; ; nonce++) {
        const raw = await sign(wallet, nonce, { data: `0x${'5a'.repeat(20_000)}`, gasLimit: 1_000_000 });
        seen.push(await receiptOf(chain.url, await ask(chain.url, 'eth_sendRawTransaction', raw)));
      }
    };
    const { code, reason } = await Promise.race([chain.exited, load().catch(() => chain.exited)]);
    expect(code).to.equal(1);
    expect(reason).to.include({ code: 'CHAIN_DISK_FAILED' });
    expect(reason?.details.reason).to.match(/no space/i);
    expect(seen.length).to.be.greaterThan(3);
    execFileSync('mount', ['-o', 'remount,size=20m', folder]);
    const again = await start(join(folder, 'chain'));
    await again.ready;
    for (const receipt of seen)
      expect(await receiptOf(again.url, receipt.transactionHash)).to.deep.equal(receipt);
  });

  it('ends when its parent dies, so that no orphan holds the folder', async () => {
    const folder = await client.newFolder();
    const script = `
      const { startEmbeddedChain } = await import(${JSON.stringify(START)});
      const chain = await startEmbeddedChain({ folder: ${JSON.stringify(folder)}, chainId: ${client.CHAIN_ID} });
      await chain.ready;
      console.log(chain.pid);
      setInterval(() => {}, 1000);`;
    const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = await once(parent.stdout!, 'data');
    parent.kill('SIGKILL');
    await once(parent, 'close');
    // The process is gone when the folder can be taken.
    for (;;) {
      try {
        process.kill(Number(pid), 0);
      } catch {
        break;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await (await start(folder)).ready;
  });

  /** A small file system of its own over the folder; false when this is not allowed here. */
  function mount(folder: string, options: string): boolean {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return false;
    }
    undo.push(() => execFileSync('umount', [folder]));
    return true;
  }

  function skipAloud(test: Mocha.Context, reason: string): void {
    console.log(`      skipped: ${reason}`);
    test.skip();
  }
});
