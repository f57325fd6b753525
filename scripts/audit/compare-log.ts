/** The log's files against the tree that the chain's events make: byte for byte. */
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { toBase64, toHex } from '../../server/core/bytes.ts';
import { sha256 } from '../../server/core/hash.ts';
import { encodeBundle, TILE, tilePath } from '../../server/log/tiles.ts';
import type { Tree } from '../../server/log/tree.ts';
import { parseTreeHead, verifyCosignature, verifySignature } from '../../server/verify/checkpoint.ts';
import { verifyEd25519 } from '../../server/verify/ed25519.ts';
import { type Note, parseNote, parseVerifierKey, signatureOf } from '../../server/verify/note.ts';
import type { Trust } from '../../server/verify/trust.ts';
import { type CheckReport, Comparison } from './finding.ts';

const HASH = 32;
const PARTIAL = /^(.*)\.p\/(\d+)$/;

/** Every file below tile/, and every full tile and bundle that must be there. */
export async function compareLogFiles(folder: string, tree: Tree): Promise<CheckReport> {
  const comparison = new Comparison('log-files');
  const names = (
    await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }).catch(() => [])
  )
    .filter((file) => file.isFile())
    .map((file) =>
      join(file.parentPath, file.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    );
  const present = new Set(names);
  for (const name of [...present, ...fullFiles(tree.size).filter((name) => !present.has(name))].sort()) {
    comparison.equal(
      name,
      digest(await expectedFile(tree, name)),
      digest(await contents(join(folder, name))),
    );
  }
  return comparison.report();
}

/** The published checkpoint: our log's signature, enough witnesses, and the root of just the entries the chain has. */
export async function compareCheckpoint(folder: string, tree: Tree, trust: Trust): Promise<CheckReport> {
  const comparison = new Comparison('log-checkpoint');
  const text = await contents(join(folder, 'checkpoint'));
  if (text === undefined) {
    comparison.equal('checkpoint', tree.size === 0 ? undefined : 'a signed checkpoint', undefined);
    return comparison.report();
  }
  const note = parseNote(Buffer.from(text).toString('utf8'));
  const head = parseTreeHead(note.text);
  comparison.equal('checkpoint origin', trust.origin, head.origin);
  comparison.equal(
    'checkpoint size',
    `at most ${tree.size}`,
    head.size <= tree.size ? `at most ${tree.size}` : head.size,
  );
  if (head.size <= tree.size)
    comparison.equal('checkpoint root', toBase64(await tree.root(head.size)), toBase64(head.root));
  comparison.equal('checkpoint signature', 'valid', isSigned(note, trust) ? 'valid' : 'not valid');
  const cosigned = trust.witnesses.filter(({ key }) => isCosigned(note, key)).length;
  comparison.equal(
    'checkpoint cosignatures',
    true,
    cosigned >= trust.threshold || `${cosigned} of ${trust.threshold}`,
  );
  return comparison.report();
}

function isSigned(note: Note, trust: Trust): boolean {
  const key = parseVerifierKey(trust.logKey);
  const line = signatureOf(note, key);
  return line !== undefined && verifySignature(line, key, note.text, verifyEd25519);
}

function isCosigned(note: Note, vkey: string): boolean {
  const key = parseVerifierKey(vkey);
  const line = signatureOf(note, key);
  return line !== undefined && verifyCosignature(line, key, note.text, verifyEd25519) !== undefined;
}

/** Names of all full tiles and bundles of a tree. */
function fullFiles(size: number): string[] {
  const names: string[] = [];
  for (let index = 0; index < Math.floor(size / TILE); index++) names.push(tilePath('entries', index));
  for (let level = 0, width = TILE; width <= size; level++, width *= TILE) {
    for (let index = 0; index < Math.floor(size / width); index++) names.push(tilePath(level, index));
  }
  return names;
}

/** What the chain's events make of this file; undefined when the tree is too small for it. */
async function expectedFile(tree: Tree, name: string): Promise<Uint8Array | undefined> {
  const [, base = name, width = String(TILE)] = PARTIAL.exec(name) ?? [];
  const [, level = '', ...groups] = base.split('/');
  const index = Number(groups.map((group) => group.replace('x', '')).join(''));
  const wanted = Number(width);
  if (level === 'entries') {
    if (index * TILE + wanted > tree.size) return undefined;
    return encodeBundle(
      await Promise.all(Array.from({ length: wanted }, (_, i) => tree.entry(index * TILE + i))),
    );
  }
  const file = await widestTile(tree, base, wanted);
  return file?.subarray(0, wanted * HASH);
}

/** Partial tiles hold the beginning of what the full tile holds. */
async function widestTile(tree: Tree, base: string, atLeast: number): Promise<Uint8Array | undefined> {
  const full = await contents(join(tree.publicFolder, base));
  if (full !== undefined) return full;
  const widths = (await readdir(join(tree.publicFolder, `${base}.p`)).catch(() => [])).map(Number);
  const widest = Math.max(0, ...widths);
  return widest < atLeast ? undefined : contents(join(tree.publicFolder, `${base}.p`, String(widest)));
}

async function contents(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

function digest(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined
    ? undefined
    : `${bytes.length} bytes, SHA-256 ${toHex(sha256(bytes)).slice(2, 18)}…`;
}
