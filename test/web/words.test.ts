/** The pages' words: complete in both languages, each used, with the same values filled in. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { words } from '../../web/words/index.ts';

const root = fileURLToPath(new URL('../../web/', import.meta.url));
const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('Words of the pages', () => {
  it('are said in Korean and English alike, with the same values filled in', () => {
    for (const [key, { ko, en }] of Object.entries(words)) {
      expect(ko.trim(), key).not.to.equal('');
      expect(en.trim(), key).not.to.equal('');
      expect(en, `${key}: Korean letters in the English text`).not.to.match(/[가-힣]/);
      expect(blanks(en), key).to.deep.equal(blanks(ko));
    }
  });

  it('hold none that no page says', () => {
    const sources = globSync('{app.tsx,pages/**/*.tsx,parts/**/*.tsx,lib/**/*.ts,pages/**/*.ts}', {
      cwd: root,
    })
      .map((path) => readFileSync(`${root}${path}`, 'utf8'))
      .join('\n');
    // `poll.notice.${…}` in a source says every key that starts so.
    const starts = [...sources.matchAll(/[`']([\w.-]+\.)\$\{/g)].map(([, start]) => start!);
    const unused = Object.keys(words).filter(
      (key) => !sources.includes(`'${key}'`) && !starts.some((start) => key.startsWith(start)),
    );
    expect(unused).to.deep.equal([]);
  });
});
