/** Processes that outlive the command that starts them, known again by their pid file and their command line. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkFailure } from './failure.ts';
import { writeWhole } from './layout.ts';
import type { Program } from './programs.ts';

const LOOK_MS = 50;
const READY_MS = 90_000;
/** The gateway finishes what it has at hand; the engine writes its caches. */
const STOP_MS = 30_000;
/** Four validators on one machine execute each block eight times; whoever waits for the gateway's answer goes first. */
const NICENESS = '10';
const BEHIND_OTHERS = ['nice', '-n', NICENESS] as const;

const fileName = (name: string) => name.replaceAll('/', '-');
export const pidFile = (folder: string, name: string) => join(folder, 'run', `${fileName(name)}.pid`);
export const logFile = (folder: string, name: string) => join(folder, 'logs', `${fileName(name)}.log`);
/** What it wrote on stdout since its start; of a gateway, the administrator's key before it is taken out. */
export const wordsFile = (folder: string, name: string) => join(folder, 'run', `${fileName(name)}.out`);

/** Process id, or undefined when it does not run. A number that another program got meanwhile counts for nothing. */
export function pidOf(folder: string, program: Program): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile(folder, program.name), 'utf8'));
  } catch {
    return undefined;
  }
  if (!Number.isSafeInteger(pid) || pid < 2) return undefined;
  const words = commandLine(pid);
  return program.args.slice(0, 2).every((word) => words.includes(word)) ? pid : undefined;
}

/** Empty when there is no such process, or only its remains are left. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return '';
  }
  // No /proc on macOS.
  return process.platform === 'linux'
    ? ''
    : spawnSync('ps', ['-o', 'args=', '-p', String(pid)]).stdout.toString();
}

export interface Launch {
  readonly folder: string;
  readonly program: Program;
  /** Network namespace it runs in. */
  readonly namespace?: string | undefined;
  /** Before those of an --env-file. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Linux may share out between sessions first, and heeds the niceness of processes only within one: sched(7), "The autogroup feature". */
async function standBehind(pid: number): Promise<void> {
  for (;;)
    try {
      return writeFileSync(`/proc/${pid}/autogroup`, NICENESS);
    } catch (error) {
      // Of all users but root Linux takes one in a tenth of a second. Where there is no such feature the niceness counts.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      await sleep(110);
    }
}

/** Starts it unless it runs. @returns whether it was started now. @throws NetworkFailure when a port is taken */
export async function launch({ folder, program, namespace, variables }: Launch): Promise<boolean> {
  if (pidOf(folder, program) !== undefined) return false;
  if (namespace === undefined) await mustBeFree(program);
  const { name, command, args, cwd } = program;
  mkdirSync(join(folder, 'run'), { recursive: true, mode: 0o700 });
  mkdirSync(dirname(logFile(folder, name)), { recursive: true, mode: 0o700 });
  const out = openPrivate(wordsFile(folder, name), 'w');
  const log = openPrivate(logFile(folder, name), 'a');
  const [first, ...rest] = [
    ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]),
    ...(program.kind === 'node' ? BEHIND_OTHERS : []),
    ...[command, ...args],
  ];
  const child = spawn(first!, rest, {
    cwd,
    // Nothing of the caller's own settings reaches a part of the network.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...variables },
    stdio: ['ignore', out, log],
    detached: true,
  });
  const failure = new Promise<Error>((resolve) => child.once('error', resolve));
  closeSync(out);
  closeSync(log);
  if (child.pid === undefined)
    throw new NetworkFailure(`${name} cannot be started: ${(await failure).message}`);
  writeWhole(pidFile(folder, name), `${child.pid}\n`);
  child.unref();
  if (program.kind === 'node') await standBehind(child.pid);
  return true;
}

/** Appends even when the file is cut to nothing meanwhile. */
function openPrivate(path: string, mode: 'a' | 'w'): number {
  if (mode === 'w') rmSync(path, { force: true });
  const handle = openSync(path, 'a', 0o600);
  chmodSync(path, 0o600);
  return handle;
}

async function mustBeFree({ name, host, ports }: Program): Promise<void> {
  for (const port of ports) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      const server = createServer()
        .once('error', resolve)
        .listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
    });
    if (error?.code === 'EADDRINUSE')
      throw new NetworkFailure(`Port ${port} of ${host}, which ${name} needs, is in use by another program.`);
    if (error !== undefined)
      throw new NetworkFailure(`${name} cannot listen on ${host}:${port} (${error.code}).`);
  }
}

/** Resolves when it answers. @throws NetworkFailure with its last line when it ends before that */
export async function whenReady(folder: string, program: Program): Promise<void> {
  const { name, kind, url } = program;
  let misses = 0;
  for (const until = Date.now() + READY_MS; Date.now() < until; await sleep(LOOK_MS)) {
    // Asked before it is looked at: one that dies in between is seen the next time.
    if (await answers(url, kind)) return;
    misses = pidOf(folder, program) === undefined ? misses + 1 : 0;
    // A process that is just becoming another program shows no command line for a moment.
    if (misses === 3) throw hasEnded(folder, name);
  }
  throw new NetworkFailure(
    `${name} does not answer within ${READY_MS / 1000} s; see ${logFile(folder, name)}.`,
  );
}

/** With what it said last. */
export function hasEnded(folder: string, name: string): NetworkFailure {
  const log = logFile(folder, name);
  return new NetworkFailure(`${name} has ended: ${lastLine(log)} (${log})`);
}

async function answers(url: string, kind: Program['kind']): Promise<boolean> {
  const [path, init] =
    kind === 'node'
      ? ['', { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' }]
      : [kind === 'gateway' ? '/livez' : '/', {}];
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { ...init, headers, signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return kind === 'witness' || kind === 'standby' || response.ok;
  } catch {
    return false;
  }
}

/** Node ends a crash with its version; the reason stands above. */
function lastLine(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-40);
    const reason = lines.findLast((line) => /^(sillok|witness|Fatal|CRIT)\b|Error/.test(line));
    return (reason ?? lines.at(-1)!).slice(0, 300) || 'it said nothing';
  } catch {
    return 'it said nothing';
  }
}

/** Asks it to end, and ends it for certain when it does not. Does nothing when it does not run. */
export async function halt(folder: string, program: Program, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const pid = pidOf(folder, program);
  if (pid !== undefined) {
    send(pid, signal);
    for (const until = Date.now() + STOP_MS; holdsAnything(pid); await sleep(LOOK_MS))
      if (Date.now() > until) send(pid, 'SIGKILL');
  }
  rmSync(pidFile(folder, program.name), { force: true });
}

/** A process that ends loses its command line first and its ports later: with its last thread, which need not be the first one. */
function holdsAnything(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const isOver = /^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
    return !isOver || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
