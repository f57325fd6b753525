import {
  type FileHandle,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { equal, toHex, utf8 } from '../../../server/core/bytes.ts';
import { AppError } from '../../../server/core/errors.ts';
import { sha256 } from '../../../server/core/hash.ts';
import { readTile } from '../../../server/log/serve.ts';
import { encodeBundle, tilePath } from '../../../server/log/tiles.ts';
import { openTree, type Tree } from '../../../server/log/tree.ts';
import { leafHash, rootFromInclusion, verifyConsistency } from '../../../server/verify/merkle.ts';
import { withFileCalls } from '../../helpers/failing-files.ts';
import { naiveConsistency, naivePath, naiveRoot, SEED } from '../../helpers/log.ts';

const ENTRIES = Array.from({ length: 70_000 }, (_, i) => utf8(`entry ${i}`));

describe('The tree of the log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-tree-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has the roots and proofs that RFC 6962 defines, at every size up to 600 and at some far ones', async () => {
    const tree = await grown(folder, 1100);
    for (let size = 0; size <= 600; size += 7) {
      const root = naiveRoot(ENTRIES.slice(0, size));
      expect(toHex(await tree.root(size))).to.equal(toHex(root));
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1100 }), fc.nat(), async (size, seed) => {
        const index = seed % size;
        const path = await tree.inclusionProof(index, size);
        expect(path.map(toHex)).to.deep.equal(naivePath(index, ENTRIES.slice(0, size)).map(toHex));
        const root = rootFromInclusion(index, size, leafHash(ENTRIES[index]!), path);
        expect(toHex(root!)).to.equal(toHex(naiveRoot(ENTRIES.slice(0, size))));
      }),
      { seed: SEED, numRuns: 100 },
    );
    await tree.close();
  });

  it('proves between any two sizes that the larger tree holds the smaller one', async () => {
    const tree = await grown(folder, 3000);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const old = a % (size + 1);
        const [oldRoot, root] = [await tree.root(old), await tree.root(size)];
        const proof = await tree.consistencyProof(old, size);
        expect(proof.map(toHex)).to.deep.equal(naiveConsistency(old, ENTRIES.slice(0, size)).map(toHex));
        expect(verifyConsistency(old, oldRoot, size, root, proof)).to.equal(true);
        const wrong = Uint8Array.from(oldRoot, (byte, i) => (i === b % 32 ? byte ^ 1 : byte));
        expect(verifyConsistency(old, wrong, size, root, proof)).to.equal(false);
        if (proof.length > 0) {
          expect(verifyConsistency(old, oldRoot, size, root, proof.slice(1))).to.equal(false);
          expect(verifyConsistency(old, oldRoot, size, root, [...proof, proof[0]!])).to.equal(false);
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
    await tree.close();
  });

  it('writes the same files however the entries arrive', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sillok-tree-'));
    const random = fc.sample(fc.integer({ min: 1, max: 700 }), { seed: SEED, numRuns: 400 });
    const one = await grown(folder, 70_000);
    const many = await openTree(other);
    for (let at = 0, i = 0; at < 70_000; i++) {
      const count = Math.min(random[i % random.length]!, 70_000 - at);
      await many.append(at, ENTRIES.slice(at, at + count));
      at += count;
    }
    await one.writePartials();
    await many.writePartials();
    const [a, b] = [await filesOf(one.publicFolder), await filesOf(many.publicFolder)];
    expect(a).to.deep.equal(b);
    // The example of c2sp.org/tlog-tiles: 273 full level 0 tiles and a partial one of 112, one full level 1 tile, and so on.
    expect([...a.keys()].filter((path) => path.startsWith('tile/0/')).length).to.equal(274);
    expect([...a.keys()]).to.include.members([
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      'tile/entries/273.p/112',
    ]);
    const rebuilt = await openTree(other);
    expect(toHex(await rebuilt.root(70_000))).to.equal(toHex(naiveRoot(ENTRIES)));
    await Promise.all([one.close(), many.close(), rebuilt.close()]);
    await rm(other, { recursive: true, force: true });
  });

  it('serves tiles of any width as a smaller tree had them in its files', async () => {
    const [small, large] = [
      await grown(join(folder, 'small'), 600),
      await grown(join(folder, 'large'), 1100),
    ];
    await small.writePartials();
    for (const path of [
      'tile/0/000',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ]) {
      const file = new Uint8Array(await readFile(join(small.publicFolder, path)));
      expect(await readTile(large, path), path).to.deep.equal(file);
      expect(await readTile(small, path), path).to.deep.equal(file);
    }
    for (const path of [
      'tile/0/002.p/089',
      'tile/0/002.p/256',
      'tile/0/002.p/0',
      'tile/00/000',
      'tile/0/x000/000',
      'tile/0/004',
      'tile/0/../000',
      'tile/entries/004.p/77',
      'tile/9/000',
      `tile/0/${'x999/'.repeat(200)}999`,
      'tile/0/x999/x999/x999/x999/999',
      'checkpoint',
    ])
      expect(await readTile(large, path), path).to.equal(undefined);
    expect(await large.writePartials(1050)).to.equal(1050);
    expect(await readFile(join(large.publicFolder, 'tile/0/004.p/26'))).to.have.length(26 * 32);
    await small.close();
    await large.close();
  });

  it('names a tile by groups of three digits', () => {
    expect(tilePath(0, 1234067)).to.equal('tile/0/x001/x234/067');
    expect(tilePath(3, 999, 5)).to.equal('tile/3/999.p/5');
    expect(tilePath('entries', 1000)).to.equal('tile/entries/x001/000');
  });

  it('takes the same entries twice and refuses others in their place', async () => {
    const tree = await grown(folder, 300);
    await tree.append(0, ENTRIES.slice(0, 310));
    expect(tree.size).to.equal(310);
    await refused(tree.append(299, [utf8('a lie')]), 'LOG_CONFLICT');
    await refused(tree.append(3, [utf8('a lie')]), 'LOG_CONFLICT');
    await refused(tree.append(311, [utf8('too far')]), 'LOG_GAP');
    await refused(tree.append(310, [new Uint8Array(0)]), 'LOG_ENTRY_SIZE');
    await refused(tree.append(310, [new Uint8Array(65_536)]), 'LOG_ENTRY_SIZE');
    expect(tree.size).to.equal(310);
    await tree.close();
  });

  it('answers from the old tree or from the new one while it grows, never from a mixture', async () => {
    const tree = await grown(folder, 200);
    const growing = tree.append(200, ENTRIES.slice(200, 2000));
    let grownUp = false;
    void growing.then(() => {
      grownUp = true;
    });
    while (!grownUp) {
      await setImmediate();
      const { size } = tree;
      const root = rootFromInclusion(
        199,
        size,
        leafHash(ENTRIES[199]!),
        await tree.inclusionProof(199, size),
      );
      expect(toHex(root!)).to.equal(toHex(await tree.root(size)));
      expect(equal(await tree.entry(199), ENTRIES[199]!)).to.equal(true);
    }
    await tree.close();
  });

  describe('after a crash', () => {
    it('keeps every entry before the damaged place of the tail and takes the rest again', async () => {
      await (await grown(folder, 260)).close();
      const path = join(folder, 'state', 'tail.1');
      const whole = await readFile(path);
      for (let length = whole.length; length >= 0; length -= 5) {
        await writeFile(path, whole.subarray(0, length));
        const tree = await openTree(folder);
        expect(tree.size).to.equal(256 + Math.floor(length / 21));
        await tree.append(256, ENTRIES.slice(256, 261));
        expect(toHex(await tree.root(261))).to.equal(toHex(naiveRoot(ENTRIES.slice(0, 261))));
        await tree.close();
      }
    });

    it('drops a tail whose bytes were changed', async () => {
      await (await grown(folder, 4)).close();
      const path = join(folder, 'state', 'tail.0');
      const bytes = await readFile(path);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(path, bytes);
      const tree = await openTree(folder);
      expect(tree.size).to.equal(3);
      await tree.close();
    });

    it('goes on where full tiles were written and their bundle was not', async () => {
      await (await grown(folder, 255)).close();
      const tiles = join(folder, 'public', 'tile', '0');
      const scratch = await mkdtemp(join(tmpdir(), 'sillok-tree-'));
      await (await grown(scratch, 256)).close();
      await mkdir(tiles, { recursive: true });
      await writeFile(join(tiles, '000'), await readFile(join(scratch, 'public', 'tile', '0', '000')));
      const tree = await openTree(folder);
      expect(tree.size).to.equal(255);
      await tree.append(255, ENTRIES.slice(255, 258));
      expect(toHex(await tree.root(258))).to.equal(toHex(naiveRoot(ENTRIES.slice(0, 258))));
      await tree.close();
      await rm(scratch, { recursive: true, force: true });
    });

    it('refuses a full tile that is not what the entries make', async () => {
      await (await grown(folder, 255)).close();
      const entries = join(folder, 'public', 'tile', '0');
      await mkdir(entries, { recursive: true });
      await writeFile(join(entries, '000'), new Uint8Array(8192));
      const tree = await openTree(folder);
      await refused(tree.append(255, ENTRIES.slice(255, 256)), 'LOG_CONFLICT');
      await tree.close();
    });

    it('refuses to read a tile that was cut', async () => {
      await (await grown(folder, 600)).close();
      await truncate(join(folder, 'public', 'tile', 'entries', '000'), 100);
      const tree = await openTree(folder);
      await refused(tree.entry(3), 'LOG_CORRUPT');
      await tree.close();
      await truncate(join(folder, 'public', 'tile', '0', '001'), 100);
      await refused(openTree(folder), 'LOG_CORRUPT');
    });
  });

  it('prefixes each entry of a bundle with its length in 16 bits', () => {
    expect(toHex(encodeBundle([utf8('ab'), new Uint8Array(258)]))).to.match(/^0x000261620102(00){258}$/);
  });

  it('has all that was appended on the disk, also when the disk takes it in pieces', async () => {
    const tree = await openTree(folder);
    await writtenInPieces(() => tree.append(0, ENTRIES.slice(0, 20)));
    await tree.close();
    const again = await openTree(folder);
    expect(again.size).to.equal(20);
    await again.close();
  });
});

/** Node may write fewer bytes than it is given, when a disk is nearly full. */
function writtenInPieces(act: () => Promise<void>): Promise<void> {
  return withFileCalls(
    ({ write }) => ({
      write(this: FileHandle, bytes: Uint8Array, from: number, length: number, at: number) {
        return Reflect.apply(write, this, [bytes, from, Math.min(length, 7), at]);
      },
    }),
    act,
  );
}

async function grown(folder: string, size: number): Promise<Tree> {
  const tree = await openTree(folder);
  await tree.append(0, ENTRIES.slice(0, size));
  return tree;
}

async function refused(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(AppError);
  expect((error as AppError).code).to.equal(code);
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = await Promise.all(
    files.sort().map(async (path) => {
      return [path.slice(folder.length + 1), toHex(sha256(await readFile(path)))] as const;
    }),
  );
  return new Map(hashes);
}
