import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Newcomer, welcome } from './newcomer.ts';
import { type Commands, readPages } from './page.ts';

const pages = readPages(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'));
const setup = pages.flatMap(({ commands }) => commands).filter(({ when }) => when === 'setup');

describe("The README's commands, typed by a newcomer", function () {
  this.timeout(300_000);
  let newcomer: Newcomer;

  before(async () => {
    newcomer = await welcome();
    await newcomer.start();
  });
  after(() => newcomer?.leave());

  it('shows the address, and at the first start the key', () => {
    const lines = newcomer.printed().split('\n');
    const keyAt = lines.findIndex((line) => /^Administrator's API key \(shown once\): slk_\S+$/.test(line));
    const addressAt = lines.findIndex((line) => /^Sillok is open at http:\/\/localhost:\d+$/.test(line));
    expect(keyAt, newcomer.printed()).to.be.at.least(0);
    expect(addressAt, newcomer.printed()).to.equal(keyAt + 1);
  });

  for (const { title, commands } of pages) {
    if (commands.length === 0) continue;
    it(`do what the page "${title}" says`, async () => {
      for (const group of inTurns(commands)) {
        const isStopped = group[0]!.when === 'stopped';
        if (isStopped) await newcomer.stop();
        await newcomer.type([...setup.filter((one) => !group.includes(one)), ...group]);
        if (isStopped) await newcomer.start();
      }
    });
  }
});

/** Blocks for a running and for a stopped gateway, in the order of the page. */
function inTurns(commands: readonly Commands[]): readonly (readonly Commands[])[] {
  const groups: Commands[][] = [];
  for (const one of commands) {
    const isStopped = one.when === 'stopped';
    const last = groups.at(-1);
    if (last !== undefined && (last[0]!.when === 'stopped') === isStopped) last.push(one);
    else groups.push([one]);
  }
  return groups;
}
