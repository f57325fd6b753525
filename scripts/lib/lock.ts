/** A lock file between processes of one machine. Its holder keeps touching it, so that neither a crash nor a reused process id blocks. */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const TOUCH_MS = 1_000;
const STALE_MS = 30_000;
const LOOK_MS = 200;

/** Waits for another holder, named once to `onWait`. @returns release, which may be called twice */
export async function takeLock(path: string, onWait: (pid: number) => void): Promise<() => void> {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !tryTake(path); ) {
    const pid = holder(path);
    if (pid === undefined) continue;
    if (!isHeld(path, pid)) {
      remove(path, pid);
      continue;
    }
    if (!told) onWait(pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const timer = setInterval(() => touch(path), TOUCH_MS).unref();
  return () => {
    clearInterval(timer);
    if (holder(path) === process.pid) rmSync(path, { force: true });
  };
}

/** Linking puts the file there with its content, or not at all. */
function tryTake(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function holder(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isHeld(path: string, pid: number): boolean {
  try {
    process.kill(pid, 0);
    return Date.now() - statSync(path).mtimeMs < STALE_MS;
  } catch (error) {
    // Somebody else's process is alive as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of several that find it stale only one moves it away; whoever moved a fresh one by mistake puts it back. */
function remove(path: string, pid: number): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (holder(aside) !== pid) linkSync(aside, path);
  } catch {
    // Gone, or taken anew: the next look tells.
  }
  rmSync(aside, { force: true });
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Removed by hand: the work goes on.
  }
}
