/** services, verify and core have no clock, random source, environment, disk or network: they run anywhere, twice alike. */
import { importsOf, type Rule } from './sources.ts';

const PURE = /^server\/(services|verify|core)\//;
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\s*\)/, 'the clock'],
  [/\bMath\.random\b|\bgetRandomValues\b|\brandomBytes\b|\brandomUUID\b/, 'randomness'],
  [/\bprocess\.|\bimport\.meta\.env\b/, 'the environment'],
  [/\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\b/, 'the network'],
  [/\bsetTimeout\b|\bsetInterval\b/, 'a timer'],
];

export const pureFoldersStayPure: Rule = (sources) =>
  sources
    .filter(({ path }) => PURE.test(path))
    .flatMap((source) => {
      const code = source.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
      const used = IMPURE.filter(([pattern]) => pattern.test(code)).map(([, what]) => what);
      const modules = importsOf(source)
        .map(({ from }) => from)
        .filter((from) => from.startsWith('node:'));
      return [...used, ...modules].map((what) => ({
        path: source.path,
        rule: 'purity',
        what: `uses ${what}`,
      }));
    });
