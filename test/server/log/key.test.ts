import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { utf8 } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { openKey } from '../../../server/log/key.ts';
import { COSIGNATURE, ED25519, parseVerifierKey } from '../../../server/verify/note.ts';

describe('The key of a log', () => {
  let folder: string;
  const options = () => ({
    path: join(folder, 'keys', 'log.json'),
    name: 'sillok.example/log',
    type: ED25519,
    passphrase: 'correct horse',
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-key-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made once, also by two starts at the same time, and signs as its verifier key says', async () => {
    const [one, two] = await Promise.all([openKey(options()), openKey(options())]);
    const again = await openKey(options());
    expect(new Set([one.verifierKey, two.verifierKey, again.verifierKey])).to.have.property('size', 1);
    const { publicKey } = parseVerifierKey(again.verifierKey);
    expect(verifyEd25519(publicKey, utf8('text'), again.sign(utf8('text')))).to.equal(true);
    expect(await readdir(join(folder, 'keys'))).to.deep.equal(['log.json']);
  });

  it('lies readable by its owner only, and sealed', async () => {
    await openKey(options());
    expect((await stat(options().path)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).to.equal(0o700);
  });

  it('does not open with another passphrase, another name or another type', async () => {
    await openKey(options());
    await refused(openKey({ ...options(), passphrase: 'wrong' }), 'KEY_WRONG_PASSPHRASE');
    await refused(openKey({ ...options(), name: 'other.example/log' }), 'KEY_OTHER_NAME');
    await refused(openKey({ ...options(), type: COSIGNATURE }), 'KEY_OTHER_NAME');
    const text = await readFile(options().path, 'utf8');
    await writeFile(options().path, text.replace('sillok.example/log', 'other.example/log'));
    await refused(openKey({ ...options(), name: 'other.example/log' }), 'KEY_WRONG_PASSPHRASE');
  });

  it('is stretched unless its passphrase cannot be guessed', async () => {
    const stretching = async (passphrase: string) => {
      const path = join(folder, `${passphrase.length}.json`);
      await openKey({ ...options(), path, passphrase });
      return JSON.parse(await readFile(path, 'utf8')).N;
    };
    expect(await stretching('correct horse')).to.equal(65_536);
    expect(await stretching('5a'.repeat(31))).to.equal(65_536);
    expect(await stretching('5a'.repeat(32))).to.equal(1_024);
  });

  it('opens from a file of before, which was always stretched', async () => {
    const { verifierKey } = await openKey(options());
    const { N, ...rest } = JSON.parse(await readFile(options().path, 'utf8'));
    expect(N).to.equal(65_536);
    await writeFile(options().path, JSON.stringify({ ...rest, sillok: 'key.1' }));
    expect((await openKey(options())).verifierKey).to.equal(verifierKey);
    await writeFile(options().path, JSON.stringify({ ...rest, N: 2 ** 30 }));
    await refused(openKey(options()), 'KEY_CORRUPT');
  });

  it('is not replaced when its file is damaged', async () => {
    await openKey(options());
    for (const text of ['', '{', '{"sillok":"key.1"}', '{"sillok":"key.2"}', '[]', 'null']) {
      await writeFile(options().path, text);
      await refused(openKey(options()), 'KEY_CORRUPT');
    }
  });
});

async function refused(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AppError);
  expect((error as AppError).code).to.equal(code);
}
