/** Every page for everybody, in both languages, from a small phone to a wall; and what a first visit costs. */
import { expect } from 'chai';
import { visitor } from '../helpers/browser.ts';

const PAGES = [
  '/',
  '/polls',
  '/dashboard',
  '/vehicles',
  '/verify',
  '/work',
  '/official',
  '/issuer',
  '/r',
  '/c',
  '/join',
  '/admin',
  '/nowhere',
];
const SCREENS = [
  { width: 360, height: 740, lang: 'ko' },
  { width: 1280, height: 900, lang: 'en' },
  { width: 3840, height: 2160, lang: 'ko' },
] as const;
const MEGABYTE = 1_000_000;

describe('Every page', () => {
  for (const screen of SCREENS)
    it(`keeps the accessibility rules and the screen's width at ${screen.width} px in ${screen.lang}`, async () => {
      const reader = await visitor(screen);
      for (const path of PAGES) {
        await reader.open(path);
        await reader.look(`page${path.replaceAll('/', '-')}-${screen.lang}`);
      }
      await reader.leave();
    });

  it('changes language by one switch, keeps it, and shows Seoul time on a device elsewhere', async () => {
    const reader = await visitor();
    const { page } = reader;
    await reader.open('/');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'The acts of a city', exact: false }).waitFor();
    await reader.open('/polls');
    await page.getByRole('heading', { name: 'Polls' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).to.equal('en');
    await page.getByRole('button', { name: '한국어' }).click();
    await reader.open('/');
    const shown = await page.locator('table td').last().innerText();
    const seoul = new Intl.DateTimeFormat('ko-KR', { timeZone: 'Asia/Seoul', day: 'numeric' }).format();
    expect(shown).to.include(seoul);
    await reader.leave();
  });

  it('moves the focus to the heading of a new page, and lets the keyboard skip the menu', async () => {
    const reader = await visitor();
    const { page } = reader;
    await reader.open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal('본문 바로가기');
    await page.getByRole('link', { name: '기관 업무' }).click();
    await page.getByRole('heading', { name: '기관 업무' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    expect(await page.title()).to.equal('기관 업무 · 실록');
    await page.goBack();
    await page.getByRole('heading', { name: '시의 기록', exact: false }).waitFor();
    await reader.leave();
  });

  it('is named by its heading in the tab, in the language that is read, with its mark at any address', async () => {
    const reader = await visitor();
    const { page } = reader;
    const missing: string[] = [];
    page.on('response', (response) => response.status() === 404 && missing.push(response.url()));
    await reader.open('/no/such/page');
    await page.waitForFunction(() => document.title === '찾는 화면이 없습니다 · 실록');
    await page.getByRole('button', { name: 'English' }).click();
    await page.waitForFunction(() => document.title.endsWith(' · Sillok'));
    const icon = page.locator('link[rel=icon]');
    expect(await icon.evaluate((link: HTMLLinkElement) => new URL(link.href).pathname)).to.equal('/mark.svg');
    expect(missing).to.deep.equal([]);
    await reader.leave();
  });

  it('grows its letters to one and a half without losing anything', async () => {
    const reader = await visitor({ width: 360, height: 740 });
    const { page } = reader;
    await reader.open('/');
    await page.getByRole('button', { name: '글자 크기: 보통' }).click();
    await page.getByRole('button', { name: '글자 크기: 크게' }).click();
    await reader.look('letters-very-large');
    await reader.leave();
  });

  it('costs less than 5 MB at the first visit, the prover included', async () => {
    const reader = await visitor();
    let bytes = 0;
    const devtools = await reader.context.newCDPSession(reader.page);
    await devtools.send('Network.enable');
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await reader.open('/');
    await reader.open('/polls');
    await reader.page.evaluate(() =>
      Promise.all(
        ['wasm', 'zkey'].map((kind) => fetch(`/semaphore/semaphore-20.${kind}`).then((r) => r.arrayBuffer())),
      ),
    );
    console.log(`    first visit: ${(bytes / MEGABYTE).toFixed(2)} MB`);
    expect(bytes).to.be.below(5 * MEGABYTE);
    await reader.leave();
  });
});
