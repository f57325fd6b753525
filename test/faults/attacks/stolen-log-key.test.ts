/**
 * A thief holds the key of the log and publishes trust files with witnesses of his own, in one step or one by one. Pages are tried in
 * test/journeys/keys.test.ts, a gateway that starts in test/server/start/follow.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { AppError } from '../../../server/core/errors.ts';
import { openFollower } from '../../../server/log/follower.ts';
import { cosign, signNote } from '../../../server/log/sign.ts';
import { signTrust } from '../../../server/log/succession.ts';
import { successorOf, takeTrust } from '../../../server/start/trust.ts';
import { formatTreeHead } from '../../../server/verify/checkpoint.ts';
import { COSIGNATURE, ED25519 } from '../../../server/verify/note.ts';
import { fingerprintOf, type Trust } from '../../../server/verify/trust.ts';
import {
  DEPLOYMENT,
  LOG_KEY,
  leavesOf,
  naiveRoot,
  ORIGIN,
  TIME_SEC,
  TRUST,
  testKey,
} from '../../helpers/log.ts';

const VERIFY = fileURLToPath(new URL('../../../scripts/verify/main.ts', import.meta.url));
const city: Trust = { version: 1, ...TRUST, deployment: DEPLOYMENT };

const MINIONS = [1, 2, 3].map((n) => testKey(`minion-${n}.example/witness`, COSIGNATURE));
const minions = MINIONS.map(({ verifierKey: key }, i) => ({ key, operator: `District ${i + 5}` }));
const ownKey = testKey(ORIGIN, ED25519, 'the key of a thief');
const { logKey, witnesses, threshold } = TRUST;

const stolen = (change: Partial<Trust>, version = 2): Trust =>
  signTrust({ ...city, version, ...change }, [LOG_KEY, ownKey]);

const FILES: readonly (readonly [string, Trust])[] = [
  ['his witnesses in the place of all', stolen({ witnesses: minions })],
  ['his witnesses beside all others', stolen({ witnesses: [...witnesses, ...minions] })],
  ['one of his in the place of one', stolen({ witnesses: [...witnesses.slice(0, 3), minions[0]!] })],
  ['his key and his witnesses', stolen({ logKey: ownKey.verifierKey, witnesses: minions })],
  ['an earlier policy of his witnesses', stolen({ earlier: [{ logKey, witnesses: minions, threshold }] })],
  ['fewer cosignatures', stolen({ threshold: 1 })],
];

describe('a thief with the key of the log', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-stolen-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [what, file] of FILES) {
    it(`does not win gateways, readers, witnesses and monitors over with ${what}`, async () => {
      const kept = { trust: join(folder, 'trust.json'), deployment: join(folder, 'deployment.json') };
      await writeFile(kept.trust, JSON.stringify(city));
      const source = join(folder, 'offered.json');
      await writeFile(source, JSON.stringify(file));
      for (const fingerprint of [undefined, fingerprintOf(city)]) {
        const taking = takeTrust({ folder: kept, source, fingerprint });
        expect(await taking.catch(({ code }: AppError) => code)).to.equal('TRUST_WEAKER');
      }
      expect(JSON.parse(await readFile(kept.trust, 'utf8'))).to.deep.equal(city);
    });

    it(`is not said to be the city at the command line with ${what}`, async () => {
      const [known, offered] = [join(folder, 'known.json'), join(folder, 'newer.json')];
      await writeFile(known, JSON.stringify(city));
      await writeFile(offered, JSON.stringify(file));
      const ask = (...more: string[]) =>
        spawnSync(process.execPath, [VERIFY, '--lang', 'en', '--trust', known, ...more, offered], {
          encoding: 'utf8',
        });
      for (const more of [[], ['--fingerprint', fingerprintOf(city)]]) {
        const { status, stdout } = ask(...more);
        expect(status, stdout).to.equal(2);
        expect(stdout).to.match(/newer\.json: CANNOT TELL\n.*\n.*only under the fingerprint/);
      }
      expect(ask('--fingerprint', fingerprintOf(file)).status, 'a person who was told so').to.equal(0);
    });
  }

  it('gets no checkpoint of his own witnesses into a gateway that runs', async () => {
    const leaves = leavesOf(20);
    const head = formatTreeHead({ origin: ORIGIN, size: 20, root: naiveRoot(leaves) });
    const note = signNote(head, LOG_KEY, ownKey) + MINIONS.map((key) => cosign(head, key, TIME_SEC)).join('');
    const server: Server = createServer((_, answer) => answer.end(note));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const offers = FILES.values();
    let asked = 0;
    const follower = await openFollower({
      folder: join(folder, 'follower'),
      trust: city,
      logUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`,
      witnessUrls: [],
      renewTrust: async (known) => {
        asked++;
        const [, file] = offers.next().value ?? FILES[0]!;
        return successorOf(known, file, 'the thief');
      },
      onFork: () => undefined,
      timeoutMs: 50,
    });
    await follower.append(0, leaves);
    while (asked < FILES.length) expect(await follower.publish()).to.include({ complete: false });
    expect(follower.latest()).to.equal(undefined);
    await follower.close();
    server.close();
  });

  it('does not get there in small steps either', () => {
    let known = city;
    for (let i = 0; i < 4; i++) {
      const exchanged = known.witnesses.toSpliced(i, 1, minions[i % 3]!);
      const step = stolen({ witnesses: exchanged }, i + 2);
      expect(() => successorOf(known, step, 'the thief')).to.throw('TRUST_WEAKER');
      const beside = stolen({ witnesses: [...known.witnesses, minions[i % 3]!], threshold: 4 }, i + 2);
      known = i === 0 ? successorOf(known, beside, 'the thief') : known;
    }
    expect(known.witnesses.filter(({ key }) => minions.some((one) => one.key === key))).to.have.length(1);
    expect(known.threshold - 1, 'cosignatures of the city’s witnesses that it takes').to.equal(threshold);
  });
});
