/** A newcomer's machine: a copy of the repository in an empty folder, a terminal in it, and `npm start` in another one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Commands, missingLine } from './page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json', 'hardhat.config.ts'];
const COPIED_FOLDERS = ['contracts', 'server', 'web', 'scripts', 'artifacts', 'dist'];
const START_MS = 480_000;
const PAGE_MS = 800_000;

export interface Newcomer {
  readonly folder: string;
  /** What `npm start` printed so far, all starts together. */
  printed(): string;
  start(): Promise<void>;
  /** Ctrl-C: every process of the terminal hears it. */
  stop(): Promise<void>;
  /** Runs blocks of commands one after another in one shell. @throws Error with the block, what was missing and what came out */
  type(commands: readonly Commands[]): Promise<void>;
  leave(): Promise<void>;
}

export async function welcome(): Promise<Newcomer> {
  const folder = await mkdtemp(join(tmpdir(), 'sillok-readme-'));
  await copyRepository(folder);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { ...cleanEnvironment(), TMPDIR: join(folder, 'temporary'), SILLOK_PORT: String(port) };
  await mkdir(env.TMPDIR);
  let printed = '';
  let gateway: ChildProcess | undefined;

  async function start(): Promise<void> {
    const child = spawn('npm', ['start'], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    gateway = child;
    const before = printed.length;
    await new Promise<void>((resolve, reject) => {
      const end = (why: string) => reject(new Error(`npm start ${why}:\n${printed.slice(before)}`));
      const timer = setTimeout(() => end('did not come up'), START_MS);
      const hear = (text: string) => {
        printed += text;
        if (!/^Sillok is open at /m.test(printed.slice(before))) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('exit', (code) => end(`ended with ${code}`));
    });
  }

  async function stop(): Promise<void> {
    const child = gateway;
    gateway = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    // 'close' comes when the last process of the group has let go of the pipes.
    const ended = new Promise((resolve) => child.once('close', resolve));
    process.kill(-child.pid!, 'SIGINT');
    await ended;
  }

  return {
    folder,
    printed: () => printed,
    start,
    stop,
    async type(commands) {
      const adminKey = /slk_\S+/.exec(printed)?.[0] ?? '';
      const script = commands.map(({ text }, i) => {
        const typed = text.replaceAll('http://localhost:8080', url).replaceAll('slk_…', adminKey);
        return `{\n${typed}\n} > output-${i} 2>&1\necho ${i} > reached\n`;
      });
      await writeFile(join(folder, 'reached'), '-1');
      const code = await shell(script.join(''), folder, env);
      const failed = code === 0 ? -1 : Number(await readFile(join(folder, 'reached'), 'utf8')) + 1;
      for (const [i, { text, expected, line }] of commands.entries()) {
        const output = await readFile(join(folder, `output-${i}`), 'utf8');
        const missing = missingLine(output, expected);
        if (i !== failed && missing === undefined) continue;
        const why = i === failed ? `the commands ended with ${code}` : `nothing came out like "${missing}"`;
        throw new Error(`README.md:${line}: ${why}\n\n${text}\n\n${output.slice(0, 4000)}`);
      }
    },
    async leave() {
      await stop();
      // Its processes outlive the command that started them, and a page that failed.
      if (existsSync(join(folder, 'network'))) await shell('npm run network -- stop', folder, env);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Packages are linked one by one into a folder of its own: whatever is installed there cannot reach the ones linked to. */
async function copyRepository(folder: string): Promise<void> {
  for (const file of COPIED) await cp(join(root, file), join(folder, file));
  for (const name of COPIED_FOLDERS)
    await cp(join(root, name), join(folder, name), { recursive: true, errorOnExist: false });
  const packages = join(root, 'node_modules');
  await mkdir(join(folder, 'node_modules'));
  for (const name of await readdir(packages))
    if (!name.startsWith('.installed'))
      await symlink(join(packages, name), join(folder, 'node_modules', name));
  const lock = await readFile(join(folder, 'package-lock.json'));
  const installed = createHash('sha256').update('package-lock.json\0').update(lock).digest('hex');
  await writeFile(join(folder, 'node_modules/.installed-from'), installed);
}

/** Nothing of the run that tests belongs to: npm and SILLOK_ variables would reach what is started. */
function cleanEnvironment(): Record<string, string> {
  const { HOME = tmpdir(), PATH = '' } = process.env;
  return {
    HOME,
    PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
    LANG: 'C.UTF-8',
    npm_config_update_notifier: 'false',
  };
}

function shell(script: string, cwd: string, env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-eu', '-c', script], { cwd, env, stdio: 'ignore', timeout: PAGE_MS });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address!.port : 0));
    });
  });
}
