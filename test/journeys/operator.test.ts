/** The city's operator: a gateway whose witness is away says so, in words and with the remedy, wherever somebody looks. */
import { createServer } from 'node:net';
import { expect } from 'chai';
import { visitor } from '../helpers/browser.ts';
import {
  aCard,
  gateway,
  makeBranch,
  send,
  startOwn,
  stopOwn,
  type TestGateway,
  untilReceipted,
} from '../helpers/gateway.ts';

interface Ready {
  readonly status: string;
  readonly alerts: readonly { readonly code: string; readonly severity: string }[];
}

describe('The operator', () => {
  let well: TestGateway;
  let ill: TestGateway;

  before(async () => {
    well = await gateway();
    const { key } = well.trust.witnesses[0]!;
    ill = await startOwn({ SILLOK_WITNESSES: `${key}@http://127.0.0.1:${await closedPort()}` });
  });

  after(() => stopOwn(ill));

  it('reads the same alert on /readyz, in the metrics and as operator, and work still comes in', async () => {
    const { status, body } = await send<Ready>(`${ill.url}/readyz`);
    expect(status).equal(200);
    expect(body.status).equal('ready');
    expect(body.alerts.map(({ code }) => code)).includes.members(['WITNESSES_FEW', 'WITNESS_ABSENT']);
    const metrics = (await send<string>(`${ill.url}/metrics`)).body;
    expect(metrics).match(/^sillok_alert\{code="WITNESSES_FEW",severity="critical"\} 1$/m);
    expect(metrics).match(/^sillok_alert\{code="CHAIN_SILENT",severity="critical"\} 0$/m);
    expect((await send(`${ill.url}/v1/admin/status`)).status, 'nobody else reads more').equal(401);
    const figures = await send<{ servers: { kind: string; isHealthy: boolean }[] }>(`${ill.url}/v1/figures`);
    expect(figures.body.servers.find(({ kind }) => kind === 'witness')).include({ isHealthy: false });
  });

  for (const screen of [
    { width: 1280, height: 900, lang: 'ko' },
    { width: 360, height: 740, lang: 'en' },
  ] as const)
    it(`sees what is wrong and what to do at ${screen.width} px in ${screen.lang}`, async () => {
      const operator = await visitor(screen);
      const { page } = operator;
      // The page of the shared gateway, told by the ill one how it stands.
      await page.route('**/v1/admin/status', async (route) => {
        const answer = await send(`${ill.url}/v1/admin/status`, { key: ill.adminKey });
        await route.fulfill({ status: answer.status, json: answer.body });
      });
      await operator.open('/admin');
      const words = {
        ko: ['관리자 키', '관리 시작', '운영 상태', '공동서명 서버가 1대 중 0대뿐', '할 일:'],
        en: ['Administrator’s key', 'Start', 'Status', 'Only 0 of 1 witnesses', 'What to do:'],
      }[screen.lang];
      await page.getByLabel(words[0]!).fill(well.adminKey);
      await page.getByRole('button', { name: words[1]!, exact: true }).click();
      await page.getByRole('tab', { name: words[2]! }).click();
      const alert = page.getByRole('alert').filter({ hasText: words[3]! });
      await alert.waitFor();
      expect(await alert.innerText())
        .includes(words[4]!)
        .and.includes('WITNESSES_FEW');
      await page.getByText(screen.lang === 'ko' ? '예비 서버가 없습니다' : 'There is no standby').waitFor();
      await operator.look(`operator-${screen.lang}`);
      await operator.leave();
    });

  it('looks up one entry, and is told in words that what is recorded cannot be cancelled', async () => {
    const { key } = await makeBranch(well);
    const { body } = await send(`${well.url}/v1/library-cards/issue`, { key, body: aCard() });
    await untilReceipted(well.url, body.entryId);
    const operator = await visitor({ width: 360, height: 740 });
    const { page } = operator;
    await operator.open('/admin');
    await page.getByLabel('관리자 키').fill(well.adminKey);
    await page.getByRole('button', { name: '관리 시작' }).click();
    await page.getByRole('tab', { name: '운영 상태' }).click();
    await page.getByText('기록 하나 다루기').click();
    expect(await page.getByRole('button', { name: '취소하기' }).isDisabled()).equal(true);
    await page.getByLabel('기록 번호', { exact: false }).fill(body.entryId);
    await page.getByRole('button', { name: '상태 보기' }).click();
    await page.getByText('지금 상태: 영수증 있음').waitFor();
    await page.getByLabel('이유').fill('매매상사의 요청');
    await page.getByRole('button', { name: '취소하기' }).click();
    const refusal = page.getByRole('alert');
    await refusal.waitFor();
    expect(await refusal.innerText()).match(/[가-힣]{2}/);
    await operator.look('operator-entry');
    await operator.leave();
  });
});

/** Where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
