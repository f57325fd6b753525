/** The procedure of scripts/network/README.md, walked on machines of their own: its very commands, and those that they print. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { inspectionOf } from '../../scripts/bench/documents.ts';
import { findEngine } from '../../scripts/network/engine.ts';
import { type Layout, readLayout, standbysOf } from '../../scripts/network/layout.ts';
import { whenFollowing } from '../../scripts/network/operator.ts';
import { askOperator } from '../../scripts/network/rpc.ts';
import type { HealthStatus } from '../../server/http/health.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { parseTrust, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { send } from '../helpers/gateway.ts';
import { Clients } from './clients.ts';
import { Machines } from './machines.ts';

const CODE = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(CODE, 'scripts/network/README.md'), 'utf8');
/** Of gateways; city servers have theirs by their number. */
const GATEWAY = 10;

interface Block {
  readonly number: string;
  readonly hash: string;
}

describe('the written procedure, on machines of their own with systemd', function () {
  // Some of its steps take minutes.
  this.timeout(900_000);
  let folder: string | undefined;
  let machines: Machines;
  let adminKey: string;
  let written = 7_000;
  const receipts: string[] = [];
  /** For the next test: once the network is in an unknown state, nothing can be told. */
  let hasFailed = false;

  before(async function () {
    const lack = Machines.lack();
    if (lack !== undefined) {
      console.log(`      SKIPPED: machines of their own need ${lack}`);
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'sillok-walk-'));
    machines = new Machines(folder, { code: CODE, node: process.execPath, kscn: await findEngine() });
  });
  after(async () => {
    await machines?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    hasFailed = true;
    for (const name of machines.names) {
      const tail =
        'journalctl --no-pager -n 15 -o cat; systemctl list-units "sillok*" --all --no-pager --no-legend';
      console.log(`      ${name}\n${await machines.on(name, tail).catch(String)}`);
    }
  });

  const city = () => join(folder!, 'city');
  const layout = (): Layout => readLayout(city());
  /** Of the machine that the gateway is on. */
  let host = GATEWAY;
  const url = () => `http://${machines.subnet}.${host}:8080`;

  /** A block of commands of the page, with the addresses and the folder that there are here. */
  function block(name: string): string {
    const text = new RegExp(`^\`\`\`sh ${name}\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1];
    if (text === undefined) throw new Error(`the page has no block "${name}"`);
    return text
      .replaceAll('10.1.0.', `${machines.subnet}.`)
      .replaceAll('city/hosts', `${city()}/hosts`)
      .replaceAll('--folder city', `--folder ${city()}`);
  }
  const on = (machine: string, name: string) => machines.on(machine, block(name));
  const office = (name: string, KEY = '') => machines.office(block(name), { KEY });

  async function carry(): Promise<void> {
    await machines.office(block('carry'));
  }

  /** A machine as people find it, with its user. */
  async function install(name: string, number: number): Promise<void> {
    await machines.start(name, number);
    await on(name, 'user');
  }

  /** What a command printed: each step on each machine that is there. */
  async function follow(procedure: string): Promise<void> {
    await carry();
    for (const [, at, text] of procedure.matchAll(/^\d+\. (.+):\n((?: {5}.+\n?)+)/gm)) {
      const [names, isInTurn] = at!.split(', each when') as [string, string?];
      const machineOf = (name: string) => / \(on the machine of (.+)\)$/.exec(name)?.[1] ?? name;
      const there = names
        .split(', ')
        .map(machineOf)
        .filter((name) => machines.isOn(name));
      const script = `cd /opt/sillok\n${text!.replace('     put in place what was carried there', block('place'))}`;
      if (isInTurn === undefined) await Promise.all(there.map((name) => machines.on(name, script)));
      else for (const name of there) await machines.on(name, script);
    }
  }

  /** Asks until the gateway is there and has it; the test's own limit ends a wait in vain. */
  async function ask<T = { entryId: string }>(
    path: string,
    more: { body?: unknown; wait?: number } = {},
  ): Promise<T> {
    for (;;) {
      const answer = await send<T>(`${url()}${path}`, { key: adminKey, ...more }).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) return answer.body;
      if (answer !== undefined && ![404, 409, 429, 502, 503].includes(answer.status))
        throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
      await pause(200);
    }
  }

  const trustNow = async () => parseTrust(await ask<Trust>('/v1/trust'));
  const receiptOf = (entryId: string) => ask<string>(`/v1/entries/${entryId}/receipt`, { wait: 10 });

  async function write(): Promise<string> {
    return (await ask('/v1/vehicles/register-inspection', { body: inspectionOf(written++) })).entryId;
  }

  function cosignersOf(receipt: string, { witnesses }: Trust): number {
    return witnesses.filter(({ key }) => receipt.includes(`— ${key.split('+')[0]} `)).length;
  }

  /** Blocks go on with one history, a new entry gets its receipt, and every receipt so far is valid under the trust file of now. */
  async function expectAllWell(validators: number, threshold: number): Promise<void> {
    receipts.push(await receiptOf(await write()));
    const trust = await trustNow();
    expect(trust.witnesses).to.have.length(validators);
    expect(trust.threshold).to.equal(threshold);
    for (const receipt of receipts) {
      const { outcome, checks } = verifyReceipt(receipt, trust, { verifyEd25519 });
      expect(outcome, JSON.stringify(checks)).to.equal('valid');
    }
    expect(cosignersOf(receipts.at(-1)!, trust)).to.be.at.least(threshold);
    const names = layout().cities.map(({ name }) => name);
    expect(names).to.have.length(validators);
    const sockets = names.map((name) => machines.path(name, `/var/lib/sillok/${name}/node/ipc`));
    const { number, hash } = await askOperator<Block>(sockets[0]!, 'eth_getBlockByNumber', 'latest', false);
    for (const socket of sockets) {
      expect(await whenFollowing(() => socket)).to.include(`${validators} validators`);
      let own: Block | null = null;
      for (; own === null; await pause(100))
        own = await askOperator<Block | null>(socket, 'eth_getBlockByNumber', number, false);
      expect(own).to.include({ hash });
    }
  }

  it('installs four city servers and a gateway, whose entries get receipts of three witnesses', async () => {
    await office('init');
    const cities = layout().cities.map(({ name }) => name);
    for (const [i, name] of cities.entries()) await install(name, i + 1);
    await install('gateway-1', GATEWAY);
    await carry();
    for (const name of [...cities, 'gateway-1']) await on(name, 'place');
    await Promise.all(cities.map((name) => on(name, 'start-city')));
    adminKey = /slk_\S+/.exec(await on('gateway-1', 'start-gateway'))![0];
    expect(await machines.on('gateway-1', 'journalctl -o cat')).to.not.include(adminKey);
    await expectAllWell(4, 3);
  });

  it('gives the user of its parts nothing to write that root installs or runs', async () => {
    const writable = 'runuser -u sillok -- find /etc/sillok /etc/systemd/system /etc/nftables.conf -writable';
    for (const name of machines.names) {
      expect(await machines.on(name, `stat -c '%U %a' /etc/sillok /etc`)).to.equal('root 755\nroot 755\n');
      expect(await machines.on(name, `{ ${writable}; } 2>&1 | grep -v denied || true`), name).to.equal('');
      expect(await machines.on(name, 'find /var/lib/sillok -name system'), name).to.equal('');
    }
  });

  it('lets gateways to nodes and witnesses, validators to each other, and nobody else', async () => {
    const [{ host, p2pPort, rpcPort, witnessPort }] = layout().cities as [Layout['cities'][0]];
    const standbyPort = standbysOf(layout()).find(({ city }) => city.host === host)!.port;
    const reaches = async (from: string, port: number, withinSec: number) =>
      machines.on(from, `timeout ${withinSec} bash -c 'exec 3<>/dev/tcp/${host}/${port}'`).then(
        () => true,
        () => false,
      );
    for (const [from, port, expected] of [
      ['gateway-1', rpcPort, true],
      ['gateway-1', witnessPort, true],
      ['gateway-1', standbyPort, true],
      ['gateway-1', p2pPort, false],
      ['city-2', p2pPort, true],
      ['city-2', rpcPort, false],
      ['city-3', standbyPort, false],
    ] as const)
      expect(await reaches(from, port, expected ? 60 : 2), `${from} to ${port}`).to.equal(expected);
  });

  it('adds a fifth by vote', async () => {
    await install('city-5', 5);
    await follow(await office('add'));
    await expectAllWell(5, 4);
    const { validator } = layout().cities.at(-1)!;
    const again = `cd /opt/sillok && npm run -s network -- vote add ${validator}`;
    expect(await machines.on('city-1', again)).to.include('is a validator already');
  });

  it('replaces one whose disk is lost with its key', async () => {
    await machines.cut('city-2');
    await follow(await office('remove'));
    await install('city-6', 6);
    await follow(await machines.office(block('add').replace(`${machines.subnet}.5`, `${machines.subnet}.6`)));
    await expectAllWell(5, 4);
  });

  it('goes back to four', async () => {
    await follow(await machines.office(block('remove').replace('city-2', 'city-5')));
    await expectAllWell(4, 3);
    const left = 'ls -d /var/lib/sillok/* /etc/sillok/* /etc/systemd/system/sillok-* /etc/nftables.conf';
    expect(await machines.on('city-5', `${left} 2>/dev/null || true`)).to.equal('');
    await machines.cut('city-5');
  });

  it('gives a witness another key', async () => {
    const { key } = JSON.parse(await on('city-3', 'witness-key')) as { key: string };
    expect(key).to.not.equal(layout().cities.find(({ name }) => name === 'city-3')!.witness);
    await follow(await office('witness-key-office', key));
    expect((await trustNow()).witnesses.map((one) => one.key)).to.include(key);
    await expectAllWell(4, 3);
  });

  it('gives the log another key', async () => {
    const before = await trustNow();
    const key = /next key +(\S+)/.exec(await on('gateway-1', 'log-key-rotate'))![1]!;
    await follow(await office('log-key-office', key));
    await expectAllWell(4, 3);
    // Both sign: who has the trust file of before reads this receipt too.
    expect(verifyReceipt(receipts.at(-1)!, before, { verifyEd25519 }).outcome).to.equal('valid');
    await on('gateway-1', 'log-key-finish');
    await follow(await office('log-key-finish-office'));
    await expectAllWell(4, 3);
    expect((await trustNow()).logKey).to.equal(key);
  });

  it('upgrades every part under load, and loses nothing that was acknowledged', async () => {
    const clients = new Clients({ urls: [url()], key: adminKey, count: 3, restMs: 300 });
    clients.start();
    await clients.more(6);
    for (const { name } of layout().cities) await on(name, 'upgrade-city');
    await on('gateway-1', 'upgrade-gateway');
    await clients.more(6);
    await clients.stop();
    await clients.settle();
    expect(clients.complaints).to.deep.equal([]);
    for (const { entryId } of clients.acknowledged) receipts.push(await receiptOf(entryId));
    await expectAllWell(4, 3);
  });

  it('restores a city server that lost its disk, with its old keys', async () => {
    await machines.on('city-4', block('keep-city'));
    const kept = await readFile(machines.home('city-4', 'city-keys.tar'));
    await machines.cut('city-4');
    machines.loseDisk('city-4');
    await install('city-4', 4);
    await office('restore-city-office');
    await carry();
    await writeFile(machines.home('city-4', 'city-keys.tar'), kept);
    await on('city-4', 'restore-city');
    await on('city-4', 'place');
    await on('city-4', 'start-city');
    await expectAllWell(4, 3);
  });

  it('restores a gateway from a backup, and what was recorded since is there', async () => {
    const key = `(umask 077; echo ${adminKey} > ~/admin-key)\n`;
    await machines.on('gateway-1', `${key}cd /opt/sillok\n${block('backup')}`);
    await on('gateway-1', 'keep-gateway');
    await machines.on('gateway-1', 'tar -C ~ -cf ~/kept.tar backup gateway.tar');
    const kept = await readFile(machines.home('gateway-1', 'kept.tar'));
    const since = await write();
    receipts.push(await receiptOf(since));
    await machines.cut('gateway-1');
    machines.loseDisk('gateway-1');
    await install('gateway-1', GATEWAY);
    await office('restore-gateway-office');
    await carry();
    await writeFile(machines.home('gateway-1', 'kept.tar'), kept);
    await machines.on('gateway-1', `tar -C ~ -xf ~/kept.tar\ncd /opt/sillok\n${block('restore')}`);
    for (const { city } of standbysOf(layout())) await on(city.name, 'empty-standby');
    await on('gateway-1', 'place');
    await machines.on('gateway-1', 'systemctl enable --now sillok-gateway');
    await expectAllWell(4, 3);
    expect(await receiptOf(since)).to.be.a('string');
  });

  /** All of them, with nothing that they lack. */
  async function copiesAt(...cities: readonly string[]): Promise<void> {
    const at = layout().cities.filter(({ name }) => cities.includes(name));
    const wanted = at.map(({ host: of }) => `http://${of}:8553`).sort();
    for (;;) {
      const { standbys } = await ask<HealthStatus>('/v1/admin/status');
      expect(standbys.map((one) => one.url).sort()).to.deep.equal(wanted);
      if (standbys.every(({ lag }) => lag === 0)) return;
      await pause(200);
    }
  }

  it('gives a gateway the copy again that went with a city server', async () => {
    await copiesAt('city-1');
    await follow(await office('standby'));
    await copiesAt('city-1', 'city-3');
    await expectAllWell(4, 3);
  });

  it('goes on with a copy on a city server when the gateway’s machine burns, and what was acknowledged is there', async () => {
    await on('gateway-1', 'keep-gateway');
    const kept = await readFile(machines.home('gateway-1', 'gateway.tar'));
    const acknowledged = await write();
    await writeFile(machines.home('city-1', 'gateway.tar'), kept);
    for (;;) {
      await copiesAt('city-1', 'city-3');
      await machines.cut('gateway-1');
      const promotion = machines.on('city-1', block('promote').replace('.2:8553', '.3:8553'));
      const refused = await promotion.then(() => undefined).catch(String);
      if (refused === undefined) break;
      // One more was committed before the machine was cut off.
      expect(refused).to.include('STANDBY_NEWER');
      await machines.start('gateway-1', GATEWAY);
    }
    machines.loseDisk('gateway-1');
    await follow(await office('move-gateway'));
    host = 1;
    receipts.push(await receiptOf(acknowledged));
    await expectAllWell(4, 3);
    await copiesAt('city-3');
    await follow(await machines.office(block('standby').replace('city-3', 'city-4')));
    await copiesAt('city-3', 'city-4');
    await expectAllWell(4, 3);
  });
});
