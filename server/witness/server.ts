/**
 * The witness's HTTP door, on the loopback unless told otherwise. To write: add-checkpoint (c2sp.org/tlog-witness). To read, for
 * anyone: the newest cosigned checkpoint, under the hash of the origin; this server's own copy of the whole log under /log/
 * (c2sp.org/tlog-tiles); its copies of what the chain names by a digest, where a gateway has them too; /status, the evidence of
 * its alarms, and /metrics.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { readTile } from '../log/serve.ts';
import type { Tree } from '../log/tree.ts';
import type { Publications } from '../publications/publications.ts';
import { PUBLICATIONS } from '../publications/sources.ts';
import type { Alarms } from './alarms.ts';
import type { Answer, Cosigner } from './cosigner.ts';
import type { Status } from './status.ts';

export interface Door {
  readonly url: string;
  close(): Promise<void>;
}

export interface OpenDoor {
  readonly cosigner: Cosigner;
  readonly origin: string;
  readonly tree: Tree;
  readonly publications: Pick<Publications, 'get'>;
  readonly alarms: Pick<Alarms, 'at'>;
  readonly status: Status;
  readonly host: string;
  readonly port: number;
  readonly report: (error: unknown) => void;
}

/** 63 hashes and a note with a few post-quantum signatures. */
const BODY_LIMIT = 64 * 1024;

export async function openDoor(options: OpenDoor): Promise<Door> {
  const { host, port, report } = options;
  const routes = routesOf(options);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    handle(request, routes).then(
      (found) => send(response, found),
      (error: unknown) => {
        report(error);
        send(response, { status: 500, type: 'text/plain', body: 'failed\n' });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // Answers under way are short; connections kept alive must not hold the process.
      setTimeout(() => server.closeAllConnections(), 1000).unref();
      await closed;
    },
  };
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** It never changes under its address. */
  readonly isImmutable?: boolean;
}

interface Routes {
  add(body: string): Promise<Answer>;
  /** undefined for an address that is none. */
  read(path: string): Promise<Reply | undefined>;
}

const MISSING: Reply = { status: 404, type: 'text/plain', body: 'not found\n' };

function routesOf({ cosigner, origin, tree, publications, alarms, status }: OpenDoor): Routes {
  const monitoring = `/${toHex(sha256(utf8(origin))).slice(2)}/checkpoint`;
  const forGood = (body: Uint8Array | undefined): Reply | undefined =>
    body && { status: 200, type: 'application/octet-stream', body, isImmutable: true };
  const plain = (body: string): Reply => ({ status: 200, type: 'text/plain; charset=utf-8', body });
  return {
    add: (body) => cosigner.addCheckpoint(body),
    async read(path) {
      if (path === monitoring || path === '/log/checkpoint') {
        const latest = await cosigner.latest();
        return latest === undefined ? undefined : plain(latest.note);
      }
      if (path === '/status') {
        const body = `${JSON.stringify(await status.json(), undefined, 2)}\n`;
        return { status: 200, type: 'application/json', body };
      }
      if (path.startsWith('/alarms/')) {
        const evidence = alarms.at(path)?.evidence;
        return evidence === undefined ? undefined : plain(evidence);
      }
      if (path === '/metrics') {
        const type = 'text/plain; version=0.0.4; charset=utf-8';
        return { status: 200, type, body: await status.metrics() };
      }
      if (path.startsWith(PUBLICATIONS))
        return forGood(await publications.get(path.slice(PUBLICATIONS.length)));
      if (path.startsWith('/log/')) return forGood(await readTile(tree, path.slice('/log/'.length)));
      return undefined;
    },
  };
}

async function handle(request: IncomingMessage, routes: Routes): Promise<Reply> {
  const { url = '', method } = request;
  const only = (allowed: string): Reply => ({ status: 405, type: 'text/plain', body: `${allowed} only\n` });
  if (url === '/add-checkpoint') {
    if (method !== 'POST') return only('POST');
    const body = await read(request);
    return body === undefined
      ? { status: 400, type: 'text/plain', body: 'malformed request\n' }
      : routes.add(body);
  }
  const found = await routes.read(url);
  if (found !== undefined && method !== 'GET') return only('GET');
  return found ?? MISSING;
}

/** undefined for a body that is too long or no UTF-8. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_LIMIT) return undefined;
    parts.push(part);
  }
  try {
    return fromUtf8(Buffer.concat(parts));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw new AppError('REQUEST_UNREADABLE', {}, error);
  }
}

function send(response: ServerResponse, { status, type, body, isImmutable }: Reply): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Access-Control-Allow-Origin': '*',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}
