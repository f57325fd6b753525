/** The administrator's key, which a gateway shows once: into a file of its own, and out of what it said. */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWhole } from './layout.ts';
import { hasEnded, pidOf, wordsFile } from './processes.ts';
import { gatewayFolder, type Program } from './programs.ts';

const LOOK_MS = 20;

export function adminKeyFile(folder: string, { name }: Pick<Program, 'name'>): string {
  return join(gatewayFolder(folder, { name }), 'admin-key');
}

/** Keeps the key that it shows, or showed to a command that ended early. @throws NetworkFailure when it ends before it is open */
export async function keepAdminKey(folder: string, program: Program, isNew: boolean): Promise<void> {
  if (isNew || !existsSync(adminKeyFile(folder, program))) await whenOpen(folder, program);
  takeAdminKey(folder, program);
}

/** What a gateway that has ended, or is open, left of it. */
export function takeAdminKey(folder: string, program: Program): void {
  const words = wordsFile(folder, program.name);
  const shown = /slk_\S+(?=\n)/.exec(wordsOf(words));
  if (shown === null) return;
  writeWhole(adminKeyFile(folder, program), `${shown[0]}\n`);
  const file = openSync(words, 'r+');
  const at = Buffer.byteLength(shown.input.slice(0, shown.index));
  writeSync(file, '*'.repeat(shown[0].length), at);
  closeSync(file);
}

/** It answers before it is open, and may still find that it cannot start. */
async function whenOpen(folder: string, program: Program): Promise<void> {
  const isOpen = () => /^Sillok is open at/m.test(wordsOf(wordsFile(folder, program.name)));
  while (!isOpen()) {
    await sleep(LOOK_MS);
    if (pidOf(folder, program) === undefined && !isOpen()) throw hasEnded(folder, program.name);
  }
}

function wordsOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
