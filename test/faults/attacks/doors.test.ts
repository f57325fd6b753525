/** Strangers and thieves at the HTTP door: addresses, headers, bodies, streams, keys. */
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { makeActor } from '../../helpers/actors.ts';
import {
  aCard,
  gateway,
  makeBranch,
  send,
  startOwn,
  stopOwn,
  type TestGateway,
} from '../../helpers/gateway.ts';

const INSIDES = /node_modules|\.ts:\d|Error: |\/work\/|\/tmp\//;

describe('a stranger at the door', () => {
  let running: TestGateway;
  let branch: { organisation: string; key: string };

  before(async () => {
    running = await gateway();
    branch = await makeBranch(running);
  });

  /** As the bytes stand: fetch would tidy the address up. */
  function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const { hostname, port } = new URL(running.url);
    return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        const asked = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
          );
        });
        asked.on('error', reject).end();
      },
    );
  }

  it('gets no file from outside the public folders, however the path is written', async () => {
    const targets = ['package.json', 'trust.json', 'keys/passphrase', 'state/signed', '.writable'];
    const ways = [
      '/log/../',
      '/log/..%2f',
      '/log/%2e%2e/',
      '/log/..%5c',
      '/log/.%2e/%2e%2e/',
      '/assets/..%2f..%2f',
    ];
    for (const way of [...ways, '/docs/..%2f..%2f..%2f', '//', '/./../', '/log//..//'])
      for (const target of targets) {
        const { status, text } = await raw(way + target);
        expect(status, way + target).within(300, 499);
        expect(text).not.match(INSIDES);
      }
  });

  it('causes no inner error with broken addresses, ranges, conditions and hosts', async () => {
    const asked: [string, Record<string, string>?][] = [
      ['/log/%00'],
      ['/assets/%00'],
      ['/%00'],
      ['/docs/%E0%A4%A'],
      ['/log/checkpoint', { range: 'bytes=999999999-' }],
      ['/log/checkpoint', { 'if-match': '"x"' }],
      ['/log/checkpoint', { 'if-unmodified-since': 'Mon, 01 Jan 1990 00:00:00 GMT' }],
      ['/docs', { range: 'bytes=999999999-' }],
      ['/verify', { range: 'bytes=999999999-', accept: 'text/html' }],
      ['/v1/services', { range: 'bytes=99-1' }],
      ['/v1/services', { 'accept-language': `${'x,'.repeat(3000)}en;q=9e9` }],
      ['/v1/services', { 'accept-language': 'constructor;q=__proto__' }],
      ['/v1/session', { cookie: 'sillok=constructor; =; ;;;' }],
      ['/v1/session', { cookie: `sillok=${'%00'.repeat(500)}` }],
      ['/v1/services', { host: 'evil.example' }],
      ['/v1/events?after=9007199254740991'],
      ['/v1/events?after=-1&limit=1000', { 'last-event-id': '9007199254740991' }],
      ['/v1/events', { accept: 'text/event-stream', 'last-event-id': '__proto__' }],
      ['/v1/events?after[]=1'],
      ['/v1/events?__proto__=1'],
      ['/v1/voting/polls?__proto__[limit]=1'],
      ['/v1/voting/polls?constructor=1'],
      ['/v1/voting/polls?limit=1&limit=2'],
      ['/v1/vehicles/inspections/__proto__'],
      ['/v1/credentials/status/constructor'],
      ['/v1/organisations/__proto__'],
      ['/v1/organisations/constructor'],
    ];
    for (const [path, headers] of asked) {
      const { status, text } = await raw(path, headers);
      expect(status, `${path} ${JSON.stringify(headers)}`).within(200, 499);
      expect(text, path).not.match(INSIDES);
    }
  });

  it('gets no administration by another spelling of its path, another method or a borrowed header', async () => {
    const asked: [string, Record<string, string>?, string?][] = [
      ['/v1/admin/organisations/'],
      ['/V1/ADMIN/organisations'],
      ['//v1/admin/organisations'],
      ['/v1//admin/organisations'],
      ['/v1/./admin/organisations'],
      ['/v1/%61dmin/organisations'],
      ['/v1/admin/organisations', {}, 'HEAD'],
      ['/v1/admin/organisations', { 'x-http-method-override': 'POST' }],
      ['/v1/admin/organisations', { 'x-original-url': '/v1/services', 'x-rewrite-url': '/v1/services' }],
      ['/v1/admin/organisations', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }],
      ['/v1/admin/organisations', { authorization: 'Bearer' }],
      ['/v1/admin/organisations', { authorization: 'Bearer undefined' }],
      ['/v1/admin/organisations', { authorization: `Basic ${running.adminKey}` }],
      [`/v1/admin/organisations?api_key=${running.adminKey}`],
      ['/v1/admin/status', { authorization: `Bearer ${branch.key}` }],
      ['/v1/admin/api-keys', { authorization: `Bearer ${branch.key}` }],
    ];
    for (const [path, headers, method] of asked) {
      const { status, text } = await raw(path, headers, method);
      expect(status, path).within(300, 499);
      expect(text, path).not.match(/"organisations"|"apiKeys"|"outbox"/);
    }
  });

  it('is not counted as another address for saying so', async () => {
    const ask = async (forwarded: string) => {
      const { headers } = await raw('/v1/trust', { 'x-forwarded-for': forwarded });
      const [, left, endsInSec] = /r=(\d+); ?t=(\d+)/.exec(String(headers.ratelimit)) ?? [];
      return { left: Number(left), endsInSec: Number(endsInSec) };
    };
    const both = async () => [await ask('203.0.113.7'), await ask('198.51.100.9')] as const;
    let [first, second] = await both();
    // A minute ended between the two; it does not between the next two.
    if (second.endsInSec > first.endsInSec) [first, second] = await both();
    expect(second.left).lessThan(first.left);
  });

  it('is told as little with a key of a known prefix as with one of an unknown', async () => {
    const [, prefix] = branch.key.split('_');
    const wrong = 'A'.repeat(43);
    const answers = await Promise.all(
      [`slk_${prefix}_${wrong}`, `slk_zzzzzzzz_${wrong}`].map((key) =>
        send(`${running.url}/v1/admin/status`, { key }),
      ),
    );
    const [known, unknown] = answers.map(({ status, body }) => ({ status, ...body, requestId: '' }));
    expect(known).deep.equal(unknown);
  });

  it('is not let wait longer than the gateway allows, whatever is preferred', async () => {
    const { key } = branch;
    for (const prefer of ['wait=99999999', 'wait=-1', 'wait=1e9', 'wait=0x10', 'respond-async, wait=0']) {
      const reply = await send(`${running.url}/v1/library-cards/issue`, {
        key,
        body: aCard(),
        headers: { prefer },
      });
      expect(reply.status, prefer).oneOf([201, 202]);
      const applied = reply.headers.get('preference-applied');
      expect(Number(/wait=(\d+)/.exec(applied ?? 'wait=0')?.[1]), prefer).within(0, 30);
    }
  });

  it('changes no object’s nature with the names of members', async () => {
    const bodies = [
      '{"__proto__":{"isCity":true}}',
      '{"constructor":{"prototype":{"isCity":true}}}',
      '{"number":"L000001","\\u005f_proto__":1}',
      '{"toString":1,"hasOwnProperty":2}',
      '[{"__proto__":[]}]',
    ];
    for (const body of bodies) {
      const { status } = await send(`${running.url}/v1/library-cards/issue`, { key: branch.key, body });
      expect(status, body).oneOf([207, 400, 422]);
    }
    expect(({} as Record<string, unknown>).isCity).equal(undefined);
  });

  it('cannot pass a look-alike for a plain letter where letters identify', async () => {
    const dealer = await makeActor(running, ['vehicles']);
    const look = (vin: string) => send(`${running.url}/v1/vehicles/look-up`, { body: { vin } });
    for (const vin of [
      'ＫNAKH815BAK68160О',
      'КNAKH815BAK681607',
      'KNAKH815BAK68160\u200b7',
      'KNAKH815BAK68160\u0667',
    ])
      expect((await look(vin)).body.code, vin).equal('INPUT_INVALID');
    const names = ['a\u202egpj.exe', 'Kim\u200bMinji', 'a\u0000b', '\ufeffKim', 'x\u2028y', '\ud800'];
    for (const holderName of names) {
      const { status } = await send(`${running.url}/v1/credentials/issue-course`, {
        key: dealer.key,
        body: { holderName, courseName: 'x', hours: 1, completedOn: '2026-01-01' },
      });
      expect(status, JSON.stringify(holderName)).within(400, 499);
    }
    const ids = ['ａctor', 'аctor', 'actor\u0000', 'actor/..', '__proto__', 'constructor\n', ''];
    for (const organisation of ids) {
      const { status } = await send(`${running.url}/v1/admin/organisations`, {
        key: running.adminKey,
        body: { organisation, name: 'x', kind: 'company' },
      });
      expect(status, JSON.stringify(organisation)).oneOf([400, 422]);
    }
  });

  it('meets one answer for keys that are the same and bodies that are not, in lists too', async () => {
    const idempotency = randomUUID();
    const issue = (body: unknown, more = {}) =>
      send<{ status?: number; entryId?: string; code?: string }[] & { code?: string; entryId: string }>(
        `${running.url}/v1/library-cards/issue`,
        { key: branch.key, body, idempotency, ...more },
      );
    const [a, b] = [aCard(), aCard()];
    const first = await issue([a, b]);
    const swapped = await issue([b, a]);
    expect(swapped.body.map(({ status }) => status)).deep.equal([422, 422]);
    const spelled = await issue([Object.fromEntries(Object.entries(a).reverse()), b]);
    expect(spelled.body.map(({ entryId }) => entryId)).deep.equal(first.body.map(({ entryId }) => entryId));
    const forged = await issue(b, { idempotency: `${idempotency}#1` });
    expect(forged.status).equal(400);
  });
});

describe('a stranger who does one thing very often', () => {
  let running: TestGateway;
  before(async () => {
    running = await startOwn();
  });
  after(() => stopOwn(running));

  it('does not take the places of everybody else’s streams', async () => {
    const stop = new AbortController();
    const open = (headers: Record<string, string> = {}) =>
      fetch(`${running.url}/v1/events`, {
        headers: { accept: 'text/event-stream', ...headers },
        signal: stop.signal,
      });
    const statuses = (await Promise.all(Array.from({ length: 80 }, () => open()))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 429)).not.empty;
    expect(statuses.filter((status) => status === 200)).not.empty;
    stop.abort();
  });

  it('is stopped when guessing enrolment codes, and may go on reading', async () => {
    const pollId = `0x${'ab'.repeat(32)}`;
    const guess = () =>
      send(`${running.url}/v1/voting/enrol`, { body: { pollId, code: 'AAAABBBB', commitment: '1' } });
    const codes = new Set<string>();
    for (let i = 0; i < 15; i++)
      for (const { body } of await Promise.all(Array.from({ length: 10 }, guess))) codes.add(body.code);
    expect([...codes]).deep.equal(['POLL_UNKNOWN', 'TOO_MANY_REQUESTS']);
    expect((await send(`${running.url}/v1/voting/polls`)).status).equal(200);
  });
});
