/** A dealer buys a car, an inspector inspects it, the dealer sells it, and a buyer looks it up. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { invite, joinWithPasskey, type Team } from '../helpers/devices.ts';

/** Example of the public textbooks on check digits; no Korean car bears it. */
const VIN = '1M8GDM9AXKP042788';
const PLATE = '12가3456';
const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format();

async function sign(page: Page): Promise<void> {
  await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
  await page.getByRole('button', { name: '서명하고 기록하기' }).click();
  await page.getByRole('link', { name: '영수증 보기' }).waitFor();
}

const choose = (page: Page, group: string, option: string) =>
  page.getByRole('group', { name: group, exact: false }).first().getByText(option, { exact: true }).click();

describe('A used car, from purchase to the buyer', () => {
  let dealer: Visitor;
  let inspector: Visitor;
  let team: Team;

  before(async () => {
    dealer = await visitor();
    inspector = await visitor({ width: 390, height: 844 });
    team = await invite(dealer.running, '한빛모터스', ['vehicles.purchase.1', 'vehicles.sale.1']);
  });

  after(async () => {
    await dealer.leave();
    await inspector.leave();
  });

  it('registers a purchase with a passkey and shows the car in stock', async () => {
    await joinWithPasskey(dealer, team, '/dealer');
    const { page } = dealer;
    await dealer.look('dealer-empty');
    await page.getByRole('tab', { name: '매입 등록' }).click();
    await page.getByLabel('차대번호').fill(VIN);
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByText(/고칠 곳이 \d+개 있습니다/).waitFor();
    await dealer.look('dealer-purchase-errors');
    await page.getByLabel('자동차등록번호').fill(PLATE);
    await page.getByLabel('차명').fill('아반떼');
    await page.getByLabel('연식').fill('2019');
    await page.getByLabel('주행거리').fill('61000');
    await page.getByLabel('매입일').fill('2026-03-02');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('dialog').getByText(VIN).waitFor();
    await dealer.look('dealer-sign');
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('tab', { name: '보유 차량' }).click();
    await page.getByText('아반떼').waitFor();
    await dealer.look('dealer-stock');
  });

  it('takes a complete inspection record on a phone and points at contradictions before it is signed', async () => {
    const station = await invite(inspector.running, '용답성능점검장', ['vehicles.inspection.1']);
    await joinWithPasskey(inspector, station, '/inspector');
    const { page } = inspector;
    await inspector.look('inspector-empty');
    await page.getByLabel('기록부 번호').fill('04-26-001234');
    await page.getByLabel('차대번호', { exact: false }).first().fill(VIN);
    await page.getByLabel('자동차등록번호').fill(PLATE);
    await page.getByLabel('차명').fill('아반떼');
    await page.getByLabel('연식').fill('2019');
    await page.getByLabel('최초등록일').fill('2019-03-04');
    await choose(page, '변속기 종류', '자동');
    await page.getByLabel('사용연료').selectOption({ label: '가솔린' });
    await choose(page, '보증유형', '보험사보증');
    await page.getByLabel('점검일').fill(today);
    await page.getByLabel('주행거리', { exact: false }).first().fill('61250');
    for (const part of ['2. 종합상태', '3. 사고·교환·수리 이력', '4. 세부상태'])
      await page.getByRole('button', { name: `빈 칸 모두 양호·없음으로 ${part}` }).click();
    await page.getByLabel('점검자').fill('이점검');
    await inspector.look('inspector-filled');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByText('고칠 곳이 1개 있습니다').waitFor();
    await choose(page, '색상', '무채색');
    await page.getByText('2 프론트 휀더(좌)').click();
    await choose(page, '2 프론트 휀더(좌)', 'X 교환');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByText('외판 교환이나 판금이 있으면 단순수리는 "있음"입니다.').first().waitFor();
    await page.getByText('원동기 항목을 적으세요.').first().waitFor();
    await inspector.look('inspector-contradictions');
    await page.getByRole('button', { name: '빈 칸 모두 양호·없음으로 원동기', exact: true }).click();
    await choose(page, '단순수리', '있음');
    await sign(page);
    await inspector.look('inspector-done');
  });

  it('sells the car from the stock list', async () => {
    const { page } = dealer;
    await dealer.open('/dealer');
    await page.getByText('유효기간 안', { exact: false }).waitFor();
    await page.getByRole('button', { name: '판매 등록하기' }).click();
    expect(await page.getByLabel('차대번호').inputValue()).to.equal(VIN);
    await page.getByLabel('주행거리').fill('61260');
    await page.getByLabel('판매(인도)일').fill(today);
    await sign(page);
    await page.getByRole('tab', { name: '보유 차량' }).click();
    await page.getByText('판매됨').waitFor();
    await dealer.look('dealer-sold');
  });

  it('tells a buyer at the car what happened, and what the records do not prove', async () => {
    const buyer = await visitor({ width: 360, height: 740 });
    const { page } = buyer;
    await buyer.open('/vehicles');
    await buyer.look('buyer-start');
    await page.getByLabel('차대번호 또는 자동차등록번호').fill(PLATE);
    await page.getByRole('button', { name: '이력 보기' }).click();
    await page.getByText('주행거리 기록에 모순이 없습니다').waitFor();
    await page.getByText('점검에서 사고이력이 발견되지 않았습니다').waitFor();
    expect(await page.locator('.timeline > li').count()).to.equal(3);
    expect(await page.locator('.body-map .hit').count()).to.equal(1);
    expect(await page.locator('main').innerText(), 'the whole VIN is not public').not.to.include(VIN);
    await page.getByText('이 이력이 말해 주지 않는 것').waitFor();
    await buyer.look('buyer-history');
    await page.getByRole('link', { name: '영수증 확인' }).first().click();
    await page.getByText('진본입니다').waitFor();
    await buyer.look('buyer-receipt');
    await buyer.open('/vehicles#04-26-001234');
    await page.getByText('점검에서 사고이력이 발견되지 않았습니다').waitFor();
    await buyer.look('buyer-inspection');
    await buyer.leave();
  });

  it('says plainly that it knows nothing of another car', async () => {
    const buyer = await visitor({ lang: 'en' });
    await buyer.open('/vehicles');
    await buyer.page.getByLabel('VIN or number plate').fill('KNAKH815BAK681607');
    await buyer.page.getByRole('button', { name: 'Show the history' }).click();
    await buyer.page.getByText('There is no record of this car').waitFor();
    await buyer.look('buyer-unknown-en');
    await buyer.leave();
  });
});
