/** A service that the pages have never heard of: its form, its refusals and its receipts come from its own description. */
import { expect } from 'chai';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { invite, joinWithPasskey } from '../helpers/devices.ts';

describe('A service that is only a folder', () => {
  let librarian: Visitor;
  let receipt = '';

  before(async () => {
    librarian = await visitor({ width: 390, height: 844 });
    const team = await invite(librarian.running, '용답도서관', ['library-cards']);
    await joinWithPasskey(librarian, team, '/services/library-cards/issue');
  });

  after(() => librarian.leave());

  it('stands among the forms of the staff', async () => {
    const { page } = librarian;
    await librarian.open('/work');
    await page.getByText('모든 서식').click();
    await page.getByRole('link', { name: '대출증 발급' }).click();
    await page.getByRole('heading', { name: '대출증 발급' }).waitFor();
    await librarian.look('service-form');
  });

  it('says its own refusal beside the field, and records what was signed', async () => {
    const { page } = librarian;
    await page.getByLabel('대출증 번호').fill('123');
    await page.getByText('용답도서관', { exact: true }).last().click();
    await page.getByLabel('회원 이름').fill('최독서');
    await page.getByLabel('발급일').fill('2026-03-02');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.locator('.wrong').waitFor();
    await page.getByLabel('대출증 번호').fill('L900001');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).click();
    await page.getByText('진본입니다').waitFor();
    await librarian.look('service-receipt');
    receipt = new URL(page.url()).pathname + new URL(page.url()).hash;
  });

  it('is not signed when the gateway shows one document and prepares another', async () => {
    const { page } = librarian;
    await librarian.open('/services/library-cards/issue');
    await page.route('**/issue/prepare', async (route) => {
      const answer = await route.fetch();
      const text = (await answer.text()).replaceAll('임거정', '홍길동');
      await route.fulfill({ response: answer, body: text });
    });
    await page.getByLabel('대출증 번호').fill('L900002');
    await page.getByText('용답도서관', { exact: true }).last().click();
    await page.getByLabel('회원 이름').fill('임거정');
    await page.getByLabel('발급일').fill('2026-03-02');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('dialog').getByText('홍길동').waitFor();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByText('서버가 보여 준 내용과 서명할 값이 다릅니다.', { exact: false }).waitFor();
    await page.unroute('**/issue/prepare');
    await librarian.open(receipt);
    await page.getByText('진본입니다').waitFor();
  });

  it('is verified from the complete QR of the receipt, without asking the server for the receipt', async () => {
    const { page } = librarian;
    await page.getByRole('button', { name: '인터넷 없이 확인되는 QR 보기' }).click();
    const qr = page.getByRole('img', { name: '인터넷 없이 확인되는 QR' });
    await qr.evaluate((image: HTMLImageElement) => image.decode());
    await qr.evaluate((image) => {
      image.style.width = '800px';
      image.style.maxWidth = 'none';
    });
    const picture = await qr.screenshot();
    await librarian.open('/verify');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page
      .getByLabel('QR 사진', { exact: false })
      .setInputFiles({ name: 'qr.png', mimeType: 'image/png', buffer: picture });
    await page.getByText('진본입니다').waitFor();
    expect(asked.filter((path) => path.includes('/entries/'))).to.deep.equal([]);
  });

  it('prints the verdict on paper without buttons and menus', async () => {
    const { page } = librarian;
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('button:visible').count()).to.equal(0);
    expect(await page.getByRole('navigation').count()).to.equal(0);
    await page.getByText('진본입니다').waitFor();
  });
});
