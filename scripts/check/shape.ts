/** Sizes and the shape of files. */
import { importsOf, type Offence, type Rule, resolveImport, type Source } from './sources.ts';

const MAX_LINES = 400;
const MAX_TEST_LINES = 600;
const MAX_MEDIAN = 90;
const TOP_LEVEL = ['contracts', 'scripts', 'server', 'web', 'test', 'hardhat.config.ts'];
const DEFAULT_EXPORTS = ['hardhat.config.ts', 'web/vite.config.ts'];

const lines = (source: Source): number => source.text.split('\n').length - 1;
const isTest = ({ path }: Source): boolean => path.startsWith('test/');
const isGenerated = ({ path }: Source): boolean => path.endsWith('.generated.ts');

export const filesStaySmall: Rule = (sources) => {
  const counted = sources.filter((source) => !isGenerated(source));
  const offences: Offence[] = counted
    .filter((source) => lines(source) > (isTest(source) ? MAX_TEST_LINES : MAX_LINES))
    .map((source) => ({ path: source.path, rule: 'sizes', what: `${lines(source)} lines` }));
  const sizes = counted.filter((source) => !isTest(source)).map(lines);
  const median = sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  if (median > MAX_MEDIAN)
    offences.push({ path: '.', rule: 'sizes', what: `the median file has ${median} lines` });
  return offences;
};

export const layoutIsKept: Rule = (sources) =>
  sources.flatMap(({ path, text }): Offence[] => {
    const offence = (what: string): Offence => ({ path, rule: 'layout', what });
    const found: Offence[] = [];
    const name = path.split('/').at(-1)!;
    if (!TOP_LEVEL.includes(path.split('/')[0]!)) found.push(offence('unknown top-level folder'));
    if (path.endsWith('.sol') && !/^[A-Z][A-Za-z0-9]*(\.t)?\.sol$/.test(name))
      found.push(offence('Solidity files are CapWords'));
    if (/\.tsx?$/.test(path) && !/^[a-z0-9]+([-.][a-z0-9]+)*\.tsx?$/.test(name))
      found.push(offence('files are kebab-case'));
    if (/^\s*export default\b/m.test(text) && !DEFAULT_EXPORTS.includes(path))
      found.push(offence('default export'));
    if (/\b(TODO|FIXME|XXX)\b/.test(text) && !path.startsWith('scripts/check/'))
      found.push(offence('unfinished note'));
    return found;
  });

const EXPORT =
  /(?:^|\n)export\s+(?:declare\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+([A-Za-z_$][\w$]*)/g;

/** An export that no other file imports is dead, or should not be an export. */
export const noDeadExports: Rule = (sources) => {
  const used = new Set<string>();
  for (const source of sources) {
    for (const { from, names } of importsOf(source)) {
      const target = resolveImport(source.path, from);
      if (target !== undefined) for (const name of names) used.add(`${target}#${name}`);
    }
  }
  return sources
    .filter((source) => /^(server|web|scripts)\//.test(source.path) && !isGenerated(source))
    .flatMap((source) =>
      // Generators hold the text of other files in template literals.
      [...source.text.replaceAll(/`[^`]*`/g, '``').matchAll(EXPORT)]
        .map((match) => match[1]!)
        .filter((name) => !used.has(`${source.path}#${name}`) && !used.has(`${source.path}#*`))
        .filter((name) => !isNamedInOwnSignature(source, name))
        .map((name) => ({ path: source.path, rule: 'dead exports', what: name })),
    );
};

/** Types that only appear in the signature of another export of the same file are part of that export. */
function isNamedInOwnSignature(source: Source, name: string): boolean {
  const isType = new RegExp(`export\\s+(?:interface|type)\\s+${name}\\b`).test(source.text);
  return isType && source.text.split(new RegExp(`\\b${name}\\b`)).length > 2;
}
