/**
 * The door of every npm command: installs what is missing, compiles the contracts and builds the pages when their sources
 * changed, then runs the command. Imports nothing but Node itself, since node_modules may not be there yet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  audit: { script: 'scripts/audit/main.ts', needs: ['contracts'] },
  verify: { script: 'scripts/verify.ts', needs: [], inUsersFolder: true },
  admin: { script: 'scripts/admin.ts', needs: [], inUsersFolder: true },
};

const BUILDS = {
  contracts: {
    sources: ['contracts/**/*.sol', 'hardhat.config.ts', 'package-lock.json'],
    stamp: 'artifacts/.built-from',
    steps: [['node_modules/hardhat/dist/src/cli.js', 'compile', '--quiet']],
    says: 'compiling the contracts',
  },
  pages: {
    sources: ['web/**/*.{ts,tsx,css,html}', 'server/{core,services,verify}/**/*.ts', 'package-lock.json'],
    stamp: 'dist/web/.built-from',
    steps: [
      ['scripts/generate/artifacts.ts'],
      ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
    ],
    says: 'building the pages',
  },
} as const;

/** npx hands its own options down in the environment; a nested npm would follow them. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'npm_config_package'));

function run(args: readonly string[], says: string, command = process.execPath): void {
  console.error(`sillok: ${says} …`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`sillok: ${says} failed`);
    process.exit(1);
  }
}

function fingerprint(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of globSync([...patterns], { cwd: root }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(resolve(root, file)));
  }
  return hash.digest('hex');
}

function install(): void {
  const stamp = resolve(root, 'node_modules/.installed-from');
  const wanted = fingerprint(['package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run(['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'installing packages', 'npm');
  writeFileSync(stamp, wanted);
}

function build(name: keyof typeof BUILDS): void {
  const { sources, stamp, steps, says } = BUILDS[name];
  const file = resolve(root, stamp);
  const wanted = fingerprint(sources);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
  for (const step of steps) run(step, says);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wanted);
}

const [name = '', ...rest] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  console.error(`sillok: no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
  process.exit(2);
}
install();
for (const need of command.needs) build(need);
const child = spawn(process.execPath, [resolve(root, command.script), ...rest], {
  cwd: command.inUsersFolder ? (process.env.INIT_CWD ?? process.cwd()) : root,
  env,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
