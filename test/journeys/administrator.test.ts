/** The administrator's own day: an organisation, an invitation, an accreditation, an API key, and the state of the gateway. */
import { expect } from 'chai';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { send } from '../helpers/gateway.ts';

describe('The administrator', () => {
  let city: Visitor;

  before(async () => {
    city = await visitor();
  });

  after(() => city.leave());

  it('comes in with the key only, which stays in this tab', async () => {
    const { page, running } = city;
    await city.open('/admin');
    await city.look('admin-enter');
    await page.getByLabel('관리자 키').fill('slk_wrong_key');
    await page.getByRole('button', { name: '관리 시작' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('관리자 키').fill(running.adminKey);
    await page.getByRole('button', { name: '관리 시작' }).click();
    await page.getByRole('tab', { name: '운영 상태' }).waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.to.include('slk_');
    await city.look('admin-organisations');
  });

  it('registers an organisation, accredits it and invites its staff', async () => {
    const { page } = city;
    const form = page.locator('form');
    await page.getByText('새 기관').waitFor();
    if (!(await form.isVisible())) await page.getByText('새 기관').click();
    await form.getByLabel('이름').fill('청년센터');
    await form.getByLabel('식별자').fill('youth-centre');
    await form.getByLabel('종류').selectOption({ label: '공공기관' });
    await form.getByText('경력 증명').click();
    await form.getByRole('button', { name: '기관 등록하기' }).click();
    await page.getByRole('button', { name: '관리하기 청년센터' }).click();
    await page.getByRole('heading', { name: '청년센터' }).waitFor();
    await page.getByLabel('자격 주기').selectOption({ label: '교육 수료증' });
    await page.locator('form').getByRole('button', { name: '자격 주기' }).click();
    await page.getByRole('cell', { name: 'credentials.course.1', exact: true }).waitFor();
    await page.getByRole('button', { name: '직원 초대 링크 만들기' }).click();
    await page.getByText('한 번만 쓸 수 있습니다', { exact: false }).waitFor();
    await city.look('admin-organisation');
    await page.getByRole('button', { name: '정지하기' }).click();
    await page.getByText('정지', { exact: true }).waitFor();
    await page.getByRole('button', { name: '재개하기' }).click();
    await page.getByText('활동', { exact: true }).waitFor();
  });

  it('issues an API key that works, and revokes it', async () => {
    const { page, running } = city;
    await page.getByRole('tab', { name: 'API 키' }).click();
    await page.getByText('새 API 키').click();
    await page.getByLabel('기관', { exact: false }).selectOption({ label: '청년센터' });
    await page.getByLabel('쓰임새').fill('업무 시스템');
    await page.locator('form').getByText('증명', { exact: false }).last().click();
    await page.getByRole('button', { name: 'API 키 발급하기' }).click();
    await page.getByText('지금 한 번만 보입니다', { exact: false }).waitFor();
    const key = await page.locator('.notice code').innerText();
    await city.look('admin-api-keys');
    const issued = () => send(`${running.url}/v1/credentials/issued`, { key });
    expect((await issued()).status).to.equal(200);
    await page.getByRole('button', { name: '폐기하기 업무 시스템' }).click();
    await page.getByText('폐기됨').waitFor();
    expect((await issued()).status).to.equal(401);
  });

  it('sees how the gateway stands', async () => {
    const { page } = city;
    await page.getByRole('tab', { name: '운영 상태' }).click();
    await page.getByText('모두 정상입니다').waitFor();
    await page.getByText('내장 체인', { exact: false }).waitFor();
    await page.getByRole('table', { name: '공동서명 서버(1대 중 1대 필요)' }).waitFor();
    await city.look('admin-status');
    await page.getByRole('button', { name: '키 잊기' }).click();
    await page.getByLabel('관리자 키').waitFor();
  });
});
