import { expect } from 'chai';
import { tokenIn } from '../../../server/store/standby-tokens.ts';

const [one, two] = ['1'.repeat(32), '2'.repeat(40)];
const FILE = `http://10.0.0.1:8553 ${one}\n\n  https://standby.example/  ${two}\n`;

describe('the file of standbys’ tokens', () => {
  it('holds one for all, or one for each address however it is written', () => {
    expect(tokenIn(`${one}\n`, 'http://10.0.0.1:8553/')).to.equal(one);
    expect(tokenIn(`${one}\n`)).to.equal(one);
    expect(tokenIn(FILE, 'http://10.0.0.1:8553/')).to.equal(one);
    expect(tokenIn(FILE, 'https://STANDBY.example')).to.equal(two);
  });

  it('gives none to anybody else, and none that could be guessed', () => {
    for (const [text, url] of [
      [FILE, 'http://10.0.0.2:8553'],
      [FILE, undefined],
      ['', 'http://10.0.0.1'],
      [one.slice(1), 'http://10.0.0.1'],
      [`http://10.0.0.1 ${one.slice(1)}`, 'http://10.0.0.1'],
      [`${one}\n${two}`, 'http://10.0.0.1'],
    ] as const)
      expect(tokenIn(text, url), text).to.equal(undefined);
  });
});
