/** The files that the structural rules look at, as plain values, so that a test can plant an offence. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface Source {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Offence {
  readonly path: string;
  readonly rule: string;
  readonly what: string;
}

export type Rule = (sources: readonly Source[]) => readonly Offence[];

/** Everything git knows or would add, so that a forgotten file counts as well. */
export function readSources(root: string): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => /\.(ts|tsx|sol)$/.test(path) && existsSync(`${root}/${path}`))
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));
}

export interface Import {
  readonly names: readonly string[];
  readonly from: string;
  readonly isTypeOnly: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?([^'";]*?)\s*from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|new URL\(\s*['"](\.{1,2}\/[^'"]+\.tsx?)['"]/g;

export function importsOf(source: Source): Import[] {
  return [...source.text.matchAll(IMPORT)].map((match) => ({
    isTypeOnly: match[2] !== undefined,
    names: [...(match[3] ?? '*').matchAll(/(?:type\s+)?([A-Za-z_$*][\w$]*)(?:\s+as\s+[\w$]+)?/g)].map(
      (name) => name[1]!,
    ),
    from: match[4] ?? match[5] ?? match[6] ?? match[7]!,
  }));
}

/** Path of a relative import from the root; undefined for packages. */
export function resolveImport(importer: string, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined;
  const parts = importer.split('/').slice(0, -1);
  for (const part of from.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
