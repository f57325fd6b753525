import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { PROBLEM_STATUS } from '../../../server/http/problem-table.ts';
import { ALL_SERVICES, aCard, gateway, makeBranch, send, type TestGateway } from '../../helpers/gateway.ts';

type Json = Record<string, unknown>;
interface Api extends Json {
  readonly paths: Record<
    string,
    Record<string, Json & { responses: Record<string, Json>; requestBody?: Json }>
  >;
}

describe('the HTTP surface', () => {
  let running: TestGateway;
  let api: Api;
  before(async () => {
    running = await gateway();
    api = (await send<Api>(`${running.url}/openapi.json`)).body;
  });

  it('sends the headers that bind a browser, on pages, answers and refusals alike', async () => {
    for (const path of [
      '/',
      '/docs',
      '/verify',
      '/v1/services',
      '/v1/nothing',
      '/log/checkpoint',
      '/openapi.json',
    ]) {
      const { headers } = await send(running.url + path);
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
      ])
        expect(policy, path).contains(part);
      expect(policy, path).not.contains('unsafe-inline');
      expect(policy.includes("connect-src 'self' https:"), path).equal(path === '/verify');
      expect(headers.get('x-content-type-options'), path).equal('nosniff');
      expect(headers.get('referrer-policy'), path).equal('no-referrer');
      expect(headers.get('x-powered-by'), path).equal(null);
      expect(headers.get('x-request-id'), path).match(/^[0-9a-f-]{36}$/);
    }
  });

  it('describes itself in OpenAPI 3.1, every service with it, and everything described answers', async () => {
    expect(api.openapi).equal('3.1.0');
    for (const { id, actions, queries } of ALL_SERVICES) {
      for (const name of Object.keys(actions)) expect(api.paths).has.property(`/v1/${id}/${name}`);
      for (const { path, method = 'get' } of Object.values(queries))
        expect(api.paths[`/v1/${id}/${path}`], path).has.property(method);
    }
    for (const [path, methods] of Object.entries(api.paths))
      for (const method of Object.keys(methods)) {
        const { status } = await fetch(running.url + path.replaceAll(/\{\w+\}/g, 'x'), {
          method: method.toUpperCase(),
          redirect: 'manual',
        });
        expect(status, `${method} ${path}`).not.oneOf([405, 500, 501]);
      }
  });

  it('has a description in which every reference, path member, operation id and schema is sound', () => {
    const ids = new Set<string>();
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const at = `${method} ${path}`;
        expect(ids.has(String(operation.operationId)), at).equal(false);
        ids.add(String(operation.operationId));
        const parameters = operation.parameters as { name: string; in: string; required: boolean }[];
        const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
        expect(inPath, at).members([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
        expect(Object.keys(operation.responses), at).not.empty;
        for (const response of Object.values(operation.responses))
          expect(response.description, at).a('string');
      }
    for (const [, pointer] of JSON.stringify(api).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
      const found = pointer!
        .split('/')
        .reduce<unknown>((node, part) => (node as Json)?.[part], api.components);
      expect(found, pointer).an('object');
    }
  });

  it('gives every service’s example with its request, and the example fits the schema described', () => {
    for (const { id, actions } of ALL_SERVICES)
      for (const [name, { example }] of Object.entries(actions)) {
        const body = api.paths[`/v1/${id}/${name}`]!.post!.requestBody as {
          content: Record<string, { example: unknown; schema: { anyOf: Json[] } }>;
        };
        const { schema, example: shown } = body.content['application/json']!;
        expect(shown).deep.equal(example);
        expect(z.fromJSONSchema(schema.anyOf[0] as never).safeParse(shown).success, `${id}/${name}`).equal(
          true,
        );
      }
  });

  it('names the methods that an address knows, to whoever comes with another', async () => {
    for (const [path, methods] of Object.entries(api.paths)) {
      const { status, headers } = await fetch(running.url + path.replaceAll(/\{\w+\}/g, 'x'), {
        method: 'PUT',
      });
      expect(status, path).equal(405);
      const allowed = headers.get('allow')!.toLowerCase().split(', ');
      expect(allowed, path).members([...Object.keys(methods), ...('get' in methods ? ['head'] : [])]);
    }
  });

  it('takes a query member without a value for nothing else', async () => {
    for (const path of ['/v1/events?after=', '/v1/events?limit=5&after=', '/v1/voting/polls?limit=']) {
      const { status, body } = await send(running.url + path);
      expect([status, body.code, body.field], path).deep.equal([
        422,
        'INPUT_INVALID',
        /(\w+)=$/.exec(path)![1],
      ]);
    }
  });

  it('promises only problems that exist', () => {
    for (const [, codes] of JSON.stringify(api.paths).matchAll(/"examples":(\["[A-Z_",]+"\])/g))
      for (const code of JSON.parse(codes!)) expect(PROBLEM_STATUS).has.property(code);
  });

  it('shows the description to people without asking any other host', async () => {
    const page = await send<string>(`${running.url}/docs`);
    expect(page.headers.get('content-type')).contains('text/html');
    for (const [, address] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(address).match(/^\/(?!\/)/);
      expect((await fetch(running.url + address)).status, address).equal(200);
    }
    expect(page.body).not.match(/<script(?![^>]*src)|style=|onclick=/);
  });

  it('says alive, ready and how it is', async () => {
    expect((await send(`${running.url}/livez`)).body.status).equal('alive');
    expect((await send(`${running.url}/readyz`)).body).deep.equal({
      status: 'ready',
      reasons: [],
      alerts: [],
    });
    const { body } = await send<string>(`${running.url}/metrics`);
    for (const name of [
      'queue_entries',
      'queue_oldest_seconds',
      'lane_next_nonce',
      'chain_head_age_seconds',
      'log_lag_leaves',
    ])
      expect(body).match(new RegExp(`^sillok_${name}(\\{[^}]*\\})? \\d`, 'm'));
  });

  it('serves the log as static files that others may read', async () => {
    const { body, headers } = await send<string>(`${running.url}/log/checkpoint`);
    expect(body.split('\n')[0]).equal(running.trust.origin);
    expect(headers.get('access-control-allow-origin')).equal('*');
    expect((await send(`${running.url}/log/../keys/passphrase`)).status).equal(404);
    expect((await send(`${running.url}/log/%2e%2e/keys/passphrase`)).status).oneOf([403, 404]);
  });

  it('gives every checkpoint whole, with its tag, whatever becomes of its file meanwhile', async () => {
    const { body, headers } = await send<string>(`${running.url}/log/checkpoint`);
    const file = join(running.context.log.publicFolder, 'checkpoint');
    const kept = await readFile(file);
    await writeFile(file, 'half a che');
    try {
      expect((await send<string>(`${running.url}/log/checkpoint`)).body).equal(body);
    } finally {
      await writeFile(file, kept);
    }
    expect(headers.get('content-type')).match(/^text\/plain/);
    expect(headers.get('etag')).a('string');
  });

  it('hands out the events in order, page by page, and as a stream that resumes', async () => {
    const all = await send<{ events: { leafIndex: number }[]; size: number }>(
      `${running.url}/v1/events?limit=1000`,
    );
    expect(all.body.events.map(({ leafIndex }) => leafIndex)).deep.equal(all.body.events.map((_, i) => i));
    const some = await send<{ events: object[]; next: number }>(`${running.url}/v1/events?after=0&limit=2`);
    expect(some.body.events).deep.equal(all.body.events.slice(1, 3));
    expect(some.body.next).equal(2);

    const stop = new AbortController();
    const stream = await fetch(`${running.url}/v1/events?after=0`, {
      headers: { accept: 'text/event-stream', 'last-event-id': '1' },
      signal: stop.signal,
    });
    const { key } = await makeBranch(running);
    const { body } = await send(`${running.url}/v1/library-cards/issue`, { key, body: aCard() });
    let text = '';
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes(String(body.entryId)) && text.endsWith('\n\n')) break;
    }
    stop.abort();
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids[0]).equal(2);
    expect(ids).deep.equal(ids.map((_, i) => i + 2));
  });

  it('answers what is not there with a problem, never with a trace', async () => {
    const paths = [
      '/v1/nothing',
      '/v1/entries/0x12',
      `/v1/entries/0x${'00'.repeat(32)}`,
      '/v1/events?after=x',
      '/v1/events?unknown=1',
      '/%ff',
      '/v1/library-cards/cards/%00',
      '/v1/services?a[b]=c',
    ];
    for (const path of paths) {
      const { status, body } = await send<string>(running.url + path);
      expect(status, path).within(200, 499);
      expect(JSON.stringify(body), path).not.match(/node_modules|\.ts:\d|Error: /);
    }
    expect((await send(`${running.url}/v1/services`, { method: 'DELETE' })).status).equal(405);
  });

  it('sends the pages compressed, and hashed names for good', async () => {
    const page = await send<string>(`${running.url}/`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-encoding')).equal('gzip');
    expect(page.headers.get('cache-control')).equal('no-cache');
    const [, asset] = /(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/.exec(page.body)!;
    const packed = await send<string>(running.url + asset);
    expect(packed.headers.get('cache-control')).contains('immutable');
    const best = await send<string>(running.url + asset, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(best.headers.get('content-encoding')).equal('br');
    expect(best.body).equal(packed.body);
    const plain = await send<string>(running.url + asset, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).equal(null);
    expect(plain.body).equal(packed.body);
    expect(Number(packed.headers.get('content-length'))).below(plain.body.length / 2);
    const deep = await send<string>(`${running.url}/polls/0x12`, { headers: { accept: 'text/html' } });
    expect(deep.body).equal(page.body);
    for (const path of [
      '/assets/../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/none.js',
    ])
      expect((await send(running.url + path)).status, path).equal(404);
  });

  it('asks the contract whether a ballot would count', async () => {
    const ballot = {
      pollId: `0x${'01'.repeat(32)}`,
      choices: '1',
      nullifier: '5',
      proof: Array(8).fill('1'),
    } as const;
    const reason = await running.context.chain.refusalOf(
      { to: 'casts', ...ballot },
      running.context.nowSec(),
    );
    expect(reason).equal('UnknownPoll');
  });

  it('counts strangers by address and says when to come again', async () => {
    const { headers } = await send(`${running.url}/v1/services`);
    expect(headers.get('ratelimit-policy')).contains('"address"');
    expect(headers.get('ratelimit')).match(/"address"; r=\d+; t=\d+/);
  });

  it('counts drawings of receipts apart from their text', async () => {
    const receipt = `${running.url}/v1/entries/0x${'77'.repeat(32)}/receipt`;
    const policies = async (form: string) =>
      (await send(`${receipt}?form=${form}`)).headers.get('ratelimit-policy');
    for (const form of ['qr', 'compact']) expect(await policies(form)).contains('"costly"');
    for (const form of ['text', 'base45']) expect(await policies(form)).not.contains('costly');
    let last = 0;
    for (let i = 0; i < 200 && last !== 429; i++) last = (await send(`${receipt}?form=compact`)).status;
    expect(last).equal(429);
    expect((await send(`${receipt}?form=text`)).body.code).equal('ENTRY_UNKNOWN');
  });

  it('keeps a made-up service end to end: form, route, look-up', async () => {
    const { body } = await send<{
      services: { id: string; actions: { name: string; input: { properties: Record<string, Json> } }[] }[];
    }>(`${running.url}/v1/services`);
    const cards = body.services.find(({ id }) => id === 'library-cards')!;
    const { properties } = cards.actions.find(({ name }) => name === 'issue')!.input;
    for (const field of Object.values(properties)) expect(field.label).has.keys('ko', 'en');
    const { key } = await makeBranch(running);
    const card = aCard();
    await send(`${running.url}/v1/library-cards/issue`, { key, body: card, wait: 20 });
    const look = await send<{ status: string; document: Json }>(
      `${running.url}/v1/library-cards/cards/${card.number}`,
    );
    expect(look.body.status).equal('active');
    expect(look.body.document).not.has.property('memberName');
  });
});

it('is told when the port is taken already', async () => {
  const { takeDoor } = await import('../../../server/http/door.ts');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const refusal = await takeDoor('127.0.0.1', port).catch((error) => error.code);
  other.close();
  expect(refusal).equal('PORT_BUSY');
});
