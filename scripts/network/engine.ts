/** Finds the engine: `kscn` on PATH, else in the cache, else built there from its Go module. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { takeLock } from '../lib/lock.ts';
import { showProgress } from '../lib/progress.ts';
import { NetworkFailure } from './failure.ts';

/** The last one that a Go proxy serves: later tags are v2 without a path that says so. */
const VERSION = 'v1.0.3';
const PACKAGE = `github.com/kaiachain/kaia/cmd/kscn@${VERSION}`;
/** The Go that its go.mod was made for; newer ones refuse some of its dependencies. */
const TOOLCHAIN = 'go1.22.12';
/** Packages that are compiled, the standard library among them: only for the bar. */
const PACKAGES = 822;

const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sillok', `kscn-${VERSION}`);
const TOOLS = [
  ['go', 'Go 1.21 or newer', ['version']],
  ['cc', 'a C compiler', ['--version']],
] as const;

/** Path of the engine. @throws NetworkFailure when it is nowhere and cannot be built */
export async function findEngine(): Promise<string> {
  const present = presentEngine();
  if (present !== undefined) return present;
  const missing = missingTools();
  if (missing.length > 0)
    throw new NetworkFailure(
      `There is no kscn on PATH, and this machine lacks what builds it: ${missing.join(', ')}. Install that (Debian: apt-get install golang-go gcc libc6-dev), or put kscn ${VERSION} on PATH.`,
    );
  const built = join(folder, 'kscn');
  const release = await takeLock(join(folder, 'build.lock'), (pid) =>
    console.error(`network: process ${pid} is building kscn; waiting for it …`),
  );
  try {
    if (!isExecutable(built)) await build(built);
  } finally {
    release();
  }
  return built;
}

/** Whether {@link findEngine} finds or can build it. */
export function canHaveEngine(): boolean {
  return presentEngine() !== undefined || missingTools().length === 0;
}

function presentEngine(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((part) => join(part, 'kscn'));
  return [...onPath, join(folder, 'kscn')].find(isExecutable);
}

function missingTools(): string[] {
  return TOOLS.filter(([program, , args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0).map(
    ([, name]) => name,
  );
}

/** Beside its place first, so that a build that was cut short is never taken for whole. */
async function build(built: string): Promise<void> {
  const beside = join(folder, '.building');
  mkdirSync(beside, { recursive: true });
  console.error(`network: building kscn ${VERSION}, once; this takes some minutes …`);
  const progress = showProgress('kscn: packages', PACKAGES);
  let last = '';
  const child = spawn('nice', ['go', 'install', '-v', '-trimpath', PACKAGE], {
    env: { ...process.env, GOBIN: beside, GOTOOLCHAIN: TOOLCHAIN, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  createInterface(child.stderr).on('line', (line) => {
    if (/^[\w.]+(\/\S+)?$/.test(line)) progress.add();
    else if (!line.startsWith('go: downloading')) last = line;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  progress.done();
  if (code !== 0) throw new NetworkFailure(`kscn could not be built: ${last}`);
  renameSync(join(beside, 'kscn'), built);
  rmSync(beside, { recursive: true, force: true });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
