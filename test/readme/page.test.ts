import { expect } from 'chai';
import { missingLine, readPages } from './page.ts';

const block = (info: string, ...lines: readonly string[]) => [`\`\`\`${info}`, ...lines, '```'].join('\n');

describe("Reading the README's pages", () => {
  it('finds the commands of each page with what is said to come out of them', () => {
    const text = ['## One', block('sh', 'echo 1'), block('text', '1'), '## Two', block('sh stopped', 'ls')];
    expect(readPages(text.join('\n'))).to.deep.equal([
      { title: 'One', commands: [{ text: 'echo 1', when: 'running', expected: ['1'], line: 2 }] },
      { title: 'Two', commands: [{ text: 'ls', when: 'stopped', expected: [], line: 9 }] },
    ]);
  });

  it('does not run what the test is itself, nor what does not end', () => {
    const text = ['## One', block('sh', 'npm start'), block('sh', 'npm test'), block('text', 'a picture')];
    expect(readPages(text.join('\n'))).to.deep.equal([{ title: 'One', commands: [] }]);
  });

  it('refuses a word it does not know and a block without an end', () => {
    expect(() => readPages(`## One\n${block('sh later', 'ls')}`)).to.throw('unknown word "later"');
    expect(() => readPages('## One\n```sh\nls')).to.throw('README.md:2');
  });

  it('misses a line that does not come, or comes too early', () => {
    expect(missingLine('a 12 b\nc', ['a … b', 'c'])).to.equal(undefined);
    expect(missingLine('c\na 12 b', ['a … b', 'c'])).to.equal('c');
    expect(missingLine('a 12\nb', ['a … b'])).to.equal('a … b');
    expect(missingLine('axb', ['a.b'])).to.equal('a.b');
  });
});
