/** The city replaces a witness, and the one that stays or leaves stands for the new trust file: no device has to ask its user. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { verifyEd25519 } from '../../server/log/ed25519.ts';
import { checkNext } from '../../server/verify/successor.ts';
import { fingerprintOf, type Trust } from '../../server/verify/trust.ts';
import { send, startOwn, stopOwn, type TestGateway } from '../helpers/gateway.ts';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));
const run = promisify(execFile);

describe('Replacing a witness', () => {
  let folder: string;
  let gateway: TestGateway;
  let earlier: Trust;
  const place = (name: string) => join(folder, name);

  async function command(script: string, args: readonly string[]) {
    const env = { PATH: process.env.PATH, SILLOK_DATA: gateway?.folder };
    return run(process.execPath, [join(SCRIPTS, `${script}.ts`), ...args], { env }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
    );
  }
  /** Nobody listens there: nothing is recorded here. */
  async function witnessed(name: string, kept?: string): Promise<TestGateway> {
    const made = await command('witness', [
      'init',
      '--name',
      `${name}.example/witness`,
      '--folder',
      place(name),
    ]);
    return startOwn({ SILLOK_WITNESSES: `${made.text.trim()}@http://127.0.0.1:1` }, kept);
  }
  const served = async () => (await send<Trust>(`${gateway.url}/v1/trust`)).body;
  const endorse = (name: string, fingerprint: string) =>
    command('witness', [
      ...['endorse', '--folder', place(name), '--trust', `${gateway.url}/v1/trust`],
      ...['--fingerprint', fingerprint],
    ]);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-endorse-'));
    gateway = await witnessed('newspaper');
    earlier = await served();
    await gateway.stop();
    gateway = await witnessed('university', gateway.folder);
  });
  after(async () => {
    await stopOwn(gateway);
    await rm(folder, { recursive: true, force: true });
  });

  it('makes a trust file that no device takes by itself', async () => {
    expect(checkNext(await served(), earlier, verifyEd25519)).to.deep.include({ status: 'skipped' });
  });

  it('is endorsed by a person of the witness who names the fingerprint, and not otherwise', async () => {
    const wrong = await endorse('newspaper', fingerprintOf(earlier));
    expect(wrong).to.include({ code: 2 });
    expect(wrong.text).to.contain('another one: its fingerprint is');
    const made = await endorse('newspaper', fingerprintOf(await served()));
    expect(made, made.text).to.include({ code: 0 });
    await writeFile(place('newspaper.line'), made.text);
  });

  it('is not endorsed by the witness that is new, nor by anything else in a file', async () => {
    const made = await endorse('university', fingerprintOf(await served()));
    await writeFile(place('university.line'), made.text);
    await writeFile(place('no.line'), 'nothing of the kind\n');
    const kept = await readFile(join(gateway.folder, 'trust.json'), 'utf8');
    for (const name of ['university.line', 'no.line', 'missing.line']) {
      const refused = await command('log-key', ['endorse', place('newspaper.line'), place(name)]);
      expect(refused, name).to.include({ code: 2 });
    }
    expect((await command('log-key', ['endorse'])).code).to.equal(2);
    expect(await readFile(join(gateway.folder, 'trust.json'), 'utf8')).to.equal(kept);
  });

  it('is taken by every device once enough witnesses of before stand for it', async () => {
    const fingerprint = fingerprintOf(await served());
    const added = await command('log-key', ['endorse', place('newspaper.line')]);
    expect(added.text).to.match(/^endorsed by {2}newspaper\.example\/witness\n1 of the 1 that it takes/);
    await gateway.stop();
    gateway = await witnessed('university', gateway.folder);
    expect(checkNext(await served(), earlier, verifyEd25519).status).to.equal('passed');
    expect(fingerprintOf(await served()), 'the same file').to.equal(fingerprint);
    const { body } = await send<Trust>(`${gateway.url}/v1/trust/2`);
    expect(checkNext(body, earlier, verifyEd25519).status).to.equal('passed');
  });
});
