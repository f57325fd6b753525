import { request } from 'node:http';
import { expect } from 'chai';
import { type RunningChain, runChain } from '../../../../server/chain/embedded/run.ts';
import * as client from '../../../faults/embedded/harness.ts';

const { ask, call, post } = client;

describe('embedded chain: RPC port', () => {
  let chain: RunningChain;

  before(async () => {
    const onFailure = (failure: Error) => {
      throw failure;
    };
    const place = { folder: await client.newFolder(), chainId: client.CHAIN_ID, host: '127.0.0.1', port: 0 };
    chain = await runChain({ ...place, tell: () => {}, onFailure });
    await chain.ready;
  });
  after(async () => {
    await chain.close();
    await client.removeFolders();
  });

  it('answers batches, each request under its own id', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 'a', method: 'eth_chainId' },
      { jsonrpc: '2.0', id: 7, method: 'nonsense', params: [] },
      { jsonrpc: '2.0', method: 'eth_chainId', params: [] },
      17,
      { jsonrpc: '2.0', id: 8, method: 'eth_blockNumber', params: [] },
    ];
    const answers = (await (await post(chain.url, batch)).json()) as Record<string, unknown>[];
    expect(answers.map(({ id }) => id)).to.deep.equal(['a', 7, null, 8]);
    expect(answers[0]).to.deep.equal({ jsonrpc: '2.0', id: 'a', result: '0x539' });
    expect(answers[1]).to.have.nested.property('error.code', -32601);
    expect(answers[2]).to.have.nested.property('error.code', -32600);
    expect(answers[3]).to.have.property('result', '0x0');
  });

  it('sends a batch of transactions in its order', async () => {
    const wallet = client.sender('batch');
    const raws = await Promise.all(Array.from({ length: 20 }, (_, nonce) => client.sign(wallet, nonce)));
    const batch = raws.map((raw, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_sendRawTransaction',
      params: [raw],
    }));
    const answers = (await (await post(chain.url, batch)).json()) as { result: string }[];
    for (const { result } of answers)
      expect(await client.receiptOf(chain.url, result)).to.have.property('status', '0x1');
    const receipts = await ask<unknown[]>(chain.url, 'eth_getBlockReceipts', 'latest');
    expect(receipts).to.have.length(20);
  });

  it('bounds the size of batches and bodies', async () => {
    const one = { jsonrpc: '2.0', id: 1, method: 'eth_chainId' };
    const tooMany = await (
      await post(
        chain.url,
        Array.from({ length: 1_001 }, () => one),
      )
    ).json();
    expect(tooMany).to.have.nested.property('error.code', -32600);
    expect(await (await post(chain.url, [])).json()).to.have.nested.property('error.code', -32600);
    const tooLong = await post(chain.url, JSON.stringify({ ...one, params: ['x'.repeat(33 * 1024 * 1024)] }));
    expect(tooLong.status).to.equal(413);
    expect(await (await post(chain.url, '{"jsonrpc"')).json()).to.have.nested.property('error.code', -32700);
  });

  it('exposes nothing that rules the engine', async () => {
    const forbidden = [
      ...['evm_mine', 'evm_revert', 'evm_setNextBlockTimestamp', 'hardhat_setBalance', 'hardhat_setCode'],
      ...[
        'hardhat_impersonateAccount',
        'debug_traceTransaction',
        'eth_sendTransaction',
        'eth_sign',
        'eth_newFilter',
      ],
      ...['constructor', '__proto__', 'toString'],
    ];
    for (const method of forbidden) {
      const { error } = await call(chain.url, method);
      expect(error, method).to.deep.include({ code: -32601 });
      expect(error?.message).to.match(/the method .* does not exist/);
    }
  });

  it('turns web pages and foreign names away', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' });
    const plain = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    expect(plain.status).to.equal(415);
    expect((await fetch(chain.url)).status).to.equal(405);
    const status = await new Promise((resolve, reject) => {
      request(`${chain.url}/progress`, { headers: { host: 'thief.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).to.equal(403);
  });

  it('tells how far the replay is', async () => {
    const response = await fetch(`${chain.url}/progress`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.include({ state: 'ready' });
    expect(await ask(chain.url, 'sillok_progress')).to.deep.include({ state: 'ready' });
  });
});
