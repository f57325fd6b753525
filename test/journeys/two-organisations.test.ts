/** One wallet, two organisations: its owner says for which of them every signature is. */
import { expect } from 'chai';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { giveWallet, invite, type Team } from '../helpers/devices.ts';

describe('A wallet registered with two organisations', () => {
  let staff: Visitor;
  let teams: readonly Team[];

  before(async () => {
    staff = await visitor({ width: 360, height: 740 });
    await giveWallet(staff);
    teams = [
      await invite(staff.running, '한빛모터스', ['vehicles.purchase.1', 'vehicles.sale.1']),
      await invite(staff.running, '두레모터스', ['vehicles.purchase.1', 'vehicles.sale.1']),
    ];
    for (const { invitation } of teams) {
      await staff.open('/work');
      await staff.open(invitation);
      await staff.page.getByRole('button', { name: '지갑으로 등록하기' }).click();
      await staff.page.getByRole('heading', { name: '등록되었습니다' }).waitFor();
    }
  });
  after(() => staff.leave());

  it('is asked for which one it works, and signs in that name', async () => {
    const { page } = staff;
    await staff.open('/dealer');
    await page.getByRole('button', { name: '지갑으로 로그인' }).click();
    await page.getByRole('heading', { name: '어느 기관의 일을 하시나요?' }).waitFor();
    await staff.look('which-organisation');
    await page.getByRole('button', { name: '두레모터스(으)로 일하기' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('두레모터스 로그인 중').waitFor();
    await page.getByRole('button', { name: '기관 바꾸기' }).click();
    await page.getByRole('button', { name: '한빛모터스(으)로 일하기' }).click();
    await page.getByText('한빛모터스 로그인 중').waitFor();
    await staff.look('which-organisation-changed');
  });

  it('is the same organisation after the page was loaded again', async () => {
    await staff.open('/dealer');
    await staff.page.getByText('한빛모터스 로그인 중').waitFor();
    expect(await staff.page.getByRole('heading', { name: '어느 기관' }).count()).to.equal(0);
  });
});
