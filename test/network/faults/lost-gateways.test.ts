/** The gateway's machine burns while its clients write: with a standby (row R26), and with nothing but its keys (row R22). */
import { spawnSync } from 'node:child_process';
import { copyFile, cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../../scripts/network/programs.ts';
import { cleanUp, run } from '../../faults/start/harness.ts';
import { send } from '../../helpers/gateway.ts';
import { runPromotion } from '../../helpers/standby.ts';
import { expectForwardOnly, expectReceipt, recordedAt, trustOf } from '../books.ts';
import type { Clients, Wish } from '../clients.ts';
import { type City, city, underLoad, until, urlsOf, withClients } from './city.ts';

/** All that is left of a gateway whose store is lost. */
const KEPT = ['keys', 'deployment.json', 'trust.json'];

const SLOWLY = { type: 'latency', attributes: { latency: 300, jitter: 0 } } as const;

type Promised = Clients['acknowledged'][number];

interface Report {
  readonly withoutOriginal: readonly { readonly entryId: string }[];
}

const isCertificate = ({ path }: Wish) => path.startsWith('/v1/credentials');

describe('a gateway that is lost under load', () => {
  let all: City;
  /** What people keep. */
  let passphrase: string;

  before(async () => {
    all = await city();
    const { network, variables } = all;
    passphrase = join(network.folder, 'passphrase');
    await copyFile(join(dataOf(), 'keys/passphrase'), passphrase);
    variables.SILLOK_PASSPHRASE_FILE = passphrase;
  });
  after(cleanUp);

  const dataOf = () => all.variables.SILLOK_DATA ?? all.network.gateways[0]!.data;
  const ask = <T = { code: string }>(path: string, wish?: Wish) => {
    const { url, adminKey } = all.network.gateways[0]!;
    return send<T>(`${url}${path}`, {
      key: adminKey(),
      ...(wish !== undefined && { body: wish.body, idempotency: wish.idempotency }),
    });
  };

  it('loses nothing when its machine burns and a standby takes over, which fences off what comes back of it', async () => {
    const { network, standby, tokenFile, variables } = all;
    const gateway = network.gateways[0]!;
    const before: Promised[] = [];
    await underLoad(all, async (clients) => {
      await clients.more(20);
      process.kill(gateway.pid!, 'SIGSTOP');
      await cp(dataOf(), join(network.folder, 'paused'), { recursive: true });
      await gateway.kill();
      await rm(dataOf(), { recursive: true });
      before.push(...clients.acknowledged);
      const old = { ...variables, SILLOK_DATA: join(network.folder, 'paused') };
      const { code, said } = await runPromotion(standby.data, tokenFile);
      expect(code, said).to.equal(0);
      await all.replaceStandby();
      variables.SILLOK_DATA = standby.data;
      await gateway.start();
      const settings = join(network.folder, 'hosts/gateway-1/gateway.env');
      const back = run(old, [process.execPath, `--env-file=${settings}`, 'server/main.ts']);
      await clients.more(12);
      const { code: ended, lines } = await back.ended;
      expect(lines.join()).to.contain('[FENCED]');
      expect(ended).to.equal(1);
    });
    for (const { entryId, body } of before) {
      const { vin, holderName } = body as { vin?: string; holderName?: string };
      const { body: document } = await ask(`/v1/entries/${entryId}/document`);
      expect(JSON.stringify(document)).to.contain(vin ?? holderName);
    }
  });

  it('comes back from the chain when its store is lost and nobody has a copy: each record once, and what is gone is named', async () => {
    const { network, variables } = all;
    const gateway = network.gateways[0]!;
    const data = dataOf();
    await gateway.stop();
    variables.SILLOK_STANDBYS = '';
    await gateway.start();
    let lost: readonly Promised[] = [];
    let report: Report | undefined;
    const { clients, fromBlock } = await withClients(all, async (clients) => {
      await clients.receipted(10);
      clients.restMs = 0;
      await clients.more(40);
      await gateway.kill();
      for (const name of await readdir(data))
        if (!KEPT.includes(name)) await rm(join(data, name), { recursive: true });
      await clients.stop();
      lost = clients.acknowledged;
      const tool = spawnSync(process.execPath, ['scripts/backup/restore.ts', '--without-store', data], {
        cwd: root,
        encoding: 'utf8',
      });
      expect(tool.status, tool.stderr).to.equal(0);
      // So slowly that clients come while it does.
      for (const link of all.rpc) await link.poison(SLOWLY);
      await gateway.start();
      // The keys of its clients were in the store.
      clients.key = gateway.adminKey();
      clients.restMs = 400;
      clients.start();
      await until(() => (clients.refusals.get('RECOVERING') ?? 0) > 0);
      for (const link of all.rpc) await link.heal();
      await until(async () => (await readdir(data)).some((name) => name.startsWith('recovered-')));
      const name = (await readdir(data)).find((one) => one.startsWith('recovered-'))!;
      report = JSON.parse(await readFile(join(data, name), 'utf8'));
    });
    expect(clients.complaints).to.deep.equal([]);
    const named = new Set(report!.withoutOriginal.map(({ entryId }) => entryId));
    const records = lost.filter((wish) => !isCertificate(wish));
    const known = records.filter(({ entryId }) => named.has(entryId));
    expect(known).to.not.have.length(0);
    const trust = await trustOf(gateway.url);
    for (const wish of records) {
      const again = await ask<{ code?: string; entryId?: string }>(wish.path, wish);
      if (named.has(wish.entryId)) expect(again.body.code, wish.entryId).to.equal('ENTRY_EXISTS');
      else expect(again.body.entryId).to.equal(wish.entryId);
    }
    const later = clients.acknowledged.filter((wish) => !lost.includes(wish));
    for (const wish of [...records, ...later]) {
      expectForwardOnly(wish);
      await expectReceipt(gateway.url, wish.entryId, trust);
    }
    const certificate = lost.find(isCertificate)!;
    // The chain has the root of a batch only: nobody can tell here that this one is in it.
    expect((await ask<{ entryId?: string }>(certificate.path, certificate)).body.entryId).to.equal(
      certificate.entryId,
    );
    // Issued anew, and done before the next test counts what is on the chain.
    await expectReceipt(gateway.url, certificate.entryId, trust);
    const recorded = await recordedAt(urlsOf(network), fromBlock, trust);
    expect(recorded.batches.filter((batch) => named.has(batch))).to.not.have.length(0);
    for (const { entryId } of [...records, ...later.filter((wish) => !isCertificate(wish))])
      expect(recorded.times.get(entryId), `${entryId} on the chain`).to.equal(1);
    expect([...recorded.times.values()].every((times) => times === 1)).to.equal(true);
  });
});
