import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { takeLock } from '../../scripts/lib/lock.ts';
import { firewallOf } from '../../scripts/network/hosts.ts';
import { initNetwork } from '../../scripts/network/init.ts';
import type { Layout } from '../../scripts/network/layout.ts';
import { openNetwork, startNetwork } from '../../scripts/network/network.ts';
import { nodeProgram, programsOf, root } from '../../scripts/network/programs.ts';

const ADDRESSES = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.10', '10.1.0.11'];
const MAIN = fileURLToPath(new URL('../../scripts/network/main.ts', import.meta.url));

/** A command of `npm run network`. */
function command(...args: readonly string[]): {
  child: ChildProcess;
  said: () => string;
  ends: Promise<number>;
} {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe' });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  return { child, said: () => text, ends: once(child, 'close').then(([code]) => code as number) };
}

describe('folders for machines of their own', () => {
  let folder: string;
  let layout: Layout;
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-init-'));
    layout = await initNetwork({
      folder,
      hosts: 'separate',
      addresses: ADDRESSES,
      validators: 4,
      gateways: 2,
      standbys: 2,
    });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('keep each secret on the one machine that needs it, for its owner only', () => {
    const names = 'nodekey,passphrase,witness-key.json,log.json,token';
    const secrets = globSync(`hosts/**/{${names}}`, { cwd: folder });
    expect(secrets).to.have.length(4 * 3 + 2 + 2 * 2);
    for (const path of secrets) expect(statSync(join(folder, path)).mode & 0o077, path).to.equal(0);
    const contents = secrets.map(read);
    expect(new Set(contents)).to.have.property('size', contents.length);
    for (const secret of contents)
      expect(read('network.json') + read('genesis.json')).to.not.include(secret.trim());
  });

  it('give all nodes the same first block and the same peers', () => {
    for (const { name, host } of layout.cities) {
      expect(read(`hosts/${name}/node/genesis.json`)).to.equal(read('genesis.json'));
      const peers = JSON.parse(read(`hosts/${name}/node/klay/static-nodes.json`)) as string[];
      expect(peers.map((peer) => new URL(peer).hostname)).to.deep.equal(ADDRESSES.slice(0, 4));
      expect(read(`hosts/${name}/witness/options.json`)).to.include(`"rpcUrl": "http://${host}:`);
    }
  });

  it('hold units that start the very command lines of the network on one machine', () => {
    const city = layout.cities[2]!;
    const paths = { kscn: '/usr/local/bin/kscn', node: '/usr/bin/node', code: '/opt/sillok' };
    const { command, args } = nodeProgram(layout, city, '/var/lib/sillok/city-3', paths);
    const unit = read('hosts/city-3/system/sillok-node.service');
    expect(unit).to.include(`\nExecStart=${command} ${args.join(' ')}\n`);
    expect(unit).to.include('\nUser=sillok\n').and.include('\nReadWritePaths=/var/lib/sillok/city-3\n');
  });

  it('give each gateway as many standbys, each with a secret that no other one knows', () => {
    const place = 'hosts/{name}/standby-{gateway}/token';
    const pairs = [
      ['gateway-1', 'city-1', '10.1.0.1:8553'],
      ['gateway-1', 'city-2', '10.1.0.2:8553'],
      ['gateway-2', 'city-2', '10.1.0.2:8554'],
      ['gateway-2', 'city-3', '10.1.0.3:8554'],
    ] as const;
    for (const gateway of ['gateway-1', 'gateway-2']) {
      const its = pairs.filter(([of]) => of === gateway);
      const lines = its.map(([, name, at]) => {
        const token = read(place.replace('{name}', name).replace('{gateway}', gateway));
        return `http://${at} ${token}`;
      });
      expect(read(`hosts/${gateway}/standby-tokens`)).to.equal(lines.join(''));
      const urls = its.map(([, , at]) => `http://${at}`).join(',');
      expect(read(`hosts/${gateway}/gateway.env`)).to.include(`SILLOK_STANDBYS=${urls}\n`);
    }
    expect(read('hosts/city-2/system/sillok-standby-gateway-2.service')).to.include(
      '--data=/var/lib/sillok/city-2/standby-gateway-2/data --host 10.1.0.2 --port 8554',
    );
  });

  it('keep each copy on another host than its gateway, and are not made where there are too few', async () => {
    const [one, two, three, four] = ADDRESSES as [string, string, string, string];
    const more = { hosts: 'separate' as const, validators: 4, gateways: 2, standbys: 2 };
    const other = await mkdtemp(join(tmpdir(), 'sillok-beside-'));
    const path = join(other, 'city');
    const { cities } = await initNetwork({
      ...{ ...more, folder: path },
      addresses: [one, two, three, four, one, three],
    });
    const keepersOf = (gateway: string) =>
      cities.filter(({ standbyPorts = {} }) => gateway in standbyPorts).map(({ host }) => host);
    expect(keepersOf('gateway-1')).to.deep.equal([two, three]);
    expect(keepersOf('gateway-2')).to.deep.equal([two, four]);
    const few = {
      ...more,
      folder: join(other, 'few'),
      validators: 2,
      addresses: [one, two, one, '10.1.0.9'],
    };
    expect(await initNetwork(few).catch((error: Error) => error.message)).to.match(
      /^--standbys 2: each copy of gateway-1 at 10\.1\.0\.1 needs another host, and there are 1\. Name .*$/,
    );
    expect(globSync('few', { cwd: other })).to.deep.equal([]);
    await rm(other, { recursive: true });
  });

  it('let a standby be reached by its gateway and by those it may have to fence, and by no other city server', () => {
    const rules = (name: string) =>
      firewallOf(layout, name)
        .split('\n')
        .filter((line) => /855[34]/.test(line))
        .map((line) => line.trim());
    expect(rules('city-1')).to.deep.equal(['ip saddr { 10.1.0.10, 10.1.0.2 } tcp dport 8553 accept']);
    expect(rules('city-2')).to.deep.equal([
      'ip saddr { 10.1.0.10, 10.1.0.1 } tcp dport 8553 accept',
      'ip saddr { 10.1.0.11, 10.1.0.3 } tcp dport 8554 accept',
    ]);
    expect(rules('city-4')).to.deep.equal([]);
  });

  it('hold units and firewalls that systemd and nftables read', function () {
    const files = globSync('hosts/*/system/*', { cwd: folder });
    expect(files).to.have.length(4 * 3 + 2 * 2 + 2 * 2);
    const tools = ['systemd-analyze', 'nft'].filter((tool) => spawnSync(tool, ['--version']).status === 0);
    if (tools.length === 0) this.skip();
    for (const path of files) {
      const isUnit = path.endsWith('.service');
      if (!tools.includes(isUnit ? 'systemd-analyze' : 'nft')) continue;
      const [tool, ...args] = isUnit ? ['systemd-analyze', 'verify'] : ['nft', '--check', '--file'];
      const { stderr } = spawnSync(tool, [...args, join(folder, path)], { encoding: 'utf8' });
      // The programs are on those machines, not here; whoever is not root may not look at the kernel's tables.
      const complaints = stderr.split('\n').filter((line) => !/not executable|not permitted|^$/.test(line));
      expect(complaints, path).to.deep.equal([]);
    }
  });

  it('are not made over anything else', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sillok-other-'));
    await writeFile(join(other, 'precious'), '');
    for (const [path, words] of [
      [folder, /holds a network already/],
      [other, /is not empty and holds no network/],
    ] as const)
      expect(await initNetwork({ folder: path }).catch((error: Error) => error.message)).to.match(words);
    await rm(other, { recursive: true });
  });
});

describe('a command on a network', () => {
  let folder: string;
  const city = () => join(folder, 'city');
  const hosts = ['--hosts', '10.1.0.1,10.1.0.2,10.1.0.3,10.1.0.4'];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-command-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const [args, says] of [
    [['--hosts', '10.1.0.1,10.1.0.2,10.1.0.1'], /^network: --hosts names 10\.1\.0\.1 twice/],
    [[...hosts, '--gateway-hosts', '10.1.0.9,10.1.0.9'], /^network: --gateway-hosts names 10\.1\.0\.9 twice/],
    [['--hosts', '10.1.0.1,,10.1.0.2'], /^network: --hosts: nothing is no private IPv4 address/],
    [[...hosts, '--gateways', '2'], /^network: --gateways says nothing with --hosts: .*--gateway-hosts/],
    [['--hosts', '10.1.0.1'], /^network: --standbys 1: each copy of gateway-1 at 10\.1\.0\.1 needs/],
    ...['a#b', 'a,b', 'a@b', 'a+b', 'a b', 'a"b', "a'b", '#a', ''].map(
      (origin) => [[...hosts, '--origin', origin], /^network: --origin takes 1 to 80 letters/] as const,
    ),
  ] as const)
    it(`makes nothing that fails once it is carried: init ${args.join(' ')}`, async () => {
      const { said, ends } = command('init', ...args, '--folder', city());
      expect(await ends).to.be.oneOf([1, 2]);
      const lines = said()
        .trim()
        .split('\n')
        .filter((line) => !line.includes('making keys'));
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(says);
      expect(existsSync(city())).to.equal(false);
    });

  it('makes one copy where only one other host is left for it', async () => {
    const { said, ends } = command('init', '--hosts', '10.1.0.1,10.1.0.2', '--folder', city());
    expect(await ends, said()).to.equal(0);
    const { cities } = JSON.parse(readFileSync(join(city(), 'network.json'), 'utf8')) as Layout;
    expect(cities.map(({ standbyPorts }) => standbyPorts)).to.deep.equal([undefined, { 'gateway-1': 8553 }]);
  });

  it('waits for another one on the same folder, and says for whom', async () => {
    const release = await takeLock(`${city()}.lock`, () => {});
    const { child, said, ends } = command('init', ...hosts, '--folder', city());
    while (!said().includes('waiting')) await once(child.stderr!, 'data');
    expect(said()).to.match(
      new RegExp(`^network: another command \\(process ${process.pid}\\) is at work on `),
    );
    expect(existsSync(city())).to.equal(false);
    release();
    expect(await ends, said()).to.equal(0);
    expect(existsSync(`${city()}.lock`)).to.equal(false);
  });

  it('keeps nobody waiting who ends or starts a part that the other one waits for', async () => {
    expect(await command('init', ...hosts, '--folder', city()).ends).to.equal(0);
    const release = await takeLock(`${city()}.lock`, () => {});
    const { said, ends } = command('stop', 'nobody', '--folder', city());
    expect(await ends, said()).to.equal(2);
    expect(said()).to.contain('no part "nobody"');
    release();
  });

  it('touches no network that an earlier version made, and says so', async () => {
    expect(await command('init', ...hosts, '--folder', city()).ends).to.equal(0);
    const file = join(city(), 'network.json');
    const text = readFileSync(file, 'utf8').replace('network.2', 'network.1');
    writeFileSync(file, text);
    for (const args of [
      ['start'],
      ['add', '--host', '10.1.0.7'],
      ['remove', 'city-1'],
      ['settings', 'city-1'],
    ]) {
      const { said, ends } = command(...args, '--folder', city());
      expect(await ends, said()).to.equal(1);
      expect(said()).to.match(/^network: .* was made by an earlier version: [^\n]*\n$/);
    }
    expect(readFileSync(file, 'utf8')).to.equal(text);
  });

  it('makes one network when two make it at once', async () => {
    const both = [1, 2].map(() => command('init', ...hosts, '--folder', city()));
    const codes = await Promise.all(both.map(({ ends }) => ends));
    const said = both.map((one) => one.said()).join('');
    expect(codes.sort(), said).to.deep.equal([0, 1]);
    expect(said).to.match(/holds a network already/);
  });

  it('goes on after one that was killed', async () => {
    do {
      // One that was through before it could be killed is made anew.
      rmSync(city(), { recursive: true, force: true });
      const first = command('init', ...hosts, '--folder', city());
      // It speaks once it has the lock.
      await Promise.race([once(first.child.stderr!, 'data'), first.ends]);
      first.child.kill('SIGKILL');
      expect(await first.ends).to.be.oneOf([null, 0]);
    } while (existsSync(join(city(), 'network.json')));
    const { said, ends } = command('init', ...hosts, '--folder', city());
    expect(await ends, said()).to.equal(0);
  });

  it('asks a node that starts after a power cut, whose socket of before is still there', async () => {
    const socket = join(folder, 'ipc');
    const listen = `require('net').createServer().listen('${socket}', () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', listen]);
    expect(existsSync(socket)).to.equal(true);
    const { said, ends } = command('ask', socket, 'net_version');
    const node = createServer((connection) =>
      connection.once('data', () => connection.end('{"jsonrpc":"2.0","id":1,"result":"1445"}\n')),
    );
    // Longer than the command needs to find the old one.
    await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, 4_000))]);
    rmSync(socket);
    node.listen(socket);
    expect(await ends, said()).to.equal(0);
    expect(said()).to.equal('"1445"\n');
    node.close();
  });
});

describe('the administrator’s key', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const words = () => readFileSync(path('run/gateway-1.out'), 'utf8');
  const KEY = `slk_${'x'.repeat(52)}`;
  const SHOWN = `Administrator key, shown once:\n${KEY}\n`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-key-'));
    await initNetwork({ folder, validators: 1, portBase: 0, gatewayPort: 0 });
    mkdirSync(path('run'));
    mkdirSync(path('logs'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is kept when the gateway opens after the command that started it was interrupted', async () => {
    const { layout } = await openNetwork(folder);
    const paths = { kscn: 'kscn', node: process.execPath, code: root };
    const gateway = programsOf(layout, folder, paths).find(({ kind }) => kind === 'gateway')!;
    const answer = `require('http').createServer((_, answer) => answer.end()).listen(${gateway.ports[0]}, '127.0.0.1')`;
    const child = spawn(process.execPath, ['-e', answer, '--', ...gateway.args], { stdio: 'ignore' });
    try {
      writeFileSync(path('run/gateway-1.pid'), `${child.pid}\n`);
      writeFileSync(path('run/gateway-1.out'), SHOWN);
      const started = startNetwork({ folder, kinds: ['gateway'] });
      const [running] = (await started).gateways;
      expect(running!.adminKey()).to.equal(KEY);
      expect(words()).to.not.include(KEY);
      await startNetwork({ folder, kinds: ['gateway'] });
      expect(running!.pid).to.equal(child.pid);
    } finally {
      child.kill();
    }
  });

  it('is kept from a gateway that ended before anybody took it, when that is started again', async () => {
    writeFileSync(path('run/gateway-1.out'), SHOWN);
    writeFileSync(path('hosts/gateway-1/gateway.env'), 'SILLOK_PORT=none\n');
    const [gateway] = (await openNetwork(folder)).gateways;
    expect(await gateway!.start().catch((error: Error) => error.message)).to.match(/^gateway-1 has ended/);
    expect(gateway!.adminKey()).to.equal(KEY);
    expect(words()).to.not.include(KEY);
  });
});
