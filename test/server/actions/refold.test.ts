/** R36: another version of the program on the same data. */
import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { readConfig } from '../../../server/config.ts';
import type { RecordedEvent } from '../../../server/core/abi.ts';
import type { AppError } from '../../../server/core/errors.ts';
import { startGateway } from '../../../server/main.ts';
import type { Reading, Service, ViewChange } from '../../../server/services/define.ts';
import { services } from '../../../server/services/index.ts';
import { makeBranch, send, startOwn, type TestGateway } from '../../helpers/gateway.ts';
import { libraryCards } from '../../services/library-cards/index.ts';

/** As the made-up service, and a row of its own for each card's issue. */
const changed: Service = {
  ...libraryCards,
  foldVersion: 2,
  *fold(event: RecordedEvent): Reading<readonly ViewChange[]> {
    const changes = yield* libraryCards.fold(event);
    const issued = changes.filter(({ key }) => key.startsWith('view:library-cards/subject/'));
    return [...changes, ...issued.map(({ key }) => ({ key: `${key}/issued`, value: event.leafIndex }))];
  },
};

describe('views of another version', () => {
  let first: TestGateway;
  const entries: string[] = [];

  before(async () => {
    first = await startOwn();
    const { key } = await makeBranch(first);
    for (const number of ['L000001', 'L000002', 'L000003']) {
      const body = { number, branch: 'yongdap', memberName: '최독서', issuedOn: '2026-03-02' };
      const reply = await send(`${first.url}/v1/library-cards/issue`, { key, body, wait: 30 });
      expect(reply.status, JSON.stringify(reply.body)).to.equal(201);
      entries.push(reply.body.entryId);
    }
    await first.stop();
  });
  after(() => rm(first.folder, { recursive: true, force: true }));

  const start = (...own: readonly Service[]) =>
    startGateway(readConfig({ SILLOK_DATA: first.folder, SILLOK_PORT: '0', SILLOK_LOG_LEVEL: 'silent' }), {
      services: [...services, ...own],
    });

  it('are folded again from the log before the door opens, with the same events', async () => {
    const running = await start(changed);
    const { store } = running.context;
    const indexes = await store.getMany<number>(
      entries.map((entryId) => `view:library-cards/subject/${entryId}/issued`),
    );
    expect(indexes.every((index) => typeof index === 'number')).to.equal(true);
    expect(indexes).to.deep.equal(indexes.toSorted((a, b) => a! - b!));
    const { body } = await send<{ services: { id: string; entries: number }[] }>(
      `${running.url}/v1/overview`,
    );
    expect(body.services.find(({ id }) => id === 'library-cards')!.entries).to.equal(entries.length);
    await running.stop();
  });

  it('made by a newer program are refused by an older one, in words, and stay as they are', async () => {
    const refused = await start(libraryCards).catch((error: unknown) => error);
    expect((refused as AppError).code).to.equal('VIEWS_NEWER');
    expect((refused as AppError).details).to.include({ of: 'library-cards' });
    const again = await start(changed);
    expect(await again.context.store.get(`view:library-cards/subject/${entries[0]}/issued`)).to.be.a(
      'number',
    );
    await again.stop();
  });

  it('of a service that was taken out go, and come back with it', async () => {
    const without = await start();
    expect(await without.context.store.get(`view:library-cards/subject/${entries[0]}`)).to.equal(undefined);
    await without.stop();
    const again = await start(libraryCards);
    expect(await again.context.store.get(`view:library-cards/subject/${entries[0]}`)).to.be.a('string');
    await again.stop();
  });
});
