import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { concat, toBase64, toHex, utf8 } from '../../../server/core/bytes.ts';
import { sha256 } from '../../../server/core/hash.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import type { LogKey } from '../../../server/log/key.ts';
import { signNote } from '../../../server/log/sign.ts';
import { decodeBundle } from '../../../server/log/tiles.ts';
import { formatTreeHead, verifyCosignature } from '../../../server/verify/checkpoint.ts';
import { leafHash } from '../../../server/verify/merkle.ts';
import {
  ED25519,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
  signatureOf,
} from '../../../server/verify/note.ts';
import type { WitnessStatus } from '../../../server/witness/status.ts';
import {
  LOG_KEY,
  leavesOf,
  naiveConsistency,
  naiveRoot,
  ORIGIN,
  TIME_SEC,
  testKey,
  WITNESS_KEYS,
} from '../../helpers/log.ts';
import { type TestWitness, testWitness } from '../../helpers/witness.ts';

const entries = leavesOf(40);

describe('A witness asked for a cosignature (c2sp.org/tlog-witness)', () => {
  let folder: string;
  let witness: TestWitness;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-witness-'));
    witness = await testWitness(folder, 0);
    await witness.tree.append(0, entries.slice(0, 30));
  });
  afterEach(async () => {
    await witness.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('cosigns what it derived itself, and larger trees that hold it', async () => {
    const first = await witness.post(request(0, 10));
    expect(first.status).to.equal(200);
    const line = parseSignatureLine((await first.text()).trimEnd());
    expect(verifyCosignature(line, parseVerifierKey(witness.key), headOf(10), verifyEd25519)).to.equal(
      TIME_SEC,
    );
    expect((await witness.post(request(10, 25))).status).to.equal(200);
    expect((await witness.post(request(25, 25))).status).to.equal(200);
  });

  it('tells its last size when the old size is another', async () => {
    await witness.post(request(0, 10));
    const answer = await witness.post(request(9, 20));
    expect(answer.status).to.equal(409);
    expect(answer.headers.get('content-type')).to.equal('text/x.tlog.size');
    expect(await answer.text()).to.equal('10\n');
    expect((await witness.post(request(0, 20))).status).to.equal(409);
  });

  it('never cosigns a second root for one size, nor a tree without its last one', async () => {
    await witness.post(request(0, 10));
    const other = entries.map((entry, i) => (i === 4 ? utf8('another history') : entry));
    expect((await witness.post(request(10, 10, other))).status).to.equal(409);
    expect((await witness.post(request(10, 20, other))).status).to.equal(422);
    expect(witness.reports.map(({ code }) => code)).to.deep.equal(['OTHER_ROOT', 'INCONSISTENT_CHECKPOINT']);
  });

  it('keeps every refusal with its evidence, shows it to anyone, and knows it after a restart', async () => {
    await witness.post(request(0, 10));
    const lie = entries.map((entry, i) => (i === 20 ? utf8('made up by the log') : entry));
    for (let i = 0; i < 3; i++) await witness.post(request(10, 25, lie));
    await witness.stop();
    witness = await testWitness(folder, 0);
    const status = (await (await fetch(`${witness.url}/status`)).json()) as WitnessStatus;
    expect(status).to.include({ origin: ORIGIN, key: witness.key });
    expect(status.cosigned).to.include({ size: 10, atSec: TIME_SEC });
    expect(status.alarms).to.have.length(1);
    expect(status.alarms[0]).to.include({
      code: 'ROOT_NOT_DERIVED',
      size: 25,
      root: toHex(naiveRoot(lie.slice(0, 25))),
      own: toHex(naiveRoot(entries.slice(0, 25))),
      count: 3,
    });
    const { evidence } = status.alarms[0]!;
    expect(await (await fetch(`${witness.url}${evidence}`)).text()).to.equal(request(10, 25, lie));
    expect((await fetch(`${witness.url}${evidence}0`)).status).to.equal(404);
    const metrics = await (await fetch(`${witness.url}/metrics`)).text();
    expect(metrics)
      .to.contain('\nsillok_witness_alarms 1\n')
      .and.to.contain('sillok_witness_cosigned_size 10\n');
  });

  it('serves its own copy of the log to anyone: the cosigned checkpoint and every tile it needs', async () => {
    const read = (path: string) => fetch(`${witness.url}/log/${path}`);
    expect((await read('checkpoint')).status).to.equal(404);
    await witness.post(request(0, 10));
    expect(parseNote(await (await read('checkpoint')).text()).text).to.equal(headOf(10));
    const hashes = new Uint8Array(await (await read('tile/0/000.p/10')).arrayBuffer());
    expect(toHex(hashes)).to.equal(toHex(concat(...entries.slice(0, 10).map(leafHash))));
    const bundle = new Uint8Array(await (await read('tile/entries/000.p/10')).arrayBuffer());
    expect(decodeBundle(bundle)).to.deep.equal(entries.slice(0, 10));
    for (const path of ['tile/0/001', 'tile/0/000.p/31', '../store/CURRENT', '%2e%2e/store/CURRENT', ''])
      expect((await read(path)).status, path).to.equal(404);
    expect((await fetch(`${witness.url}/log/checkpoint`, { method: 'DELETE' })).status).to.equal(405);
  });

  it('refuses and reports a consistent tree that its own node does not show', async () => {
    await witness.post(request(0, 10));
    const other = entries.map((entry, i) => (i === 20 ? utf8('made up by the log') : entry));
    expect((await witness.post(request(10, 25, other))).status).to.equal(422);
    expect(witness.reports[0]?.code).to.equal('ROOT_NOT_DERIVED');
    expect(witness.reports[0]?.details.note).to.contain(ORIGIN);
    expect((await witness.post(request(10, 25))).status).to.equal(200);
  });

  it('asks for patience while its own node is behind', async () => {
    expect((await witness.post(request(0, 31))).status).to.equal(503);
    await witness.tree.append(30, entries.slice(30));
    expect((await witness.post(request(0, 31))).status).to.equal(200);
  });

  it('serves its newest cosigned checkpoint under the hash of the origin', async () => {
    const url = `${witness.url}/${toHex(sha256(utf8(ORIGIN))).slice(2)}/checkpoint`;
    expect((await fetch(url)).status).to.equal(404);
    await witness.post(request(0, 10));
    const note = parseNote(await (await fetch(url)).text());
    expect(note.text).to.equal(headOf(10));
    expect(note.signatures.map(({ name }) => name)).to.deep.equal([
      ORIGIN,
      parseVerifierKey(witness.key).name,
    ]);
  });

  it('shows no line of a checkpoint but the log’s and its own, whatever everybody sends along', async () => {
    await witness.post(request(0, 10));
    const forged = lineOf(WITNESS_KEYS[0]!, headOf(9));
    const spoilt = request(10, 10).replace(/\n\n(— )/, `\n\n${forged}$1`);
    expect(spoilt).to.contain(forged);
    expect((await witness.post(spoilt)).status).to.equal(200);
    const note = parseNote(await (await fetch(`${witness.url}/log/checkpoint`)).text());
    expect(note.signatures).to.have.length(2);
    const own = signatureOf(note, parseVerifierKey(witness.key))!;
    expect(verifyCosignature(own, parseVerifierKey(witness.key), note.text, verifyEd25519)).to.equal(
      TIME_SEC,
    );
  });

  it('decides one request after another: of fifty alike at once, one moves it on', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => witness.post(request(0, 10))));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).to.equal(200);
    expect(statuses.filter((status) => status === 409)).to.have.length(49);
  });

  const wrongKey = testKey(ORIGIN, ED25519, 'a thief');
  const wrong: [string, number, () => string][] = [
    ['another log', 404, () => request(0, 10, entries, testKey('other.example/log', ED25519))],
    ["a stranger's signature", 403, () => request(0, 10, entries, wrongKey)],
    [
      'a changed signature',
      403,
      () =>
        request(0, 10).replace(/(.)(.{4})\n$/, (_, a: string, b: string) => `${a === 'A' ? 'B' : 'A'}${b}\n`),
    ],
    ['an old size above the new one', 400, () => request(0, 10).replace('old 0', 'old 11')],
    ['no old size', 400, () => request(0, 10).replace('old 0', 'new 0')],
    ['an old size with a leading zero', 400, () => request(0, 10).replace('old 0', 'old 00')],
    ['a proof line that is no hash', 400, () => request(0, 10).replace('old 0\n', 'old 0\nAAAA\n')],
    [
      '64 proof lines',
      400,
      () => request(0, 10).replace('old 0\n', `old 0\n${`${toBase64(new Uint8Array(32))}\n`.repeat(64)}`),
    ],
    [
      'a proof where none belongs',
      422,
      () => request(0, 10).replace('old 0\n', `old 0\n${toBase64(new Uint8Array(32))}\n`),
    ],
    ['another root for the empty tree', 422, () => emptyTree()],
    [
      'a signature of the log beside one of its own that is changed',
      403,
      () =>
        signNote(headOf(10), LOG_KEY)
          .replace('\n\n', `\n\n${lineOf(LOG_KEY, headOf(9))}`)
          .replace(/^/, 'old 0\n\n'),
    ],
    ['nothing', 400, () => ''],
    ['a megabyte', 400, () => 'x'.repeat(2 ** 20)],
  ];
  for (const [what, status, body] of wrong)
    it(`answers ${status} to ${what}`, async () => {
      // A body that is too long is not read to its end; whoever sends it may see the connection go instead of an answer.
      const answer = await witness.post(body()).then(
        (response) => response.status,
        () => 400,
      );
      expect(answer).to.equal(status);
    });
});

function headOf(size: number, of = entries): string {
  return formatTreeHead({ origin: ORIGIN, size, root: naiveRoot(of.slice(0, size)) });
}

function request(old: number, size: number, of = entries, key = LOG_KEY): string {
  const proof = naiveConsistency(old, of.slice(0, size)).map((hash) => `${toBase64(hash)}\n`);
  const text = headOf(size, of).replace(ORIGIN, key.name);
  return `old ${old}\n${proof.join('')}\n${signNote(text, key)}`;
}

function lineOf(key: LogKey, text: string): string {
  return signNote(text, key).split('\n\n')[1]!;
}

function emptyTree(): string {
  const text = formatTreeHead({ origin: ORIGIN, size: 0, root: new Uint8Array(32) });
  return `old 0\n\n${signNote(text, LOG_KEY)}`;
}
