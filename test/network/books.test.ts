/** The comparison that every fault test ends with must itself find what it looks for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../scripts/lib/gateway.ts';
import { type EmbeddedChain, startEmbeddedChain } from '../../server/chain/embedded/start.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { startLyingNode } from '../helpers/lying-node.ts';
import { type Books, expectBooksToAgree, headOf } from './books.ts';
import { Clients } from './clients.ts';

describe('the comparison of journals, chain and receipts', () => {
  let folder: string;
  let chain: EmbeddedChain;
  let gateway: StartedGateway;
  let books: Books;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-books-'));
    chain = await startEmbeddedChain({ folder: join(folder, 'chain'), chainId: 1413 });
    await chain.ready;
    const variables = { SILLOK_RPC_URL: chain.url };
    gateway = await startGatewayProcess({ data: join(folder, 'data'), variables });
    const fromBlock = 1 + (await headOf(chain.url));
    const clients = new Clients({ urls: [gateway.url], key: gateway.adminKey! });
    books = { clients, gateway: gateway.url, nodes: [chain.url], fromBlock };
    clients.start();
    await clients.more(30);
    await clients.stop();
  });
  after(async () => {
    await gateway?.stop();
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const complaint = async (changed: Books): Promise<string> =>
    expectBooksToAgree(changed).then(
      () => '',
      (error: Error) => error.message,
    );

  it('agrees with a gateway that did its work', async () => {
    await expectBooksToAgree(books);
  });

  it('finds a promise that is not kept', async () => {
    const wish = books.clients.acknowledged[0]!;
    const kept = wish.entryId;
    wish.entryId = `0x${'ab'.repeat(32)}` as Hex;
    expect(await complaint(books)).to.contain('answers that no fault excuses');
    books.clients.complaints.length = 0;
    expect(wish.entryId).to.equal(kept);
  });

  it('finds an entry that nobody asked for', async () => {
    const { journal } = books.clients;
    const removed = journal.splice(0, 1);
    expect(await complaint(books)).to.contain('on the chain');
    journal.unshift(...removed);
  });

  it('finds a state that moved back', async () => {
    const wish = books.clients.acknowledged[0]!;
    wish.shown.push('receipted', 'sent');
    expect(await complaint(books)).to.contain('receipted -> sent');
    wish.shown.length = 0;
  });

  it('finds a node with another history', async () => {
    const other = await startLyingNode(chain.url);
    other.lie = ({ method }) =>
      method === 'eth_getBlockByNumber'
        ? (block) => ({ ...(block as object), hash: `0x${'cd'.repeat(32)}` })
        : 'pass';
    expect(await complaint({ ...books, nodes: [chain.url, other.url] })).to.contain(`at ${other.url}`);
    other.lie = ({ method }) => (method === 'eth_getLogs' ? (logs) => (logs as unknown[]).slice(1) : 'pass');
    expect(await complaint({ ...books, nodes: [chain.url, other.url] })).to.contain(`events at ${other.url}`);
    await other.close();
  });
});
