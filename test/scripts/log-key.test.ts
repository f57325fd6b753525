import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { base45ToReceipt } from '../../server/verify/compact.ts';
import { checkSuccessor, fingerprintOf, type Trust } from '../../server/verify/trust.ts';
import { verifyReceipt } from '../../server/verify/verify.ts';
import { aCard, makeBranch, send, startOwn, stopOwn, type TestGateway } from '../helpers/gateway.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/log-key.ts', import.meta.url));
const run = promisify(execFile);

describe("Changing the log's key", () => {
  let gateway: TestGateway;
  let key: string;
  const trusts: Trust[] = [];
  const receipts: string[] = [];
  const codes: string[] = [];
  const again = async () => {
    await gateway.stop();
    gateway = { ...(await startOwn({}, gateway.folder)), adminKey: gateway.adminKey };
    trusts.push(gateway.trust);
  };
  const logKey = async (...args: string[]) =>
    run(process.execPath, [SCRIPT, ...args], {
      env: { PATH: process.env.PATH, SILLOK_DATA: gateway.folder },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
    );

  before(async () => {
    gateway = await startOwn();
    trusts.push(gateway.trust);
    ({ key } = await makeBranch(gateway));
    await record();
  });
  after(() => stopOwn(gateway));

  it('is done in two steps, each with a restart, and a receipt of every time stays valid', async () => {
    expect((await logKey('rotate')).code).to.equal(0);
    await again();
    expect(trusts[1]!.logKey).to.not.equal(trusts[0]!.logKey);
    await record();
    // In the overlap a verifier with the old trust file reads the new receipts as well.
    expect(outcome(receipts[1]!, trusts[0]!)).to.equal('valid');
    expect(outcome(base45ToReceipt(codes[1]!, trusts[0]!), trusts[0]!)).to.equal('valid');
    expect((await logKey('rotate')).text).to.contain('LOG_KEY_OVERLAP');
    expect((await logKey('finish')).code).to.equal(0);
    await again();
    await record();
    const now = trusts[2]!;
    expect(receipts.map((receipt) => outcome(receipt, now))).to.deep.equal(['valid', 'valid', 'valid']);
    expect(codes.map((code) => outcome(base45ToReceipt(code, now), now))).to.deep.equal([
      'valid',
      'valid',
      'valid',
    ]);
    expect(outcome(receipts[2]!, trusts[0]!)).to.equal('unknown');
  });

  it('destroys the old key, and bounds it by the tree it signed', async () => {
    expect(
      (await readdir(join(gateway.folder, 'keys'))).filter((name) => name.startsWith('log')),
    ).to.deep.equal(['log.json']);
    const [earlier] = trusts[2]!.earlier!;
    expect(earlier!.logKey).to.equal(trusts[0]!.logKey);
    expect(earlier!.lastSize).to.be.greaterThan(0).and.to.be.at.most(gateway.context.log.size);
  });

  it('is told to verifiers in trust files of which each is signed under the one before', async () => {
    expect(trusts.map(({ version }) => version)).to.deep.equal([1, 2, 3]);
    for (const [i, next] of trusts.entries())
      if (i > 0) expect(checkSuccessor(next, trusts[i - 1]!, verifyEd25519).status).to.equal('passed');
    for (const { version } of trusts) {
      const { body } = await send<Trust>(`${gateway.url}/v1/trust/${version}`);
      expect(fingerprintOf(body)).to.equal(fingerprintOf(trusts[version! - 1]!));
    }
    expect((await send(`${gateway.url}/v1/trust/4`)).status).to.equal(404);
    expect((await logKey('status')).text).to.contain(fingerprintOf(trusts[2]!));
  });

  it('changes nothing when the gateway is started without it', async () => {
    await again();
    expect(trusts.at(-1)).to.deep.equal(trusts[2]);
  });

  it('is finished by the same command when it was stopped half-way', async () => {
    const keys = join(gateway.folder, 'keys');
    expect((await logKey('rotate')).code).to.equal(0);
    // As a kill between the two renames leaves it.
    await rename(join(keys, 'log.json'), join(keys, 'log-next.json'));
    const held = await readFile(join(keys, 'log-next.json'), 'utf8');
    expect((await logKey('rotate')).code).to.equal(0);
    expect(await readFile(join(keys, 'log.json'), 'utf8')).to.equal(held);
    expect(existsSync(join(keys, 'log-retiring.json'))).to.equal(true);
    await again();
    await record();
    expect(outcome(receipts.at(-1)!, trusts.at(-1)!)).to.equal('valid');
  });

  it('says in one line what it cannot do, and exits with 2', async () => {
    expect(await logKey('turn')).to.include({ code: 2 });
    expect((await logKey('--help')).text).to.contain('rotate');
  });

  async function record(): Promise<void> {
    const { body } = await send(`${gateway.url}/v1/library-cards/issue`, { key, body: aCard(), wait: 30 });
    const of = (form: string) =>
      send<string>(`${gateway.url}/v1/entries/${body.entryId}/receipt?form=${form}`, { wait: 30 });
    receipts.push((await of('text')).body);
    codes.push((await of('base45')).body);
  }
});

function outcome(receipt: string, trust: Trust): string {
  return verifyReceipt(receipt, trust, { verifyEd25519 }).outcome;
}
