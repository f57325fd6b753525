import { expect } from 'chai';
import { signTransaction } from '../../../server/chain/transaction.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import {
  type City,
  chainEvents,
  type Gateway,
  hashOf,
  makeCity,
  openGateway,
  record,
} from '../../helpers/outbox.ts';
import { LONG_MS } from '../../helpers/patience.ts';

/** The node is slow, forgetful, behind, refuses or is a liar: rows R15 to R19 of the reliability matrix. */
for (const lanes of [1, 4]) behindBadNode(lanes);

function behindBadNode(lanes: number): void {
  describe(`the outbox behind a bad node, ${lanes === 1 ? 'one lane' : `${lanes} lanes`}`, () => {
    let city: City;
    let node: LyingNode;
    let gateway: Gateway;
    let count = 0;

    before(async () => {
      city = await makeCity();
    });
    after(() => city?.close());
    beforeEach(async () => {
      node = await startLyingNode(city.chain.url);
      gateway = await openGateway({ city, name: `bad-${count++}`, url: node.url, lanes });
    });
    afterEach(async () => {
      node.lie = () => 'pass';
      await gateway.close();
      await node.close();
    });

    const name = (text: string) => `${text} ${count}`;
    const accept = async (...names: string[]): Promise<Hex[]> =>
      gateway.outbox.accept({ groups: [{ submissions: names.map((text) => record(name(text))) }], ops: [] });
    const final = async (ids: readonly Hex[]) =>
      Promise.all(ids.map(async (id) => (await gateway.outbox.whenState(id, 'final', LONG_MS)).state));
    const lane = () => gateway.outbox.status().lanes[0]!;
    const nonceOnChain = async () =>
      Number(await city.network.send<Hex>('eth_getTransactionCount', [lane().address, 'latest']));

    async function expectRecordedOnce(ids: readonly Hex[]): Promise<void> {
      const events = await chainEvents(city);
      for (const id of ids) expect(events.get(id), id).to.deep.equal(['EntryRecorded']);
    }

    it('records once what a node mined although its answer never came', async () => {
      let swallowed = 0;
      node.lie = ({ method }) =>
        method === 'eth_sendRawTransaction' && swallowed++ === 0 ? 'swallow' : 'pass';
      const ids = await accept('a', 'b');
      expect(await final(ids)).to.deep.equal(['final', 'final']);
      await expectRecordedOnce(ids);
      expect(await nonceOnChain()).to.equal(lane().nextNonce);
      expect(new Set(node.seen).size).to.equal(1);
    });

    it('gives the same bytes again to a node that lost them', async () => {
      let forgotten = 0;
      node.lie = ({ method }) =>
        method === 'eth_sendRawTransaction' && forgotten++ < 2 ? { result: hashOf('gone') } : 'pass';
      const ids = await accept('a');
      expect(await final(ids)).to.deep.equal(['final']);
      expect(node.seen.length).to.be.greaterThan(2);
      expect(new Set(node.seen).size).to.equal(1);
      expect(gateway.alarms).to.include('REBROADCAST');
      await expectRecordedOnce(ids);
    });

    it('waits while the pool is full', async () => {
      let refused = 0;
      node.lie = ({ method }) =>
        method === 'eth_sendRawTransaction' && refused++ < 2
          ? { error: { code: -32000, message: 'txpool is full' } }
          : 'pass';
      const ids = await accept('a');
      expect(await final(ids)).to.deep.equal(['final']);
      expect(new Set(node.seen).size).to.equal(1);
    });

    it('moves nothing back while a node is behind, and goes on when it has caught up', async () => {
      const first = await accept('a');
      expect(await final(first)).to.deep.equal(['final']);
      let isBehind = true;
      const old = 3;
      node.lie = ({ method, params }) => {
        if (!isBehind) return 'pass';
        if (method === 'eth_blockNumber') return { result: `0x${old.toString(16)}` };
        if (method === 'eth_getTransactionCount') return { result: '0x0' };
        if (method === 'eth_getTransactionReceipt') return { result: null };
        if (method === 'eth_getBlockByNumber' && Number(params[0]) > old) return { result: null };
        return 'pass';
      };
      const second = await accept('b');
      const shown: string[] = [];
      for (let look = 0; look < 20; look++) {
        shown.push((await gateway.outbox.entry(first[0]!))!.state);
        await node.asked('eth_blockNumber', 1);
      }
      expect(new Set(shown)).to.deep.equal(new Set(['final']));
      isBehind = false;
      expect(await final(second)).to.deep.equal(['final']);
      await expectRecordedOnce([...first, ...second]);
      expect(await nonceOnChain()).to.equal(lane().nextNonce);
    });

    it('shows as mined what stands in a block that is not final yet', async () => {
      let isHeld = true;
      const held = await city.network.send('eth_blockNumber', []);
      node.lie = ({ method }) => (method === 'eth_blockNumber' && isHeld ? { result: held } : 'pass');
      const ids = await accept('a');
      const state = async () => (await gateway.outbox.entry(ids[0]!))!.state;
      while ((await state()) !== 'mined') await node.asked('eth_blockNumber', 1);
      isHeld = false;
      expect(await final(ids)).to.deep.equal(['final']);
      expect(new Set(node.seen).size).to.equal(1);
    });

    it('does not believe a node whose index of logs is behind its headers', async () => {
      let isBehind = true;
      node.lie = ({ method }) => (method === 'eth_getLogs' && isBehind ? { result: [] } : 'pass');
      const ids = await accept('a');
      await node.asked('eth_getLogs', 3);
      expect((await gateway.outbox.entry(ids[0]!))!.state).not.to.equal('final');
      isBehind = false;
      expect(await final(ids)).to.deep.equal(['final']);
      await expectRecordedOnce(ids);
    });

    it('refuses alone the entry that no node takes, and leaves no hole in the nonces', async () => {
      const poison = hashOf(`document ${name('poison')}`).slice(2);
      node.lie = ({ method, params }) =>
        method === 'eth_sendRawTransaction' && String(params[0]).includes(poison)
          ? { error: { code: -32000, message: 'exceeds block gas limit' } }
          : 'pass';
      const ids = await accept('a', 'b', 'poison', 'c', 'd', 'e');
      const states = await Promise.all(ids.map((id) => gateway.outbox.whenState(id, 'final', LONG_MS)));
      expect(states.map(({ state }) => state)).to.deep.equal([
        'final',
        'final',
        'refused',
        'final',
        'final',
        'final',
      ]);
      expect(states[2]!.refusal).to.deep.equal({
        code: 'CHAIN_REJECTED',
        details: { reason: 'exceeds block gas limit' },
      });
      const after = await accept('f');
      expect(await final(after)).to.deep.equal(['final']);
      await expectRecordedOnce([...ids.filter((_, i) => i !== 2), ...after]);
      expect((await chainEvents(city)).has(ids[2]!)).to.equal(false);
      expect(await nonceOnChain()).to.equal(lane().nextNonce);
    });

    it('refuses alone the entry whose execution reverts', async () => {
      // Too little gas for its one call: the transaction is mined and reverts, like every other one that holds this entry.
      await gateway.close();
      gateway = await openGateway({
        city,
        name: `bad-${count++}`,
        url: node.url,
        lanes,
        limits: { maxTxGas: 70_000 },
      });
      const [heavy] = await accept('a');
      const status = await gateway.outbox.whenState(heavy!, 'final', LONG_MS);
      expect(status.state).to.equal('refused');
      expect(status.refusal!.code).to.equal('CHAIN_REVERTED');
      expect(await nonceOnChain()).to.equal(lane().nextNonce);
    });

    it('goes on beside somebody who uses the same key', async () => {
      const signer = await gateway.vault.signer(`bad-${count - 1}.lane-0`);
      const spend = async (nonce: number) => {
        const { raw } = await signTransaction(signer, {
          chainId: city.network.chainId,
          nonce,
          to: signer.address,
          gas: 21_000,
          data: '0x',
        });
        await city.network.send('eth_sendRawTransaction', [raw]);
      };
      expect(await final(await accept('before'))).to.deep.equal(['final']);
      // While the gateway's own transaction is on the disk and not yet with the node, another one takes its nonce.
      node.lie = ({ method }) =>
        method === 'eth_sendRawTransaction' ? { error: { code: -1, message: 'busy' } } : 'pass';
      const displaced = await accept('displaced');
      while (lane().inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await spend(1);
      await spend(2);
      node.lie = () => 'pass';
      expect(await final(displaced)).to.deep.equal(['final']);
      expect(gateway.alarms).to.include('TRANSACTION_DISPLACED');
      expect(await final(await accept('after'))).to.deep.equal(['final']);
      await expectRecordedOnce(displaced);
      expect(await nonceOnChain()).to.equal(lane().nextNonce);
    });

    it('fills the nonces that the chain never saw', async () => {
      expect(await final(await accept('a'))).to.deep.equal(['final']);
      const { address, nextNonce } = lane();
      await gateway.close();
      const options = { city, name: `bad-${count - 1}`, url: node.url, lanes };
      gateway = await openGateway(options);
      await gateway.store.commit([
        { type: 'put', key: 'lane:0', value: { address, nextNonce: nextNonce + 3 } },
      ]);
      await gateway.close();
      gateway = await openGateway(options);
      const ids = await accept('b');
      expect(await final(ids)).to.deep.equal(['final']);
      await expectRecordedOnce(ids);
      while ((await nonceOnChain()) !== lane().nextNonce)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(gateway.alarms).to.include('NONCE_GAP');
    });

    it('writes nothing to another chain that answers at the same address', async () => {
      let isOther = false;
      node.lie = ({ method }) => {
        if (isOther && method === 'eth_getBlockByNumber')
          return (block) => ({ ...(block as object), hash: hashOf('other') });
        return 'pass';
      };
      expect(await final(await accept('a'))).to.deep.equal(['final']);
      let isDown = true;
      const lie = node.lie;
      node.lie = (call) => (isDown ? 'ignore' : lie(call));
      const ids = await accept('b');
      await node.asked('eth_chainId', 1);
      isOther = true;
      isDown = false;
      const sentWhileDown = node.seen.length;
      await node.asked('eth_chainId', 3);
      expect(node.seen.length).to.equal(sentWhileDown);
      isOther = false;
      expect(await final(ids)).to.deep.equal(['final']);
      await expectRecordedOnce(ids);
    });
  });
}
