/** Toxiproxy between the processes of a network: links that are slow, swallow, break off or lead elsewhere. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../../scripts/network/ports.ts';

const VERSION = 'v2.5.0';
const PACKAGE = `github.com/Shopify/toxiproxy/v2/cmd/server@${VERSION}`;

/**
 * Toxics of Toxiproxy 2.5, by their own names:
 * - latency {latency, jitter}: milliseconds
 * - timeout {timeout: 0}: takes everything and hands on nothing; the connection ends when the toxic is taken away
 * - reset_peer {timeout}: RST after so many milliseconds
 * - limit_data {bytes}: ends the connection after so many
 * - slicer {average_size, size_variation, delay}: in crumbs, with microseconds in between
 */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'limit_data' | 'slicer';
  readonly attributes: Readonly<Record<string, number>>;
  /** `upstream` is what the one who connected sends. Both when absent. */
  readonly stream?: 'upstream' | 'downstream';
}

export interface Link {
  /** Where to connect. */
  readonly address: string;
  poison(toxic: Toxic): Promise<void>;
  /** Takes every toxic away and opens it again, to where it led first. */
  heal(): Promise<void>;
  /** Refuses connections, as a dead host would. */
  cut(): Promise<void>;
  /** Leads to somebody else. @param upstream host:port */
  redirect(upstream: string): Promise<void>;
}

export interface Toxiproxy {
  /** @param upstream host:port */
  link(name: string, upstream: string): Promise<Link>;
  stop(): Promise<void>;
}

/** Built once, into the cache beside the engine. */
function findProgram(): string {
  const folder = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'sillok',
    `toxiproxy-${VERSION}`,
  );
  const built = join(folder, 'server');
  if (existsSync(built)) return built;
  const beside = join(folder, `.building-${process.pid}`);
  mkdirSync(beside, { recursive: true });
  console.log(`      building toxiproxy ${VERSION}, once`);
  const env = { ...process.env, GOBIN: beside, GOFLAGS: '' };
  const { status, stderr } = spawnSync('go', ['install', '-trimpath', PACKAGE], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`toxiproxy could not be built: ${stderr.trim().split('\n').at(-1)}`);
  renameSync(join(beside, 'server'), built);
  return built;
}

export async function startToxiproxy(): Promise<Toxiproxy> {
  const program = findProgram();
  const [port] = await freePorts(1);
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], {
    env: { LOG_LEVEL: 'error' },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const api = `http://127.0.0.1:${port}`;
  await answering(api, child);

  async function call(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(`${api}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`toxiproxy ${method} ${path}: ${response.status} ${await response.text()}`);
  }

  return {
    async link(name, upstream) {
      const listen = `127.0.0.1:${(await freePorts(1))[0]}`;
      await call('POST', '/proxies', { name, listen, upstream, enabled: true });
      const set = (changed: { upstream?: string; enabled?: boolean }) =>
        call('POST', `/proxies/${name}`, { listen, upstream, enabled: true, ...changed });
      const toxics = new Set<string>();
      return {
        address: listen,
        async poison({ type, attributes, stream }) {
          for (const side of stream === undefined ? ['upstream', 'downstream'] : [stream]) {
            const toxic = `${type}-${side}`;
            await call('POST', `/proxies/${name}/toxics`, { name: toxic, type, stream: side, attributes });
            toxics.add(toxic);
          }
        },
        async heal() {
          for (const toxic of toxics) await call('DELETE', `/proxies/${name}/toxics/${toxic}`);
          toxics.clear();
          await set({});
        },
        cut: () => set({ enabled: false }),
        redirect: (other) => set({ upstream: other }),
      };
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answering(api: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    if (
      await fetch(`${api}/version`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await pause(20);
  }
  throw new Error(`toxiproxy ended with ${child.exitCode}`);
}
