/**
 * The door of every npm command: installs what is missing, compiles the contracts and builds the pages when their sources
 * changed, then becomes the command. Imports nothing but Node itself, since node_modules may not be there yet.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { takeLock } from './lib/lock.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Command {
  readonly script: string;
  readonly needs: readonly ('contracts' | 'pages')[];
  /** Run where the user stands, so that relative file names mean what the user means. */
  readonly inUsersFolder?: boolean;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { script: 'server/main.ts', needs: ['contracts', 'pages'] },
  test: { script: 'scripts/test.ts', needs: ['contracts', 'pages'] },
  check: { script: 'scripts/check/main.ts', needs: ['contracts'] },
  demo: { script: 'scripts/demo/main.ts', needs: ['contracts', 'pages'] },
  bench: { script: 'scripts/bench/main.ts', needs: ['contracts', 'pages'] },
  network: { script: 'scripts/network/main.ts', needs: ['contracts', 'pages'] },
  audit: { script: 'scripts/audit/main.ts', needs: ['contracts'] },
  verify: { script: 'scripts/verify/main.ts', needs: [], inUsersFolder: true },
  witness: { script: 'scripts/witness.ts', needs: [], inUsersFolder: true },
  monitor: { script: 'scripts/monitor.ts', needs: [], inUsersFolder: true },
  'log-key': { script: 'scripts/log-key.ts', needs: [], inUsersFolder: true },
  admin: { script: 'scripts/admin/main.ts', needs: [], inUsersFolder: true },
  backup: { script: 'scripts/backup/make.ts', needs: [], inUsersFolder: true },
  restore: { script: 'scripts/backup/restore.ts', needs: [], inUsersFolder: true },
  standby: { script: 'server/standby/main.ts', needs: [], inUsersFolder: true },
  generate: { script: 'scripts/generate/main.ts', needs: ['contracts'] },
};

interface Step {
  readonly says: string;
  readonly sources: readonly string[];
  /** Holds the fingerprint of the sources it was made from; lies in what the step makes, so that it goes with it. */
  readonly stamp: string;
  readonly runs: readonly (readonly [program: string, ...args: string[]])[];
}

const STEPS = {
  packages: {
    says: 'installing packages',
    sources: ['package-lock.json'],
    stamp: 'node_modules/.installed-from',
    // With the development tools also where NODE_ENV is "production": the compiler of the contracts is one of them.
    runs: [['npm', 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']],
  },
  contracts: {
    says: 'compiling the contracts',
    sources: ['contracts/**/*.sol', 'hardhat.config.ts', 'package-lock.json'],
    stamp: 'artifacts/.built-from',
    runs: [[process.execPath, 'node_modules/hardhat/dist/src/cli.js', 'compile', '--quiet']],
  },
  pages: {
    says: 'building the pages',
    sources: [
      'web/**/*.{ts,tsx,css,html,svg}',
      'server/{core,services,verify}/**/*.ts',
      'scripts/generate/artifacts.ts',
      'package-lock.json',
    ],
    stamp: 'dist/web/.built-from',
    runs: [
      [process.execPath, 'scripts/generate/artifacts.ts'],
      [
        ...[process.execPath, 'node_modules/vite/bin/vite.js', 'build'],
        ...['--config', 'web/vite.config.ts', '--logLevel', 'warn'],
      ],
    ],
  },
} as const satisfies Record<string, Step>;

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const PARENT_LOOK_MS = 500;

const [name = '', ...rest] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  console.error(`sillok: no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
  process.exit(2);
}
endWithParent();
await prepare((['packages', ...command.needs] as const).map((need) => STEPS[need]));
process.chdir(command.inUsersFolder ? (process.env.INIT_CWD ?? root) : root);
// No child process: signals, exit code and terminal are the command's own.
const script = resolve(root, command.script);
process.argv = [process.execPath, script, ...rest];
await import(pathToFileURL(script).href);

/** Another command may be at the same work: whoever comes second waits, and finds it done. */
async function prepare(steps: readonly Step[]): Promise<void> {
  if (steps.every((step) => isDone(step, fingerprint(step.sources)))) return;
  const release = await takeLock(resolve(root, 'cache/launch.lock'), (pid) =>
    console.error(
      `sillok: another command (process ${pid}) is installing or building here; waiting for it …`,
    ),
  );
  process.once('exit', release);
  for (const step of steps) await make(step);
  process.off('exit', release);
  release();
}

async function make(step: Step): Promise<void> {
  const wanted = fingerprint(step.sources);
  if (isDone(step, wanted)) return;
  const stamp = resolve(root, step.stamp);
  rmSync(stamp, { force: true });
  console.error(`sillok: ${step.says} …`);
  for (const [program, ...args] of step.runs) {
    if ((await run(program, args)) === 0) continue;
    console.error(`sillok: ${step.says} failed`);
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function isDone({ stamp }: Step, wanted: string): boolean {
  const path = resolve(root, stamp);
  return existsSync(path) && readFileSync(path, 'utf8') === wanted;
}

function fingerprint(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of globSync([...patterns], { cwd: root }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(resolve(root, file)));
  }
  return hash.digest('hex');
}

/** Told to end meanwhile, it ends the tool first and then this process, so that neither outlives the other. */
function run(program: string, args: readonly string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    let endWith: number | undefined;
    const listeners = Object.entries(SIGNALS).map(([signal, code]) => {
      const listener = () => {
        endWith = code;
        child.kill('SIGTERM');
      };
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    const finish = (code: number) => {
      for (const remove of listeners) remove();
      if (endWith !== undefined) process.exit(endWith);
      done(code);
    };
    child.on('error', (error) => {
      console.error(`sillok: ${program}: ${error.message}`);
      finish(1);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** npm passes a signal on to its shell only: without its parent this process would go on unseen, holding port and data. */
function endWithParent(): void {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_LOOK_MS).unref();
}
