/** A standby as an operator runs it: its own process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Ended, runCommand } from './command.ts';

const MAIN = fileURLToPath(new URL('../../server/standby/main.ts', import.meta.url));

export interface RunningStandby {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it complained of. */
  readonly complaints: string[];
  end(signal: NodeJS.Signals): Promise<void>;
}

export async function newToken(folder: string): Promise<{ readonly file: string; readonly token: string }> {
  const token = randomBytes(32).toString('hex');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return { file, token };
}

export async function startStandby(data: string, tokenFile: string, port = 0): Promise<RunningStandby> {
  const child = spawn(
    process.execPath,
    [MAIN, '--data', data, '--port', String(port), '--token-file', tokenFile],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } },
  );
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'close').then(() => {
      throw new Error(`the standby ended: ${complaints.join('\n')}`);
    }),
  ])) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    child,
    complaints,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** The order to take over, as a person gives it. */
export function runPromotion(data: string, tokenFile: string, ...more: readonly string[]): Promise<Ended> {
  return runCommand([MAIN, 'promote', '--data', data, '--token-file', tokenFile, ...more]);
}
