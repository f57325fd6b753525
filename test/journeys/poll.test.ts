/** An official with a wallet opens a poll; one citizen votes on a phone, another with the keyboard only; anybody recounts. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Hex } from '../../server/core/bytes.ts';
import { digestOf, type TypedData } from '../../server/core/typed-data.ts';
import { fingerprintOf } from '../../server/verify/trust.ts';
import { type Visitor, visitor } from '../helpers/browser.ts';
import { giveWallet, invite, paintLate } from '../helpers/devices.ts';
import { send } from '../helpers/gateway.ts';

const TITLE = '우리 동네 도서관 개방 시간';

describe('A poll, from its creation to the recount', () => {
  let official: Visitor;
  let phone: Visitor;
  let keyboard: Visitor;
  let wallet: { asked: string[] };
  let pollPath = '';
  let codes: readonly string[] = [];

  before(async () => {
    official = await visitor();
    wallet = await giveWallet(official);
    phone = await visitor({ width: 360, height: 740 });
    keyboard = await visitor({ lang: 'en' });
    await paintLate(keyboard);
  });

  after(async () => {
    for (const one of [official, phone, keyboard]) await one.leave();
  });

  it('signs in with a wallet and creates a poll after a look at it as on a phone', async () => {
    const { page } = official;
    const team = await invite(official.running, '시민소통담당관', ['voting']);
    await official.open(team.invitation);
    await page.getByRole('button', { name: '지갑으로 등록하기' }).click();
    await page.getByRole('heading', { name: '등록되었습니다' }).waitFor();
    await official.open('/official');
    await page.getByRole('button', { name: '지갑으로 로그인' }).click();
    await page.getByText('시민소통담당관 로그인 중').waitFor();
    await official.look('official-empty');
    await page.getByRole('link', { name: '새 투표 만들기' }).click();
    await page.getByRole('button', { name: '투표 만들기' }).click();
    await page.getByText('고칠 곳이 1개 있습니다').waitFor();
    await page.getByLabel('제목', { exact: false }).first().fill(TITLE);
    await page.getByLabel('영어 제목').fill('Opening hours of our library');
    await page.getByLabel('설명', { exact: true }).fill('도서관을 밤 10시까지 열까요?');
    expect(await page.locator('.phone').innerText()).to.include(TITLE);
    await official.look('official-create');
    await page.getByRole('button', { name: '투표 만들기' }).click();
    await page.getByRole('dialog').getByText('시민소통담당관의 이름으로 서명합니다').waitFor();
    await official.look('official-sign');
    await page.getByRole('button', { name: '취소' }).click();
    await refusesToSign(page, '**/create-poll/prepare', '투표 만들기', (text) =>
      text.replaceAll(
        /"closesAt(Sec)?":(\d+)/g,
        (_, sec = '', at) => `"closesAt${sec}":${Number(at) + 86_400}`,
      ),
    );
    await official.look('official-sign-refused');
    await page.getByRole('button', { name: '취소' }).click();
    await page.getByRole('button', { name: '투표 만들기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('link', { name: '명부 준비하러 가기' }).click();
    await page.getByRole('heading', { name: '1. 명부 준비' }).waitFor();
    expect(wallet.asked).to.include('eth_signTypedData_v4');
    pollPath = new URL(page.url()).pathname.replace('/official/', '/polls/');
  });

  it('makes codes on the device of the official and hands them over as a file', async () => {
    const { page } = official;
    await page.getByLabel('코드를 새로 만들 사람 수').fill('3');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '코드 만들어 저장하기' }).click(),
    ]);
    codes = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/).slice(1);
    expect(codes).to.have.length(3);
    await page.getByText('3개의 코드가 등록되고 파일로 저장되었습니다.').waitFor();
    await official.look('official-roll');
  });

  it('enrols a citizen whose key never leaves the phone', async () => {
    const { page } = phone;
    const sent: string[] = [];
    phone.context.on('request', (request) => sent.push(request.postData() ?? ''));
    await phone.open(pollPath);
    await phone.look('citizen-about');
    await page.getByRole('button', { name: '참여 등록하기' }).click();
    await page.getByLabel('등록 코드').fill('WRONG-CODE-0000');
    await page.getByRole('button', { name: '열쇠 만들고 등록하기' }).click();
    await page.getByRole('alert').waitFor();
    await phone.look('citizen-wrong-code');
    await page.getByLabel('등록 코드').fill(codes[0]!.toLowerCase());
    await page.getByRole('button', { name: '열쇠 만들고 등록하기' }).click();
    await page.getByRole('heading', { name: '등록되었습니다' }).waitFor();
    await phone.look('citizen-enrolled');
    const kept = await page.evaluate(
      () => Object.entries(localStorage).find(([key]) => key.startsWith('sillok.voter.'))?.[1],
    );
    const { votingKey } = JSON.parse(kept ?? '{}') as { votingKey: string };
    expect(
      sent.some((body) => body.includes(votingKey)),
      'the key was sent',
    ).to.equal(false);
    await page.getByRole('button', { name: '나중에 저장하기' }).click();
    await page.getByText('담당자가 명부를 확정하면 투표가 시작됩니다.').waitFor();
  });

  it('enrols a second citizen with the keyboard only', async () => {
    const { page } = keyboard;
    await keyboard.open(pollPath);
    await press(page, 'Enrol');
    await tabTo(page, 'Enrolment code');
    await page.keyboard.type(codes[1]!);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are enrolled' }).waitFor();
    await press(page, 'Save it later');
    // The third one is somebody else; the roll has to be of three.
    const pollId = pollPath.split('/').at(-1);
    const body = { pollId, code: codes[2], commitment: '1234567890123456789' };
    const { status } = await send(`${keyboard.running.url}/v1/voting/enrol`, { body });
    expect(status).to.equal(200);
  });

  it('freezes the roll and opens the poll', async () => {
    const { page } = official;
    await page.getByText('지금까지 등록한 3명으로').waitFor();
    await refusesToSign(page, '**/open-poll/prepare', '명부 확정하고 투표 열기', (text) =>
      text.replaceAll(/"root":"(\d+)(\d)"/g, (_, head, last) => `"root":"${head}${(Number(last) + 1) % 10}"`),
    );
    await page.getByRole('button', { name: '취소' }).click();
    await page.getByRole('button', { name: '명부 확정하고 투표 열기' }).click();
    await page.getByRole('button', { name: '서명하고 기록하기' }).click();
    await page.getByRole('heading', { name: '3. 지켜보기' }).waitFor();
    await official.look('official-open');
  });

  it('lets the citizen choose, hear what is secret, confirm and cast on a phone of 360 px, though the network fails', async () => {
    const { page } = phone;
    await page.getByRole('button', { name: '투표 시작하기' }).click();
    await page.getByText('찬성').click();
    await phone.look('citizen-choose');
    await page.getByRole('button', { name: '선택 마치기' }).click();
    await page.getByRole('heading', { name: '무엇이 비밀이고 무엇이 공개되나요?' }).waitFor();
    await phone.look('citizen-secret');
    await page.getByRole('button', { name: '알겠습니다' }).click();
    await page.getByText('아직 투표되지 않았습니다.', { exact: false }).waitFor();
    await phone.look('citizen-confirm');
    // The first tries of sending are lost in the crowd's radio.
    await page.route('**/v1/voting/cast', (route) => route.abort());
    await page.getByRole('button', { name: '투표하기' }).click();
    await page.getByText('아직 기록되지 않았으니 이 화면을 닫지 마세요.', { exact: false }).waitFor();
    await phone.look('citizen-queued');
    await page.unroute('**/v1/voting/cast');
    await page.getByText('투표가 기록되었습니다').waitFor();
    await phone.look('citizen-recorded');
  });

  it('casts the second ballot with the keyboard only', async () => {
    const { page } = keyboard;
    await press(page, 'Start voting');
    await tabTo(page, 'Yes');
    await page.keyboard.press('ArrowDown');
    await press(page, 'That is my choice');
    await press(page, 'I understand');
    await press(page, 'Cast ballot');
    await page.getByText('Your ballot is recorded').waitFor();
    await keyboard.look('keyboard-recorded-en');
  });

  it('shows the same result to everybody, and the recount on the phone agrees and finds its own ballot', async () => {
    const { page } = phone;
    await page.getByText('투표지 2장', { exact: false }).waitFor();
    await page.getByText('어떻게 확인하나요?').click();
    await page.getByRole('button', { name: '이 기기에서 다시 세기' }).click();
    await page.getByText('다시 센 결과가 같습니다 (투표지 2장)').waitFor();
    await page.getByText('투표 문구가 장부에 기록된 지문과 같습니다.').waitFor();
    await page.getByText('내 투표지가 들어 있습니다 (1번째).').waitFor();
    await phone.look('citizen-recount');
    await page.getByText(fingerprintOf(phone.running.trust)).waitFor();
    await page.getByRole('link', { name: '영수증 보기' }).click();
    await page.getByText('진본입니다').waitFor();
    await phone.look('citizen-receipt');
    await official.look('official-watch');
  });

  it('offers the poll in the list, and no second ballot to who has voted', async () => {
    const { page } = phone;
    await phone.open('/polls');
    await page.getByText(TITLE).waitFor();
    await phone.look('polls');
    await page.getByText(TITLE).click();
    await page.getByText('투표가 기록되었습니다').waitFor();
    expect(await page.getByRole('button', { name: '투표 시작하기' }).count()).to.equal(0);
  });
});

/** Moves the focus as a keyboard user would, and presses. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).waitFor();
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** A gateway that hands out one altered value, with a digest that fits it, gets no signature. */
async function refusesToSign(
  page: Page,
  path: string,
  button: string,
  alter: (text: string) => string,
): Promise<void> {
  await page.route(path, async (route) => {
    const answer = await route.fetch();
    const body = JSON.parse(alter(await answer.text())) as {
      toSign: { typedData: TypedData; digest: Hex }[];
    };
    for (const one of body.toSign) one.digest = digestOf(one.typedData);
    await route.fulfill({ response: answer, json: body });
  });
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('button', { name: '서명하고 기록하기' }).click();
  await page.getByText('서버가 보여 준 내용과 서명할 값이 다릅니다.', { exact: false }).waitFor();
  await page.unroute(path);
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const focused = await page.evaluate(() => {
      const at = document.activeElement as HTMLInputElement | null;
      return (at?.labels?.[0]?.textContent ?? at?.textContent ?? '').trim();
    });
    if (focused.startsWith(name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach "${name}"`);
}
