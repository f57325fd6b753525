import { expect } from 'chai';
import { Transaction } from 'ethers';
import { eip1559 } from '../../../server/chain/fees.ts';
import { readTransaction } from '../../../server/chain/transaction.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import {
  CHAIN_ID,
  type City,
  chainEvents,
  type Gateway,
  makeCity,
  openGateway,
  record,
} from '../../helpers/outbox.ts';
import { type PaidChain, startPaidChain } from '../../helpers/paid-chain.ts';
import { LONG_MS } from '../../helpers/patience.ts';

const GWEI = 10n ** 9n;
const BOUND = 500n * GWEI;
const NOTHING = { ops: [] };

describe('transactions that pay for their gas', () => {
  let paid: PaidChain;
  let city: City;
  let node: LyingNode;
  let gateway: Gateway;
  let count = 0;

  before(async () => {
    paid = await startPaidChain(CHAIN_ID);
    city = await makeCity({
      open: async () => paid,
      fund: paid.fund,
      fees: (network) => eip1559(network, BOUND),
    });
  });
  after(() => city?.close());
  beforeEach(async () => {
    node = await startLyingNode(paid.url);
    count++;
    await open();
    await paid.fund(lane().address);
  });
  afterEach(async () => {
    node.lie = () => 'pass';
    await paid.automine(true);
    await paid.mine();
    await gateway.close();
    await node.close();
  });

  async function open(bound = BOUND): Promise<void> {
    gateway = await openGateway({
      city,
      name: `fees-${count}`,
      url: node.url,
      lanes: 1,
      fees: (network) => eip1559(network, bound),
      limits: { stallMs: 100, raiseMs: 250 },
    });
  }
  const lane = () => gateway.outbox.status().lanes[0]!;
  const accept = (...names: string[]) =>
    gateway.outbox.accept({
      groups: [{ submissions: names.map((name) => record(`${name} ${count}`)) }],
      ops: [],
    });
  const ends = (ids: readonly Hex[]) =>
    Promise.all(
      ids.map(async (id) => {
        const { state, refusal } = await gateway.outbox.whenState(id, 'final', LONG_MS);
        return refusal === undefined ? state : `${state} ${refusal.code}`;
      }),
    );
  const offers = () => [...new Set(node.seen)].map((raw) => readTransaction(raw as Hex).fee!);
  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  async function expectOnce(ids: readonly Hex[]): Promise<void> {
    const events = await chainEvents(city);
    for (const id of ids) expect(events.get(id), id).to.deep.equal(['EntryRecorded']);
    const nonce = await city.network.send<Hex>('eth_getTransactionCount', [lane().address, 'latest']);
    expect(Number(nonce)).to.equal(lane().nextNonce);
    expect(await gateway.store.range({ gte: 'tx:', lt: 'tx;' })).to.deep.equal([]);
  }

  it('are of type 2, offer what the node asks for within the bound, and are read as others read them', async () => {
    const ids = await accept('a', 'b');
    expect(await ends(ids)).to.deep.equal(['final', 'final']);
    await expectOnce(ids);
    for (const raw of node.seen) {
      const parsed = Transaction.from(raw);
      expect(parsed.type).to.equal(2);
      expect(parsed.from!.toLowerCase()).to.equal(lane().address);
      const { to, gas, data, fee } = readTransaction(raw as Hex);
      expect({ to: parsed.to!.toLowerCase(), gas: Number(parsed.gasLimit), data: parsed.data }).to.deep.equal(
        { to, gas, data },
      );
      expect(fee).to.deep.equal({
        maxFeePerGas: parsed.maxFeePerGas,
        maxPriorityFeePerGas: parsed.maxPriorityFeePerGas,
      });
      expect(fee!.maxFeePerGas <= BOUND).to.equal(true);
    }
  });

  it('are replaced on the same nonce by such that offer a tenth more of both, while they are not mined', async () => {
    await paid.automine(false);
    const ids = await accept('slow');
    await until(() => offers().length >= 3);
    const all = offers();
    for (const [i, { maxFeePerGas, maxPriorityFeePerGas }] of all.entries()) {
      if (i === 0) continue;
      expect(maxFeePerGas * 10n >= all[i - 1]!.maxFeePerGas * 11n).to.equal(true);
      expect(maxPriorityFeePerGas * 10n >= all[i - 1]!.maxPriorityFeePerGas * 11n).to.equal(true);
    }
    expect(new Set(node.seen.map((raw) => Transaction.from(raw).nonce)).size).to.equal(1);
    expect(gateway.alarms).to.include('FEE_RAISED');
    await paid.mine();
    expect(await ends(ids)).to.deep.equal(['final']);
    await expectOnce(ids);
  });

  it('are settled whichever of the bytes is mined', async () => {
    await paid.automine(false);
    let first = '';
    node.lie = ({ method, params }) => {
      if (method !== 'eth_sendRawTransaction') return 'pass';
      first ||= String(params[0]);
      return params[0] === first
        ? 'pass'
        : { error: { code: -32000, message: 'replacement transaction underpriced' } };
    };
    const ids = await accept('first', 'second');
    await until(() => offers().length >= 2);
    await gateway.close();
    const head = await city.network.send('eth_blockNumber', []);
    const { lie } = node;
    node.lie = (call) => (call.method === 'eth_blockNumber' ? { result: head } : lie(call));
    await open();
    await paid.mine();
    // Seen in a block by the hash of the first bytes, though the last ones never will be.
    await until(async () => (await gateway.outbox.entry(ids[0]!))!.state === 'mined');
    node.lie = lie;
    expect(await ends(ids)).to.deep.equal(['final', 'final']);
    expect(gateway.alarms).not.to.include('LANE_PAUSED');
    await expectOnce(ids);
  });

  it('stop at the bound, and wait there until gas is cheaper', async () => {
    await paid.automine(false);
    await gateway.close();
    await open(25n * GWEI);
    await paid.baseFee(400n * GWEI);
    await paid.mine();
    const ids = await accept('dear');
    await until(() => gateway.alarms.includes('FEE_BOUND_REACHED'));
    for (const { maxFeePerGas } of offers()) expect(maxFeePerGas <= 25n * GWEI).to.equal(true);
    expect((await gateway.outbox.entry(ids[0]!))!.state).to.be.oneOf(['signed', 'sent']);
    await paid.baseFee(10n * GWEI);
    await paid.mine();
    await until(async () => {
      await paid.mine();
      return (await gateway.outbox.entry(ids[0]!))!.state === 'final';
    });
    await expectOnce(ids);
  });

  it('are outbid by the transaction without the entry that is cancelled', async () => {
    await paid.automine(false);
    const ids = await accept('stays', 'goes');
    await until(async () => (await gateway.outbox.entry(ids[1]!))!.state === 'sent');
    const before = new Set(node.seen);
    await gateway.outbox.cancel(ids[1]!, NOTHING);
    // Outbid once more by the time that the pool is asked, or sent once more when it is outbid already.
    await until(async () => {
      const later = [...new Set(node.seen)].filter((raw) => !before.has(raw)).at(-1);
      if (later === undefined) return false;
      const { hash } = Transaction.from(later);
      return (await city.network.send<object | null>('eth_getTransactionByHash', [hash])) !== null;
    });
    await paid.mine();
    expect(await ends(ids)).to.deep.equal(['final', 'refused CANCELLED']);
    expect((await chainEvents(city)).has(ids[1]!)).to.equal(false);
    await expectOnce([ids[0]!]);
  });

  it('wait without refusing anything while their account is empty', async () => {
    await paid.fund(lane().address, 0n);
    const ids = await accept('poor');
    await until(() => gateway.alarms.includes('BROADCAST_REFUSED'));
    await paid.fund(lane().address);
    expect(await ends(ids)).to.deep.equal(['final']);
    await expectOnce(ids);
  });
});
