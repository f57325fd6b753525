import { expect } from 'chai';
import { interfaces } from '../../../server/core/abi.ts';
import { type AttestationLeaf, type Attested, provesAttestation } from '../../../server/core/attestation.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import type { AttestationSubmission, Submission } from '../../../server/core/submission.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import { digestOf, typedDataOf } from '../../../server/core/typed-data.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';
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

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const NOTHING = { ops: [] };

function attestation(name: string): AttestationSubmission {
  const of = { organisation: 'dealer', service: 'credentials', schema: 'credentials.degree.1' };
  return { to: 'attestations', ...of, commitment: hashOf(`degree ${name}`), idempotency: hashOf(name) };
}

describe('an entry in the hands of the administrator', () => {
  let city: City;
  let node: LyingNode;
  let gateway: Gateway;
  let count = 0;
  /** What the node was given and kept to itself. */
  let kept: string[];

  before(async () => {
    city = await makeCity();
  });
  after(() => city?.close());
  beforeEach(async () => {
    kept = [];
    node = await startLyingNode(city.chain.url);
    count++;
    await open();
  });
  afterEach(async () => {
    node.lie = () => 'pass';
    await gateway.close();
    await node.close();
  });

  async function open(limits: Parameters<typeof openGateway>[0]['limits'] = {}): Promise<void> {
    gateway = await openGateway({ city, name: `manage-${count}`, url: node.url, lanes: 1, limits });
  }
  /** Waits so long before anything is signed that a test can act. */
  async function slowly(): Promise<void> {
    await gateway.close();
    await open({ gatherMs: 5_000, gatherBusyMs: 5_000 });
  }
  const name = (text: string) => `${text} ${count}`;
  const accept = (...submissions: Submission[]) =>
    gateway.outbox.accept({ groups: [{ submissions }], ops: [] });
  const records = (...names: string[]) => accept(...names.map((text) => record(name(text))));
  const end = async (id: Hex) => {
    const { state, refusal } = await gateway.outbox.whenState(id, 'final', LONG_MS);
    return refusal === undefined ? state : `${state} ${refusal.code}`;
  };
  const ends = (ids: readonly Hex[]) => Promise.all(ids.map(end));
  const stateOf = async (id: Hex) => (await gateway.outbox.entry(id))!.state;
  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  /** The node takes transactions and drops them. */
  const dropAll = () => {
    node.lie = ({ method, params }) => {
      if (method !== 'eth_sendRawTransaction') return 'pass';
      kept.push(String(params[0]));
      return { result: hashOf('dropped') };
    };
  };
  async function expectNoncesWhole(): Promise<void> {
    const { address, nextNonce } = gateway.outbox.status().lanes[0]!;
    const onChain = () => city.network.send<Hex>('eth_getTransactionCount', [address, 'latest']);
    await until(async () => Number(await onChain()) === nextNonce);
  }

  it('waits while it is held, neighbours go on, and goes when it is released', async () => {
    await slowly();
    const [held, other] = await records('held', 'other');
    await gateway.outbox.hold(held!, { ops: [{ type: 'put', key: 'trail:1', value: 'held' }] });
    expect(await end(other!)).to.equal('final');
    expect(await gateway.outbox.entry(held!)).to.include({ state: 'accepted', held: true });
    expect(await gateway.store.get('trail:1')).to.equal('held');
    await gateway.close();
    await open();
    expect(await gateway.outbox.entry(held!), 'after a restart').to.include({
      state: 'accepted',
      held: true,
    });
    expect(await gateway.outbox.retry(held!, NOTHING).catch(codeOf)).to.equal('ENTRY_HELD');
    await gateway.outbox.release(held!, NOTHING);
    expect(await end(held!)).to.equal('final');
    expect(await gateway.store.range({ gte: 'held:', lt: 'held;' })).to.deep.equal([]);
    expect(await gateway.outbox.release(held!, NOTHING).catch(codeOf)).to.equal('ENTRY_SETTLED');
  });

  it('is not held, and not said to be, once it is signed', async () => {
    dropAll();
    const [id] = await records('signed');
    await until(async () => (await stateOf(id!)) === 'sent');
    expect(await gateway.outbox.hold(id!, NOTHING).catch(codeOf)).to.equal('ENTRY_UNDER_WAY');
    expect(await gateway.outbox.release(id!, NOTHING).catch(codeOf)).to.equal('ENTRY_NOT_HELD');
    node.lie = () => 'pass';
    expect(await end(id!)).to.equal('final');
  });

  it('is refused at once when it is cancelled before it is signed, for good', async () => {
    await slowly();
    const [cancelled, other] = await records('cancelled', 'other');
    await gateway.outbox.cancel(cancelled!, { ops: [{ type: 'put', key: 'trail:2', value: 'cancelled' }] });
    expect(await gateway.outbox.entry(cancelled!)).to.deep.include({
      state: 'refused',
      refusal: { code: 'CANCELLED', details: {} },
    });
    expect(await gateway.store.get('trail:2')).to.equal('cancelled');
    expect(await end(other!)).to.equal('final');
    expect(await records('cancelled').catch(codeOf)).to.equal('ENTRY_EXISTS');
    for (const act of ['hold', 'release', 'cancel', 'retry'] as const) {
      expect(await gateway.outbox[act](cancelled!, NOTHING).catch(codeOf), act).to.equal('ENTRY_SETTLED');
      expect(await gateway.outbox[act](other!, NOTHING).catch(codeOf), act).to.equal('ENTRY_SETTLED');
      expect(await gateway.outbox[act](hashOf('nobody'), NOTHING).catch(codeOf), act).to.equal(
        'ENTRY_UNKNOWN',
      );
    }
    expect((await chainEvents(city)).has(cancelled!)).to.equal(false);
  });

  it('lets what was built upon it go to the chain, which refuses it', async () => {
    await slowly();
    const base = entryIdOfSubmission(record(name('base')));
    const [, amended] = await accept(
      record(name('base')),
      record(name('amended'), { refersTo: base, kind: 'amend' }),
    );
    await gateway.outbox.cancel(base, NOTHING);
    expect(await end(amended!)).to.equal('refused UnknownRecord');
  });

  it('is taken out of its transaction when that was lost, and refused when its nonce is used without it', async () => {
    dropAll();
    const ids = await records('a', 'b', 'c');
    await until(async () => (await stateOf(ids[1]!)) === 'sent');
    await gateway.outbox.cancel(ids[1]!, NOTHING);
    expect(await gateway.outbox.entry(ids[1]!), 'nothing is proven yet').to.include({
      state: 'sent',
      cancelling: true,
    });
    await gateway.outbox.cancel(ids[1]!, NOTHING);
    node.lie = () => 'pass';
    expect(await ends(ids)).to.deep.equal(['final', 'refused CANCELLED', 'final']);
    expect((await chainEvents(city)).has(ids[1]!)).to.equal(false);
    await expectNoncesWhole();
    expect(gateway.outbox.status().lanes[0]!.nextNonce).to.equal(1);
  });

  it('leaves a transaction that does nothing but use up the nonce, when it was alone in it', async () => {
    dropAll();
    const [id] = await records('alone');
    await until(async () => (await stateOf(id!)) === 'sent');
    await gateway.outbox.cancel(id!, NOTHING);
    node.lie = () => 'pass';
    expect(await end(id!)).to.equal('refused CANCELLED');
    expect(await ends(await records('after'))).to.deep.equal(['final']);
    await expectNoncesWhole();
  });

  it('is final when the chain took the earlier bytes all the same', async () => {
    dropAll();
    const ids = await records('a', 'b', 'c');
    await until(async () => (await stateOf(ids[1]!)) === 'sent');
    await gateway.outbox.cancel(ids[1]!, NOTHING);
    await gateway.close();
    await open();
    await city.network.send('eth_sendRawTransaction', [kept[0]]);
    expect(await ends(ids)).to.deep.equal(['final', 'final', 'final']);
    await expectNoncesWhole();
  });

  it('proves an attestation in the batch that was anchored, whichever of two that was', async () => {
    dropAll();
    const ids = await accept(...['a', 'b', 'c'].map((text) => attestation(name(text))));
    await until(async () => (await stateOf(ids[1]!)) === 'sent');
    await gateway.outbox.cancel(ids[0]!, NOTHING);
    const later = await gateway.store.getMany<Attested>(ids.map((id) => `attested:${id}`));
    expect(later[1]!.batchId).not.to.equal(later[0]!.batchId);
    await city.network.send('eth_sendRawTransaction', [kept[0]]);
    expect(await ends(ids)).to.deep.equal(['final', 'final', 'final']);
    const rows = await gateway.store.getMany<Attested>(ids.map((id) => `attested:${id}`));
    const { contracts, chainId } = city.deployment;
    for (const [i, text] of ['a', 'b', 'c'].entries()) {
      const { commitment, schema } = attestation(name(text));
      const contract = contracts.Attestations;
      const { index, proof, batchId } = rows[i]!;
      const leaf: AttestationLeaf = { chainId, contract, issuer: 'dealer', schema, index, commitment };
      const data = interfaces.Attestations.encodeFunctionData('batchOf', [batchId]) as Hex;
      const answer = await city.network.call(contract, data);
      const [{ root }] = interfaces.Attestations.decodeFunctionResult('batchOf', answer) as unknown as [
        { root: Hex },
      ];
      expect(provesAttestation(leaf, proof, root), text).to.equal(true);
    }
  });

  it('is not refused while bytes that were given up for others may yet be mined', async () => {
    await gateway.close();
    await open({ inFlightPerLane: 1 });
    dropAll();
    const ids = await records('a', 'b');
    await until(async () => (await stateOf(ids[1]!)) === 'sent');
    const [given] = kept;
    // No node takes these bytes any more: they are divided, and the second entry waits again.
    const message = (raw: unknown) => (raw === given ? 'exceeds block gas limit' : 'txpool is full');
    node.lie = ({ method, params }) =>
      method === 'eth_sendRawTransaction' ? { error: { code: -32000, message: message(params[0]) } } : 'pass';
    await until(
      () => gateway.alarms.includes('TRANSACTION_REJECTED') && gateway.outbox.status().waiting === 1,
    );
    expect(await gateway.outbox.cancel(ids[1]!, NOTHING).catch(codeOf)).to.equal('ENTRY_UNDER_WAY');
    await city.network.send('eth_sendRawTransaction', [given]);
    expect(await ends(ids)).to.deep.equal(['final', 'final']);
  });

  it('is not cancelled once its transaction was seen in a block', async () => {
    const held = await city.network.send('eth_blockNumber', []);
    let isBlind = true;
    node.lie = ({ method }) => (method === 'eth_blockNumber' && isBlind ? { result: held } : 'pass');
    const [id] = await records('mined');
    await until(async () => (await stateOf(id!)) === 'mined');
    expect(await gateway.outbox.cancel(id!, NOTHING).catch(codeOf)).to.equal('ENTRY_MINED');
    isBlind = false;
    expect(await end(id!)).to.equal('final');
  });

  it('shares the fate of all that one signature covers', async () => {
    await slowly();
    const submissions = ['x', 'y'].map((text) => record(name(text)));
    const signer = await gateway.vault.signer('organisation.dealer');
    const toSign = { to: 'bundle', organisation: 'dealer', entries: submissions } as const;
    const digest = digestOf(typedDataOf(toSign, city.network.chainId, city.deployment.contracts));
    const authorisation = { key: keyOf(signer.address), signature: await signer.sign(digest) };
    const ids = await gateway.outbox.accept({ groups: [{ submissions, authorisation }], ops: [] });
    expect(await gateway.outbox.cancel(ids[0]!, NOTHING).catch(codeOf)).to.equal('ENTRY_BOUND');
    await gateway.outbox.hold(ids[1]!, NOTHING);
    expect((await gateway.outbox.entry(ids[0]!))!.held).to.equal(true);
    await gateway.outbox.cancel(ids[0]!, { ...NOTHING, isWhole: true });
    expect(await ends(ids)).to.deep.equal(['refused CANCELLED', 'refused CANCELLED']);
    expect(await gateway.store.range({ gte: 'held:', lt: 'held;' })).to.deep.equal([]);
  });

  it('is refused when its deadline passes before it is signed, held or not, and never after', async () => {
    await gateway.close();
    let nowMs = Date.now();
    const clock = { nowMs: () => nowMs };
    const options = { city, name: `manage-${count}`, url: node.url, lanes: 1, ...clock };
    gateway = await openGateway({ ...options, limits: { gatherMs: 0, gatherBusyMs: 0, inFlightPerLane: 1 } });
    dropAll();
    const deadlineSec = Math.ceil(nowMs / 1000) + 60;
    const submit = async (text: string, more: { deadlineSec?: number }) => {
      const groups = [{ submissions: [record(name(text))], ...more }];
      return (await gateway.outbox.accept({ groups, ops: [] }))[0]!;
    };
    const signed = await submit('signed', { deadlineSec });
    await until(async () => (await stateOf(signed)) === 'sent');
    const waiting = await submit('waiting', { deadlineSec });
    const held = await submit('held', { deadlineSec });
    const patient = await submit('patient', {});
    await gateway.outbox.hold(held, NOTHING);
    nowMs += 120_000;
    expect(await end(waiting)).to.equal('refused DEADLINE_PASSED');
    expect(await end(held)).to.equal('refused DEADLINE_PASSED');
    expect((await gateway.outbox.entry(waiting))!.refusal!.details).to.deep.equal({ deadlineSec });
    expect(await submit('late', { deadlineSec }).catch(codeOf)).to.equal('DEADLINE_PASSED');
    node.lie = () => 'pass';
    expect(await ends([signed, patient])).to.deep.equal(['final', 'final']);
    expect((await chainEvents(city)).has(waiting)).to.equal(false);
  });

  it('is refused at its deadline while no node answers', async () => {
    await gateway.close();
    let nowMs = Date.now();
    gateway = await openGateway({
      city,
      name: `manage-${count}`,
      url: node.url,
      lanes: 1,
      nowMs: () => nowMs,
      limits: { gatherMs: 0, gatherBusyMs: 0, inFlightPerLane: 1 },
    });
    node.lie = () => 'hang';
    const [signed] = await records('signed');
    await until(async () => (await stateOf(signed!)) === 'signed');
    const deadlineSec = Math.ceil(nowMs / 1000) + 60;
    const groups = [{ submissions: [record(name('waiting'))], deadlineSec }];
    const [waiting] = await gateway.outbox.accept({ groups, ops: [] });
    nowMs += 120_000;
    expect(await end(waiting!)).to.equal('refused DEADLINE_PASSED');
    node.lie = () => 'pass';
    expect(await end(signed!)).to.equal('final');
  });

  it('goes at once to every node when it is tried again', async () => {
    await gateway.close();
    await open({ stallMs: 600_000 });
    dropAll();
    const [id] = await records('lost');
    await until(async () => (await stateOf(id!)) === 'sent');
    node.lie = () => 'pass';
    await gateway.outbox.retry(id!, NOTHING);
    expect(await end(id!)).to.equal('final');
    expect(new Set(node.seen).size).to.equal(1);
  });
});
