import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { toBase64, toHex, utf8 } from '../../../server/core/bytes.ts';
import { sha256 } from '../../../server/core/hash.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { type LogKey, openKey } from '../../../server/log/key.ts';
import { signNote } from '../../../server/log/sign.ts';
import { formatTreeHead, parseHash } from '../../../server/verify/checkpoint.ts';
import { ED25519, parseNote } from '../../../server/verify/note.ts';
import { parseReceipt } from '../../../server/verify/receipt.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { aCard, send } from '../../helpers/gateway.ts';
import { SEED, seeded } from '../../helpers/log.ts';
import { type Four, type Server, startFour } from './four.ts';

describe('Four city servers of which three must cosign', () => {
  let four: Four;
  before(async () => {
    four = await startFour();
  });
  after(() => four.stop());

  it('give full receipts with one of them killed, and with all four when it is back', async () => {
    const [one] = four.servers as [Server];
    await one.kill();
    const entryId = await record();
    const { names, text } = await receipt(entryId);
    expect(names).to.have.length(3).and.to.not.include(one.options.name);
    expect(outcome(text)).to.equal('valid');
    await one.start();
    await record();
    await untilNewer(async () => (await receipt(entryId)).names.length === 4);
    expect(outcome((await receipt(entryId)).text)).to.equal('valid');
  });

  it('give none with two of them killed: the entry is final, the answer says whom it waits for, and it comes by itself', async () => {
    const [one, two] = four.servers as [Server, Server];
    await Promise.all([one.kill(), two.kill()]);
    const before = await readFile(join(four.gateway.context.log.publicFolder, 'checkpoint'), 'utf8');
    const entryId = await record();
    const url = `${four.gateway.url}/v1/entries/${entryId}`;
    while ((await send(`${url}/receipt`)).body.code !== 'COSIGNATURES_PENDING') await setTimeout(20);
    const pending = await send(`${url}/receipt`);
    expect(pending.status).to.equal(409);
    expect(pending.body.detail).to.contain('2 of the 3');
    expect(pending.headers.get('retry-after')).to.equal('1');
    const { body } = await send(url);
    expect(body).to.deep.include({ state: 'final', cosignatures: { cosigned: 2, threshold: 3 } });
    for (const form of ['text', 'qr', 'compact', 'base45'])
      expect((await send(`${url}/receipt?form=${form}`)).status, form).to.equal(409);
    // What is public stays what it was: never a checkpoint with too few cosignatures.
    expect(await readFile(join(four.gateway.context.log.publicFolder, 'checkpoint'), 'utf8')).to.equal(
      before,
    );
    const errors = four.gateway.context.log.witnessStates().map(({ error }) => error);
    expect(errors.filter((error) => error === 'WITNESS_UNREACHABLE')).to.have.length(2);
    await one.start();
    const { names, text } = await receipt(entryId);
    expect(names).to.have.length(3);
    expect(outcome(text)).to.equal('valid');
    expect((await send(url)).body.state).to.equal('receipted');
    await two.start();
  });

  it('wait for no server whose node is behind: it asks for patience, and cosigns again when it sees the blocks', async () => {
    const [, , late] = four.servers as [Server, Server, Server];
    let frozen: unknown;
    late.node.lie = ({ method }) =>
      method === 'eth_blockNumber'
        ? (result: unknown) => {
            frozen ??= result;
            return frozen;
          }
        : 'pass';
    while (frozen === undefined) await setTimeout(20);
    const { names, text } = await receipt(await record());
    expect(names).to.have.length(3).and.to.not.include(late.options.name);
    expect(outcome(text)).to.equal('valid');
    late.node.lie = () => 'pass';
    const entryId = await record();
    await untilNewer(async () => (await receipt(entryId)).names.length === 4);
    expect((await late.status()).alarms).to.deep.equal([]);
  });

  it('keep each promise through kills in the middle of cosigning', async () => {
    const random = seeded(SEED);
    for (let round = 0; round < 5; round++) {
      const server = four.servers[Math.floor(random() * 4)]!;
      const recording = Promise.all(Array.from({ length: 6 }, record));
      await setTimeout(Math.floor(random() * 150));
      await server.kill();
      const shown = await published();
      const [entryId] = await recording;
      expect(outcome((await receipt(entryId!)).text)).to.equal('valid');
      await server.start();
      const { cosigned, alarms } = await server.status();
      expect(alarms).to.deep.equal([]);
      // What bears its signature in public is what it remembers, or less.
      if (shown.names.includes(server.options.name)) expect(cosigned!.size).to.be.at.least(shown.size);
      const own = await four.gateway.context.log.root(cosigned!.size);
      expect(toHex(parseHash(cosigned!.root))).to.equal(toHex(own));
    }
  });

  it('do not cosign a fork, not even one that was put back to an older copy; it catches up', async () => {
    const server = four.servers[3]!;
    await server.witness!.stop();
    const copy = `${server.folder}-older`;
    await cp(server.folder, copy, { recursive: true });
    await server.start();
    for (let i = 0; i < 3; i++) await receipt(await record());
    await untilNewer(async () => (await server.status()).cosigned!.size >= (await published()).size);
    await server.kill();
    await rm(server.folder, { recursive: true });
    await cp(copy, server.folder, { recursive: true });
    await server.start();
    const older = (await server.status()).cosigned!;
    expect(older.size).to.be.lessThan((await published()).size);
    const { status } = await ask(server, await fork(older.size, (await published()).size));
    expect(status).to.equal(422);
    const entryId = await record();
    await untilNewer(async () => (await receipt(entryId)).names.length === 4);
    expect((await server.status()).alarms.map(({ code }) => code)).to.deep.equal(['INCONSISTENT_CHECKPOINT']);
  });

  it('each refuse a log that forks, and keep the evidence over a kill', async () => {
    for (const server of four.servers) {
      const { size } = (await server.status()).cosigned!;
      const earlier = (await server.status()).alarms.length;
      const lie = await fork(size, size);
      expect((await ask(server, lie)).status).to.equal(409);
      await server.kill();
      await server.start();
      const { alarms } = await server.status();
      expect(alarms).to.have.length(earlier + 1);
      expect(alarms.at(-1)).to.include({ code: 'OTHER_ROOT', size });
      const { evidence } = alarms.at(-1)!;
      expect(await (await fetch(`${server.witness!.url}${evidence}`)).text()).to.equal(lie);
      const metrics = await (await fetch(`${server.witness!.url}/metrics`)).text();
      expect(metrics).to.contain(`\nsillok_witness_alarms ${earlier + 1}\n`);
    }
    expect(outcome((await receipt(await record())).text)).to.equal('valid');
  });

  async function record(): Promise<string> {
    const { status, body } = await send(`${four.gateway.url}/v1/library-cards/issue`, {
      key: four.key,
      body: aCard(),
      wait: 30,
    });
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 201]);
    return body.entryId;
  }

  async function receipt(entryId: string): Promise<{ text: string; names: string[] }> {
    for (;;) {
      const url = `${four.gateway.url}/v1/entries/${entryId}/receipt`;
      const { status, body } = await send<string>(url, { wait: 30 });
      if (status !== 200) continue;
      const { checkpoint } = parseReceipt(body);
      return { text: body, names: checkpoint.signatures.slice(1).map(({ name }) => name) };
    }
  }

  /** Who missed a checkpoint that was complete without it is asked with the next one only: so there is a next one. */
  async function untilNewer(isThere: () => Promise<boolean>): Promise<void> {
    for (let look = 1; !(await isThere()); look++) {
      await setTimeout(20);
      if (look % 100 === 0) await receipt(await record());
    }
  }

  async function published(): Promise<{ size: number; names: string[] }> {
    const text = await readFile(join(four.gateway.context.log.publicFolder, 'checkpoint'), 'utf8');
    const { signatures, text: head } = parseNote(text);
    return { size: Number(head.split('\n')[1]), names: signatures.slice(1).map(({ name }) => name) };
  }

  function outcome(text: string): string {
    return verifyReceipt(text, four.gateway.trust, { verifyEd25519 }).outcome;
  }

  /** A request for a root that no chain ever made, under the log's own signature. */
  async function fork(old: number, size: number): Promise<string> {
    const root = sha256(utf8('another history'));
    const note = formatTreeHead({ origin: four.gateway.trust.origin, size, root });
    const proof = size > old ? `${toBase64(root)}\n` : '';
    return `old ${old}\n${proof}\n${signNote(note, await logKey())}`;
  }

  async function logKey(): Promise<LogKey> {
    const keys = join(four.gateway.folder, 'keys');
    const passphrase = (await readFile(join(keys, 'passphrase'), 'utf8')).trim();
    return openKey({
      path: join(keys, 'log.json'),
      name: four.gateway.trust.origin,
      type: ED25519,
      passphrase,
    });
  }

  function ask(server: Server, body: string): Promise<Response> {
    return fetch(`${server.witness!.url}/add-checkpoint`, { method: 'POST', body });
  }
});
