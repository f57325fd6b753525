/** The gateway as an operator runs it: a process in its own group, its lines, its exit code, and what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  readonly code: number | null;
  /** What a person sees: structured log lines are left out. */
  readonly lines: readonly string[];
  readonly stdout: string;
}

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in its output. @throws Error with its last words when it ends before */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

const folders: string[] = [];
const started = new Set<number>();
let template: Promise<string> | undefined;

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sillok-start-'));
  folders.push(folder);
  return folder;
}

/** A data folder of its own, as a first start and a stop left it. */
export async function newData(): Promise<string> {
  template ??= makeTemplate();
  const data = join(await newFolder(), 'data');
  await cp(await template, data, { recursive: true });
  return data;
}

async function makeTemplate(): Promise<string> {
  const data = join(await newFolder(), 'data');
  const gateway = run({ SILLOK_DATA: data });
  await gateway.says(/is open at/);
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).to.include({ code: 0 });
  return data;
}

export async function cleanUp(): Promise<void> {
  template = undefined;
  for (const group of started) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Gone, as it should be.
    }
  }
  started.clear();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Port 0 unless told otherwise; nothing of the caller's environment but the path. */
export function run(
  variables: Readonly<Record<string, string>>,
  [program, ...args]: readonly [string, ...string[]] = [process.execPath, 'server/main.ts'],
): Process {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, SILLOK_PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.add(child.pid!);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":'));
    return { code, lines, stdout };
  });
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        look();
        void ended.then(({ code, lines }) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
      }),
  };
}

/** One line that names the thing, bears the code and holds no stack trace; exit code 1; no process left. */
export async function expectRefusal(
  gateway: Process,
  code: string,
  ...names: (string | RegExp)[]
): Promise<void> {
  const { code: exitCode, lines, stdout } = await gateway.ended;
  expect(lines, lines.join('\n')).to.have.length(1);
  expect(lines[0]).to.match(
    /^sillok: [^{}]+\.? \[[A-Z_]+\]$/,
    'one sentence and a code, nothing left to fill in',
  );
  expect(lines[0]).to.contain(`[${code}]`);
  for (const name of names) {
    if (typeof name === 'string') expect(lines[0]).to.contain(name);
    else expect(lines[0]).to.match(name);
  }
  expect(stdout).to.not.contain('is open at');
  expect(exitCode).to.equal(1);
  await expectNobodyLeft(gateway);
}

/** Waits until no process of the gateway's group lives: it takes its children a moment to see that it is gone. */
export async function expectNobodyLeft({ child }: Process): Promise<void> {
  while (isGroupAlive(child.pid!)) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || membersOf(group).length > 0;
}

/** Processes of the group that run; a dead one that nobody has collected yet still counts for kill(2). */
function membersOf(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [state, , memberOf] = statOf(pid);
      return state !== undefined && state !== 'Z' && Number(memberOf) === group;
    })
    .map(Number);
}

/** Fields of /proc/<pid>/stat from the state on; none when the process is gone. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  } catch {
    return [];
  }
}

/** The gateway's child that runs this script. Linux only. */
export function childRunning({ child }: Process, script: string): number {
  const found = membersOf(child.pid!).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script),
  );
  if (found === undefined) throw new Error(`no child runs ${script}`);
  return found;
}

/** Names and bytes of a file, or of all in a folder that must be kept: LOCK, LOG and the mark of writing say nothing of the data. */
export async function digestOf(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return 'nothing';
  const hash = createHash('sha256');
  const entries = stats.isFile() ? [] : await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/^(LOCK|LOG(\.old)?|\.writable)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of stats.isFile() ? [path] : files) hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex');
}
