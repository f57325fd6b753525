import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { eip1559 } from '../../../server/chain/fees.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import type { FaultPoint } from '../../../server/outbox/faults.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
import {
  CHAIN_ID,
  type City,
  chainEvents,
  type Gateway,
  hashOf,
  makeCity,
  openGateway,
  record,
} from '../../helpers/outbox.ts';
import { type PaidChain, startPaidChain } from '../../helpers/paid-chain.ts';
import { LONG_MS } from '../../helpers/patience.ts';
import type { FromGateway, GatewayArguments, ToGateway } from './gateway.ts';

const PROGRAM = fileURLToPath(new URL('./gateway.ts', import.meta.url));
const BOUND = 10n ** 12n;

/** A gateway that dies where it is told to; resolves when it is dead. */
class Victim {
  readonly #child: ChildProcess;
  readonly #shown = new Map<Hex, string>();
  readonly died: Promise<unknown>;
  #look = () => {};

  constructor(options: GatewayArguments) {
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('error', () => {});
    this.died = once(this.#child, 'exit');
    this.#child.on('message', (message: FromGateway) => {
      if ('ready' in message) this.#shown.set('0x', 'ready');
      if ('moved' in message) this.#shown.set(message.moved, message.state);
      this.#look();
    });
  }

  send(message: ToGateway): void {
    this.#child.send(message, () => {});
  }

  async until(id: Hex, state: string): Promise<void> {
    while (this.#shown.get(id) !== state)
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** The administrator's acts and replaced transactions, with kill -9 between any two durable steps. */
describe('entries held, cancelled and replaced, after kill -9', () => {
  let city: City;
  let node: LyingNode;
  let gateway: Gateway | undefined;
  let victim: Victim | undefined;
  let count = 0;

  before(async () => {
    city = await makeCity();
  });
  after(() => city?.close());
  beforeEach(async () => {
    count++;
    node = await startLyingNode(city.chain.url);
  });
  afterEach(async () => {
    victim?.kill();
    await gateway?.close();
    gateway = undefined;
    await node.close();
  });

  const nameOf = (text: string) => `replaced ${count} ${text}`;
  const idOf = (text: string) => entryIdOfSubmission(record(nameOf(text)));
  const dropAll = () => {
    node.lie = ({ method }) => (method === 'eth_sendRawTransaction' ? { result: hashOf('dropped') } : 'pass');
  };

  async function startVictim(more: Partial<GatewayArguments>, of: City = city): Promise<Victim> {
    victim = new Victim({
      city: { folder: of.folder, deployment: of.deployment },
      name: `replaced-${count}`,
      url: node.url,
      lanes: 1,
      ...more,
    });
    await victim.until('0x', 'ready');
    return victim;
  }
  async function reopen(): Promise<Gateway> {
    gateway = await openGateway({ city, name: `replaced-${count}`, url: node.url, lanes: 1 });
    return gateway;
  }
  const end = async (id: Hex) => {
    const { state, refusal } = await gateway!.outbox.whenState(id, 'final', LONG_MS);
    return refusal === undefined ? state : `${state} ${refusal.code}`;
  };
  /** Final entries stand once on the chain, refused ones never, and no nonce is missing. */
  async function expectTrue(of: City, ends: Readonly<Record<string, string>>): Promise<void> {
    for (const [text, wanted] of Object.entries(ends)) expect(await end(idOf(text)), text).to.equal(wanted);
    const events = await chainEvents(of);
    for (const [text, wanted] of Object.entries(ends))
      expect(events.get(idOf(text)), text).to.deep.equal(wanted === 'final' ? ['EntryRecorded'] : undefined);
    const { address, nextNonce } = gateway!.outbox.status().lanes[0]!;
    const onChain = () => of.network.send<Hex>('eth_getTransactionCount', [address, 'latest']);
    while (Number(await onChain()) !== nextNonce) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const prefix of ['accepted', 'tx', 'held'])
      expect(await gateway!.store.range({ gte: `${prefix}:`, lt: `${prefix};` }), prefix).to.deep.equal([]);
  }

  for (const point of ['before-manage-commit', 'after-manage-commit'] as const) {
    const isDone = point === 'after-manage-commit';

    it(`${isDone ? 'keeps holding' : 'does not half hold'} an entry: ${point}`, async () => {
      const slow = { gatherMs: 30_000, gatherBusyMs: 30_000 };
      const { died } = await startVictim({ limits: slow, fault: { point, nth: 1 } });
      victim!.send({ accept: ['a', 'b'].map(nameOf), request: 1 });
      await victim!.until(idOf('b'), 'accepted');
      victim!.send({ manage: 'hold', name: nameOf('a') });
      await died;
      await reopen();
      expect(await end(idOf('b'))).to.equal('final');
      expect((await gateway!.outbox.entry(idOf('a')))!.held).to.equal(isDone ? true : undefined);
      expect(await gateway!.store.get(`trail:hold ${nameOf('a')}`)).to.equal(isDone ? 'hold' : undefined);
      if (isDone) await gateway!.outbox.release(idOf('a'), { ops: [] });
      expect(await end(idOf('a'))).to.equal('final');
      await expectTrue(city, { a: 'final', b: 'final' });
    });

    it(`${isDone ? 'keeps refused' : 'does not half refuse'} a waiting entry: ${point}`, async () => {
      const slow = { gatherMs: 30_000, gatherBusyMs: 30_000 };
      const { died } = await startVictim({ limits: slow, fault: { point, nth: 1 } });
      victim!.send({ accept: ['a', 'b'].map(nameOf), request: 1 });
      await victim!.until(idOf('b'), 'accepted');
      victim!.send({ manage: 'cancel', name: nameOf('a') });
      await died;
      await reopen();
      const isNoted = (await gateway!.store.get(`trail:cancel ${nameOf('a')}`)) !== undefined;
      expect(isNoted).to.equal(isDone);
      await expectTrue(city, { a: isDone ? 'refused CANCELLED' : 'final', b: 'final' });
    });
  }

  const cancelling: readonly (readonly [FaultPoint, number, 'refused CANCELLED' | 'final'])[] = [
    ['before-manage-commit', 1, 'final'],
    ['after-signing', 2, 'final'],
    ['after-transaction-commit', 2, 'refused CANCELLED'],
    ['after-send', 2, 'refused CANCELLED'],
    ['after-sent-commit', 2, 'refused CANCELLED'],
  ];
  for (const [point, nth, outcome] of cancelling)
    for (const isMined of outcome === 'final' ? [false] : [false, true])
      it(`tells the truth about a sent entry that is cancelled: ${point}${isMined ? ', and the earlier bytes are mined' : ''}`, async () => {
        dropAll();
        const { died } = await startVictim({ fault: { point, nth }, limits: { stallMs: 600_000 } });
        victim!.send({ accept: ['a', 'b'].map(nameOf), request: 1 });
        await victim!.until(idOf('b'), 'sent');
        victim!.send({ manage: 'cancel', name: nameOf('a') });
        await died;
        if (isMined) await city.network.send('eth_sendRawTransaction', [node.seen[0]]);
        node.lie = () => 'pass';
        await reopen();
        const isNoted = (await gateway!.store.get(`trail:cancel ${nameOf('a')}`)) !== undefined;
        expect(isNoted).to.equal(outcome !== 'final');
        await expectTrue(city, { a: isMined ? 'final' : outcome, b: 'final' });
      });

  describe('where gas is paid for', () => {
    let paid: PaidChain;
    let dear: City;
    before(async () => {
      paid = await startPaidChain(CHAIN_ID);
      const fees = (network: City['network']) => eip1559(network, BOUND);
      dear = await makeCity({ open: async () => paid, fund: paid.fund, fees });
    });
    after(() => dear?.close());

    for (const point of ['after-signing', 'after-transaction-commit', 'after-send'] as const)
      for (const isFirstMined of [false, true])
        it(`records once what was replaced for a better price: ${point}, the ${isFirstMined ? 'first' : 'last'} bytes mined`, async () => {
          await node.close();
          node = await startLyingNode(paid.url);
          const open = () =>
            openGateway({
              city: dear,
              name: `replaced-${count}`,
              url: node.url,
              lanes: 1,
              fees: (network) => eip1559(network, BOUND),
              limits: { stallMs: 100, raiseMs: 200 },
            });
          gateway = await open();
          await paid.fund(gateway.outbox.status().lanes[0]!.address);
          await gateway.close();
          gateway = undefined;
          await paid.automine(false);
          let first = '';
          node.lie = ({ method, params }) => {
            if (method !== 'eth_sendRawTransaction') return 'pass';
            first ||= String(params[0]);
            const isTaken = params[0] === first || !isFirstMined;
            return isTaken
              ? 'pass'
              : { error: { code: -32000, message: 'replacement transaction underpriced' } };
          };
          const nth = point === 'after-send' && isFirstMined ? 1 : 2;
          const limits = { stallMs: 100, raiseMs: 200 };
          const { died } = await startVictim(
            { fault: { point, nth }, limits, feeBound: String(BOUND) },
            dear,
          );
          victim!.send({ accept: ['a', 'b'].map(nameOf), request: 1 });
          await died;
          gateway = await open();
          await paid.automine(true);
          await paid.mine();
          await expectTrue(dear, { a: 'final', b: 'final' });
        });
  });
});
