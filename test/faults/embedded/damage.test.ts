import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BlockLog, openBlockLog } from '../../../server/chain/embedded/block-log.ts';
import type { BlockRecord } from '../../../server/chain/embedded/record.ts';
import { AppError } from '../../../server/core/errors.ts';
import { newFolder, removeFolders, type SeededRandom, seededRandom } from './harness.ts';

const FINGERPRINT = { format: 1, engine: 'damage test' };
const BLOCKS = 40;
const ROUNDS = process.env.SLOW === '1' ? 40 : 8;

/** Files that carry the chain; LevelDB's LOCK and its own diary are of no account. */
const CARRIES = /(\.ldb|\.log|MANIFEST-\d+|CURRENT|head)$/;

describe('embedded chain: damage to the files', () => {
  let whole: string;
  let files: string[];
  const blocks: BlockRecord[] = [];

  before(async () => {
    whole = await newFolder();
    const random = seededRandom('blocks');
    for (let i = 0; i < BLOCKS; i++) {
      const transactions = [random.bytes(200 + random.next(800)), random.bytes(100)];
      blocks.push({ timestampSec: 1_800_000_000 + i, hash: random.bytes(32), transactions });
    }
    await append(whole, 0, BLOCKS / 2);
    // Opening again moves the first half from the log into a table, so that both kinds of file are there.
    await append(whole, BLOCKS / 2, BLOCKS);
    const inJournal = await readdir(join(whole, 'journal'));
    files = [...inJournal.map((name) => join('journal', name)), 'head'].filter((name) => CARRIES.test(name));
    expect(files.join(' ')).to.match(/\.ldb/).and.match(/\.log/);
  });
  after(removeFolders);

  async function append(folder: string, from: number, to: number): Promise<void> {
    const log = await openBlockLog(folder, FINGERPRINT);
    for (let i = from; i < to; i++) await log.append(i + 1, blocks[i]!);
    await log.close();
  }

  /** What a start on a damaged copy says: the AppError, or undefined when every block is there unchanged. */
  async function startOn(damage: (folder: string) => Promise<void>): Promise<AppError | undefined> {
    const folder = await newFolder();
    await cp(whole, folder, { recursive: true });
    await damage(folder);
    let log: BlockLog | undefined;
    try {
      log = await openBlockLog(folder, FINGERPRINT);
      const found = [];
      for await (const block of log.blocks()) found.push(block);
      expect(found.length, 'blocks silently lost').to.equal(BLOCKS);
      expect(found).to.deep.equal(blocks);
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.code).to.equal('CHAIN_JOURNAL_CORRUPT');
      expect(error.details.where).to.be.a('string').that.is.not.empty;
      expect(error.details.reason).to.be.a('string').that.is.not.empty;
      return error;
    } finally {
      await log?.close();
      await rm(folder, { recursive: true });
    }
  }

  const flipAt = (file: string, at: number, mask: number) => async (folder: string) => {
    const bytes = await readFile(join(folder, file));
    bytes[at] = bytes[at]! ^ mask;
    await writeFile(join(folder, file), bytes);
  };

  it('opens the undamaged copy', async () => {
    expect(await startOn(async () => {})).to.equal(undefined);
  });

  for (const index of [0, 7, BLOCKS / 2 - 1, BLOCKS / 2, BLOCKS - 5, BLOCKS - 1]) {
    it(`finds a flipped byte at the begin, middle and end of block ${index + 1}`, async () => {
      for (const part of [blocks[index]!.hash, ...blocks[index]!.transactions]) {
        let places = 0;
        for (const file of files) {
          const at = (await readFile(join(whole, file))).indexOf(part);
          if (at < 0) continue;
          places++;
          for (const offset of [0, part.length >> 1, part.length - 1]) {
            expect(
              await startOn(flipAt(file, at + offset, 0x40)),
              `${file} at ${at + offset}`,
            ).to.be.instanceOf(AppError);
          }
        }
        expect(places, 'the record was looked for in the files').to.be.greaterThan(0);
      }
    });
  }

  it('finds a flipped byte in the header record', async () => {
    const needle = Buffer.from(FINGERPRINT.engine);
    let found = 0;
    for (const file of files) {
      const at = (await readFile(join(whole, file))).indexOf(needle);
      if (at < 0) continue;
      found++;
      expect(await startOn(flipAt(file, at, 0x01))).to.be.instanceOf(AppError);
    }
    expect(found).to.be.greaterThan(0);
  });

  it('loses nothing in silence when any byte of any file flips', async () => {
    const random = seededRandom('flips');
    const outcome = new Map<string, number>();
    for (const file of files) {
      const { size } = await stat(join(whole, file));
      for (let round = 0; round < ROUNDS * 3; round++) {
        const found = await startOn(flipAt(file, random.next(size), 1 << random.next(8)));
        const key = found === undefined ? 'harmless' : 'named';
        outcome.set(key, (outcome.get(key) ?? 0) + 1);
      }
    }
    expect(outcome.get('named')).to.be.greaterThan(0);
  });

  it('loses nothing in silence when any file is cut', async () => {
    const random = seededRandom('cuts');
    for (const file of files) {
      const { size } = await stat(join(whole, file));
      for (const length of lengths(size, random)) {
        const found = await startOn((folder) => truncate(join(folder, file), length));
        if (!file.endsWith('CURRENT'))
          expect(found, `${file} cut to ${length} of ${size}`).to.be.instanceOf(AppError);
      }
    }
  });

  function lengths(size: number, random: SeededRandom): number[] {
    return [0, 1, size >> 1, size - 1, ...Array.from({ length: ROUNDS }, () => random.next(size))];
  }

  it('refuses to start without any one of the files, and leaves the others alone', async () => {
    for (const file of files) {
      const found = await startOn(async (folder) => {
        await rm(join(folder, file));
        const left = await readdir(join(folder, 'journal'));
        await openBlockLog(folder, FINGERPRINT).then(
          () => expect.fail(`started without ${file}`),
          () => undefined,
        );
        const tables = left.filter((name) => name.endsWith('.ldb'));
        expect(await readdir(join(folder, 'journal'))).to.include.members(tables);
      });
      expect(found, file).to.be.instanceOf(AppError);
    }
    const found = await startOn(async (folder) => {
      await rm(join(folder, 'head'));
      await rm(join(folder, 'journal', 'CURRENT'));
    });
    expect(found?.details.where).to.equal('journal/CURRENT');
  });

  it('names the missing block when the newest ones are cut off cleanly', async () => {
    const folder = await newFolder();
    await append(folder, 0, 4);
    const newestHead = await readFile(join(folder, 'head'));
    const shorter = await newFolder();
    await append(shorter, 0, 3);
    await writeFile(join(shorter, 'head'), newestHead);
    const refusal = await openBlockLog(shorter, FINGERPRINT).catch((error) => error);
    expect(refusal.details).to.include({ where: 'block 4' });
  });

  it('accepts exactly one block that the head record does not know yet', async () => {
    const folder = await newFolder();
    await append(folder, 0, 3);
    const head = await readFile(join(folder, 'head'));
    await append(folder, 3, 4);
    await writeFile(join(folder, 'head'), head);
    const log = await openBlockLog(folder, FINGERPRINT);
    expect(log.newest).to.equal(4);
    await log.append(5, blocks[4]!);
    await log.close();
    await writeFile(join(folder, 'head'), head);
    const refusal = await openBlockLog(folder, FINGERPRINT).catch((error) => error);
    expect(refusal).to.be.instanceOf(AppError);
    expect(refusal.details.where).to.equal('head file');
  });

  it('accepts a head slot torn in the writing when the journal is one block ahead', async () => {
    const folder = await newFolder();
    await append(folder, 0, 3);
    const head = await readFile(join(folder, 'head'));
    await append(folder, 3, 4);
    // Block 4 belongs in slot 0; a power cut left half of it.
    const torn = Buffer.from(head);
    torn.fill(0xee, 20, 72);
    await writeFile(join(folder, 'head'), torn);
    const log = await openBlockLog(folder, FINGERPRINT);
    expect(log.newest).to.equal(4);
    await log.close();
  });

  it('names the field by which the engine differs from the one that wrote the journal', async () => {
    const refusal = await openBlockLog(whole, { ...FINGERPRINT, engine: 'newer' }).catch((error) => error);
    expect(refusal.code).to.equal('CHAIN_ENGINE_CHANGED');
    expect(refusal.details).to.deep.equal({ field: 'engine', journal: 'damage test', engine: 'newer' });
  });
});
