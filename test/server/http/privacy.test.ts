/** What a citizen does leaves no trace of who did it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../../server/config.ts';
import { type Running, startGateway } from '../../../server/main.ts';
import { voting } from '../../../server/services/voting/index.ts';
import { ALL_SERVICES, send } from '../../helpers/gateway.ts';

describe('an anonymous act', () => {
  let running: Running;
  let folder: string;
  let lines = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-privacy-'));
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines += chunk;
        done();
      },
    });
    running = await startGateway(readConfig({ SILLOK_DATA: folder, SILLOK_PORT: '0' }), {
      services: ALL_SERVICES,
      logger: pino({ level: 'trace' }, sink),
    });
  });
  after(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const anonymous = ALL_SERVICES.flatMap(({ id, actions }) =>
    Object.entries(actions)
      .filter(([, { access }]) => access === 'anonymous')
      .map(([name, { example }]) => [`/v1/${id}/${name}`, example] as const),
  );

  it('exists: enrolling and casting', () => {
    expect(anonymous.map(([path]) => path)).includes.members(['/v1/voting/enrol', '/v1/voting/cast']);
  });

  it('takes no account of credentials, not even wrong ones, and sets no cookie', async () => {
    for (const [path, body] of anonymous) {
      const plain = await send(running.url + path, { body });
      for (const more of [
        { key: running.adminKey },
        { key: 'slk_aaaaaaaa_wrong' },
        { cookie: 'sillok=anything', headers: { origin: 'https://elsewhere.example' } },
      ]) {
        const reply = await send(running.url + path, { body, ...more });
        expect([reply.status, reply.body.code]).deep.equal([plain.status, plain.body.code]);
        expect(reply.headers.get('set-cookie')).equal(null);
        expect(reply.headers.get('cache-control')).equal('no-store');
      }
    }
  });

  it('is logged by its route alone', async () => {
    lines = '';
    const secret = 'SECRET-IN-BODY';
    for (const [path, body] of anonymous) {
      const marked = { ...(body as object), code: secret, commitment: secret };
      await send(`${running.url}${path}?name=${secret}`, {
        body: marked,
        key: `slk_aaaaaaaa_${secret}`,
        headers: { 'user-agent': secret, 'x-forwarded-for': '203.0.113.7', referer: secret },
      });
    }
    const logged = lines.split('\n').filter((line) => line.includes('/v1/voting/'));
    expect(logged).lengthOf(anonymous.length);
    for (const line of logged)
      expect(Object.keys(JSON.parse(line))).members([
        'level',
        'time',
        'pid',
        'hostname',
        'requestId',
        'method',
        'route',
        'status',
        'ms',
        'msg',
      ]);
    expect(lines).not.match(/SECRET|203\.0\.113|127\.0\.0\.1|::1/);
  });

  it('stands in no row with anything but what the service keeps', async () => {
    const rows = await running.context.store.range<unknown>({ gte: 'idem:-/', lt: 'idem:-/\uffff' });
    for (const { value } of rows) expect(Object.keys(value as object)).members(['hash', 'answer']);
    expect(voting.id).equal('voting');
  });
});
