/** A verifier at the gate presses one button and holds up a receipt: the camera films it, the device judges it. */
import { expect } from 'chai';
import { receiptLink } from '../../server/receipts/link.ts';
import { parseReceipt } from '../../server/verify/receipt.ts';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { aCard, makeBranch, send, untilReceipted } from '../helpers/gateway.ts';

describe('The camera of a verifier', () => {
  let verifier: Visitor;
  let genuine = '';
  let forged = '';

  before(async () => {
    verifier = await visitor({ width: 390, height: 844 });
    const { url } = verifier.running;
    const { key } = await makeBranch(verifier.running);
    const { body } = await send(`${url}/v1/library-cards/issue`, { key, body: aCard() });
    await untilReceipted(url, body.entryId);
    const { body: receipt } = await send<string>(`${url}/v1/entries/${body.entryId}/receipt`);
    const { leaf } = parseReceipt(receipt);
    genuine = receiptLink(url, body.entryId, leaf);
    forged = receiptLink(url, body.entryId, leaf.with(-1, leaf.at(-1)! ^ 1));
    await prepare(verifier);
    // Whoever is granted something else is refused this: the browser asks nobody and answers no.
    await verifier.context.grantPermissions(['clipboard-read'], { origin: url });
  });

  after(() => verifier.leave());

  const press = () => verifier.page.getByRole('button', { name: '카메라로 비추기' }).click();
  const untilRefused = () =>
    verifier.page
      .getByRole('alert')
      .getByText('카메라 사용이 허용되지 않았습니다.', { exact: false })
      .waitFor();

  it('says so when it is not allowed, and leaves the other ways open', async () => {
    const { page } = verifier;
    await verifier.open('/verify');
    await press();
    await untilRefused();
    await verifier.look('camera-refused');
    await page.getByLabel('QR 사진', { exact: false }).waitFor({ state: 'attached' });
    await page.getByLabel('내용 붙여 넣기').fill(genuine);
    await page.getByRole('button', { name: '확인하기' }).click();
    await page.getByText('진본입니다').waitFor();
  });

  it('shows the verdict of a genuine receipt once it is allowed and sees it, and is off by then', async () => {
    const { page } = verifier;
    await verifier.open('/verify');
    await press();
    await untilRefused();
    await verifier.film(genuine);
    await press();
    await page.locator('.verdict.valid').getByText('진본입니다').waitFor();
    expect(await page.locator('.check-status.failed').count()).to.equal(0);
    expect(await tracks(verifier)).to.deep.equal(['ended']);
    await verifier.look('camera-genuine');
  });

  it('shows red for a link that names another content than the log holds', async () => {
    const { page } = verifier;
    await verifier.film(forged);
    await verifier.open('/verify');
    await press();
    await page.locator('.verdict.invalid').getByText('믿을 수 없습니다').waitFor();
    expect(await page.locator('.check-status.failed').count()).to.equal(1);
    expect(await tracks(verifier)).to.deep.equal(['ended']);
    await verifier.look('camera-forged');
  });

  it('says that a QR of something else is no receipt, and films no longer', async () => {
    const { page } = verifier;
    await verifier.film('https://example.org/menu');
    await verifier.open('/verify');
    await press();
    await page.getByText('영수증도 증명서도 아닙니다.', { exact: false }).waitFor();
    expect(await tracks(verifier)).to.deep.equal(['ended']);
  });

  it('reads by itself where the detector of the browser fails', async () => {
    const { page } = verifier;
    await verifier.film(genuine);
    await verifier.open('/verify');
    await page.evaluate(() => {
      class BarcodeDetector {
        static getSupportedFormats = async () => ['qr_code'];
        detect = () => Promise.reject(new DOMException('no service', 'NotSupportedError'));
      }
      Object.assign(globalThis, { BarcodeDetector });
    });
    await press();
    await page.locator('.verdict.valid').getByText('진본입니다').waitFor();
  });

  it('is switched off by its button, and by leaving the page', async () => {
    const { page } = verifier;
    await verifier.film('');
    await verifier.open('/verify');
    await press();
    await page.locator('video.camera').waitFor();
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await verifier.look('camera-on');
    await page.getByRole('button', { name: '카메라 끄기' }).click();
    await untilOff(verifier, 1);
    await press();
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    expect(await tracks(verifier)).to.deep.equal(['ended', 'live']);
    await page.locator('header a[href="/"]').first().click();
    await page.locator('video').waitFor({ state: 'detached' });
    await untilOff(verifier, 2);
  });
});

/** Without a detector of the browser's own, on every machine. Keeps every track that the page opens, where the test can ask whether it still films. */
async function prepare({ context }: Visitor): Promise<void> {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'BarcodeDetector');
    const devices = navigator.mediaDevices;
    const opened: MediaStreamTrack[] = [];
    Object.assign(globalThis, { opened });
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wish) => {
      const stream = await open(wish);
      opened.push(...stream.getTracks());
      return stream;
    };
  });
}

function tracks({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() =>
    (globalThis as unknown as { opened: MediaStreamTrack[] }).opened.map(({ readyState }) => readyState),
  );
}

async function untilOff({ page }: Visitor, count: number): Promise<void> {
  await page.waitForFunction((expected) => {
    const { opened } = globalThis as unknown as { opened: MediaStreamTrack[] };
    return opened.length === expected && opened.every(({ readyState }) => readyState === 'ended');
  }, count);
}
