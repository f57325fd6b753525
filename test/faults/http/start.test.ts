/** What an operator sees when the gateway cannot start, and when a part of it dies: one line, exit code not 0. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

const running = new Set<ChildProcess>();

function run(variables: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env.PATH, SILLOK_PORT: '0', SILLOK_LOG_LEVEL: 'silent', ...variables };
  const child = spawn(process.execPath, ['server/main.ts'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, lines: errors.split('\n').filter((line) => line !== '') });
    });
  });
}

function expectLine({ code, lines }: Ended, text: RegExp): void {
  expect(lines.length, lines.join('\n')).equal(1);
  expect(lines[0])
    .match(/^sillok: /)
    .and.match(text);
  expect(code).equal(1);
}

describe('starting the gateway', function () {
  this.timeout(90_000);
  let folder: string;
  let data: string;
  let adminKey: string | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-start-'));
    data = join(folder, 'data');
    const first = await startGatewayProcess({ data });
    adminKey = first.adminKey;
    await first.stop();
  });
  after(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const copy = async (name: string) => {
    const path = join(folder, name);
    await cp(data, path, { recursive: true });
    return path;
  };

  it('prints the administrator’s key at the first start and never again', async () => {
    expect(adminKey).match(/^slk_/);
    const again = await startGatewayProcess({ data });
    const ready = await (await fetch(`${again.url}/readyz`)).json();
    await again.stop();
    expect(again.adminKey).equal(undefined);
    expect(ready).deep.equal({ status: 'ready', reasons: [] });
  });

  it('says so when the port is busy', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const ended = await run({ SILLOK_DATA: join(folder, 'fresh'), SILLOK_PORT: String(port) });
    other.close();
    expectLine(ended, /Port \d+ is in use/);
  });

  it('says so when another gateway uses the data, and leaves that one alone', async () => {
    const first = await startGatewayProcess({ data });
    expectLine(await run({ SILLOK_DATA: data }), /Another Sillok uses the data folder/);
    expect((await fetch(`${first.url}/readyz`)).status).equal(200);
    await first.stop();
  });

  it('says so when the data folder cannot be written or is none', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expectLine(await run({ SILLOK_DATA: file }), /is not a folder/);
    expectLine(await run({ SILLOK_DATA: '/proc/sillok' }), /cannot be written/);
  });

  it('says so when a variable is unknown or malformed', async () => {
    expectLine(await run({ SILLOK_DATA: data, SILLOK_COLOUR: 'red' }), /SILLOK_COLOUR is no variable/);
    expectLine(await run({ SILLOK_DATA: data, SILLOK_LANES: 'many' }), /SILLOK_LANES must be/);
  });

  it('says so when the passphrase is wrong or gone', async () => {
    const other = await copy('other');
    await writeFile(join(other, 'keys/passphrase'), `${'00'.repeat(32)}\n`);
    expectLine(await run({ SILLOK_DATA: other }), /passphrase does not open/);
    await rm(join(other, 'keys/passphrase'));
    expectLine(await run({ SILLOK_DATA: other }), /passphrase file .* cannot be read/);
  });

  it('says so when the store or the chain’s journal is damaged', async () => {
    const store = await copy('store');
    await damage(join(store, 'store'), /^MANIFEST-/);
    expectLine(await run({ SILLOK_DATA: store }), /store .* damaged/);
    const chain = await copy('chain');
    await damage(join(chain, 'chain/journal'), /\.(log|ldb)$/);
    expectLine(await run({ SILLOK_DATA: chain }), /journal of the embedded chain is damaged/);
  });

  for (const [part, name] of [
    ['chain', /embedded chain has stopped/],
    ['witness', /witness has stopped/],
  ] as const)
    it(`ends when its ${part} is killed, and starts again as if nothing had been`, async () => {
      const own = await copy(`kill-${part}`);
      const gateway = await startGatewayProcess({ data: own });
      const child = childOf(gateway, part === 'chain' ? 'embedded' : 'witness');
      process.kill(child, 'SIGKILL');
      await until(() => !isAlive(gateway.pid));
      const again = await startGatewayProcess({ data: own });
      expect((await fetch(`${again.url}/readyz`)).status).equal(200);
      await again.stop();
      expect(name).instanceOf(RegExp);
    });
});

/** Turns bits in the middle of every file of that name. */
async function damage(folder: string, name: RegExp): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!name.test(file)) continue;
    const path = join(folder, file);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 7) bytes[at]! ^= 0x55;
    writeFileSync(path, bytes);
  }
}

function childOf({ pid }: StartedGateway, part: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(`${part}/main.ts`),
  );
  if (found === undefined) throw new Error(`no ${part} among ${children}`);
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}
