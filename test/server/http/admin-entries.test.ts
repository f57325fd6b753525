import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { aCard, makeBranch, send, startOwn, stopOwn, type TestGateway } from '../../helpers/gateway.ts';
import { type LyingNode, startLyingNode } from '../../helpers/lying-node.ts';

describe('entries in the hands of the administrator, over HTTP', () => {
  let folder: string;
  let chain: EmbeddedChain;
  let node: LyingNode;
  let running: TestGateway;
  let key: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-entries-'));
    chain = await startEmbeddedChain({ folder, chainId: 1413 });
    await chain.ready;
    node = await startLyingNode(chain.url);
    running = await startOwn({ SILLOK_RPC_URL: node.url, SILLOK_LANES: '1' });
    key = (await makeBranch(running)).key;
  });
  after(async () => {
    if (running !== undefined) await stopOwn(running);
    await node?.close();
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    node.lie = () => 'pass';
  });

  const issue = (headers: Record<string, string> = {}, card = aCard()) =>
    send(`${running.url}/v1/library-cards/issue`, { key, body: card, headers });
  const act = (
    id: Hex,
    name: string,
    body: object = { reason: 'asked for by the branch' },
    by = running.adminKey,
  ) => send(`${running.url}/v1/admin/entries/${id}/${name}`, { key: by, body });
  const entry = (id: Hex) => send(`${running.url}/v1/entries/${id}`);
  async function untilState(id: Hex, ...states: string[]) {
    for (;;) {
      const { body } = await entry(id);
      if (states.includes(String(body.state))) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const swallowAll = () => {
    node.lie = ({ method }) =>
      method === 'eth_sendRawTransaction' ? { error: { code: -32000, message: 'txpool is full' } } : 'pass';
  };

  it('holds what waits behind another entry, lets it go, and notes who did it and why', async () => {
    const { entryId } = (await issue()).body;
    await untilState(entryId, 'final', 'receipted');
    swallowAll();
    const block = () => send(`${running.url}/v1/library-cards/block`, { key, body: { entryId } });
    const first = (await block()).body.entryId;
    const id = (await block()).body.entryId;
    expect((await act(id, 'hold')).body).deep.equal({ entryId: id, state: 'accepted', held: true });
    node.lie = () => 'pass';
    await untilState(first, 'final', 'receipted');
    expect((await entry(id)).body).include({ state: 'accepted', held: true });
    expect((await act(id, 'retry')).body.code).equal('ENTRY_HELD');
    expect((await act(id, 'release')).body.state).equal('accepted');
    await untilState(id, 'final', 'receipted', 'refused');
    const { body } = await send<{ acts: { did: string; to: string }[] }>(
      `${running.url}/v1/admin/trail?limit=2`,
      {
        key: running.adminKey,
      },
    );
    expect(body.acts.map(({ did, to }) => [did, to])).deep.equal([
      ['entry-released', id],
      ['entry-held', id],
    ]);
  });

  it('does not hold what is signed, and cancels it when its nonce is used without it', async () => {
    swallowAll();
    const { entryId } = (await issue()).body;
    await untilState(entryId, 'signed', 'sent');
    const held = await act(entryId, 'hold');
    expect([held.status, held.body.code]).deep.equal([409, 'ENTRY_UNDER_WAY']);
    const cancelled = await act(entryId, 'cancel');
    expect(cancelled.status).equal(200);
    expect(cancelled.body).include({ entryId, cancelling: true });
    node.lie = () => 'pass';
    const settled = await untilState(entryId, 'refused', 'final');
    expect(settled.refusal).deep.include({ code: 'CANCELLED', detail: 'The administrator cancelled it.' });
    const again = await act(entryId, 'cancel');
    expect([again.status, again.body.code]).deep.equal([409, 'ENTRY_SETTLED']);
    const { body } = await send<{ acts: object[] }>(`${running.url}/v1/admin/trail?limit=1`, {
      key: running.adminKey,
    });
    expect(body.acts[0]).deep.include({
      by: running.adminKey.split('_')[1],
      did: 'entry-cancelled',
      to: entryId,
      why: 'asked for by the branch',
    });
  });

  it('answers the same request with the same entry after it was cancelled', async () => {
    swallowAll();
    const request = { key, body: aCard(), idempotency: 'cancelled-1' };
    const { entryId } = (await send(`${running.url}/v1/library-cards/issue`, request)).body;
    await act(entryId, 'cancel');
    node.lie = () => 'pass';
    await untilState(entryId, 'refused');
    const again = await send(`${running.url}/v1/library-cards/issue`, { ...request, wait: 5 });
    expect(again.body).deep.include({ entryId, state: 'refused' });
    expect(again.headers.get('idempotency-replayed')).equal('true');
  });

  it('takes a deadline as a moment or as seconds, and nothing else', async () => {
    for (const value of ['tomorrow', '2027-13-01T00:00:00Z', '1.5', '-3', '2027-01-31']) {
      const { status, body } = await issue({ 'sillok-deadline': value });
      expect([status, body.code], value).deep.equal([400, 'DEADLINE_MALFORMED']);
    }
    const past = await issue({ 'sillok-deadline': '2020-01-31T00:00:00Z' });
    expect([past.status, past.body.code]).deep.equal([422, 'DEADLINE_PASSED']);
    swallowAll();
    const atSec = Math.floor(Date.now() / 1000) + 3600;
    for (const value of [new Date(atSec * 1000).toISOString(), '3600']) {
      const { body } = await issue({ 'sillok-deadline': value });
      expect((await entry(body.entryId)).body.deadlineSec).within(atSec, atSec + 60);
    }
  });

  it('is held and released from the command line', async () => {
    swallowAll();
    const { entryId } = (await issue()).body;
    await untilState(entryId, 'signed', 'sent');
    const file = join(folder, 'admin-key');
    await writeFile(file, running.adminKey, { mode: 0o600 });
    const run = async (...args: string[]) => {
      const env = { PATH: process.env.PATH, LANG: 'en_US.UTF-8', SILLOK_ADMIN_KEY_FILE: file };
      const child = spawn(process.execPath, ['scripts/admin/main.ts', ...args, '--url', running.url], {
        env,
      });
      const texts = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { code: child.exitCode ?? (await once(child, 'close'))[0], out: texts[0], error: texts[1] };
    };
    const held = await run('entry', 'hold', entryId, 'a doubtful paper');
    expect(held).include({ code: 1, out: '' });
    expect(held.error).match(
      /^admin: This entry is signed and on its way\. \((signed|sent)\) \[ENTRY_UNDER_WAY\]\n$/,
    );
    const cancelled = await run('entry', 'cancel', entryId, 'a', 'doubtful', 'paper', '--whole');
    expect(cancelled.error).equal('');
    expect(JSON.parse(cancelled.out)).include({ entryId, cancelling: true });
    const shown = await run('entry', 'show', entryId, '--only', 'cancelling');
    expect(shown).include({ code: 0, out: 'true\n' });
    node.lie = () => 'pass';
    await untilState(entryId, 'refused');
  });

  it('is for administrators, and wants a reason', async () => {
    const { entryId } = (await issue()).body;
    for (const name of ['hold', 'release', 'cancel', 'retry']) {
      expect((await act(entryId, name, { reason: 'x' }, key)).status, name).equal(403);
      expect((await act(entryId, name, {})).body.code, name).equal('INPUT_INVALID');
    }
    expect((await act(`0x${'00'.repeat(32)}`, 'retry')).status).equal(404);
  });
});
