import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Client, createClient, type LedgerEvent, Problem } from '../../../../web/lib/client/client.ts';
import { gateway, type TestGateway } from '../../../helpers/gateway.ts';

const FOLDER = fileURLToPath(new URL('../../../../web/lib/client/', import.meta.url));
const course = {
  holderName: '김하나',
  courseName: '블록체인 행정의 이해',
  hours: 12,
  completedOn: '2026-03-02',
};

/** What becomes of one request on its way. */
type Fate = 'pass' | 'busy' | 'lost before' | 'lost after';

describe('the client', () => {
  let running: TestGateway;
  let apiKey: string;
  let client: Client;
  const servers: Server[] = [];

  before(async () => {
    running = await gateway();
    const admin = createClient({ url: running.url, apiKey: running.adminKey });
    await admin.request('POST', '/v1/admin/organisations', {
      organisation: 'client-academy',
      name: '평생학습관',
      kind: 'public-body',
      accreditations: ['credentials'],
    });
    ({ key: apiKey } = await admin.request<{ key: string }>('POST', '/v1/admin/api-keys', {
      organisation: 'client-academy',
      label: 'client',
      scopes: ['credentials/*'],
    }));
    client = createClient({ url: running.url, apiKey });
  });
  after(() => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  });

  /** A real road to the gateway on which requests meet these fates in turn, and then pass. */
  async function road(...fates: Fate[]): Promise<{ url: string; keys: string[] }> {
    const keys: string[] = [];
    const server = createServer((incoming, outgoing) => {
      const fate = fates.shift() ?? 'pass';
      keys.push(String(incoming.headers['idempotency-key']));
      if (fate === 'lost before') return void incoming.socket.destroy();
      if (fate === 'busy') {
        incoming.resume();
        return void outgoing.writeHead(503, { 'retry-after': '0' }).end();
      }
      const { method, headers, url } = incoming;
      const onward = request(running.url + url, { method, headers }, (answer) => {
        if (fate === 'lost after') return void incoming.socket.destroy();
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys };
  }

  it('acts, waits, and hands over receipt and document', async () => {
    const issued = await client.credentials.issueCourse(course, { waitSec: 20 });
    expect(issued.state).oneOf(['final', 'receipted']);
    expect(issued.number).a('string');
    expect(await client.receipt(issued.entryId, { waitSec: 20 })).match(/^c2sp\.org\/tlog-proof@v1\n/);
    expect(await client.document(issued.entryId)).include({ sillok: 'document.1', entryId: issued.entryId });
    expect(await client.entry(issued.entryId)).include({ service: 'credentials', state: 'receipted' });
    expect((await client.credentials.status({ entryId: issued.entryId })).state).equal('valid');
  });

  it('repeats an act under its key until an answer arrives, and it is recorded once', async () => {
    const { url, keys } = await road('lost before', 'busy', 'lost after');
    const before = await client.credentials.issued({ limit: 200 });
    const issued = await createClient({ url, apiKey }).credentials.issueCourse(course);
    expect(keys).length(4);
    expect(new Set(keys).size).equal(1);
    const { credentials } = await client.credentials.issued({ limit: 200 });
    expect(credentials.length).equal(before.credentials.length + 1);
    expect(credentials.map(({ entryId }) => entryId)).includes(issued.entryId);
  });

  it('gives up when its patience ends, and never repeats what carries no key', async () => {
    const { url, keys } = await road('busy', 'busy', 'busy', 'busy');
    const busy = await createClient({ url, patienceSec: 0 })
      .trust()
      .catch((error: Problem) => error);
    expect(busy).instanceOf(Problem).include({ status: 503, code: 'HTTP_503' });
    expect(keys).length(1);
    const once = await createClient({ url })
      .request('POST', '/v1/admin/api-keys', {})
      .catch((error: Problem) => error);
    expect(once).include({ status: 503 });
    expect(keys).length(2);
  });

  it('stops waiting when it is told to', async () => {
    const { url } = await road(...Array<Fate>(50).fill('lost before'));
    const reason = new Error('the window was closed');
    const stopped = createClient({ url })
      .trust({ signal: AbortSignal.any([AbortSignal.timeout(50)]) })
      .catch((error: Error) => error.name);
    expect(await stopped).equal('TimeoutError');
    const aborted = new AbortController();
    const asked = createClient({ url }).trust({ signal: aborted.signal });
    aborted.abort(reason);
    expect(await asked.catch((error: Error) => error)).equal(reason);
  });

  it('tells refusals by code and field, in the language asked for', async () => {
    const refused = async (language: 'ko' | 'en') =>
      createClient({ url: running.url, apiKey, language })
        .credentials.issueCourse({ ...course, completedOn: '2026-02-30' })
        .then(
          () => expect.fail('taken'),
          (error: Problem) => error,
        );
    const english = await refused('en');
    expect(english).instanceOf(Problem).include({ status: 422, code: 'INPUT_INVALID', field: 'completedOn' });
    expect(english.errors[0]).include({ path: 'completedOn' });
    expect((await refused('ko')).message).match(/[가-힣]/);
  });

  it('sends lists of any length, and each item has its own outcome', async () => {
    const bodies = [...Array.from({ length: 1001 }, () => course), { ...course, hours: -1 }];
    const items = await client.credentials.issueCourse.all(bodies, { key: 'client-list-1' });
    expect(items.slice(0, 1001).every((item) => item.error === undefined && item.status === 202)).equal(true);
    expect(items[1001]!.error?.code).equal('INPUT_INVALID');
    const again = await client.credentials.issueCourse.all(bodies, { key: 'client-list-1' });
    expect(again).deep.equal(items);
  });

  it('reads all events in order, and follows them over a broken connection', async () => {
    const { entryId } = await client.credentials.issueCourse(course, { waitSec: 20 });
    const { leafIndex } = await client.entry(entryId);
    const listed: LedgerEvent[] = [];
    for await (const event of client.events()) listed.push(event);
    expect(listed.map((event) => event.leafIndex)).deep.equal(listed.map((_, i) => i));
    expect(listed.at(-1)!.leafIndex).at.least(leafIndex!);
    const { url } = await road('lost before', 'lost after', 'busy');
    const followed: LedgerEvent[] = [];
    for await (const event of createClient({ url }).events({ after: 1, follow: true })) {
      followed.push(event);
      if (event.leafIndex === listed.at(-1)!.leafIndex) break;
    }
    expect(followed).deep.equal(listed.slice(2));
  });

  it('sends no credentials with what must stay anonymous', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((incoming, outgoing) => {
      seen.push(incoming.headers.authorization);
      incoming.resume();
      outgoing.end('{}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const one = createClient({ url, apiKey: 'secret' });
    await one.voting.cast({ pollId: '0x', choices: [0], nullifier: '1', proof: [] });
    await one.voting.poll({ pollId: '0x' });
    expect(seen).deep.equal([undefined, 'Bearer secret']);
  });

  it('runs from a copy of its folder, as its page shows', async () => {
    const app = await mkdtemp(join(tmpdir(), 'sillok-app-'));
    try {
      await cp(FOLDER, join(app, 'sillok'), { recursive: true });
      const page = await readFile(join(FOLDER, 'README.md'), 'utf8');
      const [, example] = /```ts\n([\s\S]*?)```/.exec(page)!;
      await writeFile(join(app, 'package.json'), '{"type":"module"}');
      await writeFile(join(app, 'app.ts'), example!);
      const { stdout } = await promisify(execFile)(process.execPath, ['app.ts'], {
        cwd: app,
        env: { ...process.env, LEDGER_URL: running.url, LEDGER_KEY: apiKey },
      });
      expect(stdout).match(/^\d{4}-\S+ is (final|receipted)\nc2sp\.org\/tlog-proof@v1\n/);
      expect(stdout).match(/^INPUT_INVALID at completedOn: /m);
      expect(stdout).contains("[ 'accepted', 'accepted' ]");
    } finally {
      await rm(app, { recursive: true });
    }
  });
});
