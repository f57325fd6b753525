import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { firewallOf } from '../../scripts/network/hosts.ts';
import { initNetwork } from '../../scripts/network/init.ts';
import type { Layout } from '../../scripts/network/layout.ts';
import { nodeProgram } from '../../scripts/network/programs.ts';

const ADDRESSES = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.10', '10.1.0.11'];

describe('folders for machines of their own', function () {
  this.timeout(60_000);
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
