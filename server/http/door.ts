/** The listening port: taken first of all, so that a second start is told at once, and answering while the rest starts. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import { languageOf } from './language.ts';
import { PROBLEM_WORDS } from './words.ts';

const DRAIN_MS = 10_000;
const SWEEP_MS = 50;

export interface Door {
  readonly port: number;
  /** From this machine. */
  readonly url: string;
  /** What /readyz says until the door is open. */
  say(stage: string): void;
  open(listener: RequestListener): void;
  /** Takes no new requests, lets those under way finish for some seconds. */
  close(): Promise<void>;
}

/** @throws AppError PORT_BUSY | PORT_FORBIDDEN | HOST_UNKNOWN */
export async function takeDoor(host: string, port: number): Promise<Door> {
  let stage = 'starting';
  let listener: RequestListener = (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') return send(response, 200, 'application/json', { status: 'alive' });
    response.setHeader('Retry-After', '1');
    if (path === '/readyz')
      return send(response, 503, 'application/json', { status: 'not ready', reasons: [stage] });
    const detail = PROBLEM_WORDS.STARTING![languageOf(request.headers['accept-language'])];
    const problem = {
      type: '/docs#problem-STARTING',
      title: 'Service Unavailable',
      status: 503,
      code: 'STARTING',
      detail,
    };
    send(response, 503, 'application/problem+json', problem);
  };
  const server = createServer({ connectionsCheckingInterval: 1000 }, (request, response) =>
    listener(request, response),
  );
  setTimeouts(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(failureOf(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: taken, address } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://${nearest(address)}:${taken}`,
    say(text) {
      stage = text;
    },
    open(next) {
      listener = next;
    },
    close: () => close(server),
  };
}

function nearest(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address.includes(':') ? `[${address === '::' ? '::1' : address}]` : address;
}

/** Slow and endless requests are cut by the server itself (Node answers 408). */
function setTimeouts(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 64;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // A connection that waits for its next request only after the answer under way is idle then, not now.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(sweep);
      resolve();
    });
  });
}

function send(response: Parameters<RequestListener>[1], status: number, type: string, body: unknown): void {
  response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
  response.end(JSON.stringify(body));
}

function failureOf(error: Error & { code?: string }, host: string, port: number): AppError {
  const codes: Readonly<Record<string, string>> = {
    EADDRINUSE: 'PORT_BUSY',
    EACCES: 'PORT_FORBIDDEN',
    ENOTFOUND: 'HOST_UNKNOWN',
    EADDRNOTAVAIL: 'HOST_UNKNOWN',
  };
  return new AppError(codes[error.code ?? ''] ?? 'PORT_FAILED', { host, port }, error);
}
