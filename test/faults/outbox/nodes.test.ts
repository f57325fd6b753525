import { expect } from 'chai';
import { askChain } from '../../../server/actions/ask-chain.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { type Call, type Lie, type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import {
  type City,
  chainEvents,
  type Gateway,
  hashOf,
  keyOf,
  makeCity,
  openGateway,
  record,
} from '../../helpers/outbox.ts';
import { LONG_MS } from '../../helpers/patience.ts';

const FULL: Lie = { error: { code: -32000, message: 'txpool is full' } };
const isSend = ({ method }: Call) => method === 'eth_sendRawTransaction';

/** Four ways to one chain, of which some are dead, slow, cut off, forgetful or false: rows R12 to R17 and R24 with several nodes. */
describe('the outbox behind four nodes', () => {
  let city: City;
  let nodes: LyingNode[];
  let gateway: Gateway;
  let count = 0;

  before(async () => {
    city = await makeCity();
  });
  after(() => city?.close());
  beforeEach(async () => {
    nodes = await Promise.all([1, 2, 3, 4].map(() => startLyingNode(city.chain.url)));
    count++;
    await open();
  });
  afterEach(async () => {
    for (const node of nodes) node.lie = () => 'pass';
    await gateway.close();
    await Promise.all(nodes.map((node) => node.close()));
  });

  async function open(limits: Parameters<typeof openGateway>[0]['limits'] = {}): Promise<void> {
    const url = nodes.map((node) => node.url);
    gateway = await openGateway({ city, name: `nodes-${count}`, url, lanes: 2, limits });
  }
  const accept = (...names: string[]) =>
    gateway.outbox.accept({
      groups: [{ submissions: names.map((text) => record(`${text} ${count}`)) }],
      ops: [],
    });
  const ends = (ids: readonly Hex[]) =>
    Promise.all(ids.map(async (id) => (await gateway.outbox.whenState(id, 'final', LONG_MS)).state));
  const stateOf = async (id: Hex) => (await gateway.outbox.entry(id))!.state;
  const standings = () => gateway.network.endpoints().map(({ standing }) => standing);
  const all = (lie: (call: Call, node: number) => Lie) =>
    nodes.forEach((node, i) => {
      node.lie = (call) => lie(call, i);
    });
  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  async function expectOnce(ids: readonly Hex[]): Promise<void> {
    const events = await chainEvents(city);
    for (const id of ids) expect(events.get(id), id).to.deep.equal(['EntryRecorded']);
    for (const { address, nextNonce } of gateway.outbox.status().lanes) {
      const nonce = await city.network.send<Hex>('eth_getTransactionCount', [address, 'latest']);
      expect(Number(nonce)).to.equal(nextNonce);
    }
  }
  const many = (text: string, of: number) => Array.from({ length: of }, (_, i) => `${text} ${i}`);

  for (const [what, lie] of [
    ['dead', 'ignore'],
    ['hanging', 'hang'],
  ] as const)
    it(`records everything while any one of them is ${what}`, async () => {
      for (const i of nodes.keys()) {
        const during = await accept(...many(`${what} ${i}`, 20));
        nodes[i]!.lie = () => lie;
        const after = await accept(...many(`${what} after ${i}`, 20));
        const states = await ends([...during, ...after]);
        expect(new Set(states)).to.deep.equal(new Set(['final']));
        nodes[i]!.lie = () => 'pass';
        await until(() => standings()[i] === 'good');
      }
      expect(gateway.alarms).not.to.include('ENDPOINT_LYING');
    });

  it('turns nobody away because one node says so', async () => {
    const { authorise } = askChain(gateway.network, city.deployment.contracts);
    const signer = await gateway.vault.signer('organisation.dealer');
    const digest = hashOf('anything');
    const [good, bad] = [await signer.sign(digest), await signer.sign(hashOf('something else'))];
    const ask = (signature: Hex) => authorise('dealer', keyOf(signer.address), digest, signature);
    expect(await ask(good)).to.equal('None');
    const truth = await ask(bad);
    expect(truth).to.not.equal('None');
    const refusal = `0x${'00'.repeat(31)}01${'00'.repeat(32)}`;
    for (const liar of nodes.keys()) {
      for (const lie of [refusal, '0x01']) {
        all(({ method }, i) => (method === 'eth_call' && i === liar ? () => lie : 'pass'));
        expect(await ask(good), `node ${liar} says ${lie}`).to.equal('None');
      }
      all(({ method }, i) => (method === 'eth_call' && i === liar ? 'ignore' : 'pass'));
      expect(await ask(bad), `node ${liar} is silent`).to.equal(truth);
    }
  });

  it('keeps what it accepted while all are dead, and drains in order when they are back', async () => {
    all(() => 'ignore');
    const ids: Hex[] = [];
    for (const name of many('dark', 5)) ids.push(...(await accept(name)));
    await until(() => standings().every((standing) => standing === 'silent'));
    for (const id of ids) expect(await stateOf(id)).to.be.oneOf(['accepted', 'signed']);
    all(() => 'pass');
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    await expectOnce(ids);
  });

  it('asks for patience when what waits reaches its bound, and takes more when the chain goes on', async () => {
    await gateway.close();
    await open({ open: 10 });
    all((call) => (isSend(call) ? FULL : 'pass'));
    const ids = await accept(...many('bound', 10));
    const error = await accept('over').catch((refusal) => refusal);
    expect(error.code).to.equal('QUEUE_FULL');
    await until(() => gateway.alarms.includes('BROADCAST_REFUSED'));
    all(() => 'pass');
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    expect(await ends(await accept('over'))).to.deep.equal(['final']);
    await expectOnce(ids);
  });

  it('leaves a node that is cut off with the smaller part, and takes nothing it shows for new', async () => {
    const [first] = await accept('before');
    await ends([first!]);
    const old = await city.network.send<Hex>('eth_blockNumber', []);
    const head = await city.network.send('eth_getBlockByNumber', [old, false]);
    nodes[0]!.lie = ({ method, params }) => {
      if (method === 'eth_blockNumber') return { result: old };
      if (method === 'eth_getBlockByNumber' && params[0] === 'latest') return { result: head };
      if (method === 'eth_getBlockByNumber' && Number(params[0]) > Number(old)) return { result: null };
      if (method === 'eth_sendRawTransaction') return { result: hashOf('cut off') };
      if (method === 'eth_getTransactionReceipt') return { result: null };
      return 'pass';
    };
    // Taken by the part that makes no blocks: sent again, to the others too, when nothing comes of it.
    const ids = await accept(...many('cut', 10));
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    await until(() => standings()[0] === 'behind');
    expect(gateway.network.endpoints()[0]!.isCurrent).to.equal(false);
    await expectOnce(ids);
  });

  it('records once what one node took without answering and another one is given again', async () => {
    let swallowed = 0;
    nodes[0]!.lie = (call) => (isSend(call) && swallowed++ === 0 ? 'swallow' : 'pass');
    const ids = await accept('a', 'b');
    expect(await ends(ids)).to.deep.equal(['final', 'final']);
    await expectOnce(ids);
    expect(new Set(nodes.flatMap(({ seen }) => seen)).size).to.equal(1);
  });

  it('refuses nothing because one node takes it for impossible', async () => {
    nodes[0]!.lie = (call) =>
      isSend(call) ? { error: { code: -32000, message: 'exceeds block gas limit' } } : 'pass';
    const ids = await accept('a', 'b');
    expect(await ends(ids)).to.deep.equal(['final', 'final']);
    expect(gateway.alarms).not.to.include('TRANSACTION_REJECTED');
    await expectOnce(ids);
  });

  it('gives to the others what the first one took and dropped', async () => {
    nodes[0]!.lie = (call) => (isSend(call) ? { result: hashOf('dropped') } : 'pass');
    const ids = await accept('a');
    expect(await ends(ids)).to.deep.equal(['final']);
    // Told when all have answered, which may be later than the block.
    await until(() => gateway.alarms.includes('REBROADCAST'));
    await expectOnce(ids);
  });

  it('goes on when the first one has forgotten every receipt', async () => {
    nodes[0]!.lie = ({ method }) => (method === 'eth_getTransactionReceipt' ? { result: null } : 'pass');
    const ids = await accept(...many('pruned', 5));
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    await expectOnce(ids);
  });

  it('takes no nonce for used because one node says so', async () => {
    all((call, i) => {
      if (isSend(call)) return { result: hashOf('dropped') };
      return i === 0 && call.method === 'eth_getTransactionCount' ? { result: '0x7' } : 'pass';
    });
    const ids = await accept('a', 'b');
    await until(async () => (await stateOf(ids[0]!)) === 'sent');
    await gateway.outbox.cancel(ids[0]!, { ops: [] });
    await until(() => standings()[0] === 'lying');
    expect(await stateOf(ids[0]!), 'no proof of the chain yet').to.equal('sent');
    all(() => 'pass');
    const { state, refusal } = await gateway.outbox.whenState(ids[0]!, 'final', LONG_MS);
    expect([state, refusal?.code]).to.deep.equal(['refused', 'CANCELLED']);
    expect(await ends([ids[1]!])).to.deep.equal(['final']);
    expect(gateway.alarms).not.to.include('NONCE_AHEAD');
    expect((await chainEvents(city)).has(ids[0]!)).to.equal(false);
  });

  it('records nothing twice because one node makes up events, and shows nothing of them', async () => {
    const before = await city.network.send<Hex>('eth_blockNumber', []);
    nodes[0]!.lie = ({ method }) =>
      method === 'eth_getLogs'
        ? (logs) =>
            (logs as { data: Hex; topics: Hex[]; blockNumber: Hex }[]).map((log) =>
              Number(log.blockNumber) > Number(before)
                ? { ...log, topics: [log.topics[0], hashOf('made up'), ...log.topics.slice(2)] }
                : log,
            )
        : 'pass';
    const ids = await accept(...many('true', 5));
    expect(new Set(await ends(ids))).to.deep.equal(new Set(['final']));
    expect(standings()[0]).to.equal('lying');
    expect(gateway.alarms).to.include('ENDPOINT_LYING');
    expect(await gateway.outbox.entry(hashOf('made up'))).to.equal(undefined);
    await expectOnce(ids);
  });

  it('writes nothing to nodes that came back as another chain, and goes on with those that did not', async () => {
    const other = ({ method, params }: Call): Lie =>
      method === 'eth_getBlockByNumber' && params[0] === '0x0'
        ? (block) => ({ ...(block as object), hash: hashOf('reset') })
        : 'pass';
    for (const i of [0, 1, 2]) nodes[i]!.lie = () => 'ignore';
    await until(() =>
      standings()
        .slice(0, 3)
        .every((standing) => standing === 'silent'),
    );
    for (const i of [0, 1, 2]) nodes[i]!.lie = other;
    await until(() =>
      standings()
        .slice(0, 3)
        .every((standing) => standing === 'foreign'),
    );
    expect(gateway.alarms.filter((code) => code === 'CHAIN_MISMATCH')).to.have.length(3);
    const seen = [0, 1, 2].map((i) => nodes[i]!.seen.length);
    const ids = await accept('a');
    await until(() => nodes[3]!.seen.length > 0);
    expect([0, 1, 2].map((i) => nodes[i]!.seen.length)).to.deep.equal(seen);
    expect(await stateOf(ids[0]!), 'one of four is not enough for anything to be final').not.to.equal(
      'final',
    );
    nodes[2]!.lie = () => 'pass';
    expect(await ends(ids)).to.deep.equal(['final']);
    await expectOnce(ids);
  });
});
