import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { findEngine } from '../../scripts/network/engine.ts';
import { NetworkFailure } from '../../scripts/network/failure.ts';
import { type Newcomer, welcome } from './newcomer.ts';
import { type Commands, readPages } from './page.ts';

const pages = readPages(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'));
const setup = pages.flatMap(({ commands }) => commands).filter(({ when }) => when === 'setup');

describe("The README's commands, typed by a newcomer", function () {
  this.timeout(1_200_000);
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
    it(`do what the page "${title}" says`, async function () {
      if (commands.some(({ when }) => when === 'network') && !(await hasEngine())) return this.skip();
      for (const group of inTurns(commands)) {
        const isStopped = isWithoutGateway(group[0]!);
        if (isStopped) await newcomer.stop();
        await newcomer.type([...setup.filter((one) => !group.includes(one)), ...group]);
        if (isStopped) await newcomer.start();
      }
    });
  }
});

const isWithoutGateway = ({ when }: Commands): boolean => when === 'stopped' || when === 'network';

/** In CI it must be there, or be built. */
async function hasEngine(): Promise<boolean> {
  try {
    await findEngine();
    return true;
  } catch (error) {
    if (error instanceof NetworkFailure && process.env.CI !== 'true') return false;
    throw error;
  }
}

/** Blocks for a running and for a stopped gateway, in the order of the page. */
function inTurns(commands: readonly Commands[]): readonly (readonly Commands[])[] {
  const groups: Commands[][] = [];
  for (const one of commands) {
    const last = groups.at(-1);
    if (last !== undefined && isWithoutGateway(last[0]!) === isWithoutGateway(one)) last.push(one);
    else groups.push([one]);
  }
  return groups;
}
