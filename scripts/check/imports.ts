/** Imports point right along the way of an entry; each package has one door; web sees only what is pure. */
import { importsOf, type Offence, type Rule, resolveImport, type Source } from './sources.ts';

/** The way of an entry. A folder imports itself and what stands to its right. */
const WAY = [
  'http',
  'actions',
  'publications',
  'services',
  'vault',
  'outbox',
  'chain',
  'log',
  'receipts',
  'verify',
  'core',
];
/** Beside core: whatever has effects may use it, the pure folders may not. */
const STORE_USERS = [
  'http',
  'actions',
  'publications',
  'vault',
  'outbox',
  'chain',
  'log',
  'receipts',
  'witness',
  'standby',
  'store',
];
/** The city server's own process is a second root: it takes from the right-hand part of the way. */
const WITNESS_USES = [
  'publications',
  'services',
  'chain',
  'log',
  'receipts',
  'verify',
  'core',
  'store',
  'witness',
];
/** A process of its own as well: of the gateway it knows only the store. */
const STANDBY_USES = ['store', 'core'];
const ROOT_FILES = ['server/main.ts', 'server/config.ts', 'server/context.ts'];
/** Steps of main's start: they see everything and nobody but main sees them. */
const START = 'start';

/** Package prefix -> where it may be imported. Scripts and tests may import all. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  express: ['server/http/'],
  siwe: ['server/http/'],
  helmet: ['server/http/'],
  'express-rate-limit': ['server/http/'],
  '@simplewebauthn/server': ['server/http/'],
  '@simplewebauthn/browser': ['web/'],
  level: ['server/store/'],
  ethers: ['server/chain/', 'server/vault/', 'server/core/'],
  '@nomicfoundation/edr': ['server/chain/embedded/'],
  preact: ['web/'],
  snarkjs: ['web/lib/', 'server/services/voting/'],
};

export const importsPointRight: Rule = (sources) => sources.flatMap((source) => offencesOf(source));

function offencesOf(source: Source): Offence[] {
  const { path } = source;
  if (!path.startsWith('server/') && !path.startsWith('web/')) return [];
  return importsOf(source).flatMap(({ from }) => {
    const target = resolveImport(path, from);
    const what = target === undefined ? doorOffence(path, from) : pathOffence(path, target);
    return what === undefined ? [] : [{ path, rule: 'imports', what }];
  });
}

function doorOffence(path: string, from: string): string | undefined {
  const door = Object.entries(DOORS).find(([name]) => from === name || from.startsWith(`${name}/`));
  if (door === undefined || door[1].some((folder) => path.startsWith(folder))) return undefined;
  return `${door[0]} has its door in ${door[1].join(', ')}`;
}

function pathOffence(path: string, target: string): string | undefined {
  if (target.startsWith('scripts/') || target.startsWith('test/'))
    return `imports ${target}: scripts and tests are for nobody`;
  if (path.startsWith('web/')) {
    if (!target.startsWith('server/')) return undefined;
    return /^server\/(services|verify|core)\//.test(target) ? undefined : `web may not see ${target}`;
  }
  if (target.startsWith('web/')) return `server may not see ${target}`;
  const [, from, ...rest] = path.split('/') as [string, string, ...string[]];
  const to = target.split('/')[1]!;
  if (ROOT_FILES.includes(path)) return undefined;
  if (from === START) return target === 'server/main.ts' ? 'steps of the start do not know main' : undefined;
  if (to === START) return 'only main takes the steps of the start';
  if (ROOT_FILES.includes(target)) {
    return target === 'server/main.ts' || !['http', 'actions'].includes(from)
      ? `${target} belongs to main`
      : undefined;
  }
  if (from === 'services' && to === 'services')
    return siblingOffence(rest[0]!, target.split('/')[2]!, rest.length);
  if (from === to) return undefined;
  if (from === 'witness') return WITNESS_USES.includes(to) ? undefined : `the witness may not see ${to}`;
  if (from === 'standby') return STANDBY_USES.includes(to) ? undefined : `the standby may not see ${to}`;
  if (to === 'standby') return 'nobody but its own process is the standby';
  if (to === 'witness') return 'only main starts the witness';
  if (to === 'store')
    return STORE_USERS.includes(from) ? undefined : `${from} is pure and may not see the store`;
  if (from === 'store') return to === 'core' ? undefined : `the store may not see ${to}`;
  return WAY.indexOf(to) > WAY.indexOf(from) && WAY.includes(from)
    ? undefined
    : `${from} -> ${to} points left`;
}

/** What every service may use beside its own folder. */
const SHAPE = ['define.ts', 'fields.ts'];

/** A service sees its own folder and the shape; only the registry sees services. */
function siblingOffence(own: string, other: string, depth: number): string | undefined {
  if (depth === 1 || own === other || SHAPE.includes(other)) return undefined;
  return `service ${own} may not see ${other}`;
}

/** No two files import each other, however long the way round; types count, since they too must be read in some order. */
export const noCycles: Rule = (sources) => {
  const graph = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ from, isTypeOnly }) =>
        isTypeOnly ? [] : (resolveImport(source.path, from) ?? []),
      ),
    ]),
  );
  const offences: Offence[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      offences.push({ path, rule: 'cycles', what: [...trail.slice(at), path].join(' -> ') });
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return offences;
};
