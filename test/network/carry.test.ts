/** Changes of a network whose machines are set up and whose folders are deleted here. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import {
  addHost,
  changeLogKey,
  changeWitness,
  removeHost,
  settingsAgain,
} from '../../scripts/network/carry.ts';
import { addStandbyHost } from '../../scripts/network/copies.ts';
import { initNetwork } from '../../scripts/network/init.ts';
import { readLayout } from '../../scripts/network/layout.ts';
import { moveHost } from '../../scripts/network/move.ts';
import { whenFollowing } from '../../scripts/network/operator.ts';
import { openKey } from '../../server/log/key.ts';
import { COSIGNATURE, ED25519 } from '../../server/verify/note.ts';

const ADDRESSES = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.10'];
const MAIN = fileURLToPath(new URL('../../scripts/network/main.ts', import.meta.url));

describe('a change of a network on machines of their own', () => {
  let folder: string;
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const filesOf = (name: string) =>
    globSync('**', { cwd: join(folder, 'hosts', name) })
      .filter((path) => /[.\w-]+\.\w+$|nodekey$/.test(path))
      .sort();
  const layout = () => readLayout(folder);
  const keyOf = async (name: string, type: typeof COSIGNATURE | typeof ED25519) =>
    (await openKey({ path: join(folder, `${Math.random()}.json`), name, type, passphrase: 'secret' }))
      .verifierKey;
  const refusal = (act: () => unknown) => {
    try {
      return act();
    } catch (error) {
      return (error as Error).message;
    }
  };

  const refused = (error: Error) => error.message;

  /** With an `ssh` that keeps what it is given. */
  const carry = (first = '') => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const script = `#!/bin/sh\n${first}\nfile=${bin}/$(date +%s%N)\necho "$*" > $file\ntar -t >> $file\n`;
    writeFileSync(join(bin, 'ssh'), script, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    return spawnSync(process.execPath, [MAIN, 'carry', '--folder', folder], { encoding: 'utf8', env });
  };
  const carried = () => {
    const { status, stderr } = carry();
    expect(status, stderr).to.equal(0);
    return globSync('bin/[0-9]*', { cwd: folder })
      .sort()
      .map((file) => {
        const [line = '', ...names] = read(file).trim().split('\n');
        const [to = ''] = line.split(' ');
        return { to, command: line.slice(to.length + 1), names };
      });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-carry-'));
    await initNetwork({ folder, hosts: 'separate', addresses: ADDRESSES, validators: 4, standbys: 2 });
    // As people do once they have carried them.
    rmSync(join(folder, 'hosts'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives a further city server all it needs, and the others only what differs, with no secret', async () => {
    const steps = await addHost(folder, layout(), '10.1.0.5');
    const [city] = layout().cities.slice(-1);
    expect(city).to.include({ name: 'city-5', host: '10.1.0.5' });
    expect(filesOf('city-5')).to.deep.equal([
      'node/genesis.json',
      'node/klay/nodekey',
      'node/klay/static-nodes.json',
      'system/nftables.conf',
      'system/sillok-node.service',
      'system/sillok-witness.service',
      'witness/options.json',
      'witness/witness-key.json',
    ]);
    expect(read('hosts/city-5/node/genesis.json')).to.equal(read('genesis.json'));
    for (const name of ['city-1', 'city-2', 'city-3', 'city-4']) {
      expect(filesOf(name)).to.deep.equal([
        'node/klay/static-nodes.json',
        'system/nftables.conf',
        'system/sillok-node.service',
        'witness/options.json',
      ]);
      expect(read(`hosts/${name}/system/nftables.conf`)).to.include('10.1.0.5');
      expect(read(`hosts/${name}/witness/options.json`)).to.include('http://10.1.0.5:');
      expect(read(`hosts/${name}/system/sillok-node.service`)).to.include('10.1.0.5/32');
      expect(read(`hosts/${name}/node/klay/static-nodes.json`)).to.include(city!.nodeId);
    }
    expect(filesOf('gateway-1')).to.deep.equal(['gateway.env']);
    expect(read('hosts/gateway-1/gateway.env'))
      .to.include(`${city!.witness}@http://10.1.0.5:`)
      .and.include('SILLOK_WITNESS_THRESHOLD=4');
    expect(steps).to.include(`vote add ${city!.validator}`);
  });

  it('takes a city server out of what every other one knows', () => {
    const gone = layout().cities[1]!;
    const steps = removeHost(folder, layout(), 'city-2');
    expect(existsSync(join(folder, 'hosts/city-2'))).to.equal(false);
    for (const name of ['city-1', 'city-3', 'city-4', 'gateway-1'])
      for (const path of filesOf(name)) expect(read(`hosts/${name}/${path}`), path).to.not.include(gone.host);
    // The other standby has nobody left to fence.
    expect(filesOf('city-1')).to.include('system/nftables.conf');
    expect(read('hosts/gateway-1/gateway.env')).to.include('SILLOK_WITNESS_THRESHOLD=3');
    expect(steps).to.include(`vote remove ${gone.validator}`).and.include('sillok-standby-gateway-1');
  });

  it('leaves nothing on the machine of one that goes, which may get another one', () => {
    const last = removeHost(folder, layout(), 'city-2')
      .split(/^\d+\. /m)
      .at(-1)!;
    const units = ['node', 'witness', 'standby-gateway-1'].map((name) => `sillok-${name}.service`);
    expect(last).to.match(/^city-2:\n/);
    for (const path of [
      '/var/lib/sillok/city-2',
      '/etc/sillok/city-2',
      ...units.map((unit) => `/etc/systemd/system/${unit}`),
      '/etc/nftables.conf',
    ])
      expect(last).to.match(new RegExp(`rm -r?f .*${path}( |$)`, 'm'));
  });

  it('removes no city server on which a gateway goes on', () => {
    moveHost(folder, layout(), 'gateway-1', 'city-2');
    const before = read('network.json');
    expect(refusal(() => removeHost(folder, layout(), 'city-2'))).to.match(
      /^gateway-1 goes on with the copy on city-2: first promote .* move-gateway there\.$/,
    );
    expect(read('network.json')).to.equal(before);
  });

  it('names and reaches a gateway where it is, once it has moved', async () => {
    moveHost(folder, layout(), 'gateway-1', 'city-2');
    rmSync(join(folder, 'hosts'), { recursive: true });
    const key = await keyOf(`${layout().origin}/city-3`, COSIGNATURE);
    const steps = changeWitness(folder, layout(), 'city-3', key);
    expect(steps).to.match(/^Carry to gateway-1 \(on the machine of city-2\): npm run network -- carry/m);
    expect(steps).to.match(/^1\. gateway-1 \(on the machine of city-2\):/m);
    expect(carried().map(({ to }) => to)).to.deep.equal(['root@city-2']);
  });

  it('is carried so that root finds what it installs out of the reach of the parts’ user', async () => {
    await addHost(folder, layout(), '10.1.0.5');
    const sent = carried();
    expect(new Set(sent.map(({ to }) => to))).to.have.property('size', 6);
    for (const { command, names } of sent) {
      const isRoots = command.includes('/etc/sillok');
      expect(command).to.match(
        isRoots ? /^mkdir .* --no-same-owner/ : /^runuser -u sillok -- tar -C \/var\/lib\/sillok /,
      );
      for (const name of names) expect(/\/system\b/.test(name), name).to.equal(isRoots);
    }
    const names = sent.flatMap((one) => one.names);
    expect(names).to.include('city-5/node/klay/nodekey').and.include('city-5/system/sillok-node.service');
    expect(globSync('hosts/*', { cwd: folder })).to.deep.equal([]);
  });

  it('stays here where it cannot be carried, and keeps no other one waiting', async () => {
    await addHost(folder, layout(), '10.1.0.5');
    const { status, stderr } = carry('case $1 in *city-1) exit 255;; esac');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^network: Not carried: city-1\. /m);
    expect(globSync('hosts/*', { cwd: folder })).to.deep.equal(['hosts/city-1']);
  });

  it('gives no name twice, and adds up until it is carried', async () => {
    removeHost(folder, layout(), 'city-4');
    await addHost(folder, layout(), '10.1.0.4');
    expect(layout().cities.map(({ name }) => name)).to.deep.equal(['city-1', 'city-2', 'city-3', 'city-5']);
    const [city] = layout().cities.slice(-1);
    const peers = JSON.parse(read('hosts/city-1/node/klay/static-nodes.json')) as string[];
    expect(peers).to.have.length(4);
    expect(peers.join()).to.include(city!.nodeId);
  });

  it('changes a witness’s key at the gateways only, and the log’s at the witnesses only', async () => {
    const { origin } = layout();
    const witness = await keyOf(`${origin}/city-3`, COSIGNATURE);
    changeWitness(folder, layout(), 'city-3', witness);
    expect(globSync('hosts/*', { cwd: folder })).to.deep.equal(['hosts/gateway-1']);
    expect(read('hosts/gateway-1/gateway.env')).to.include(`${witness}@http://10.1.0.3:`);
    rmSync(join(folder, 'hosts'), { recursive: true });
    const key = await keyOf(origin, ED25519);
    const old = layout().logKey;
    const known = () => JSON.parse(read('hosts/city-1/witness/options.json'));
    changeLogKey(folder, layout(), key);
    expect(globSync('hosts/*', { cwd: folder })).to.have.length(4);
    expect(known()).to.include({ logKey: old, nextLogKey: key });
    changeLogKey(folder, layout(), undefined);
    expect(known()).to.include({ logKey: key }).and.not.have.property('nextLogKey');
  });

  it('gives a machine that lost its disk everything but its keys', () => {
    settingsAgain(folder, layout(), 'city-3');
    expect(globSync('hosts/*', { cwd: folder })).to.deep.equal(['hosts/city-3']);
    expect(filesOf('city-3')).to.deep.equal([
      'node/genesis.json',
      'node/klay/static-nodes.json',
      'system/nftables.conf',
      'system/sillok-node.service',
      'system/sillok-witness.service',
      'witness/options.json',
    ]);
  });

  it('is awaited no longer than it may take', async () => {
    const waiting = whenFollowing(() => join(folder, 'no-socket'), 1).catch((error: Error) => error.message);
    expect(await waiting).to.match(/does not follow the chain/);
  });

  it('moves a gateway to the city server with its copy, and tells all that have to reach it', () => {
    const steps = moveHost(folder, layout(), 'gateway-1', 'city-2');
    const settings = read('hosts/gateway-1/gateway.env');
    expect(settings).to.include('SILLOK_HOST=10.1.0.2\n');
    expect(settings).to.include('SILLOK_DATA=/var/lib/sillok/city-2/standby-gateway-1/data\n');
    expect(settings).to.include('SILLOK_STANDBYS=http://10.1.0.1:8553\n');
    expect(read('hosts/gateway-1/system/sillok-gateway.service')).to.include(
      '\nReadWritePaths=/var/lib/sillok/city-2\n',
    );
    for (const name of ['city-1', 'city-2', 'city-3', 'city-4']) {
      expect(filesOf(name)).to.deep.equal(['system/nftables.conf', 'witness/options.json']);
      expect(read(`hosts/${name}/system/nftables.conf`)).to.not.include('10.1.0.10');
      expect(read(`hosts/${name}/witness/options.json`)).to.include('http://10.1.0.2:8080');
    }
    expect(read('hosts/city-2/system/nftables.conf'))
      .to.include('tcp dport 8080 accept')
      .and.equal(read('hosts/gateway-1/system/nftables.conf'));
    expect(steps).to.match(
      /gateway-1 \(on the machine of city-2\):[\s\S]*systemctl enable --now sillok-gateway/,
    );
    expect(steps).to.include('Then lead to http://10.1.0.2:8080');
  });

  it('gives a gateway one copy more on another city server, with a secret that only the two have', async () => {
    const steps = await addStandbyHost(folder, layout(), 'gateway-1', 'city-3');
    const token = read('hosts/city-3/standby-gateway-1/token').trim();
    expect(token).to.match(/^[\da-f]{64}$/);
    expect(filesOf('gateway-1')).to.deep.equal(['gateway.env']);
    expect(read('hosts/gateway-1/standby-tokens.city-3')).to.equal(`http://10.1.0.3:8553 ${token}\n`);
    expect(read('hosts/gateway-1/gateway.env')).to.include(
      'SILLOK_STANDBYS=http://10.1.0.1:8553,http://10.1.0.2:8553,http://10.1.0.3:8553\n',
    );
    expect(filesOf('city-3')).to.deep.equal([
      'system/nftables.conf',
      'system/sillok-standby-gateway-1.service',
    ]);
    const fromAll = (others: string) => `ip saddr { 10.1.0.10, ${others} } tcp dport 8553 accept`;
    expect(read('hosts/city-3/system/nftables.conf')).to.include(fromAll('10.1.0.1, 10.1.0.2'));
    for (const [name, others] of [
      ['city-1', '10.1.0.2, 10.1.0.3'],
      ['city-2', '10.1.0.1, 10.1.0.3'],
    ] as const) {
      expect(filesOf(name)).to.deep.equal(['system/nftables.conf']);
      expect(read(`hosts/${name}/system/nftables.conf`)).to.include(fromAll(others));
    }
    expect(existsSync(join(folder, 'hosts/city-4'))).to.equal(false);
    expect(steps)
      .to.match(/1\. city-3:\n.+\n +systemctl enable --now sillok-standby-gateway-1\n2\. city-1, city-2:/)
      .and.match(/3\. gateway-1:\n.+\n.+standby-tokens\.city-3 .+\n +systemctl restart sillok-gateway\n/);
    expect(await addStandbyHost(folder, layout(), 'gateway-1', 'city-3').catch(refused)).to.match(
      /city-3 keeps a copy of the store of gateway-1 already/,
    );
  });

  it('adds up copies on two city servers until they are carried', async () => {
    await addStandbyHost(folder, layout(), 'gateway-1', 'city-3');
    await addStandbyHost(folder, layout(), 'gateway-1', 'city-4');
    const line = (city: number) =>
      `http://10.1.0.${city}:8553 ${read(`hosts/city-${city}/standby-gateway-1/token`)}`;
    for (const city of [3, 4])
      expect(read(`hosts/gateway-1/standby-tokens.city-${city}`)).to.equal(line(city));
  });

  it('takes no copy for one with which its gateway went on before, until that one is emptied', async () => {
    await addStandbyHost(folder, layout(), 'gateway-1', 'city-3');
    moveHost(folder, layout(), 'gateway-1', 'city-1');
    const copies = () => /^SILLOK_STANDBYS=(.*)$/m.exec(read('hosts/gateway-1/gateway.env'))![1];
    expect(copies()).to.equal('http://10.1.0.2:8553,http://10.1.0.3:8553');
    moveHost(folder, layout(), 'gateway-1', 'city-3');
    expect(copies()).to.equal('http://10.1.0.2:8553');
    expect(refusal(() => moveHost(folder, layout(), 'gateway-1', 'city-1'))).to.match(/an older store/);
    const steps = await addStandbyHost(folder, layout(), 'gateway-1', 'city-1');
    expect(copies()).to.equal('http://10.1.0.1:8553,http://10.1.0.2:8553');
    expect(steps).to.match(
      /systemctl stop sillok-standby-gateway-1\n.+rm -r \/var\/lib\/sillok\/city-1\/standby-gateway-1\/data\n.+enable --now/,
    );
  });

  it('puts no copy on the machine of its gateway', async () => {
    moveHost(folder, layout(), 'gateway-1', 'city-2');
    expect(await addStandbyHost(folder, layout(), 'gateway-1', 'city-2').catch(refused)).to.match(
      /^gateway-1 is on the machine of city-2/,
    );
  });

  it('is refused in one line where it makes no sense, and then changes nothing', async () => {
    const before = read('network.json');
    const { origin } = layout();
    expect(refusal(() => removeHost(folder, layout(), 'city-9'))).to.match(/^There is no city-9/);
    expect(refusal(() => changeLogKey(folder, layout(), undefined))).to.match(/nothing to finish/);
    expect(refusal(() => moveHost(folder, layout(), 'gateway-1', 'city-3'))).to.match(/keeps no copy/);
    expect(refusal(() => moveHost(folder, layout(), 'gateway-9', 'city-1'))).to.match(
      /^There is no gateway-9/,
    );
    for (const key of ['nonsense', await keyOf(`${origin}/city-2`, COSIGNATURE)])
      expect(refusal(() => changeWitness(folder, layout(), 'city-1', key))).to.match(/is no verifier key of/);
    expect(refusal(() => settingsAgain(folder, layout(), 'city-9'))).to.match(/^There is no city-9/);
    const at = ['--folder', folder];
    for (const [args, says] of [
      [['add', '--host', '10.1.0.3', ...at], /is the address of city-3/],
      [['add', '--host', '8.8.8.8', ...at], /is no private IPv4 address/],
      [['add', ...at], /--host names the address/],
      [['vote', 'add', '0x12'], /usage: .* vote add/],
      [['vote', 'add', `0x${'12'.repeat(20)}`], /^network: 0 running nodes at/],
      [['log-key', 'rotate', ...at], /usage: .* log-key/],
      [['move-gateway', 'gateway-1', ...at], /usage: .* move-gateway/],
      [['standby', 'gateway-1', ...at], /usage: .* standby GATEWAY CITY/],
      [['standby', 'gateway-7', 'city-3', ...at], /There is no gateway-7/],
      [['standby', 'gateway-1', 'city-7', ...at], /There is no city-7/],
      [['standby', 'gateway-1', 'city-1', ...at], /keeps a copy .* already/],
      [['start', ...at], /hosts of their own/],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
      expect(status, args.join(' ')).to.be.oneOf([1, 2]);
      expect(stderr).to.match(says);
      expect(stderr.trim().split('\n')).to.have.length(1);
    }
    expect(read('network.json')).to.equal(before);
    expect(existsSync(join(folder, 'hosts'))).to.equal(false);
  });
});
