import { expect } from 'chai';
import { administration, readContracts } from '../../../server/chain/contracts.ts';
import { transact } from '../../../server/chain/transact.ts';
import { type AttestationLeaf, type Attested, provesAttestation } from '../../../server/core/attestation.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { entryIdOf } from '../../../server/core/hash.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import type { AttestationSubmission, Submission } from '../../../server/core/submission.ts';
import { entryIdOfSubmission } from '../../../server/core/submission-id.ts';
import { digestOf, typedDataOf } from '../../../server/core/typed-data.ts';
import { batchIdempotency } from '../../../server/core/units.ts';
import {
  type City,
  chainEvents,
  type Gateway,
  hashOf,
  keyOf,
  makeCity,
  openGateway,
  record,
  ZERO,
} from '../../helpers/outbox.ts';
import { LONG_MS } from '../../helpers/patience.ts';

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

function attestation(name: string, schema = 'credentials.degree.1'): AttestationSubmission {
  const of = { organisation: 'dealer', service: 'credentials', schema };
  return { to: 'attestations', ...of, commitment: hashOf(`degree ${name}`), idempotency: hashOf(name) };
}

describe('the outbox', () => {
  let city: City;
  let gateway: Gateway;
  before(async () => {
    city = await makeCity();
    gateway = await openGateway({ city, name: 'main', url: city.chain.url });
  });
  after(async () => {
    await gateway?.close();
    await city?.close();
  });

  const accept = (...submissions: Submission[]) =>
    gateway.outbox.accept({ groups: [{ submissions }], ops: [] });
  const settled = (ids: readonly Hex[]) =>
    Promise.all(ids.map((id) => gateway.outbox.whenState(id, 'final', LONG_MS)));
  const statesOf = async (ids: readonly Hex[]) => (await settled(ids)).map(({ state }) => state);

  it('records what it accepted, each with the id that was promised', async () => {
    const submissions = Array.from({ length: 700 }, (_, i) => record(`many ${i}`));
    const ids = await accept(...submissions);
    expect(ids).to.deep.equal(submissions.map(entryIdOfSubmission));
    expect(new Set(await statesOf(ids))).to.deep.equal(new Set(['final']));
    const events = await chainEvents(city);
    for (const id of ids) expect(events.get(id)).to.deep.equal(['EntryRecorded']);
    const leaves = (await settled(ids)).map(({ leafIndex }) => leafIndex);
    expect(new Set(leaves).size).to.equal(ids.length);
  });

  it('commits the caller’s rows together with the entries, or none of it', async () => {
    const [id] = await gateway.outbox.accept({
      groups: [{ submissions: [record('with row')] }],
      ops: [{ type: 'put', key: 'local:x/1', value: 'kept' }],
    });
    expect(await gateway.store.get('local:x/1')).to.equal('kept');
    const again = {
      groups: [{ submissions: [record('with row')] }],
      ops: [{ type: 'put' as const, key: 'local:x/2', value: 1 }],
    };
    expect(await gateway.outbox.accept(again).catch(codeOf)).to.equal('ENTRY_EXISTS');
    await settled([id!]);
    expect(await gateway.outbox.accept(again).catch(codeOf)).to.equal('ENTRY_EXISTS');
    expect(await gateway.store.get('local:x/2')).to.equal(undefined);
  });

  it('takes one of a hundred identical requests, and answers the others when that one is on the disk', async () => {
    const id = entryIdOfSubmission(record('storm'));
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        accept(record('storm')).then(
          () => 'accepted',
          async (error) => {
            expect(await gateway.outbox.entry(id)).not.to.equal(undefined);
            return codeOf(error);
          },
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === 'ENTRY_EXISTS')).to.have.length(99);
    await settled([id]);
    expect((await chainEvents(city)).get(id)).to.deep.equal(['EntryRecorded']);
  });

  it('keeps the order of entries that build upon each other, over all lanes', async () => {
    const created = entryIdOfSubmission(record('chain 0'));
    const change = (n: number, kind: 'suspend' | 'resume') =>
      record(`chain ${n}`, { kind, refersTo: created, commitment: ZERO });
    const ids = await accept(
      record('chain 0'),
      change(1, 'suspend'),
      change(2, 'resume'),
      change(3, 'suspend'),
      change(4, 'resume'),
    );
    expect(await statesOf(ids)).to.deep.equal(ids.map(() => 'final'));
    const leaves = (await settled(ids)).map(({ leafIndex }) => leafIndex!);
    expect(leaves).to.deep.equal([...leaves].sort((a, b) => a - b));
  });

  it('tells the reason of a refusal by the chain, and leaves the neighbours alone', async () => {
    const ids = await accept(
      record('good 1'),
      record('bad', { kind: 'revoke', refersTo: hashOf('nothing'), commitment: ZERO }),
      record('good 2'),
      record('not accredited', { service: 'voting', schema: 'voting.x' }),
    );
    const states = await settled(ids);
    expect(states.map(({ state }) => state)).to.deep.equal(['final', 'refused', 'final', 'refused']);
    expect(states[1]!.refusal!.code).to.equal('UnknownRecord');
    expect(states[3]!.refusal!.code).to.equal('NotAccredited');
  });

  it('gathers attestations of one schema into a batch that proves each of them', async () => {
    const ids = await accept(
      ...Array.from({ length: 30 }, (_, i) => attestation(`${i}`)),
      attestation('other', 'credentials.other.1'),
    );
    expect(new Set(await statesOf(ids))).to.deep.equal(new Set(['final']));
    const rows = (await gateway.store.getMany<Attested>(ids.map((id) => `attested:${id}`))).map(
      (row) => row!,
    );
    expect(new Set(rows.map(({ batchId }) => batchId)).size).to.be.lessThan(10);
    const { contracts, chainId } = city.deployment;
    for (const [i, { batchId, index, proof }] of rows.entries()) {
      const { commitment, schema } =
        i < 30 ? attestation(`${i}`) : attestation('other', 'credentials.other.1');
      const leaf: AttestationLeaf = {
        chainId,
        contract: contracts.Attestations,
        issuer: 'dealer',
        schema,
        index,
        commitment,
      };
      const root = await rootOf(batchId);
      expect(provesAttestation(leaf, proof, root)).to.equal(true);
    }
  });

  async function rootOf(batchId: Hex): Promise<string> {
    const { interfaces } = await import('../../../server/core/abi.ts');
    const data = interfaces.Attestations.encodeFunctionData('batchOf', [batchId]) as Hex;
    const answer = await city.network.call(city.deployment.contracts.Attestations, data);
    return interfaces.Attestations.decodeFunctionResult('batchOf', answer)[0].root;
  }

  it('revokes an attestation whose batch is still on its way, after it', async () => {
    const [id] = await accept(attestation('to be revoked'));
    while ((await gateway.store.get(`attested:${id}`)) === undefined) await new Promise(setImmediate);
    const { batchId, index } = (await gateway.store.get<Attested>(`attested:${id}`))!;
    const change = await accept({
      to: 'attestation-status',
      organisation: 'dealer',
      service: 'credentials',
      batchId,
      indexes: [index],
      status: 'revoked',
      idempotency: hashOf('revocation'),
    });
    expect(await statesOf([id!, ...change])).to.deep.equal(['final', 'final']);
    expect(await readContracts(city.network, city.deployment.contracts).statusOf(batchId, index)).to.equal(3);
  });

  it('creates a poll and freezes its roll in one request', async () => {
    const now = Math.floor(Date.now() / 1000);
    const poll: Submission = {
      to: 'polls',
      organisation: 'dealer',
      content: hashOf('poll'),
      options: 3,
      minChoices: 1,
      maxChoices: 1,
      opensAtSec: now + 1_000,
      closesAtSec: now + 2_000,
      mode: 'open',
      idempotency: hashOf('poll'),
    };
    const pollId = entryIdOfSubmission(poll);
    const roll: Submission = {
      to: 'rolls',
      organisation: 'dealer',
      pollId,
      root: '12345',
      size: 5,
      idempotency: hashOf('roll'),
    };
    await transact(
      city.network,
      await gateway.vault.signer('administrator'),
      administration(city.deployment.contracts).accredit('dealer', 'voting', 1, 0),
    );
    expect(await statesOf(await accept(poll, roll))).to.deep.equal(['final', 'final']);
    const info = (await readContracts(city.network, city.deployment.contracts).pollOf(pollId))!;
    expect(info).to.include({ options: 3, rollSize: 5, rollRoot: '12345' });
  });

  it('sends what staff signed exactly as it was signed', async () => {
    const signer = await gateway.vault.signer('organisation.dealer');
    const { contracts, chainId } = city.deployment;
    const entries = [record('staff 1'), record('staff 2')];
    const bundle = digestOf(
      typedDataOf({ to: 'bundle', organisation: 'dealer', entries }, chainId, contracts),
    );
    const key = keyOf(signer.address);
    const ids = await gateway.outbox.accept({
      groups: [{ submissions: entries, authorisation: { key, signature: await signer.sign(bundle) } }],
      ops: [],
    });
    expect(await statesOf(ids)).to.deep.equal(['final', 'final']);

    const forged = [record('forged 1'), record('forged 2')];
    const refused = await gateway.outbox.accept({
      groups: [{ submissions: forged, authorisation: { key, signature: await signer.sign(bundle) } }],
      ops: [],
    });
    for (const { state, refusal } of await settled(refused))
      expect([state, refusal?.code]).to.deep.equal(['refused', 'BadSignature']);
  });

  it('knows by the same id the batch that staff signed', async () => {
    const signer = await gateway.vault.signer('organisation.dealer');
    const { contracts, chainId } = city.deployment;
    const { attestationLeaf, attestationRoot, attestationRows } = await import(
      '../../../server/core/attestation.ts'
    );
    const group = [attestation('signed 1'), attestation('signed 2')];
    const leaves = group.map(({ commitment, schema }, index) =>
      attestationLeaf({
        chainId,
        contract: contracts.Attestations,
        issuer: 'dealer',
        schema,
        index,
        commitment,
      }),
    );
    const idempotency = batchIdempotency(group.map(entryIdOfSubmission));
    const { organisation, service, schema } = group[0]!;
    const root = attestationRoot(attestationRows(leaves));
    const batch = { to: 'batch' as const, organisation, service, schema, root, count: 2, idempotency };
    const signature = await signer.sign(digestOf(typedDataOf(batch, chainId, contracts)));
    const authorisation = { key: keyOf(signer.address), signature };
    const ids = await gateway.outbox.accept({ groups: [{ submissions: group, authorisation }], ops: [] });
    expect(await statesOf(ids)).to.deep.equal(['final', 'final']);
    const { batchId } = (await gateway.store.get<Attested>(`attested:${ids[0]}`))!;
    expect(batchId).to.equal(entryIdOf(nameToBytes32('dealer'), idempotency));
    expect((await gateway.outbox.entry(batchId))!.state).to.equal('final');
  });

  it('counts as recorded what another gateway recorded, says where only the salt may differ, and refuses other content under the same id', async () => {
    const other = await openGateway({
      city,
      name: 'other',
      url: city.chain.url,
      limits: { gatherMs: 60_000 },
    });
    try {
      const same = await other.outbox.accept({ groups: [{ submissions: [record('shared')] }], ops: [] });
      const salted = record('salted', { commitment: hashOf('another salt') });
      const twin = await other.outbox.accept({ groups: [{ submissions: [salted] }], ops: [] });
      const changed = record('contested', { subject: hashOf('another car') });
      const lost = await other.outbox.accept({ groups: [{ submissions: [changed] }], ops: [] });
      await settled(await accept(record('shared'), record('salted'), record('contested')));
      const mine = await other.outbox.whenState(same[0]!, 'final', LONG_MS);
      const theirs = await other.outbox.whenState(lost[0]!, 'final', LONG_MS);
      expect(mine).to.include({ state: 'final' }).and.not.have.property('elsewhere');
      const there = await other.outbox.whenState(twin[0]!, 'final', LONG_MS);
      expect(there).to.include({ state: 'final', elsewhere: true }).and.have.property('leafIndex');
      expect(await other.store.get(`unused:${twin[0]}`)).to.equal(true);
      expect([theirs.state, theirs.refusal?.code]).to.deep.equal(['refused', 'DuplicateEntry']);
    } finally {
      await other.close();
    }
  });

  it('lets a voter cast again after a refusal, under the same id', async () => {
    const cast: Submission = {
      to: 'casts',
      pollId: hashOf('no such poll'),
      choices: '1',
      nullifier: '77',
      proof: Array(8).fill('1'),
    };
    const [first] = await statesOf(await accept(cast));
    expect(first).to.equal('refused');
    const again = await accept({ ...cast, choices: '2' });
    expect((await gateway.outbox.entry(again[0]!))!.state).not.to.equal('refused');
    const [second] = await settled(again);
    expect([second!.state, second!.refusal?.code]).to.deep.equal(['refused', 'UnknownPoll']);
  });

  it('says what it does not take before anything is written', async () => {
    const invalid: Submission[] = [
      record('x', { organisation: 'No Name' }),
      record('x', { subject: '0x12' }),
      record('x', { commitment: `0x${'AB'.repeat(32)}` }),
      record('x', { occurredAtSec: -1 }),
      { to: 'casts', pollId: hashOf('p'), choices: '-1', nullifier: '1', proof: Array(8).fill('1') },
      { to: 'casts', pollId: hashOf('p'), choices: '1', nullifier: '1', proof: [] },
    ];
    for (const submission of invalid)
      expect(await accept(submission).catch(codeOf)).to.equal('SUBMISSION_INVALID');
    expect(await accept(record('twice'), record('twice')).catch(codeOf)).to.equal('SUBMISSION_INVALID');
    expect(await accept(record('x', { organisation: 'stranger' })).catch(codeOf)).to.equal('KEY_MISSING');
    expect(await gateway.outbox.whenState(hashOf('none'), 'final', 1).catch(codeOf)).to.equal(
      'ENTRY_UNKNOWN',
    );
  });

  it('asks to come back later when it holds too much, and takes again when it has emptied', async () => {
    const small = await openGateway({ city, name: 'small', url: city.chain.url, limits: { open: 10 } });
    try {
      const ids = await small.outbox.accept({
        groups: [{ submissions: Array.from({ length: 10 }, (_, i) => record(`small ${i}`)) }],
        ops: [],
      });
      const error = await small.outbox
        .accept({ groups: [{ submissions: [record('over')] }], ops: [] })
        .catch((e) => e);
      expect(codeOf(error)).to.equal('QUEUE_FULL');
      expect(error.details.retryAfterSec).to.be.within(1, 60);
      await Promise.all(ids.map((id) => small.outbox.whenState(id, 'final', LONG_MS)));
      expect(
        await small.outbox.accept({ groups: [{ submissions: [record('over')] }], ops: [] }),
      ).to.have.length(1);
    } finally {
      await small.close();
    }
  });

  it('wakes whoever waits for the receipt when a checkpoint covers the leaf', async () => {
    const [id] = await accept(record('receipt'));
    const waiting = gateway.outbox.whenState(id!, 'receipted', LONG_MS);
    const { leafIndex } = await gateway.outbox.whenState(id!, 'final', LONG_MS);
    await gateway.outbox.receipted(leafIndex!);
    expect((await gateway.outbox.entry(id!))!.state).to.equal('final');
    await gateway.outbox.receipted(leafIndex! + 1);
    expect((await waiting).state).to.equal('receipted');
    expect((await gateway.outbox.whenState(id!, 'receipted', 1)).state).to.equal('receipted');
  });

  it('answers with where the entry stands when the time is over', async () => {
    const slow = await openGateway({ city, name: 'slow', url: city.chain.url, limits: { gatherMs: 60_000 } });
    try {
      const [id] = await slow.outbox.accept({ groups: [{ submissions: [record('slow')] }], ops: [] });
      expect((await slow.outbox.whenState(id!, 'final', 5)).state).to.equal('accepted');
      expect(slow.outbox.status()).to.include({ waiting: 1, open: 1 });
    } finally {
      await slow.close();
    }
  });
});
