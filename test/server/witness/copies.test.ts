import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import { PUBLICATIONS } from '../../../server/publications/sources.ts';
import { openMonitor } from '../../../server/witness/monitor.ts';
import { startWitness, type Witness } from '../../../server/witness/start.ts';
import type { WitnessStatus } from '../../../server/witness/status.ts';
import { send, startOwn, stopOwn, type TestGateway } from '../../helpers/gateway.ts';
import { digestsOf, foundPollOffice, makePoll, untilCopied } from '../../helpers/poll-office.ts';
import { digestOf, pollText, type Shower, startShower } from '../../helpers/publications.ts';

describe('Witnesses that keep copies of public texts', () => {
  let folder: string;
  let gateway: TestGateway;
  let digests: Hex[];
  const running = new Map<string, Witness>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-copies-'));
    gateway = await startOwn();
    digests = digestsOf(await makePoll(gateway.url, await foundPollOffice(gateway.url, gateway.adminKey)));
  });
  after(async () => {
    for (const witness of running.values()) await witness.stop();
    await stopOwn(gateway);
    await rm(folder, { recursive: true, force: true });
  });

  async function start(name: string, sources: readonly string[]): Promise<Witness> {
    const { chainId, contracts, logKey } = gateway.trust;
    const witness = await startWitness({
      folder: join(folder, name),
      name: `${name}.example/witness`,
      rpcUrl: gateway.context.chain.endpoints()[0]!.url,
      ...{ chainId, contracts, logKey, sources },
      fromBlock: 0,
      passphrase: 'correct horse',
      port: 0,
    });
    running.set(name, witness);
    return witness;
  }
  const statusOf = async ({ url }: Witness) => (await send<WitnessStatus>(`${url}/status`)).body;

  it('take them from the gateway, and from one another', async () => {
    const first = await start('first', [gateway.url]);
    await untilCopied(first.url, digests);
    const second = await start('second', [first.url]);
    await untilCopied(second.url, digests);
    for (const digest of digests) {
      const answer = await fetch(`${second.url}/v1/publications/${digest}`);
      expect(answer.headers.get('cache-control')).to.contain('immutable');
      expect(answer.headers.get('content-type')).to.equal('application/octet-stream');
      expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).to.equal(digest);
    }
    const { publications } = await statusOf(second);
    expect(publications).to.deep.equal({ held: digests.length, lacking: 0, late: 0, oldest: [] });
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    expect(metrics).to.match(/^sillok_witness_publications 2$/m);
    expect(metrics).to.match(/^sillok_witness_publications_lacking 0$/m);
  });

  it('have them after a kill -9, with nobody left to ask', async () => {
    const killed = running.get('first')!;
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const again = await start('first', []);
    await untilCopied(again.url, digests);
    expect((await statusOf(again)).publications).to.include({ held: digests.length, lacking: 0 });
  });

  it('name what a liar withholds, keep none of its lies, and cosign none the less', async () => {
    const liar: Shower = await startShower();
    liar.shows.set(digests[0]!, pollText('바꾼 본문'));
    const deceived = await start('deceived', [liar.url]);
    while ((await statusOf(deceived)).publications.lacking === 0 || liar.asked.length === 0)
      await setTimeout(25);
    const { oldest, held } = (await statusOf(deceived)).publications;
    expect(held).to.equal(0);
    expect(oldest).to.have.length(1);
    expect(oldest[0]).to.include({ digest: digests[0], form: 'text', service: 'voting' });
    expect((await fetch(`${deceived.url}/v1/publications/${digests[0]}`)).status).to.equal(404);
    const note = await (await fetch(`${gateway.url}/log/checkpoint`)).text();
    const cosigned = await fetch(`${deceived.url}/add-checkpoint`, {
      method: 'POST',
      body: `old 0\n\n${note}`,
    });
    expect(cosigned.status, await cosigned.text()).to.equal(200);
    await liar.close();
  });

  it('are asked by a monitor too, which finds what nobody gives once it is five minutes old', async () => {
    const front = createServer(async ({ url = '' }, response) => {
      const isWithheld = url.startsWith(PUBLICATIONS);
      const answer = isWithheld ? undefined : await fetch(`${gateway.url}${url}`);
      response.writeHead(answer?.status ?? 404).end(answer && Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    let lateSec = 0;
    const look = async (home: string, ...witnessUrls: string[]) => {
      const monitor = await openMonitor({
        folder: join(folder, home),
        trust: gateway.trust,
        rpcUrl: gateway.context.chain.endpoints()[0]!.url,
        logUrl: `http://127.0.0.1:${port}/log`,
        witnessUrls,
        nodeUrls: [],
        nowSec: () => Math.floor(Date.now() / 1000) + lateSec,
        waitMs: 30_000,
        report: () => undefined,
      });
      const { findings } = await monitor.round();
      await monitor.stop();
      return findings.map(({ code, details }) => [code, details.digest]);
    };
    expect(await look('one')).to.deep.equal([]);
    lateSec = 301;
    expect(await look('one')).to.deep.equal([['PUBLICATION_WITHHELD', digests[0]]]);
    expect(await look('two', running.get('first')!.url)).to.deep.equal([]);
    expect(await look('two')).to.deep.equal([]);
    front.closeAllConnections();
    front.close();
  });

  it('answer what is no digest with 404', async () => {
    for (const path of ['', '0x', digests[0]!.toUpperCase(), '..', `${digests[0]}/`])
      expect((await fetch(`${running.get('first')!.url}/v1/publications/${path}`)).status, path).to.equal(
        404,
      );
  });
});
