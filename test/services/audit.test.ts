import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { auditData } from '../../scripts/audit/audit.ts';
import type { Hex } from '../../server/core/bytes.ts';
import { openStore } from '../../server/store/level.ts';
import {
  ALL_SERVICES,
  aCard,
  makeBranch,
  send,
  startOwn,
  type TestGateway,
  untilReceipted,
} from '../helpers/gateway.ts';

describe('the audit of a new service', () => {
  let here: TestGateway;

  before(async () => {
    here = await startOwn();
    const { key } = await makeBranch(here);
    const { body } = await send<{ entryId: Hex }>(`${here.url}/v1/library-cards/issue`, {
      key,
      body: aCard(),
    });
    await untilReceipted(here.url, body.entryId);
    await here.stop();
  });

  after(() => rm(here.folder, { recursive: true, force: true }));

  it('needs nothing but its folder: its rows are folded again and compared', async () => {
    const reports = await auditData({ data: here.folder, services: ALL_SERVICES });
    expect(reports.flatMap(({ findings }) => findings)).to.deep.equal([]);
  });

  it('finds a planted figure', async () => {
    const found = await findingsAfter('figures:day/', (row) => ({
      ...row,
      'library-cards': { entries: 7, issued: 7 },
    }));
    expect(found.findings.map(({ where }) => where)).to.deep.equal([found.key]);
    expect(found.findings[0]).to.include({ check: 'rows' });
    expect(found.findings[0]!.found).to.contain('"issued":7');
  });

  it('finds a lie in its rows', async () => {
    const found = await findingsAfter('view:library-cards/', (row) => ({ ...row, status: 'revoked' }));
    expect(found.findings.map(({ where }) => where)).to.deep.equal([found.key]);
  });

  it('finds nothing in a folder of other rules that was started again: its rows were folded anew', async () => {
    await change('folded', () => ({ rules: 1, services: [] }));
    await change('figures:total/library-cards', () => undefined);
    const again = await startOwn({}, here.folder);
    await again.stop();
    const reports = await auditData({ data: here.folder, services: ALL_SERVICES });
    expect(reports.flatMap(({ findings }) => findings)).to.deep.equal([]);
  });

  type Row = Readonly<Record<string, unknown>>;

  /** Of the first row with this prefix; undone by the next test that starts the folder. */
  async function change(
    prefix: string,
    to: (row: Row) => Row | undefined,
  ): Promise<{ key: string; value: Row }> {
    const store = await openStore(`${here.folder}/store`);
    const [row] = await store.range<Row>({ gte: prefix, lt: `${prefix}\uffff`, limit: 1 });
    await store.commit([{ type: 'put', key: row!.key, value: to(row!.value) }]);
    await store.close();
    return row!;
  }

  async function findingsAfter(prefix: string, to: (row: Row) => Row) {
    const { key, value } = await change(prefix, to);
    const reports = await auditData({ data: here.folder, services: ALL_SERVICES });
    await change(key, () => value);
    return { key, findings: reports.find(({ check }) => check === 'rows')!.findings };
  }
});
