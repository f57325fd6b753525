import { expect } from 'chai';
import type { BlockLog } from '../../../../server/chain/embedded/block-log.ts';
import { BLOCK_GAS_LIMIT } from '../../../../server/chain/embedded/engine.ts';
import { type RunningChain, runChain } from '../../../../server/chain/embedded/run.ts';
import * as client from '../../../faults/embedded/harness.ts';

interface Block {
  number: string;
  timestamp: string;
  baseFeePerGas: string;
  gasUsed: string;
  transactions: string[];
}

const { ask, call, receiptOf, sender, sign } = client;

describe('embedded chain: block producer', () => {
  let chain: RunningChain;

  async function start(wrapLog?: (log: BlockLog) => BlockLog, nowMs?: () => number): Promise<string> {
    const onFailure = (failure: Error) => {
      throw failure;
    };
    const place = { folder: await client.newFolder(), chainId: client.CHAIN_ID, host: '127.0.0.1', port: 0 };
    const watched = { ...(wrapLog && { wrapLog }), ...(nowMs && { nowMs }) };
    chain = await runChain({ ...place, tell: () => {}, onFailure, ...watched });
    await chain.ready;
    return chain.url;
  }
  const latest = (url: string) => ask<Block>(url, 'eth_getBlockByNumber', 'latest', false);

  afterEach(() => chain.close());
  after(client.removeFolders);

  it('answers no read with a block before the journal has it on the disk', async () => {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isOnDisk = false;
    const url = await start((log) => ({
      ...log,
      async append(number, block) {
        reached.resolve();
        await released.promise;
        await log.append(number, block);
        isOnDisk = true;
      },
    }));
    const raw = await sign(sender('reader'), 0);
    const hash = await ask<string>(url, 'eth_sendRawTransaction', raw);
    await reached.promise;
    // The engine has the block now, the disk has not.
    const answers: string[] = [];
    const reads = [
      ['eth_getTransactionReceipt', hash],
      ['eth_blockNumber'],
      ['eth_getBlockByNumber', 'pending', false],
      ['eth_getTransactionCount', sender('reader').address, 'latest'],
      ['eth_getLogs', {}],
      ['eth_sendRawTransaction', await sign(sender('other'), 0)],
    ].map(async ([method, ...params]) => {
      const answer = await call(url, method as string, ...params);
      expect(isOnDisk, `${method} was answered first`).to.equal(true);
      answers.push(method as string);
      return answer;
    });
    // These need no engine; they are answered while the others wait behind the gate on the same server.
    for (let i = 0; i < 20; i++) expect(await ask(url, 'net_listening')).to.equal(true);
    expect(answers).to.deep.equal([]);
    released.resolve();
    const [receipt, number] = await Promise.all(reads);
    expect(receipt?.result).to.have.property('blockNumber', '0x1');
    expect(number?.result).to.be.oneOf(['0x1', '0x2']);
  });

  it('serves many transactions with one sync', async () => {
    let syncs = 0;
    const released = Promise.withResolvers<void>();
    const url = await start((log) => ({
      ...log,
      async append(number, block) {
        syncs++;
        await released.promise;
        await log.append(number, block);
      },
    }));
    const wallet = sender('crowd');
    const raws = await Promise.all(Array.from({ length: 60 }, (_, nonce) => sign(wallet, nonce)));
    const first = await ask<string>(url, 'eth_sendRawTransaction', raws[0]);
    const others = raws.slice(1).map((raw) => ask<string>(url, 'eth_sendRawTransaction', raw));
    released.resolve();
    const hashes = [first, ...(await Promise.all(others))];
    for (const hash of hashes) expect(await receiptOf(url, hash)).to.have.property('status', '0x1');
    expect(syncs).to.be.lessThan(hashes.length / 2);
  });

  it('answers a resent waiting transaction with the same hash and does not lose it', async () => {
    const url = await start();
    const wallet = sender('resender');
    const beyondGap = await sign(wallet, 1);
    const hash = await ask<string>(url, 'eth_sendRawTransaction', beyondGap);
    const again = Array.from({ length: 300 }, () => ask<string>(url, 'eth_sendRawTransaction', beyondGap));
    expect(new Set(await Promise.all(again))).to.deep.equal(new Set([hash]));
    await ask(url, 'eth_sendRawTransaction', await sign(wallet, 0));
    expect(await receiptOf(url, hash)).to.have.property('status', '0x1');
    const late = await call(url, 'eth_sendRawTransaction', beyondGap);
    expect(late.error?.message).to.match(/nonce too low/i);
  });

  it('keeps the first of two transactions with the same nonce', async () => {
    const url = await start();
    const wallet = sender('rival');
    const first = await ask<string>(url, 'eth_sendRawTransaction', await sign(wallet, 1));
    const rival = await call(url, 'eth_sendRawTransaction', await sign(wallet, 1, { data: '0x01' }));
    expect(rival.error?.message).to.equal('replacement transaction underpriced');
    await ask(url, 'eth_sendRawTransaction', await sign(wallet, 0));
    expect(await receiptOf(url, first)).to.have.property('status', '0x1');
  });

  it('holds transactions beyond a nonce gap without making empty blocks', async () => {
    const url = await start();
    const wallet = sender('gap');
    const held = [];
    for (const nonce of [3, 2, 4, 1]) {
      held.push(await ask<string>(url, 'eth_sendRawTransaction', await sign(wallet, nonce)));
    }
    expect(await ask(url, 'eth_blockNumber')).to.equal('0x0');
    expect(await ask(url, 'eth_getTransactionReceipt', held[0])).to.equal(null);
    await ask(url, 'eth_sendRawTransaction', await sign(wallet, 0));
    for (const hash of held) expect(await receiptOf(url, hash)).to.have.property('status', '0x1');
    expect(await ask(url, 'eth_getTransactionCount', wallet.address, 'latest')).to.equal('0x5');
    expect(await ask(url, 'eth_blockNumber')).to.equal('0x1');
  });

  it('keeps the base fee at zero after full blocks and runs what did not fit in the next', async () => {
    const url = await start();
    const wallet = sender('burner');
    const deployed = await receiptOf(
      url,
      await ask(url, 'eth_sendRawTransaction', await sign(wallet, 0, client.BURN_GAS)),
    );
    const burn = { to: deployed.contractAddress, gasLimit: 16_777_216 };
    const raws = await Promise.all(Array.from({ length: 30 }, (_, i) => sign(wallet, 30 - i, burn)));
    const hashes = await Promise.all(raws.map((raw) => ask<string>(url, 'eth_sendRawTransaction', raw)));
    const numbers = new Set<string>();
    for (const hash of hashes) numbers.add((await receiptOf(url, hash)).blockNumber);
    expect(numbers.size).to.be.greaterThan(2);
    const fees: string[] = [];
    let fullest = 0n;
    for (const number of numbers) {
      const block = await ask<Block>(url, 'eth_getBlockByNumber', number, false);
      fees.push(block.baseFeePerGas);
      if (BigInt(block.gasUsed) > fullest) fullest = BigInt(block.gasUsed);
    }
    expect(fullest > (BLOCK_GAS_LIMIT * 9n) / 10n, `fullest block used ${fullest}`).to.equal(true);
    expect(new Set(fees)).to.deep.equal(new Set(['0x0']));
    expect(await ask(url, 'eth_gasPrice')).to.equal('0x0');
  });

  it('never lets time go back, nor ahead of the wall clock', async () => {
    let clockMs = 1_800_000_000_000;
    const url = await start(undefined, () => clockMs);
    const wallet = sender('clock');
    const times: number[] = [];
    for (const [nonce, stepMs] of [0, 400, 5_000, -60_000, 1_000, 90_000].entries()) {
      clockMs += stepMs;
      await receiptOf(url, await ask(url, 'eth_sendRawTransaction', await sign(wallet, nonce)));
      times.push(Number((await latest(url)).timestamp) - 1_800_000_000);
    }
    expect(times).to.deep.equal([0, 0, 5, 5, 5, 36]);
  });

  it('refuses what it could not journal or run, and goes on', async () => {
    const url = await start();
    const wallet = sender('refused');
    const refused = [
      '0x03c0',
      '0x1234',
      'zz',
      await sign(wallet, 0, { gasLimit: 16_777_217 }),
      await sign(wallet, 0, { gasLimit: 20_000 }),
      await sign(wallet, 0, { value: 1 }),
      await sign(wallet, 0, { gasPrice: 1 }),
      await sign(wallet, 0, { chainId: 1 }),
      await sign(wallet, 0, { to: null, data: `0x${'00'.repeat(50_000)}`, gasLimit: 16_000_000 }),
    ];
    for (const raw of refused) {
      expect((await call(url, 'eth_sendRawTransaction', raw)).error, raw.slice(0, 20)).to.have.property(
        'code',
      );
    }
    const hash = await ask<string>(url, 'eth_sendRawTransaction', await sign(wallet, 0));
    expect(await receiptOf(url, hash)).to.have.property('blockNumber', '0x1');
  });
});
