/** Starts the real gateway as a process of its own, for demonstration, bench and tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

/** As scripts/launch.sh starts it. */
export const GATEWAY_FLAGS: readonly string[] = ['--max-semi-space-size=32'];

export interface StartedGateway {
  readonly url: string;
  readonly pid: number;
  /** Printed once, at the first start of a data folder. */
  readonly adminKey: string | undefined;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

export interface GatewayOptions {
  readonly data: string;
  /** 0 = a free one. */
  readonly port?: number;
  /** Further SILLOK_ variables. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Resolves when it answers. @throws Error with its last words when it ends before that. */
export async function startGatewayProcess({
  data,
  port = 0,
  variables = {},
}: GatewayOptions): Promise<StartedGateway> {
  const child = spawn(process.execPath, [...GATEWAY_FLAGS, main], {
    env: {
      ...withoutSillok(),
      SILLOK_LOG_LEVEL: 'warn',
      ...variables,
      SILLOK_DATA: data,
      SILLOK_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Not `exit`: its witness writes to the same pipe, and to the folder, until it has seen that its parent is gone.
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const { url, adminKey } = await firstLines(child);
  return { url, adminKey, pid: child.pid!, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

function firstLines(child: ChildProcess): Promise<{ url: string; adminKey: string | undefined }> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /^Sillok is open at (\S+)$/m.exec(output)?.[1];
      // The key's line, if there is one, stands before.
      if (url !== undefined) resolve({ url, adminKey: /(slk_\S+)/.exec(output)?.[1] });
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${errors.trim()}`)));
  });
}

/** A variable meant for the caller must not reach the gateway it starts. */
function withoutSillok(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SILLOK_')));
}
