/** Ports that are free, and stay free while the one who has them is dead. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections (Linux from 32768, others from 49152): such a one would keep a restart out. */
const FROM = 20_000;
const BELOW = 32_768;

/** Whoever was given one may not listen yet. */
const given = new Set<number>();

/** All held at once, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, () => Promise<void>>();
  while (held.size < count) {
    const port = randomInt(FROM, BELOW);
    const release = given.has(port) ? undefined : await hold(port);
    if (release === undefined) continue;
    given.add(port);
    held.set(port, release);
  }
  await Promise.all([...held.values()].map((release) => release()));
  return [...held.keys()];
}

function hold(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    const release = () => new Promise<void>((released) => void server.close(() => released()));
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(release));
  });
}
