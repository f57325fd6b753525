import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { Hex } from '../../../server/core/bytes.ts';
import type { AppError } from '../../../server/core/errors.ts';
import {
  type OpenPublications,
  openPublications,
  type Publications,
} from '../../../server/publications/publications.ts';
import { services } from '../../../server/services/index.ts';
import { openStore, type Store } from '../../../server/store/level.ts';
import { CONTRACTS, leavesOf, TIME_SEC } from '../../helpers/log.ts';
import {
  digestOf,
  pictureOf,
  pollLeaf,
  pollText,
  type Shower,
  startShower,
} from '../../helpers/publications.ts';

describe('Copies of what the chain names by a digest', () => {
  let folder: string;
  let store: Store;
  let honest: Shower;
  let other: Shower;
  let leaves: Uint8Array[];
  let nowSec: number;
  let reports: AppError[];
  let publications: Publications;
  const pictures = [pictureOf(1), pictureOf(2)];
  const text = pollText('무엇으로 할까요?', pictures);
  const [digest, ...digests] = [text, ...pictures].map(digestOf) as [Hex, ...Hex[]];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-publications-'));
    store = await openStore(join(folder, 'store'));
    [honest, other] = await Promise.all([startShower(), startShower()]);
    for (const bytes of [text, ...pictures]) honest.shows.set(digestOf(bytes), bytes);
    leaves = [...leavesOf(3), pollLeaf(0, digest)];
    nowSec = TIME_SEC;
    reports = [];
    publications = await open();
  });
  afterEach(async () => {
    await publications.stop();
    await store.close();
    await Promise.all([honest.close(), other.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  const open = (change: Partial<OpenPublications> = {}) =>
    openPublications({
      services,
      contracts: CONTRACTS,
      store,
      leaves: { size: () => leaves.length, leaf: async (index) => leaves[index]! },
      sources: [other.url, honest.url],
      nowSec: () => nowSec,
      report: (error) => void reports.push(error as AppError),
      ...change,
    });
  const again = async (change: Partial<OpenPublications> = {}) => {
    await publications.stop();
    publications = await open(change);
    await publications.look();
  };
  const held = async () => {
    const rows = await store.range<string>({ gt: 'publication:', lt: 'publication:\uffff' });
    return rows.map(({ key }) => key.slice('publication:'.length)).sort();
  };

  it('are taken from whoever has them: the text of a poll, then the pictures that the text names', async () => {
    await publications.look();
    for (const bytes of [text, ...pictures])
      expect(await publications.get(digestOf(bytes))).to.deep.equal(bytes);
    expect(publications.status()).to.deep.equal({ held: 3, lacking: 0, late: 0, oldest: [] });
    expect(reports).to.deep.equal([]);
  });

  it('come by themselves as soon as there are leaves, and again and again until they are there', async () => {
    honest.shows.delete(digest);
    publications.nudge();
    while (!honest.asked.includes(digest)) await pause(5);
    honest.shows.set(digest, text);
    while (publications.status().held < 3) await pause(5);
  });

  it('are kept over a restart, and not asked for again', async () => {
    await publications.look();
    const { length } = honest.asked;
    await again();
    expect(publications.status().held).to.equal(3);
    expect(honest.asked).to.have.length(length);
  });

  it('are still wanted after a restart', async () => {
    honest.shows.clear();
    await publications.look();
    leaves = leaves.slice(0, 2);
    await again();
    expect(publications.status().oldest).to.deep.equal([
      { digest, form: 'text', service: 'voting', leafIndex: 3, timeSec: TIME_SEC, sinceSec: TIME_SEC },
    ]);
  });

  it('are looked for in all leaves again when there are other forms', async () => {
    await again({ services: [] });
    leaves.push(...leavesOf(2));
    await again();
    expect(publications.status().held).to.equal(3);
  });

  it('are taken from the own rows first', async () => {
    await again({ own: async (_service, _event, wanted) => (wanted === digest ? text : undefined) });
    expect(await held()).to.deep.equal([digest, ...digests].sort());
    expect(honest.asked).to.not.include(digest);
  });

  it('are never what a liar sends: other bytes, more bytes, or bytes without end', async () => {
    honest.shows.clear();
    const lies: Shower['shows'] extends Map<string, infer Shown> ? Shown[] : never = [
      pollText('다른 본문'),
      new Uint8Array([...text, 0x20]),
      new Uint8Array(0),
      (response) => {
        response.writeHead(200);
        const more = () => response.write(Buffer.alloc(64 * 1024), (error) => error ?? setImmediate(more));
        more();
      },
    ];
    for (const lie of lies) {
      other.shows.set(digest, lie);
      await again();
      expect(await held()).to.deep.equal([]);
    }
    expect(other.asked).to.have.length(lies.length);
  });

  it('leave out what fits its digest but is no text and no picture', async () => {
    const page = new TextEncoder().encode('<script>alert(1)</script>');
    const rubbish = pollText('그림이 아닌 그림', [page]);
    leaves = [pollLeaf(1, digestOf(page)), pollLeaf(2, digestOf(rubbish))];
    for (const bytes of [page, rubbish]) honest.shows.set(digestOf(bytes), bytes);
    await again();
    expect(await held()).to.deep.equal([digestOf(rubbish)]);
    expect(publications.status().oldest.map(({ form }) => form)).to.deep.equal(['text', 'picture']);
  });

  it('are not hidden by an author who names the text of another poll as a picture', async () => {
    const trap = pollText('함정', [text]);
    honest.shows.set(digestOf(trap), trap);
    honest.shows.delete(digest);
    leaves = [pollLeaf(1, digestOf(trap)), pollLeaf(0, digest)];
    await again();
    honest.shows.set(digest, text);
    await again();
    expect(await publications.get(digest)).to.deep.equal(text);
  });

  it('are said to be late after five minutes, once, and are none the less taken when they come', async () => {
    honest.shows.clear();
    await publications.look();
    expect(publications.status()).to.include({ held: 0, lacking: 1, late: 0 });
    nowSec += 301;
    await publications.look();
    await publications.look();
    expect(publications.status()).to.include({ lacking: 1, late: 1 });
    expect(reports.map(({ code, details }) => [code, details.digest])).to.deep.equal([
      ['PUBLICATION_LACKING', digest],
    ]);
    honest.shows.set(digest, text);
    await publications.look();
    expect(publications.status()).to.include({ held: 1, lacking: 2 });
  });
});
