/** Anybody curious: the ledger alive on a phone, a desk and a wall, and the same numbers as open data. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { EXAMPLES } from '../../server/services/vehicles/examples.ts';
import { examples } from '../../server/services/voting/examples.ts';
import { type Visitor, visitor } from '../helpers/browser.ts';

import { aCard, gateway, makeBranch, send, type TestGateway, untilReceipted } from '../helpers/gateway.ts';
import { codeOfNumber } from '../helpers/polling-station.ts';

const SCREENS = [
  { width: 360, height: 740, lang: 'ko' },
  { width: 1280, height: 900, lang: 'en' },
  { width: 3840, height: 2160, lang: 'ko' },
] as const;

describe('The dashboard', () => {
  let running: TestGateway;
  let branch: { organisation: string; key: string };

  before(async () => {
    running = await gateway();
    branch = await makeBranch(running);
    await act('library-cards/issue', aCard());
    const official = await join('dashboard-team', ['voting', 'vehicles']);
    const { purchase } = EXAMPLES;
    await act('vehicles/register-purchase', { ...purchase, vin: 'KNAKH815BAK681699' }, official);
    const now = Math.floor(Date.now() / 1000);
    const iso = (sec: number) => new Date(sec * 1000).toISOString();
    const poll = { ...examples.createPoll, opensAt: iso(now), closesAt: iso(now + 86_400) };
    const { pollId } = await act('voting/create-poll', poll, official);
    const codes = [0, 1, 2].map(codeOfNumber);
    await send(`${running.url}/v1/voting/import-codes`, { key: official, body: { pollId, codes } });
    for (const [i, code] of codes.entries()) {
      const body = { pollId, code, commitment: String(1000 + i) };
      expect((await send(`${running.url}/v1/voting/enrol`, { body })).status).below(300);
    }
    await act('voting/open-poll', { pollId }, official);
  });

  async function act(path: string, body: unknown, key = branch.key): Promise<Record<string, unknown>> {
    const answer = await send(`${running.url}/v1/${path}`, { key, body });
    expect(answer.status, JSON.stringify(answer.body)).equal(202);
    await untilReceipted(running.url, answer.body.entryId);
    return answer.body;
  }

  async function join(organisation: string, accreditations: readonly string[]): Promise<string> {
    const admin = { key: running.adminKey };
    const body = { organisation, name: '정책기획과', kind: 'public-body', accreditations };
    await send(`${running.url}/v1/admin/organisations`, { ...admin, body });
    const scopes = accreditations.map((service) => `${service}/*`);
    const issued = await send<{ key: string }>(`${running.url}/v1/admin/api-keys`, {
      ...admin,
      body: { organisation, label: 'test', scopes },
    });
    return issued.body.key;
  }

  for (const screen of SCREENS)
    it(`is readable for everybody at ${screen.width} px in ${screen.lang}`, async () => {
      const reader = await visitor(screen);
      const { page } = reader;
      await reader.open('/dashboard');
      await page.locator('#servers').waitFor();
      await page.locator('tbody a.textlink').first().waitFor();
      await reader.look(`dashboard-${screen.lang}`);
      await reader.leave();
    });

  it('is found from the front page, and its letters grow to twice their size on a phone', async () => {
    const reader = await visitor({ width: 360, height: 740 });
    const { page } = reader;
    await reader.open('/');
    await page.getByRole('link', { name: '현황판 보기' }).click();
    await page.getByRole('heading', { name: '현황판', exact: true }).waitFor();
    await page.locator('#servers').waitFor();
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '125%';
    });
    await reader.look('dashboard-letters-double');
    await reader.leave();
  });

  describe('on a desk', () => {
    let reader: Visitor;
    const entries = () => reader.page.locator('.figure', { hasText: '모든 기록' }).locator('dd').innerText();

    before(async () => {
      reader = await visitor();
      await reader.open('/dashboard');
      await reader.page.locator('#servers').waitFor();
    });

    after(() => reader.leave());

    it('moves by itself when something is recorded, until the reader stops it', async () => {
      const { page } = reader;
      const before = await entries();
      await act('library-cards/issue', aCard());
      await page.waitForFunction((old) => document.querySelector('.figure dd')?.textContent !== old, before);
      const [last] = await Promise.all([
        page.waitForRequest('**/v1/figures'),
        page.getByRole('button', { name: '새로 고침 멈추기' }).click(),
      ]);
      await (await last.response())!.finished();
      const still = await entries();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await act('library-cards/issue', aCard());
      expect(await entries()).equal(still);
      expect(asked.filter((url) => url.includes('/v1/figures'))).deep.equal([]);
      await page.getByRole('button', { name: '새로 고침 다시 시작' }).click();
      await page.waitForFunction((old) => document.querySelector('.figure dd')?.textContent !== old, still);
    });

    it('shows the made-up service, the open poll by its title, and each chart as a table by the keyboard', async () => {
      const { page } = reader;
      await page.locator('article', { hasText: '도서 대출증' }).getByText('발급').waitFor();
      const poll = page.getByRole('link', { name: examples.createPoll.title.ko });
      await poll.waitFor();
      expect(await page.locator('tr', { has: poll }).innerText()).includes('0 (0%)');
      await page.getByText('도서 대출증', { exact: true }).last().click();
      await page.getByText('최근 48시간: 도서 대출증', { exact: false }).first().waitFor();
      const summary = page.locator('.column-chart summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      const table = page.locator('.column-chart table').first();
      expect(await table.locator('tbody tr').count()).equal(48);
      expect(Number(await table.locator('tbody td').nth(1).innerText())).at.least(1);
      await reader.look('dashboard-table');
    });

    it('gives the table that it shows as a file', async () => {
      const { page } = reader;
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: '날짜별 기록 수', exact: false }).click(),
      ]);
      expect(download.suggestedFilename()).equal('sillok-days.csv');
      const text = await readFile(await download.path(), 'utf8');
      expect(text).contains('start,entries,voting,vehicles,credentials,library-cards');
    });

    it('prints with the numbers of its charts', async () => {
      const { page } = reader;
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('button', { name: '새로 고침 멈추기' }).isVisible()).equal(false);
      expect(await page.locator('.column-chart table').last().isVisible()).equal(true);
      await reader.look('dashboard-print');
      await page.emulateMedia({ media: 'screen' });
    });
  });
});
