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

  it('finds a lie in its rows', async () => {
    const store = await openStore(`${here.folder}/store`);
    const [row] = await store.range<object>({
      gte: 'view:library-cards/',
      lt: 'view:library-cards/\uffff',
      limit: 1,
    });
    await store.commit([{ type: 'put', key: row!.key, value: { ...row!.value, status: 'revoked' } }]);
    await store.close();
    const reports = await auditData({ data: here.folder, services: ALL_SERVICES });
    const findings = reports.find(({ check }) => check === 'rows')!.findings;
    expect(findings.map(({ where }) => where)).to.deep.equal([row!.key]);
  });
});
