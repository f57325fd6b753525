/** The RPC port: loopback, bounded, deaf to web pages (which cannot send JSON across origins unasked). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../core/errors.ts';
import type { Progress, RpcHandler } from './rpc.ts';

export interface PortParts {
  host: string;
  /** 0 = any free port. */
  port: number;
  rpc: RpcHandler;
  progress: Progress;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_CONNECTIONS = 2_048;

/** @throws AppError CHAIN_PORT_BUSY */
export async function openPort({
  host,
  port,
  rpc,
  progress,
}: PortParts): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    route(request, response).catch((error) => {
      if (!response.headersSent) send(response, 500, { error: String(error) });
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  // Longer than clients keep idle sockets, so that they do not write into one that is just being closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new AppError('CHAIN_PORT_BUSY', { host, port, reason: error.code ?? error.message }, error)),
    );
    server.listen(port, host, resolve);
  });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, server };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name of their own that points here would let foreign pages read answers (DNS rebinding).
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
      return send(response, 403, { error: 'unknown host' });
    }
    if (request.method === 'GET' && request.url === '/progress') {
      return send(response, progress.state === 'ready' ? 200 : 503, progress);
    }
    if (request.method !== 'POST') return send(response, 405, { error: 'POST JSON-RPC, or GET /progress' });
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return send(response, 415, { error: 'application/json is needed' });
    }
    const body = await readBody(request);
    if (body === undefined) return send(response, 413, { error: `at most ${MAX_BODY_BYTES} bytes` });
    const answer = await rpc(body);
    if (answer === undefined) response.writeHead(204).end();
    else send(response, 200, answer);
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  };
  if (status === 413) headers.connection = 'close';
  response.writeHead(status, headers).end(text);
}
