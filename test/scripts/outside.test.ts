import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Seals, sealedBoth, sealsOf } from '../../server/chain/seals.ts';
import { toHex, utf8 } from '../../server/core/bytes.ts';
import { sha256 } from '../../server/core/hash.ts';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { type LogKey, openKey } from '../../server/log/key.ts';
import { cosign, signNote } from '../../server/log/sign.ts';
import { formatTreeHead, parseTreeHead, verifyCosignature } from '../../server/verify/checkpoint.ts';
import {
  COSIGNATURE,
  ED25519,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
} from '../../server/verify/note.ts';
import { fingerprintOf } from '../../server/verify/trust.ts';
import type { WitnessStatus } from '../../server/witness/status.ts';
import {
  aCard,
  makeBranch,
  send,
  startOwn,
  stopOwn,
  type TestGateway,
  untilReceipted,
} from '../helpers/gateway.ts';
import { startLyingNode } from '../helpers/lying-node.ts';
import { sealedHeader, VALIDATORS } from '../helpers/sealed.ts';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));

describe('Outside parties', () => {
  let gateway: TestGateway;
  let folder: string;
  let rpc: string;
  let key: string;
  let logKey: LogKey;
  let openLogKey: () => Promise<LogKey>;
  let witnessKey: LogKey;
  before(async () => {
    gateway = await startOwn();
    folder = await mkdtemp(join(tmpdir(), 'sillok-outside-'));
    rpc = gateway.context.chain.endpoints()[0]!.url;
    ({ key } = await makeBranch(gateway));
    await record();
    const passphrase = (await readFile(join(gateway.folder, 'keys/passphrase'), 'utf8')).trim();
    const { origin } = gateway.trust;
    openLogKey = () =>
      openKey({ path: join(gateway.folder, 'keys/log.json'), name: origin, type: ED25519, passphrase });
    logKey = await openLogKey();
    witnessKey = await openKey({
      path: join(gateway.folder, 'witness/witness-key.json'),
      name: `${origin}/witness-1`,
      type: COSIGNATURE,
      passphrase,
    });
  });
  after(async () => {
    await stopOwn(gateway);
    await rm(folder, { recursive: true, force: true });
  });

  describe('run a witness with one command', () => {
    let child: ChildProcess | undefined;
    const home = () => join(folder, 'witness');
    const trust = () => ['--trust', `${gateway.url}/v1/trust`, '--fingerprint', fingerprintOf(gateway.trust)];
    afterEach(() => child?.kill('SIGKILL'));

    it('that makes a key, derives the log from its own node, cosigns it, and keeps its promise over a kill', async () => {
      const made = await run('witness', ['init', '--name', 'newspaper.example/witness', '--folder', home()]);
      expect(made).to.include({ code: 0 });
      const vkey = made.out.trim();
      expect(parseVerifierKey(vkey)).to.include({ name: 'newspaper.example/witness', type: COSIGNATURE });
      expect(
        (await run('witness', ['init', '--name', 'newspaper.example/witness', '--folder', home()])).out,
      ).to.equal(made.out);
      const url = await start();
      const note = await text(`${gateway.url}/log/checkpoint`);
      const ask = () => fetch(`${url}/add-checkpoint`, { method: 'POST', body: `old 0\n\n${note}` });
      let cosigned = await ask();
      // Its node is being read from the first block on.
      for (; cosigned.status === 503; cosigned = await ask()) await setTimeout(100);
      expect(cosigned.status).to.equal(200);
      const line = parseSignatureLine((await cosigned.text()).trimEnd());
      const { text: body } = parseNote(note);
      expect(verifyCosignature(line, parseVerifierKey(vkey), body, verifyEd25519)).to.be.greaterThan(0);
      child!.kill('SIGKILL');
      await once(child!, 'close');
      const again = await start();
      const status = JSON.parse(await text(`${again}/status`)) as WitnessStatus;
      const { size } = parseTreeHead(body);
      expect(status).to.include({
        name: 'newspaper.example/witness',
        key: vkey,
        origin: gateway.trust.origin,
      });
      expect(status.cosigned).to.include({ size });
      expect(await bytes(`${again}/log/tile/0/000.p/${size}`)).to.deep.equal(
        await bytes(`${gateway.url}/log/tile/0/000.p/${size}`),
      );
      const lie = formatTreeHead({ origin: gateway.trust.origin, size, root: new Uint8Array(32) });
      const refused = await fetch(`${again}/add-checkpoint`, {
        method: 'POST',
        body: `old ${size}\n\n${signNote(lie, logKey)}`,
      });
      expect(refused.status).to.equal(409);
      expect(await text(`${again}/metrics`)).to.contain('sillok_witness_alarms 1\n');
    });

    it('that goes on when the log changes its key, as a monitor does, since the key before signed the new trust file', async () => {
      const file = join(gateway.folder, 'trust.json');
      // The embedded chain takes another port with each start.
      const node = createServer(async (request, response) => {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        const answer = await fetch(gateway.context.chain.endpoints()[0]!.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: Buffer.concat(parts),
        }).catch(() => undefined);
        if (answer === undefined) return void request.socket.destroy();
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
      await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
      const url = await start(
        ...['--trust', file, '--renew', '1'],
        ...['--rpc', `http://127.0.0.1:${(node.address() as AddressInfo).port}`],
      );
      const watching = spawn(
        process.execPath,
        [
          join(SCRIPTS, 'monitor.ts'),
          ...trust(),
          ...['--rpc', `http://127.0.0.1:${(node.address() as AddressInfo).port}`],
          ...['--folder', join(folder, 'watching'), '--every', '1'],
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let told = '';
      for (const stream of [watching.stdout, watching.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          told += text;
        });
      while (!told.includes('nothing wrong')) await setTimeout(50);
      const again = async (command: string) => {
        const env = { PATH: process.env.PATH, SILLOK_DATA: gateway.folder };
        await promisify(execFile)(process.execPath, [join(SCRIPTS, 'log-key.ts'), command], { env });
        await gateway.stop();
        const variables = { SILLOK_PORT: new URL(gateway.url).port };
        gateway = { ...(await startOwn(variables, gateway.folder)), adminKey: gateway.adminKey };
      };
      await again('rotate');
      await again('finish');
      // It opens anew with the new key, as soon as its node is back.
      const asked = async (path: string, init: RequestInit = {}): Promise<Response> => {
        for (;;) {
          const response = await fetch(`${url}${path}`, init).catch(() => undefined);
          if (response !== undefined) return response;
          await setTimeout(200);
        }
      };
      const { size } = ((await (await asked('/status')).json()) as WitnessStatus).cosigned!;
      const note = await text(`${gateway.url}/log/checkpoint`);
      for (;;) {
        const body = `old ${size}\n\n${note}`;
        const { status } = await asked('/add-checkpoint', { method: 'POST', body });
        if (status === 200) break;
        expect(status).to.be.oneOf([403, 503]);
        await setTimeout(200);
      }
      await record();
      const seen = `size ${gateway.context.log.latest()!.size} `;
      while (!told.includes(seen) && watching.exitCode === null) await setTimeout(50);
      expect(told).to.contain(seen).and.not.contain('ALARM');
      watching.kill();
      node.closeAllConnections();
      node.close();
      rpc = gateway.context.chain.endpoints()[0]!.url;
      logKey = await openLogKey();
    });

    it('that says in one line what it lacks, and exits with 2', async () => {
      const other = join(folder, 'other');
      await run('witness', ['init', '--name', 'other.example/witness', '--folder', other]);
      const lacks: [string[], string][] = [
        [[], 'init'],
        [['init'], '--name'],
        [['run', '--trust', 'x'], '--rpc'],
        [['run', '--rpc', rpc, '--trust', join(folder, 'none.json'), '--folder', other], 'none.json'],
        [['run', '--rpc', rpc, '--folder', join(folder, 'empty'), ...trust()], 'holds no key'],
        [['run', '--rpx', 'x'], '--rpx'],
        [['run', '--config', join(SCRIPTS, 'witness.ts')], '--config'],
      ];
      for (const [args, says] of lacks) {
        const { code, err } = await run('witness', args);
        expect(code, err).to.equal(2);
        expect(err.trim().split('\n'), err).to.have.length(1);
        expect(err).to.contain(says);
      }
      expect((await run('witness', ['--help'])).out).to.contain('--rpc URL');
    });

    async function start(...more: readonly string[]): Promise<string> {
      const args = ['run', '--folder', home(), '--rpc', rpc, '--port', '0', ...trust(), ...more];
      child = spawn(process.execPath, [join(SCRIPTS, 'witness.ts'), ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(child.stdout!, 'data')) as [Buffer];
      return line.toString().trim().split('@')[1]!;
    }
  });

  describe('run a monitor with one command', () => {
    let liar: Liar;
    let runs = 0;
    before(async () => {
      liar = await startLiar(
        () => gateway.url,
        () => gateway.trust.origin,
      );
    });
    beforeEach(() => {
      liar.lies.clear();
    });
    after(() => liar.server.close());
    const monitor = (home: string, ...args: string[]) =>
      run('monitor', [
        ...['--trust', `${gateway.url}/v1/trust`, '--fingerprint', fingerprintOf(gateway.trust)],
        ...['--rpc', rpc, '--log', `${liar.url}/log`, '--folder', home, '--once', '--wait', '60', ...args],
      ]);
    const fresh = () => join(folder, `monitor-${++runs}`);

    it('that finds nothing wrong where nothing is', async () => {
      const home = fresh();
      const first = await monitor(home, '--witness', `${liar.url}/witness`);
      expect(first, first.err).to.include({ code: 0 });
      expect(first.out).to.match(/^size \d+ root 0x[0-9a-f]{64}: as derived, nothing wrong\n$/);
      await record();
      expect((await monitor(home)).code).to.equal(0);
    });

    const lies: [string, () => Promise<void>, string, boolean?][] = [
      [
        'another root, signed by log and witness',
        async () => liar.tell('/log/checkpoint', await forked()),
        'ROOT_DIFFERS',
      ],
      [
        'a witness that was shown another root than the public',
        async () => liar.tell('/witness', await forked()),
        'SPLIT_VIEW',
        true,
      ],
      [
        'a checkpoint without its cosignatures',
        async () =>
          liar.tell('/log/checkpoint', (await published()).split('\n').slice(0, 5).join('\n').concat('\n')),
        'COSIGNATURES_LACK',
      ],
      [
        'a cosignature of another checkpoint',
        async () => {
          const [head, lines] = (await published()).split('\n\n') as [string, string];
          const other = cosign(`${head.replace(/\n\d+\n/, '\n1\n')}\n`, witnessKey, 1_800_000_000);
          liar.tell('/log/checkpoint', `${head}\n\n${lines.split('\n')[0]}\n${other}`);
        },
        'COSIGNATURES_LACK',
      ],
      [
        'a signature that is not the log’s',
        async () =>
          liar.tell('/log/checkpoint', (await published()).replace(/(\n— \S+ )(.{10})/, '$1AAAAAAAAAA')),
        'LOG_SIGNATURE',
      ],
      ['no checkpoint at all', async () => liar.tell('/log/checkpoint', '<html>'), 'CHECKPOINT_MALFORMED'],
      [
        'an entry that is not the one of the tree',
        async () => {
          const { size } = parseTreeHead(parseNote(await published()).text);
          const path = `/log/tile/entries/000.p/${size}`;
          const bundle = Buffer.from(await bytes(`${gateway.url}${path}`));
          bundle[40]! ^= 1;
          liar.tell(path, bundle);
        },
        'ENTRY_DIFFERS',
      ],
      [
        'an alarm of a witness',
        async () =>
          liar.tell(
            '/witness/status',
            JSON.stringify({ name: 'w', alarms: [{ code: 'OTHER_ROOT', size: 3, root: '0x00' }] }),
          ),
        'WITNESS_ALARM',
        true,
      ],
    ];
    for (const [what, plant, code, withWitness] of lies)
      it(`that finds and names ${what}`, async () => {
        await plant();
        const home = fresh();
        const result = await monitor(home, ...(withWitness ? ['--witness', `${liar.url}/witness`] : []));
        expect(result.code, result.err).to.equal(1);
        expect(result.err).to.contain(`ALARM ${code}:`);
        const [file] = (await readdir(home)).filter((name) => name.startsWith('finding-'));
        expect(JSON.parse(await readFile(join(home, file!), 'utf8'))).to.include({ code });
      });

    it('that finds a log which shrinks, or signs another root for a size it showed before', async () => {
      const home = fresh();
      const older = await published();
      expect((await monitor(home)).code).to.equal(0);
      await record();
      expect((await monitor(home)).code).to.equal(0);
      const kept = fresh();
      await cp(home, kept, { recursive: true });
      liar.tell('/log/checkpoint', older);
      expect((await monitor(home)).err).to.contain('ALARM LOG_SHRANK:');
      liar.tell('/log/checkpoint', await forked());
      const { err } = await monitor(kept);
      expect(err).to.contain('ALARM SPLIT_VIEW:');
      const [file] = (await readdir(kept)).filter((name) => name.startsWith('finding-split'));
      const { evidence } = JSON.parse(await readFile(join(kept, file!), 'utf8')) as { evidence: string[] };
      expect(evidence.map((note) => parseNote(note).text.split('\n')[1])).to.have.length(2);
    });

    it('that finds two histories at two nodes, and names who sealed both', async () => {
      const [one, two] = [await startLyingNode(rpc), await startLyingNode(rpc)];
      const [A, B, C, D] = VALIDATORS;
      const stateRoot = `0x${'22'.repeat(32)}` as const;
      const showing = (
        node: typeof one,
        sealers: typeof VALIDATORS,
        change: { stateRoot?: typeof stateRoot },
      ) => {
        node.lie = ({ method, params }) => {
          const number = Number(params[0]);
          const header = () => sealedHeader({ number, sealers, ...change });
          if (method === 'kaia_getHeaderByNumber') return { result: header() };
          const isOther = method === 'eth_getBlockByNumber' && number >= 4 && change.stateRoot !== undefined;
          return isOther ? (block) => ({ ...(block as object), hash: header().hash }) : 'pass';
        };
      };
      showing(one, [A!, B!, C!], {});
      const home = fresh();
      showing(two, [A!, B!, C!], {});
      expect(await monitor(home, '--rpc', one.url, '--compare', two.url)).to.include({ code: 0 });
      showing(two, [B!, C!, D!], { stateRoot });
      const { code, err } = await monitor(home, '--rpc', one.url, '--compare', two.url);
      expect(code, err).to.equal(1);
      expect(err).to.match(/ALARM CHAIN_FORKED: block 4, /);
      const [file] = (await readdir(home)).filter((name) => name.startsWith('finding-chain_forked'));
      const { evidence, details } = JSON.parse(await readFile(join(home, file!), 'utf8'));
      expect(details.signedTwice.split(' ')).to.have.members([B!.address, C!.address]);
      expect(
        sealedBoth(...(evidence.map((text: string) => sealsOf(JSON.parse(text))) as [Seals, Seals])),
      ).to.have.length(2);
      await two.close();
      const away = await monitor(home, '--rpc', one.url, '--compare', two.url);
      expect(away).to.include({ code: 2 });
      expect(away.err).to.contain(
        `cannot tell: the node at ${two.url} cannot be compared: CHAIN_UNREACHABLE`,
      );
      await one.close();
    });

    it('that cannot tell without node, log or trust file, says so in one line, and exits with 2', async () => {
      const dead = 'http://127.0.0.1:1';
      const cases: [string[], string][] = [
        [['--log', dead], 'log does not answer'],
        [['--witness', dead], 'does not answer'],
        [['--rpc', dead], '127.0.0.1:1'],
        [['--trust', `${dead}/v1/trust`], dead],
        [['--fingerprint', '00'.repeat(32)], 'fingerprint'],
        [['--every', 'often'], '--every'],
        [['--nothing'], '--nothing'],
      ];
      for (const [args, says] of cases) {
        const { code, err } = await monitor(fresh(), ...args);
        expect(code, err).to.equal(2);
        expect(err.trim().split('\n'), err).to.have.length(1);
        expect(err).to.contain(says);
      }
    });

    const published = () => text(`${gateway.url}/log/checkpoint`);
    async function forked(): Promise<string> {
      const head = parseTreeHead(parseNote(await published()).text);
      const note = formatTreeHead({ ...head, root: sha256(utf8('another history')) });
      return signNote(note, logKey) + cosign(note, witnessKey, 1_800_000_000);
    }
  });

  async function record(): Promise<void> {
    const { body } = await send(`${gateway.url}/v1/library-cards/issue`, { key, body: aCard(), wait: 30 });
    await untilReceipted(gateway.url, body.entryId);
    const { size } = gateway.context.log;
    while (gateway.context.log.latest()!.size < size) await new Promise((resolve) => setImmediate(resolve));
  }
});

interface Liar {
  readonly server: Server;
  readonly url: string;
  readonly lies: Map<string, string | Buffer>;
  tell(path: string, answer: string | Buffer): void;
}

/** Passes everything on to the gateway, the witness's copy as well, but for what a test plants. */
async function startLiar(gatewayUrl: () => string, origin: () => string): Promise<Liar> {
  const lies = new Map<string, string | Buffer>();
  const server = createServer(async (request, response) => {
    const { url = '/' } = request;
    const monitoring = `/witness/${toHex(sha256(utf8(origin()))).slice(2)}/checkpoint`;
    const lie = lies.get(url === monitoring ? '/witness' : url);
    const path = url === monitoring ? '/log/checkpoint' : url;
    if (lie !== undefined) return void response.end(lie);
    const answer = await fetch(`${gatewayUrl()}${path}`);
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tell = (path: string, answer: string | Buffer) => void lies.set(path, answer);
  return { server, url: `http://127.0.0.1:${port}`, lies, tell };
}

function run(script: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(SCRIPTS, `${script}.ts`), ...args],
      { timeout: 300_000 },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function bytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
