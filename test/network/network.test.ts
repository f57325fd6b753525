import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { inspectionOf } from '../../scripts/bench/documents.ts';
import { addStandbyHere } from '../../scripts/network/copies.ts';
import { addValidator, removeValidator } from '../../scripts/network/members.ts';
import { moveHere } from '../../scripts/network/move.ts';
import { namespaceOf } from '../../scripts/network/namespaces.ts';
import {
  type NodePart,
  openNetwork,
  type RunningNetwork,
  startNetwork,
} from '../../scripts/network/network.ts';
import { ask } from '../../scripts/network/rpc.ts';
import { nodeStatus } from '../../scripts/network/status.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { parseTrust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { type Client, createClient, Problem } from '../../web/lib/client/client.ts';
import { healthOf } from '../helpers/gateway.ts';
import { runPromotion } from '../helpers/standby.ts';

interface BlockHead {
  readonly number: string;
  readonly hash: string;
}

/** An office that may write cars and courses, as the administrator registers it. */
async function foundOffice({ gateways }: RunningNetwork): Promise<Client> {
  const admin = createClient({ url: gateways[0]!.url, apiKey: gateways[0]!.adminKey() });
  const organisation = 'office';
  const accreditations = ['vehicles'];
  await admin.request('POST', '/v1/admin/organisations', {
    organisation,
    name: '차량등록사업소',
    kind: 'public-body',
    accreditations,
  });
  const { key } = await admin.request<{ key: string }>('POST', '/v1/admin/api-keys', {
    organisation,
    label: 'network test',
    scopes: accreditations.map((service) => `${service}/*`),
  });
  return admin.as(key);
}

type Inspection = Parameters<Client['vehicles']['registerInspection']>[0];

let written = 0;

/** One more car inspected. @returns its entry, accepted */
async function write(office: Client): Promise<Hex> {
  const { entryId } = await office.vehicles.registerInspection(inspectionOf(4_000 + written++) as Inspection);
  return entryId;
}

/** Until a receipt with enough cosignatures verifies, offline. @returns cosigners of the receipt */
async function writeToReceipt(office: Client): Promise<readonly string[]> {
  const receipt = await receiptOf(office, await write(office));
  const trust = parseTrust(await office.trust());
  const { outcome, checks } = verifyReceipt(receipt, trust, { verifyEd25519 });
  expect(outcome, JSON.stringify(checks)).to.equal('valid');
  return trust.witnesses
    .map(({ key }) => key.split('+')[0]!)
    .filter((name) => receipt.includes(`— ${name} `));
}

/** However long it takes: the test's own limit ends a wait in vain. */
async function receiptOf(office: Client, entryId: Hex): Promise<string> {
  for (;;) {
    try {
      return await office.receipt(entryId, { waitSec: 30 });
    } catch (error) {
      const isLater =
        error instanceof Problem && ['RECEIPT_PENDING', 'COSIGNATURES_PENDING'].includes(error.code);
      if (!isLater) throw error;
      await pause(200);
    }
  }
}

/** Resolves when every node shows the block that is the newest of the first now, and the same one: with that. */
async function expectOneHistory(nodes: readonly NodePart[]): Promise<BlockHead> {
  const newest = await ask<BlockHead>(nodes[0]!.rpcUrl, 'eth_getBlockByNumber', 'latest', false);
  for (const { rpcUrl, name } of nodes) {
    let own: BlockHead | null = null;
    while (own === null) {
      own = await ask<BlockHead | null>(rpcUrl, 'eth_getBlockByNumber', newest.number, false).catch(
        () => null,
      );
      if (own === null) await pause(200);
    }
    expect(own.hash, name).to.equal(newest.hash);
  }
  return newest;
}

async function headOf({ rpcUrl }: NodePart): Promise<number> {
  return Number(await ask<string>(rpcUrl, 'eth_blockNumber'));
}

function validatorsOf({ rpcUrl }: NodePart): Promise<string[]> {
  return ask<string[]>(rpcUrl, 'istanbul_getValidators', 'latest');
}

async function outputOf(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text };
}

const script = (path: string, ...args: string[]) =>
  spawn(process.execPath, [path, ...args], { stdio: 'pipe' });

describe('a network of four validators', () => {
  let folder: string;
  let network: RunningNetwork;
  let office: Client;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-network-'));
    network = await startNetwork({ folder, standbys: 2, ports: 'free', isOwned: true });
    office = await foundOffice(network);
  });

  afterEach(async () => {
    if ((await openNetwork(folder)).parts.some(({ pid }) => pid === undefined))
      await startNetwork({ folder });
  });

  after(async () => {
    await (await openNetwork(folder)).stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts from nothing: four validators with one history, each knowing the three others', async () => {
    await expectOneHistory(network.nodes);
    for (const node of network.nodes) {
      // Two that dialled each other at the same moment try again later; the test's own limit ends a wait in vain.
      while ((await nodeStatus(node)).peers !== 3) await pause(200);
      const { validators } = await nodeStatus(node);
      expect(validators).to.have.members(network.nodes.map(({ validator }) => validator));
    }
    expect(network.threshold).to.equal(3);
  });

  it('lets its nodes stand behind whoever waits for an answer of the gateway', function () {
    if (!existsSync('/proc/self/autogroup')) return this.skip();
    for (const { pid, kind } of network.parts) {
      const share = readFileSync(`/proc/${pid}/autogroup`, 'utf8');
      expect(share).to.match(kind === 'node' ? / nice 10$/m : / nice 0$/m);
    }
  });

  it('takes polls with ballots, cars and certificates to receipts as the demonstration wants them', async () => {
    const { url, adminKeyFile } = network.gateways[0]!;
    const demo = script(
      'scripts/demo/main.ts',
      '--ballots',
      '3',
      '--url',
      url,
      '--admin-key-file',
      adminKeyFile,
    );
    const { code, text } = await outputOf(demo);
    expect(code, text).to.equal(0);
  });

  it('gives receipts of three or four witnesses that npm run verify accepts without any server', async () => {
    const entryId = await write(office);
    await writeFile(join(folder, 'one.tlog-proof'), await receiptOf(office, entryId));
    await writeFile(join(folder, 'trust.json'), JSON.stringify(await office.trust()));
    const files = ['--trust', join(folder, 'trust.json'), join(folder, 'one.tlog-proof')];
    const { code, text } = await outputOf(script('scripts/verify/main.ts', ...files));
    expect(code, text).to.equal(0);
  });

  it('keeps secrets from other users of the machine, and the administrator’s key out of what processes say', async () => {
    const open = spawnSync('find', [folder, '-type', 'f', '-perm', '/044', '-name', '*key*'], {
      encoding: 'utf8',
    });
    expect(open.stdout).to.equal('');
    const found = spawnSync('grep', [
      '-rl',
      network.gateways[0]!.adminKey(),
      join(folder, 'run'),
      join(folder, 'logs'),
    ]);
    expect(found.status, 'grep finds nothing').to.equal(1);
  });

  it('starts only what is missing, and takes no other process for its own', async () => {
    const before = network.parts.map(({ pid }) => pid);
    const witness = network.witnesses[2]!;
    await witness.stop();
    await writeFile(join(folder, 'run/city-3-witness.pid'), `${process.pid}\n`);
    expect(witness.pid, 'the number is somebody else’s now').to.equal(undefined);
    await startNetwork({ folder });
    const others = (pids: readonly (number | undefined)[]) =>
      pids.filter((_, i) => network.parts[i] !== witness);
    expect(others(network.parts.map(({ pid }) => pid))).to.deep.equal(others(before));
    expect(witness.pid).to.be.a('number').that.does.not.equal(process.pid);
  });

  it('goes on while one validator is dead, which catches up when it is back', async () => {
    const dead = network.nodes[3]!;
    await dead.kill();
    expect(await writeToReceipt(office)).to.have.length.of.at.least(3);
    await dead.start();
    await expectOneHistory(network.nodes);
  });

  it('gives full receipts while one witness is dead, and none with fewer than three', async () => {
    const [first, second] = network.witnesses;
    await first!.kill();
    expect(await writeToReceipt(office)).to.not.include(first!.key.split('+')[0]!);
    await second!.kill();
    const late = writeToReceipt(office);
    expect(await Promise.race([late.then(() => 'receipt'), pause(4_000, 'pending')])).to.equal('pending');
    await Promise.all([first!.start(), second!.start()]);
    expect(await late).to.have.length.of.at.least(3);
  });

  it('acknowledges while one of two servers that keep a copy is dead', async () => {
    const [first] = network.standbys;
    await first!.kill();
    expect(await writeToReceipt(office)).to.have.length.of.at.least(3);
    await first!.start();
  });

  it('loses nothing when the gateway is killed with entries under way', async () => {
    const [gateway] = network.gateways;
    const entryId = await write(office);
    await gateway!.kill();
    await gateway!.start();
    expect(await receiptOf(office, entryId)).to.match(/^c2sp\.org\/tlog-proof@v1/);
  });

  it('goes on where it was after all four lost their power at once', async () => {
    // Final is what more than one node shows: one alone may have counted seals that the others had not.
    const before = await expectOneHistory(network.nodes);
    await Promise.all(network.nodes.map((node) => node.kill()));
    await Promise.all(network.nodes.map((node) => node.start()));
    await writeToReceipt(office);
    for (const { rpcUrl } of network.nodes) {
      const look = () => ask<BlockHead | null>(rpcUrl, 'eth_getBlockByNumber', before.number, false);
      let now = await look();
      for (; now === null; now = await look()) await pause(100);
      expect(now.hash).to.equal(before.hash);
    }
  });

  it('votes a fifth validator in, whose witness counts from then on', async () => {
    const city = await addValidator(folder, () => {});
    const grown = await openNetwork(folder);
    for (const node of grown.nodes) expect(await validatorsOf(node)).to.include(city.validator);
    await expectOneHistory(grown.nodes);
    expect(grown.threshold).to.equal(4);
    expect((await office.trust()).witnesses).to.have.length(5);
    expect(await writeToReceipt(office)).to.have.length.of.at.least(4);
  });

  it('votes a validator out, after which the rest goes on alone', async () => {
    const { validator } = network.nodes[1]!;
    await removeValidator(folder, 'city-2', () => {});
    const shrunk = await openNetwork(folder);
    expect(shrunk.nodes).to.have.length(4);
    for (const node of shrunk.nodes) expect(await validatorsOf(node)).to.not.include(validator);
    expect(network.nodes[1]!.pid).to.equal(undefined);
    expect(await writeToReceipt(office)).to.have.length.of.at.least(3);
  });
});

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe('a network on hosts of their own', () => {
  let folder: string | undefined;
  let network: RunningNetwork;
  let office: Client;

  before(async function () {
    if (!isRoot) {
      console.log('      SKIPPED: network namespaces need Linux and root');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'sillok-hosts-'));
    network = await startNetwork({ folder, hosts: 'namespaces', gateways: 2, standbys: 2, isOwned: true });
    office = await foundOffice(network);
  });

  after(async () => {
    if (folder === undefined) return;
    await (await openNetwork(folder)).stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => network.heal());

  it('gives each city server and each gateway an address of its own', async () => {
    const hosts = network.parts.map(({ url }) => new URL(url).hostname);
    expect(new Set(hosts)).to.have.property('size', 6);
    expect(await writeToReceipt(office)).to.have.length.of.at.least(3);
  });

  it('lets gateways to a node’s RPC and other validators to its peer port, and nobody else', function () {
    if (spawnSync('nft', ['--version']).status !== 0) {
      console.log('      SKIPPED: there is no nftables here');
      this.skip();
    }
    const { rpcUrl } = network.nodes[0]!;
    const { host, p2pPort, rpcPort, witnessPort } = network.layout.cities[0]!;
    expect(new URL(rpcUrl).hostname).to.equal(host);
    const reaches = (place: string, port: number, withinSec = 2) => {
      const connect = `exec 3<>/dev/tcp/${host}/${port}`;
      const space = namespaceOf(network.layout, place);
      const args = ['netns', 'exec', space, 'timeout', String(withinSec), 'bash', '-c', connect];
      return spawnSync('ip', args).status === 0;
    };
    expect(reaches('gateway-1', rpcPort, 60), 'gateway to RPC').to.equal(true);
    expect(reaches('gateway-1', witnessPort, 60), 'gateway to the witness').to.equal(true);
    expect(reaches('gateway-1', p2pPort), 'gateway to the peer port').to.equal(false);
    expect(reaches('city-2', p2pPort, 60), 'validator to the peer port').to.equal(true);
    expect(reaches('city-2', rpcPort), 'validator to the RPC of another').to.equal(false);
    expect(reaches('city-2', witnessPort, 60), 'witness to the witness of another').to.equal(true);
  });

  it('stands still when it is cut in two halves, and goes on with one history when it is whole again', async () => {
    await expectOneHistory(network.nodes);
    network.partition([
      ['city-1', 'city-2', 'gateway-1'],
      ['city-3', 'city-4'],
    ]);
    const late = writeToReceipt(office);
    // One that was late gets what the other one of its half has.
    const highest = Math.max(...(await Promise.all(network.nodes.map(headOf))));
    await pause(8_000);
    for (const node of network.nodes)
      expect(await headOf(node), `${node.name} made blocks alone`).to.be.at.most(highest + 1);
    network.heal();
    expect(await late).to.have.length.of.at.least(3);
    await expectOneHistory(network.nodes);
  });

  it('goes on with three of four, and the fourth follows when it is back', async () => {
    network.partition([['city-1', 'city-2', 'city-3', 'gateway-1'], ['city-4']]);
    expect(await writeToReceipt(office)).to.have.length(3);
    network.heal();
    await expectOneHistory(network.nodes);
  });

  it('goes on at the city server with its copy when the gateway burns, and all others find it there', async () => {
    const entryId = await write(office);
    await receiptOf(office, entryId);
    const [burnt, second] = network.gateways;
    // With the newest commit on one copy only, the other one would rightly not be promoted.
    const lags = async () => (await healthOf(burnt!.url, burnt!.adminKey())).standbys.map(({ lag }) => lag);
    const place = join(folder!, 'hosts/gateway-1');
    const passphrase = await readFile(join(place, 'data/keys/passphrase'));
    const [first, other] = network.standbys;
    const copy = join(folder!, 'hosts', first!.name);
    const others = ['--others', other!.url, '--others-token-file', join(place, 'standby-tokens')];
    for (;;) {
      while ((await lags()).some((lag) => lag !== 0)) await pause(100);
      await burnt!.kill();
      const { code, said } = await runPromotion(join(copy, 'data'), join(copy, 'token'), ...others);
      if (code === 0) break;
      // One more was committed before the kill.
      expect(said).to.include('STANDBY_NEWER');
      await burnt!.start();
    }
    await rm(join(place, 'data'), { recursive: true });
    const move = () => moveHere(folder!, 'gateway-1', 'city-1', () => {});
    expect(await move().catch((error: Error) => error.message)).to.match(/^Put back what people keep: /);
    await mkdir(join(place, 'data/keys'), { recursive: true });
    await writeFile(join(place, 'data/keys/passphrase'), passphrase);
    await move();
    const { url, adminKey } = (await openNetwork(folder!)).gateways[0]!;
    expect(new URL(url).hostname).to.equal(network.layout.cities[0]!.host);
    const there = createClient({ url, apiKey: adminKey() });
    expect(await writeToReceipt(there)).to.have.length.of.at.least(3);
    const follower = createClient({ url: second!.url });
    for (const id of [entryId, await write(there)]) {
      // It knows of an entry from the chain only.
      while (!(await follower.entry(id).then(Boolean, () => false))) await pause(100);
      expect(await receiptOf(follower, id)).to.match(/^c2sp\.org\/tlog-proof@v1/);
    }
  });

  it('gives it a copy on another city server in the place of the one that it goes on with', async () => {
    const seen = async () => {
      const { url, adminKey } = (await openNetwork(folder!)).gateways[0]!;
      return (await healthOf(url, adminKey())).standbys;
    };
    expect(await seen()).to.have.length(1);
    await addStandbyHere(folder!, 'gateway-1', 'city-3', () => {});
    const { host } = network.layout.cities[2]!;
    for (;;) {
      const standbys = await seen();
      expect(standbys).to.have.length(2);
      const added = standbys.find(({ url }) => new URL(url).hostname === host)!;
      if (added.lag === 0) break;
      await pause(100);
    }
    const again = await addStandbyHere(folder!, 'gateway-1', 'city-3', () => {}).catch(String);
    expect(again).to.include('keeps a copy of the store of gateway-1 already');
  });
});
