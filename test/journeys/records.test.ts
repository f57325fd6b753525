/** A dealer doubts an inspection record; its author corrects it, the doubt is taken back, and another record is withdrawn. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { EXAMPLES } from '../../server/services/vehicles/examples.ts';
import { readJpeg } from '../../server/services/vehicles/jpeg.ts';
import { administer, record } from '../helpers/actors.ts';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { invite, joinWithPasskey, type Team } from '../helpers/devices.ts';
import { send } from '../helpers/gateway.ts';

const VIN = 'KNAKH815BAK681607';
const PLATE = '34나5678';
const seoul = (ms: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(ms);
const today = seoul(Date.now());
const car = { vin: VIN, plate: PLATE };
const { vin: _v, plate: _p, ...inspection } = EXAMPLES.inspection;

describe('A record of a car, once it is written', () => {
  let dealer: Visitor;
  let inspector: Visitor;
  let dealers: Team;
  let station: Team;
  /** Path of the page of the corrected record. */
  let corrected = '';

  const keyOf = async ({ organisation }: Team) => {
    const body = { organisation, label: 'desk', scopes: ['vehicles/*'] };
    return (await administer<{ key: string }>(dealer.running, 'api-keys', body)).key;
  };

  before(async () => {
    dealer = await visitor();
    inspector = await visitor({ width: 360, height: 740 });
    dealers = await invite(dealer.running, '도봉모터스', ['vehicles.purchase.1', 'vehicles.dispute.1']);
    station = await invite(dealer.running, '창동성능점검장', ['vehicles.inspection.1']);
    const purchase = { ...car, modelName: '쏘나타', modelYear: 2020, odometerKm: 40_100, purchasedOn: today };
    await record(dealer.running, 'vehicles/register-purchase', purchase, await keyOf(dealers));
    const form = { ...inspection, ...car, number: '04-26-005678', inspectedOn: today, odometerKm: 41_500 };
    await record(dealer.running, 'vehicles/register-inspection', form, await keyOf(station));
  });

  after(async () => {
    await dealer.leave();
    await inspector.leave();
  });

  it('is found by a dealer from the stock over the car, and disputed', async () => {
    await joinWithPasskey(dealer, dealers, '/dealer');
    const { page } = dealer;
    await page.getByRole('link', { name: '쏘나타' }).click();
    await page.getByRole('heading', { name: '차량', exact: true }).waitFor();
    await dealer.look('own-car');
    await page.getByRole('link', { name: /열기 .*inspection/ }).click();
    await page.getByRole('heading', { name: '무엇을 하시나요?' }).waitFor();
    expect(await page.locator('nav.cards a.card').count(), 'only what the dealer may do').to.equal(1);
    await dealer.look('record-of-another');
    await page.getByRole('link', { name: /이의 제기하기/ }).click();
    await page.getByText('설명은 작성 기관과 시만 봅니다.', { exact: false }).waitFor();
    await chooseReason(dealer, '이의 사유', '주행거리가 실제와 다름');
    await page.getByLabel('설명').fill('매입할 때 계기판은 40,100 km였습니다.');
    await dealer.look('record-dispute');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('link', { name: '기록으로 돌아가기' }).click();
    await page.getByText('이의 1건').waitFor();
    await dealer.look('record-disputed');
  });

  it('is shown as disputed to everybody, without what the dealer wrote to its author', async () => {
    const buyer = await visitor({ width: 360, height: 740, lang: 'en' });
    await buyer.open('/vehicles');
    await buyer.page.getByLabel('VIN or number plate').fill(PLATE);
    await buyer.page.getByRole('button', { name: 'Show the history' }).click();
    await buyer.page.getByText('The inspection record is disputed').waitFor();
    expect(await buyer.page.locator('main').innerText()).not.to.include('계기판은');
    await buyer.look('buyer-disputed-en');
    await buyer.leave();
  });

  it('is corrected by its author on a phone, starting from what was written', async () => {
    await joinWithPasskey(inspector, station, '/inspector');
    const { page } = inspector;
    await page.getByRole('tab', { name: '쓴 기록' }).click();
    await inspector.look('written');
    await inspector.open('/disputes');
    await page.getByText('도봉모터스').waitFor();
    await inspector.look('disputes');
    await page.getByRole('link', { name: '성능·상태점검' }).click();
    await page.getByText('매입할 때 계기판은 40,100 km였습니다.').waitFor();
    await inspector.look('record-own');
    await page.getByRole('link', { name: /정정하기/ }).click();
    await chooseReason(inspector, '정정 사유', '오기 정정');
    const km = page.getByLabel('주행거리', { exact: false }).first();
    expect(await km.inputValue()).to.equal('41500');
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/add-photograph')) sent.push(request.postDataJSON().image);
    });
    const [one, two] = [await photograph(page), await photograph(dealer.page)];
    // Slow radio: the inspector fills in the form meanwhile, and loses nothing when the picture has arrived.
    const filledIn = Promise.withResolvers<void>();
    await page.route('**/add-photograph', async (route) => {
      await filledIn.promise;
      await route.continue();
    });
    await Promise.all([
      page.waitForRequest('**/add-photograph'),
      page.getByLabel('사진 찍기').setInputFiles([one]),
    ]);
    await km.fill('40150');
    filledIn.resolve();
    await page.getByRole('img', { name: '점검 사진 1' }).waitFor();
    expect(await km.inputValue()).to.equal('40150');
    await page
      .getByLabel('사진 고르기')
      .setInputFiles([two, { ...two, name: 'list.txt', buffer: Buffer.from('x') }]);
    await page.getByText('list.txt은(는) 읽을 수 없는 사진입니다.').waitFor();
    await page.getByRole('img', { name: '점검 사진 2' }).waitFor();
    expect(sent).to.have.lengthOf(2);
    for (const image of sent) {
      const bytes = Buffer.from(image.slice(image.indexOf(',') + 1), 'base64');
      expect(readJpeg(bytes)).to.include({ hasMetadata: false });
      expect(bytes.includes('Exif'), 'where it was taken').to.equal(false);
    }
    await inspector.look('record-amend');
    await page.reload();
    await page.getByText('작성하던 내용을 이 기기에서 불러왔습니다.').waitFor();
    expect(await km.inputValue(), 'nothing is lost').to.equal('40150');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('link', { name: '새 기록 보기' }).click();
    await page.getByText('40,150', { exact: false }).first().waitFor();
    await page.getByRole('img', { name: '점검 사진 2' }).waitFor();
    await inspector.look('record-amended');
    corrected = new URL(page.url()).pathname;
  });

  it('lets the dealer take the dispute back, with the keyboard only', async () => {
    const { page } = dealer;
    await page.getByText('정정됨').waitFor();
    await page.getByRole('link', { name: '이의 처리하기' }).focus();
    await page.keyboard.press('Enter');
    await chooseReason(dealer, '결과', '이의를 거둠');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '서명하고 기록하기' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('link', { name: '기록으로 돌아가기' }).click();
    await page.getByText('끝냄', { exact: false }).waitFor();
    await dealer.look('record-settled');
  });

  it('shows its photographs to the dealer, and no more of one that the city has erased', async () => {
    const { page } = dealer;
    await dealer.open(corrected);
    await page.getByRole('img', { name: '점검 사진 2' }).waitFor();
    await dealer.look('record-photographs');
    const path = `${dealer.running.url}/v1/vehicles${corrected}`;
    const key = await keyOf(dealers);
    const { body: shown } = await send<{ document: { photographs: string[] } }>(path, { key });
    const [digest] = shown.document.photographs;
    const { body: first } = await send<{ originalId: string }>(`${path}/photographs/${digest}`, { key });
    await administer(dealer.running, `entries/${first.originalId}/erase`);
    await page.reload();
    await page.getByText('점검 사진 1: 지워졌거나 이 서버에 없습니다').waitFor();
    await page.getByRole('img', { name: '점검 사진 2' }).waitFor();
  });

  it('is withdrawn for good, and then offers nothing more', async () => {
    const { page } = inspector;
    await page.getByRole('link', { name: /^철회하기/ }).click();
    await chooseReason(inspector, '사유', '잘못 발급함');
    await inspector.look('record-withdraw');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('link', { name: '기록으로 돌아가기' }).click();
    await page.getByText('이 기록은 이제 바꿀 수 없습니다.').waitFor();
    await inspector.look('record-withdrawn');
  });
});

/** A picture as a phone's camera writes it: large, and with a note of the place. */
async function photograph(page: Page) {
  const jpeg = await page.screenshot({ type: 'jpeg', quality: 90, fullPage: true });
  const note = Buffer.from('Exif\0\0GPS 37.5665 126.9780');
  const head = Buffer.from([0xff, 0xe1, 0, note.length + 2]);
  const buffer = Buffer.concat([jpeg.subarray(0, 2), head, note, jpeg.subarray(2)]);
  return { name: 'car.jpg', mimeType: 'image/jpeg', buffer };
}

/** Few choices are chips, many are a list. */
async function chooseReason({ page }: Visitor, label: string, option: string): Promise<void> {
  const list = page.getByLabel(label, { exact: false });
  const chips = page.getByRole('group', { name: label });
  await chips.or(list).first().waitFor();
  if ((await chips.count()) > 0) await chips.getByText(option, { exact: true }).click();
  else await list.selectOption({ label: option });
}
