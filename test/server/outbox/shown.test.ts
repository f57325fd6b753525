import { expect } from 'chai';
import { signTransaction } from '../../../server/chain/transaction.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import type { Op } from '../../../server/store/level.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import { type City, type Gateway, hashOf, makeCity, openGateway, record } from '../../helpers/outbox.ts';

const NOTHING = { ops: [] };
const busy = { error: { code: -32000, message: 'txpool is full' } };
const impossible = { error: { code: -32000, message: 'exceeds block gas limit' } };

describe('the state that was shown of an entry, after a restart', () => {
  let city: City;
  let node: LyingNode;
  let gateway: Gateway;
  let count = 0;
  /** What the node says to bytes; it passes none of them on. */
  let answer: (raw: string) => { readonly result: unknown } | typeof busy;
  let receipt: object | null;

  before(async () => {
    city = await makeCity();
  });
  after(() => city?.close());
  beforeEach(async () => {
    count++;
    receipt = null;
    answer = () => ({ result: hashOf('dropped') });
    node = await startLyingNode(city.chain.url);
    node.lie = ({ method, params }) => {
      if (method === 'eth_sendRawTransaction') return answer(String(params[0]));
      return method === 'eth_getTransactionReceipt' ? { result: receipt } : 'pass';
    };
    await open();
  });
  afterEach(async () => {
    await gateway.close();
    await node.close();
  });

  const name = () => `shown-${count}`;
  async function open(more: Partial<Parameters<typeof openGateway>[0]> = {}): Promise<void> {
    gateway = await openGateway({ city, name: name(), url: node.url, lanes: 1, ...more });
  }
  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const stateOf = async (id: Hex) => (await gateway.outbox.entry(id))!.state;
  const statesOf = (ids: readonly Hex[]) => Promise.all(ids.map(stateOf));
  const alarmed = (code: string) => until(() => gateway.alarms.includes(code));
  async function accepted(...texts: string[]): Promise<Hex[]> {
    const submissions = texts.map((text) => record(`${text} ${count}`));
    return gateway.outbox.accept({ groups: [{ submissions }], ops: [] });
  }
  async function sent(...texts: string[]): Promise<Hex[]> {
    const ids = await accepted(...texts);
    await until(async () => (await statesOf(ids)).every((state) => state === 'sent'));
    return ids;
  }
  /** Of the next commit that writes such a row: written at once, and answered late. */
  function held(prefix: string) {
    const { store } = gateway;
    const { commit } = store;
    const written = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const late = async (ops: readonly Op[]) => {
      const isMeant = ops.some(({ type, key }) => type === 'put' && key.startsWith(prefix));
      if (isMeant) Object.assign(store, { commit });
      await commit(ops);
      if (!isMeant) return;
      written.resolve();
      await gate.promise;
    };
    Object.assign(store, { commit: late });
    return { written: written.promise, go: gate.resolve };
  }
  /** While no node takes anything. */
  async function afterRestart(ids: readonly Hex[]): Promise<string[]> {
    answer = () => busy;
    await gateway.close();
    await open();
    return statesOf(ids);
  }

  it('stays sent for the neighbours of one that was cancelled, and for that one', async () => {
    const ids = await sent('a', 'b', 'c');
    answer = () => busy;
    await gateway.outbox.cancel(ids[1]!, NOTHING);
    expect(await statesOf(ids)).to.deep.equal(['sent', 'sent', 'sent']);
    expect(await afterRestart(ids)).to.deep.equal(['sent', 'sent', 'sent']);
  });

  it('stays sent when the same call was signed for a better price', async () => {
    await gateway.close();
    const fee = { maxFeePerGas: 10n, maxPriorityFeePerGas: 1n };
    const fees = { quote: async () => fee, raise: async () => ({ ...fee, maxFeePerGas: 20n }) };
    await open({ fees: () => fees, limits: { stallMs: 100, raiseMs: 200 } });
    const ids = await sent('a', 'b');
    answer = () => busy;
    await alarmed('FEE_RAISED');
    await until(() => new Set(node.seen).size > 1);
    expect(await afterRestart(ids)).to.deep.equal(['sent', 'sent']);
  });

  it('stays sent when no node takes the bytes any more, for those that keep the nonce and those that wait again', async () => {
    const ids = await sent('a', 'b');
    const [first] = node.seen;
    answer = (raw) => (raw === first ? impossible : busy);
    await alarmed('TRANSACTION_REJECTED');
    await until(() => new Set(node.seen).size > 1);
    expect(await afterRestart(ids)).to.deep.equal(['sent', 'sent']);
  });

  it('stays sent for the one at fault, and shows no more than it was of the one that takes its place', async () => {
    await gateway.close();
    await open({ limits: { inFlightPerLane: 1 } });
    const [guilty] = await sent('a');
    const [first] = node.seen;
    const [next] = await accepted('b');
    answer = (raw) => (raw === first ? impossible : busy);
    await alarmed('TRANSACTION_REJECTED');
    await until(async () => (await stateOf(next!)) === 'signed');
    expect(await afterRestart([guilty!, next!])).to.deep.equal(['sent', 'signed']);
  });

  it('is not sent, as long as it runs, when the node takes bytes in the moment in which others replace them', async () => {
    const sentCommit = held('txstate:');
    const [id] = await accepted('a');
    await sentCommit.written;
    const replacement = held('tx:');
    const cancelling = gateway.outbox.cancel(id!, NOTHING);
    await replacement.written;
    answer = () => busy;
    sentCommit.go();
    await new Promise((resolve) => setTimeout(resolve, 50));
    replacement.go();
    await cancelling;
    const shown = await stateOf(id!);
    expect(await afterRestart([id!])).to.deep.equal([shown]);
  });

  it('stays mined when the transaction was seen in a block and its entries had to go again', async () => {
    const ids = await sent('a', 'b');
    receipt = { gasUsed: '0x1' };
    await until(async () => (await stateOf(ids[0]!)) === 'mined');
    receipt = null;
    answer = () => busy;
    const signer = await gateway.vault.signer(`${name()}.lane-0`);
    const { chainId } = city.network;
    const { raw } = await signTransaction(signer, {
      chainId,
      nonce: 0,
      to: signer.address,
      gas: 21_000,
      data: '0x',
    });
    await city.network.send('eth_sendRawTransaction', [raw]);
    await alarmed('TRANSACTION_DISPLACED');
    await until(async () => (await gateway.store.get('tx:0:000000000000')) === undefined);
    expect(await statesOf(ids)).to.deep.equal(['mined', 'mined']);
    expect(await afterRestart(ids)).to.deep.equal(['mined', 'mined']);
  });
});
