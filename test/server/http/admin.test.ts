/** Administration: organisations, keys, accreditations and API keys. Row R31 of the reliability table over HTTP. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { aCard, gateway, type Loose, makeBranch, send, type TestGateway } from '../../helpers/gateway.ts';

/** Where the secret begins, behind slk_ and the prefix; it may hold underscores itself. */
const SECRET_AT = 'slk_12345678_'.length;

describe('administration', () => {
  let running: TestGateway;
  let admin: string;
  before(async () => {
    running = await gateway();
    admin = `${running.url}/v1/admin`;
  });
  const ask = <T = Loose>(path: string, body?: unknown, method?: string) =>
    send<T>(admin + path, {
      key: running.adminKey,
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    });
  const write = (key: string) => send(`${running.url}/v1/library-cards/issue`, { key, body: aCard() });

  it('is for the administrator’s key only', async () => {
    const { key } = await makeBranch(running);
    for (const path of ['/organisations', '/api-keys', '/status']) {
      expect((await send(admin + path)).body.code).equal('UNAUTHENTICATED');
      expect((await send(admin + path, { key })).body.code).equal('SCOPE_MISSING');
      expect((await ask(path)).status).equal(200);
    }
  });

  it('gives the scope of administration to no other organisation', async () => {
    const { organisation } = await makeBranch(running);
    const reply = await ask('/api-keys', { organisation, label: 'x', scopes: ['admin'] });
    expect(reply.body.code).equal('SCOPE_INVALID');
    expect(
      (await ask('/api-keys', { organisation, label: 'x', scopes: ['library-cards/nothing'] })).body.code,
    ).equal('SCOPE_INVALID');
    expect((await ask('/api-keys', { organisation: 'nobody', label: 'x', scopes: ['*'] })).body.code).equal(
      'ORGANISATION_UNKNOWN',
    );
  });

  it('suspends, resumes and retires: what an organisation writes follows at once', async () => {
    const { organisation, key } = await makeBranch(running);
    expect((await write(key)).status).equal(202);
    expect((await ask(`/organisations/${organisation}/suspend`, {})).body.status).equal('suspended');
    expect((await write(key)).body.code).equal('ORGANISATION_INACTIVE');
    expect((await ask(`/organisations/${organisation}/resume`, {})).body.status).equal('active');
    expect((await write(key)).status).equal(202);
    expect((await ask(`/organisations/${organisation}/retire`, {})).body.status).equal('retired');
    const again = await ask(`/organisations/${organisation}/resume`, {});
    expect(again.status).equal(409);
    expect(again.body.code).equal('ADMINISTRATION_REFUSED');
    expect(again.body.detail).contains('OrganisationWrongStatus');
  });

  it('withdraws an accreditation and gives it back', async () => {
    const { organisation, key } = await makeBranch(running);
    await ask(`/organisations/${organisation}/accreditations/library-cards`, undefined, 'DELETE');
    expect((await write(key)).body.code).equal('NOT_ACCREDITED');
    await ask(`/organisations/${organisation}/accreditations`, { scope: 'library-cards.card.1' });
    expect((await write(key)).status).equal(202);
  });

  it('registers an organisation once, and only with a sensible id', async () => {
    const { organisation } = await makeBranch(running);
    const body = { organisation, name: 'Again', kind: 'company' };
    expect((await ask('/organisations', body)).body.code).equal('ADMINISTRATION_REFUSED');
    for (const bad of ['Upper', 'with space', '', 'x'.repeat(32), '../x'])
      expect((await ask('/organisations', { ...body, organisation: bad })).body.code).equal('INPUT_INVALID');
    expect((await ask('/organisations/nobody/suspend', {})).body.code).equal('ORGANISATION_UNKNOWN');
  });

  it('rotates API keys: two live ones, the revoked one dead for the next request', async () => {
    const { organisation, key } = await makeBranch(running);
    const request = { organisation, label: 'desk', scopes: ['library-cards/issue'] };
    const second = await ask<{ key: string; prefix: string }>('/api-keys', request);
    expect(second.status).equal(201);
    expect((await ask('/api-keys', request)).body.code).equal('API_KEY_LIMIT');
    expect([(await write(key)).status, (await write(second.body.key)).status]).deep.equal([202, 202]);
    await ask(`/api-keys/${key.split('_')[1]}`, undefined, 'DELETE');
    expect((await write(key)).body.code).equal('API_KEY_INVALID');
    expect((await write(second.body.key)).status).equal(202);
    const list = await ask<{ apiKeys: Record<string, unknown>[] }>('/api-keys');
    expect(JSON.stringify(list.body)).not.contains(second.body.key.slice(SECRET_AT)).and.not.contain('hash');
    expect(list.body.apiKeys.find(({ prefix }) => prefix === key.split('_')[1])).has.property('revokedAtMs');
  });

  it('bounds a key to its scopes and to its rate', async () => {
    const { organisation } = await makeBranch(running);
    const made = await ask<{ key: string }>('/api-keys', {
      organisation,
      label: 'slow',
      scopes: ['library-cards/block'],
      perMinute: 2,
    });
    const first = await write(made.body.key);
    expect(first.body.code).equal('SCOPE_MISSING');
    const block = () => send(`${running.url}/v1/library-cards/block`, { key: made.body.key, body: {} });
    const replies = [await block(), await block(), await block()];
    expect(replies.map(({ status }) => status)).deep.equal([422, 422, 429]);
    expect(replies[0]!.headers.get('ratelimit')).match(/"key"; r=1; t=\d+/);
    expect(Number(replies[2]!.headers.get('retry-after'))).within(1, 60);
    expect(replies[2]!.body.code).equal('TOO_MANY_REQUESTS');
  });

  it('locks out who guesses secrets', async () => {
    const { key } = await makeBranch(running);
    const wrong = `${key.slice(0, -8)}AAAAAAAA`;
    const replies = [];
    for (let i = 0; i < 11; i++) replies.push(await write(wrong));
    expect(replies.map(({ status }) => status)).deep.equal([...Array(10).fill(401), 429]);
    expect(replies[10]!.body.code).equal('API_KEY_LOCKED');
    expect(Number(replies[10]!.headers.get('retry-after'))).above(0);
  });

  it('erases an original for good, and the entry stays', async () => {
    const { key } = await makeBranch(running);
    const card = aCard();
    const { body } = await send(`${running.url}/v1/library-cards/issue`, { key, body: card, wait: 20 });
    const erased = await ask(`/entries/${body.entryId}/erase`, {});
    expect(erased.body.erasedAtMs).a('number');
    expect((await send(`${running.url}/v1/entries/${body.entryId}/document`, { key })).body.code).equal(
      'ORIGINAL_ERASED',
    );
    expect((await send(`${running.url}/v1/entries/${body.entryId}`)).body.state).oneOf([
      'final',
      'receipted',
    ]);
  });

  it('keeps a trail of who issued, revoked and erased what', async () => {
    const { organisation, key } = await makeBranch(running);
    const prefix = key.split('_')[1]!;
    await ask(`/api-keys/${prefix}`, undefined, 'DELETE');
    await ask(`/organisations/${organisation}/invitations`, undefined, 'POST');
    const { body } = await ask<{ acts: { by: string; did: string; to: string }[] }>('/trail?limit=3');
    const by = running.adminKey.split('_')[1];
    expect(body.acts.map(({ atMs: _at, ...act }: Record<string, unknown>) => act)).deep.equal([
      { by, did: 'staff-invited', to: organisation },
      { by, did: 'api-key-revoked', to: prefix },
      { by, did: 'api-key-issued', to: prefix },
    ]);
  });

  it('works from the command line, with the key from a file and refusals in one line', async () => {
    const file = join(running.folder, 'admin-key');
    await writeFile(file, `${running.adminKey}\n`, { mode: 0o600 });
    const run = (...args: string[]) =>
      new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
        const env = { PATH: process.env.PATH, LANG: 'en_US.UTF-8', SILLOK_ADMIN_KEY_FILE: file };
        const child = spawn(process.execPath, ['scripts/admin/main.ts', ...args, '--url', running.url], {
          env,
        });
        let out = '';
        let error = '';
        child.stdout.on('data', (chunk) => {
          out += chunk;
        });
        child.stderr.on('data', (chunk) => {
          error += chunk;
        });
        child.on('close', (code) => resolve({ code, out, error }));
      });
    const name = `cli-${Date.now() % 1_000_000}`;
    const registered = await run('register', name, '한빛모터스', '--kind', 'company', '--scopes', 'vehicles');
    expect(registered.error).equal('');
    expect(JSON.parse(registered.out)).include({ organisation: name, status: 'active' });
    const key = await run('issue-key', name, 'stock', '--scopes', 'vehicles/*');
    expect(JSON.parse(key.out).key).match(/^slk_/);
    const twice = await run('register', name, 'x', '--kind', 'company');
    expect(twice).include({ code: 1, out: '' });
    expect(twice.error).match(/^admin: .*OrganisationAlreadyRegistered.*\n$/);
    expect(await run('nonsense')).include({ code: 2 });
    expect((await run('--help')).out).contains('issue-key');
  });
});
