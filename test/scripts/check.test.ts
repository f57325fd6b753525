import { expect } from 'chai';
import { importsPointRight, noCycles } from '../../scripts/check/imports.ts';
import { pureFoldersStayPure } from '../../scripts/check/purity.ts';
import { filesStaySmall, layoutIsKept, noDeadExports } from '../../scripts/check/shape.ts';
import type { Rule, Source } from '../../scripts/check/sources.ts';

const file = (path: string, text: string): Source => ({ path, text });
const lines = (count: number): string => 'x\n'.repeat(count);

interface Case {
  readonly promise: string;
  readonly rule: Rule;
  readonly good: readonly Source[];
  readonly bad: readonly Source[];
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    promise: 'lets only main take the steps of the start, which may see every part',
    rule: importsPointRight,
    good: [file('server/start/a.ts', `import { b } from '../http/b.ts';\n`)],
    bad: [file('server/http/a.ts', `import { b } from '../start/b.ts';\n`)],
    says: /only main takes the steps/,
  },
  {
    promise: 'lets imports point right only',
    rule: importsPointRight,
    good: [file('server/http/a.ts', `import { b } from '../outbox/b.ts';\n`)],
    bad: [file('server/outbox/a.ts', `import { b } from '../http/b.ts';\n`)],
    says: /outbox -> http points left/,
  },
  {
    promise: 'keeps services apart from each other',
    rule: importsPointRight,
    good: [file('server/services/voting/a.ts', `import { b } from '../define.ts';\n`)],
    bad: [file('server/services/voting/a.ts', `import { b } from '../vehicles/b.ts';\n`)],
    says: /service voting may not see vehicles/,
  },
  {
    promise: 'opens each package at its own door',
    rule: importsPointRight,
    good: [file('server/http/app.ts', `import express from 'express';\n`)],
    bad: [file('server/outbox/app.ts', `import express from 'express';\n`)],
    says: /express has its door/,
  },
  {
    promise: 'sees a door that is opened for a type or a side effect, too',
    rule: importsPointRight,
    good: [file('server/store/level.ts', `import { Level } from 'level';\n`)],
    bad: [file('server/vault/level.ts', `import type { Level } from 'level';\n`)],
    says: /level has its door/,
  },
  {
    promise: 'shows pages only what is pure',
    rule: importsPointRight,
    good: [file('web/lib/a.ts', `import { b } from '../../server/verify/b.ts';\n`)],
    bad: [file('web/lib/a.ts', `import { b } from '../../server/vault/b.ts';\n`)],
    says: /web may not see server\/vault/,
  },
  {
    promise: 'keeps the store away from pure folders',
    rule: importsPointRight,
    good: [file('server/outbox/a.ts', `import { b } from '../store/level.ts';\n`)],
    bad: [file('server/verify/a.ts', `import { b } from '../store/level.ts';\n`)],
    says: /verify is pure/,
  },
  {
    promise: 'lets nobody import scripts or tests',
    rule: importsPointRight,
    good: [file('server/http/a.ts', `import { b } from './b.ts';\n`)],
    bad: [file('server/http/a.ts', `import { b } from '../../scripts/b.ts';\n`)],
    says: /scripts and tests are for nobody/,
  },
  {
    promise: 'finds a cycle however long the way round',
    rule: noCycles,
    good: [
      file('server/core/a.ts', `import { b } from './b.ts';\n`),
      file('server/core/b.ts', 'export const b = 1;\n'),
    ],
    bad: [
      file('server/core/a.ts', `import { b } from './b.ts';\n`),
      file('server/core/b.ts', `import { c } from './c.ts';\n`),
      file('server/core/c.ts', `import { a } from './a.ts';\n`),
    ],
    says: /a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/,
  },
  ...(
    [
      ['the clock', 'const now = Date.now();'],
      ['the clock', 'const now = new Date();'],
      ['randomness', 'const r = Math.random();'],
      ['the environment', 'const home = process.env.HOME;'],
      ['the network', `await fetch('/x');`],
      ['a timer', 'setTimeout(run, 1);'],
      ['node:fs', `import { readFileSync } from 'node:fs';`],
    ] as const
  ).map(([what, code]) => ({
    promise: `keeps ${what} out of pure folders: ${code}`,
    rule: pureFoldersStayPure,
    good: [file('server/http/a.ts', `${code}\n`), file('server/core/a.ts', `// ${code}\nnew Date(0);\n`)],
    bad: [file('server/core/a.ts', `${code}\n`)],
    says: new RegExp(what),
  })),
  {
    promise: 'bounds source files at 400 lines',
    rule: filesStaySmall,
    good: [
      file('server/core/a.ts', lines(10)),
      file('server/core/b.ts', lines(400)),
      file('server/core/c.ts', lines(10)),
    ],
    bad: [
      file('server/core/a.ts', lines(10)),
      file('server/core/b.ts', lines(401)),
      file('server/core/c.ts', lines(10)),
    ],
    says: /401 lines/,
  },
  {
    promise: 'bounds test files at 600 lines',
    rule: filesStaySmall,
    good: [file('test/a.test.ts', lines(600))],
    bad: [file('test/a.test.ts', lines(601))],
    says: /601 lines/,
  },
  {
    promise: 'keeps the median file at 90 lines',
    rule: filesStaySmall,
    good: [file('server/core/a.ts', lines(90))],
    bad: [file('server/core/a.ts', lines(91))],
    says: /median/,
  },
  {
    promise: 'refuses default exports',
    rule: layoutIsKept,
    good: [file('hardhat.config.ts', 'export default 1;\n')],
    bad: [file('server/core/a.ts', 'export default 1;\n')],
    says: /default export/,
  },
  {
    promise: 'keeps file names in one style',
    rule: layoutIsKept,
    good: [file('contracts/Ballots.sol', ''), file('server/core/typed-data.ts', '')],
    bad: [file('contracts/ballots.sol', ''), file('server/core/typedData.ts', '')],
    says: /CapWords/,
  },
  {
    promise: 'knows the top-level folders',
    rule: layoutIsKept,
    good: [file('scripts/a.ts', '')],
    bad: [file('lib/a.ts', '')],
    says: /top-level/,
  },
  {
    promise: 'finds an export that nobody imports',
    rule: noDeadExports,
    good: [
      file('server/core/a.ts', 'export const a = 1;\n'),
      file('server/core/b.ts', `import { a } from './a.ts';\n`),
    ],
    bad: [file('server/core/a.ts', 'export const a = 1;\n')],
    says: /^a$/,
  },
];

describe('npm run check', () => {
  for (const { promise, rule, good, bad, says } of CASES) {
    it(promise, () => {
      expect(rule(good)).to.deep.equal([]);
      const offences = rule(bad);
      expect(offences).to.not.have.lengthOf(0);
      expect(offences[0]!.what).to.match(says);
    });
  }
});
