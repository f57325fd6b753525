/** A browser that has seen the city's keys meets others: stolen, changed by the city, and asking for less. */
import { expect } from 'chai';
import { signTrust } from '../../server/log/succession.ts';
import { COSIGNATURE, ED25519 } from '../../server/verify/note.ts';
import { fingerprintOf, type Trust } from '../../server/verify/trust.ts';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { aCard, makeBranch, send, untilReceipted } from '../helpers/gateway.ts';
import { testKey } from '../helpers/log.ts';
import { logKeyOf } from '../helpers/log-key.ts';

describe('The keys that a browser has seen', () => {
  let reader: Visitor;
  let city: Trust;
  let receipt = '';
  let receiptPath = '';
  /** What the site hands out in the place of its own, by path. */
  let handedOut: Readonly<Record<string, Trust>> = {};
  const keys = { thief: 'a thief', second: 'second', third: 'third' };
  const keyOf = (seed: keyof typeof keys) => testKey(city.origin, ED25519, keys[seed]);
  const newcomer = {
    key: testKey('newspaper.example/witness', COSIGNATURE).verifierKey,
    operator: 'Newspaper',
  };
  const earlier = () => [{ logKey: city.logKey, witnesses: city.witnesses, threshold: city.threshold }];
  const version = (n: number, change: Partial<Trust>): Trust => ({ ...city, version: n, ...change });

  before(async () => {
    reader = await visitor({ width: 360, height: 740 });
    const { running, context } = reader;
    city = running.trust;
    const { key } = await makeBranch(running);
    const { body } = await send(`${running.url}/v1/library-cards/issue`, { key, body: aCard(), wait: 20 });
    await untilReceipted(running.url, body.entryId);
    receipt = (await send<string>(`${running.url}/v1/entries/${body.entryId}/receipt`, { wait: 20 })).body;
    receiptPath = `/r#${body.entryId}`;
    await context.route(/\/v1\/trust(\/\d+)?$/, async (route) => {
      const file = handedOut[new URL(route.request().url()).pathname];
      await (file === undefined ? route.continue() : route.fulfill({ json: file }));
    });
  });
  after(() => reader.leave());

  async function check(): Promise<string> {
    const { page } = reader;
    await reader.open('/verify');
    await page.getByLabel('내용 붙여 넣기').fill(receipt);
    await page.getByRole('button', { name: '확인하기' }).click();
    return page.locator('.verdict h2').innerText();
  }

  async function settle(fingerprint: string): Promise<void> {
    await reader.page.getByLabel('시가 발표한 지문').fill(fingerprint);
    await reader.page.getByRole('button', { name: '이 지문의 열쇠를 믿기' }).click();
  }

  it('are taken at the first visit, and can be compared with what the city has published', async () => {
    expect(await check()).to.include('진본입니다');
    await reader.open(receiptPath);
    await reader.page.getByText('진본입니다').waitFor();
    await reader.page.getByText('어떻게 확인하나요?').click();
    await reader.page.getByText(fingerprintOf(city)).waitFor();
    await reader.look('keys-fingerprint');
  });

  it('are not exchanged for those of a thief: nothing is genuine until a person has asked the city', async () => {
    const { page } = reader;
    const logKey = keyOf('thief').verifierKey;
    handedOut = { '/v1/trust': signTrust(version(2, { logKey, earlier: earlier() }), [keyOf('thief')]) };
    expect(await check()).to.include('판단할 수 없습니다');
    await page.getByText('이 사이트가 내주는 열쇠가 이 기기가 알던 것과 다릅니다').waitFor();
    await reader.look('keys-swapped');
    expect(await page.locator('.verdict.valid').count()).to.equal(0);
    expect(await page.locator('main').innerText()).not.to.include(fingerprintOf(handedOut['/v1/trust']!));
    await settle(fingerprintOf(city));
    await page.getByText('이 사이트를 믿지 말고 시에 알려 주세요', { exact: false }).waitFor();
    await reader.look('keys-other-fingerprint');
    await reader.open(receiptPath);
    await page.getByRole('heading', { name: '판단할 수 없습니다' }).waitFor();
    await reader.look('keys-swapped-receipt');
    expect(await page.locator('.verdict.valid').count()).to.equal(0);
  });

  it('stay in doubt without a network, and are known again when the site hands them out again', async () => {
    const { page, context } = reader;
    await reader.open('/verify');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await page.reload();
    await page.getByText('이 사이트가 내주는 열쇠가 이 기기가 알던 것과 다릅니다').waitFor();
    await page.getByLabel('내용 붙여 넣기').fill(receipt);
    await page.getByRole('button', { name: '확인하기' }).click();
    expect(await page.locator('.verdict h2').innerText()).to.include('판단할 수 없습니다');
    await context.setOffline(false);
    handedOut = {};
    expect(await check()).to.include('진본입니다');
    expect(await page.getByLabel('시가 발표한 지문').count()).to.equal(0);
  });

  it('follow the city through changes of its key, over versions that the browser has missed', async () => {
    const [first, second, third] = [await logKeyOf(reader.running), keyOf('second'), keyOf('third')];
    const two = version(2, { logKey: second.verifierKey, earlier: earlier() });
    const three = version(3, { logKey: third.verifierKey, earlier: earlier() });
    handedOut = { '/v1/trust': signTrust(two, [first, second]) };
    expect(await check()).to.include('진본입니다');
    await reader.page.evaluate((file) => localStorage.setItem('sillok.trust', file), JSON.stringify(city));
    handedOut = {
      '/v1/trust': signTrust(three, [second, third]),
      '/v1/trust/2': signTrust(two, [first, second]),
    };
    expect(await check()).to.include('진본입니다');
    const kept = await reader.page.evaluate(() => localStorage.getItem('sillok.trust')!);
    expect(fingerprintOf(JSON.parse(kept) as Trust)).to.equal(fingerprintOf(three));
  });

  it('ask for less than before only when a person has named the fingerprint, in either language', async () => {
    const { page } = reader;
    const four = version(4, {
      logKey: keyOf('third').verifierKey,
      witnesses: [...city.witnesses, newcomer],
      earlier: earlier(),
    });
    handedOut = { '/v1/trust': signTrust(four, [keyOf('third')]) };
    expect(await check()).to.include('판단할 수 없습니다');
    await page.getByText('전보다 적은 서버의 서명으로도 통하거나', { exact: false }).waitFor();
    await reader.look('keys-weaker');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('They let signatures of fewer or other servers do', { exact: false }).waitFor();
    await page.getByRole('button', { name: '한국어' }).click();
    expect(await check()).to.include('판단할 수 없습니다');
    await settle(fingerprintOf(four).toUpperCase());
    await page.getByText('진본입니다').waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.reload();
    expect(await check(), 'for good').to.include('진본입니다');
  });

  it('are those of before while the site shows an older version', async () => {
    handedOut = {};
    expect(await check()).to.include('진본입니다');
    expect(await reader.page.getByLabel('시가 발표한 지문').count()).to.equal(0);
  });
});
