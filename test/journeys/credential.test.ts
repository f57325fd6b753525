/** An issuer issues one credential and a list; the holder keeps it; a verifier at the gate sees green, then red, also offline. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { invite, joinWithPasskey } from '../helpers/devices.ts';

describe('A credential, from the issuer to the gate', () => {
  let issuer: Visitor;
  let holder: Visitor;
  let verifier: Visitor;
  let link = '';
  let file = '';

  before(async () => {
    issuer = await visitor();
    holder = await visitor({ width: 360, height: 740 });
    verifier = await visitor({ width: 390, height: 844 });
  });

  after(async () => {
    for (const one of [issuer, holder, verifier]) await one.leave();
  });

  it('issues one credential and finds it in the list', async () => {
    const { page } = issuer;
    const team = await invite(issuer.running, '성동구 평생학습관', ['credentials']);
    await joinWithPasskey(issuer, team, '/issuer');
    await issuer.look('issuer-empty');
    await page.getByRole('tab', { name: '한 건 발급' }).click();
    await page.getByLabel('증명 종류').selectOption({ label: '교육 수료증 발급' });
    await page.getByLabel('성명').fill('홍길동');
    await page.getByLabel('과정명').fill('자동차 성능점검 기초');
    await page.getByLabel('교육 시간').fill('32');
    await page.getByLabel('수료일').fill('2026-02-27');
    await issuer.look('issuer-form');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('tab', { name: '발급 목록' }).click();
    await page.getByText('지금 유효합니다').waitFor();
    await issuer.look('issuer-list');
    link = (await page.getByRole('link', { name: '증명서 열기' }).getAttribute('href')) ?? '';
    expect(link).to.match(/^\/c#0x[0-9a-f]{64}\.[A-Za-z0-9_-]{22}$/);
  });

  it('checks every row of a list before anything is signed, then issues all with one signature', async () => {
    const { page } = issuer;
    await page.getByRole('tab', { name: '여러 건 발급 (CSV)' }).click();
    await page.getByLabel('증명 종류').selectOption({ label: '교육 수료증 발급' });
    const head = 'holderName,과정명,hours,수료일,result';
    const row = (name: string, hours = '32') => `${name},"점검, 기초",${hours},2026.02.27,수료`;
    await page
      .getByLabel('CSV 파일')
      .setInputFiles(csv([head, row('김하나'), row('이둘', '많이'), ',과정,3,2026-02-27,']));
    await page.getByText('2줄에 고칠 곳이 있습니다.', { exact: false }).waitFor();
    await issuer.look('issuer-batch-errors');
    const names = Array.from({ length: 12 }, (_, i) => row(`수강생 ${i + 1}`));
    await page.getByLabel('CSV 파일').setInputFiles(csv([head, ...names]));
    await page.getByText('12건을 발급할 수 있습니다.').waitFor();
    await page.getByRole('button', { name: '12건 확인하고 서명하기' }).click();
    await page.getByText('그 밖에 7건이 더 있습니다.').waitFor();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByText('12건을 발급했습니다').waitFor();
    await issuer.look('issuer-batch-done');
  });

  it('gives the holder a page with a QR and a file that needs no server', async () => {
    const { page } = holder;
    await holder.open(link);
    await page.getByText('지금 유효합니다').waitFor();
    await page.getByText('자동차 성능점검 기초').waitFor();
    await holder.look('holder');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '증명서 파일 저장' }).click(),
    ]);
    file = await download.path();
    expect(JSON.parse(await readFile(file, 'utf8'))).to.include({ sillok: 'document.1' });
  });

  it('tells the verifier that a scanned QR is genuine, and each check by name', async () => {
    const { page } = verifier;
    await holder.page.evaluate(() => scrollTo(0, 0));
    const picture = await holder.page.locator('svg.qr').screenshot();
    await verifier.open('/verify');
    await verifier.look('verify');
    await page
      .getByLabel('QR 사진', { exact: false })
      .setInputFiles({ name: 'qr.png', mimeType: 'image/png', buffer: picture });
    await page.getByText('진본입니다').waitFor();
    await page.getByText('자동차 성능점검 기초').waitFor();
    expect(await page.locator('.check-status.failed').count()).to.equal(0);
    await verifier.look('verify-valid');
  });

  it('still checks a file when the network is gone, and says what it cannot know', async () => {
    const { page, context } = verifier;
    // The worker keeps what the page has loaded in its own time.
    await page.waitForFunction(async () => {
      const cache = await caches.open('sillok-pages');
      const { origin } = location;
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      const assets = loaded.filter((name) => name.startsWith(`${origin}/assets/`));
      return (await Promise.all(['/', ...assets].map((asset) => cache.match(asset)))).every(Boolean);
    });
    await context.setOffline(true);
    await page.reload();
    await page.getByLabel('QR 사진', { exact: false }).setInputFiles(await asFile('c.sillok.json', file));
    await page.getByText('진본이지만 지금도 유효한지는 알 수 없습니다').waitFor();
    await page.getByText('이 확인이 말해 주지 않는 것').click();
    await page.getByText('온라인에서만 알 수 있습니다', { exact: false }).waitFor();
    await verifier.look('verify-offline');
    await context.setOffline(false);
  });

  it('says which check fails for a forged file', async () => {
    const { page } = verifier;
    const forged = (await readFile(file, 'utf8')).replace('홍길동', '임꺽정');
    await verifier.open('/verify');
    await page.getByLabel('내용 붙여 넣기').fill(forged);
    await page.getByRole('button', { name: '확인하기' }).click();
    await page.getByText('믿을 수 없습니다').waitFor();
    expect(await page.locator('.check-status.failed').count()).to.equal(1);
    expect(await page.locator('main').innerText(), 'a forged name is not shown as a fact').not.to.include(
      '임꺽정',
    );
    await verifier.look('verify-forged');
  });

  it('turns red everywhere once the issuer has revoked', async () => {
    const { page } = issuer;
    await page.getByRole('tab', { name: '발급 목록' }).click();
    const row = page.getByRole('row', { name: /홍길동/ });
    await row.getByRole('button', { name: /폐기하기/ }).click();
    await page.getByLabel('사유').selectOption({ label: '잘못 발급' });
    await issuer.look('issuer-revoke');
    await page.getByRole('button', { name: '내용 확인하고 서명하기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '영수증 보기' }).waitFor();
    await page.getByRole('button', { name: '닫기' }).click();
    await row.getByText('폐기되었습니다').waitFor();
    await holder.page.getByText('폐기되었습니다').waitFor();
    await holder.look('holder-revoked');
    await verifier.open('/verify');
    await verifier.page
      .getByLabel('QR 사진', { exact: false })
      .setInputFiles(await asFile('c.sillok.json', file));
    await verifier.page.getByText('믿을 수 없습니다').waitFor();
    await verifier.look('verify-revoked');
  });
});

function csv(lines: readonly string[]) {
  return { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`) };
}

async function asFile(name: string, path: string) {
  return { name, mimeType: 'application/json', buffer: await readFile(path) };
}
