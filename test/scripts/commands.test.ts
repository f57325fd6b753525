import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';

const root = new URL('../../', import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  scripts: Record<string, string>;
};
/** Those that take options; the others are named in the README. */
const COMMANDS = Object.keys(scripts).filter((name) => !['test', 'check', 'start'].includes(name));

describe('Every npm command', () => {
  for (const name of COMMANDS) {
    it(`${name} says what it takes, on lines that a terminal shows whole`, async () => {
      const { code, said } = await run(name, '--help');
      expect(code, said).to.equal(0);
      expect(said).to.contain(`npm run ${name} `);
      for (const line of said.split('\n')) expect(line.length, line).to.be.at.most(140);
    });

    it(`${name} names an option that it does not know, and does nothing`, async () => {
      const { code, said } = await run(name, '--loudly');
      expect(code, said).to.equal(2);
      expect(said).to.match(/^(\S+: )?Unknown option '--loudly'; see --help\n$/);
    });
  }

  it('log-key names a word that is no command of it, and what a command lacks', async () => {
    expect((await run('log-key', 'rotat')).said).to.equal('log-key: no command "rotat"; see --help\n');
    expect((await run('log-key', 'endorse')).said).to.contain('usage: endorse FILE…');
    expect((await run('log-key')).said).to.contain('name a command');
  });

  it('standby names the first thing that it lacks or does not understand', async () => {
    const whole = ['--data', 'x', '--port', '0', '--token-file', 'y'];
    for (const [args, said] of [
      [[], '--data names'],
      [['promot', ...whole], 'no command "promot"'],
      [['promote', 'now', ...whole], '"now" says nothing here'],
      [whole.slice(0, 2), '--token-file names'],
      [[...whole.slice(0, 2), ...whole.slice(4)], '--port takes'],
      [[...whole, '--gone', 'one'], '--gone takes'],
    ] as const) {
      const ended = await run('standby', ...args);
      expect(ended.code, ended.said).to.equal(2);
      expect(ended.said)
        .to.match(/^standby: .*; see --help\n$/)
        .and.contain(said);
    }
  });
});

/** As npm starts it. */
function run(name: string, ...args: readonly string[]) {
  return runCommand(['scripts/launch.ts', name, ...args], { INIT_CWD: process.cwd() });
}
