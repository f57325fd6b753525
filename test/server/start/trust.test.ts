import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import type { LogKey } from '../../../server/log/key.ts';
import { signNote } from '../../../server/log/sign.ts';
import { signTrust } from '../../../server/log/succession.ts';
import { renewTrust, successorOf } from '../../../server/start/trust.ts';
import { type EarlierPolicy, fingerprintOf, type Trust, trustText } from '../../../server/verify/trust.ts';
import { LOG_KEYS, TRUSTS } from '../../vectors/rotation/make.ts';

const known: Trust = TRUSTS.first;

/** As whoever holds the log's key can sign it, the city or a thief. */
function next(change: Partial<Trust>): Trust {
  const trust: Trust = { ...known, version: (known.version ?? 1) + 1, ...change };
  const lines = signNote(trustText(trust), LOG_KEYS.A).split('\n\n')[1]!;
  return { ...trust, signatures: lines.trimEnd().split('\n') };
}

function outcome(trust: Trust, fingerprint?: string): string {
  try {
    return successorOf(known, trust, 'here', fingerprint) === trust ? 'taken' : 'other';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const { A, B, C } = LOG_KEYS;
const overlap = ({ verifierKey: logKey }: LogKey): EarlierPolicy => ({
  ...{ logKey, witnesses: known.witnesses, threshold: known.threshold },
});
/** Each signed under the one before, for as much as before. */
const second: Trust = signTrust({ ...known, version: 2, logKey: B.verifierKey, earlier: [overlap(A)] }, [
  A,
  B,
]);
const third: Trust = signTrust(
  { ...known, version: 3, logKey: C.verifierKey, earlier: [overlap(B), overlap(A)] },
  [B, C],
);

describe('A verifier that has missed versions of the trust file', () => {
  let folder: string;
  let server: Server;
  let source: string;
  let versions: Record<string, Trust>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-trust-'));
    await mkdir(join(folder, 'trusts'));
    versions = { '/v1/trust': third, '/v1/trust/2': second };
    server = createServer(({ url }, response) => {
      const trust = versions[url!];
      response.writeHead(trust === undefined ? 404 : 200).end(JSON.stringify(trust));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/trust`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const renew = () => {
    const place = {
      trust: join(folder, 'trust.json'),
      deployment: '',
      trusts: join(folder, 'trusts'),
    };
    return renewTrust({ folder: place, source }, known);
  };

  it('walks them one by one, keeps each, and has the newest', async () => {
    expect(await renew()).to.deep.equal(third);
    const kept = await readdir(join(folder, 'trusts'));
    expect(kept.sort()).to.deep.equal(['2.json', '3.json']);
    expect(JSON.parse(await readFile(join(folder, 'trust.json'), 'utf8'))).to.deep.equal(third);
  });

  it('takes none when one between is lacking, or does not follow', async () => {
    for (const between of [undefined, { ...second, signatures: third.signatures }]) {
      versions = { '/v1/trust': third, ...(between && { '/v1/trust/2': between }) };
      const error = await renew().catch((one: AppError) => one);
      expect((error as AppError).code).to.equal('TRUST_NOT_SUCCESSOR');
      expect(await readdir(folder)).to.deep.equal(['trusts']);
    }
  });
});

describe('A newer trust file under the key of the log', () => {
  const contracts = { ...known.contracts, Records: `0x${'ab'.repeat(20)}` as const };
  const policy = { logKey: known.logKey, witnesses: known.witnesses, threshold: known.threshold };
  const weaker: readonly (readonly [string, Trust])[] = [
    ['asks for no witness', next({ threshold: 0 })],
    ['names no witness', next({ threshold: 0, witnesses: [] })],
    ['names other contracts', next({ contracts })],
    ['holds an earlier policy without witnesses', next({ earlier: [{ ...policy, threshold: 0 }] })],
    [
      'holds an earlier policy for trees that nobody has seen',
      next({ earlier: [{ ...policy, threshold: 0, lastSize: 2 ** 40 }] }),
    ],
    ['names another chain', next({ chainId: known.chainId + 1 })],
  ];

  it('is taken when it asks for as much as before', () => {
    expect(outcome(next({ operator: 'A renamed city' }))).to.equal('taken');
    expect(outcome(next({ earlier: [{ ...policy, lastSize: 5 }] }))).to.equal('taken');
  });

  for (const [what, trust] of weaker)
    it(`that ${what} is taken only under the fingerprint that the city publishes`, () => {
      expect(outcome(trust)).to.equal('TRUST_WEAKER');
      expect(outcome(trust, fingerprintOf(known))).to.equal('TRUST_WEAKER');
      expect(outcome(trust, fingerprintOf(trust))).to.equal('taken');
    });

  it('is not taken when nobody signed it, whatever fingerprint is named', () => {
    const unsigned = { ...next({}), signatures: [] };
    expect(outcome(unsigned, fingerprintOf(unsigned))).to.equal('TRUST_NOT_SUCCESSOR');
  });
});
