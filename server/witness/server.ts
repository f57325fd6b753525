/** The witness's HTTP door (c2sp.org/tlog-witness): two routes, on the loopback unless told otherwise. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromUtf8, toHex, utf8 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import type { Answer, Cosigner } from './cosigner.ts';

export interface Door {
  readonly url: string;
  close(): Promise<void>;
}

export interface OpenDoor {
  readonly cosigner: Cosigner;
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly report: (error: unknown) => void;
}

/** 63 hashes and a note with a few post-quantum signatures. */
const BODY_LIMIT = 64 * 1024;

export async function openDoor({ cosigner, origin, host, port, report }: OpenDoor): Promise<Door> {
  const checkpoint = `/${toHex(sha256(utf8(origin))).slice(2)}/checkpoint`;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    handle(request, cosigner, checkpoint).then(
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

type Reply = Omit<Answer, 'status'> & { readonly status: number };

async function handle(request: IncomingMessage, cosigner: Cosigner, checkpoint: string): Promise<Reply> {
  const plain = (status: number, body: string): Reply => ({ status, type: 'text/plain', body });
  if (request.url === '/add-checkpoint') {
    if (request.method !== 'POST') return plain(405, 'POST only\n');
    const body = await read(request);
    return body === undefined ? plain(400, 'malformed request\n') : cosigner.addCheckpoint(body);
  }
  if (request.url !== checkpoint || request.method !== 'GET') return plain(404, 'not found\n');
  const note = await cosigner.latest();
  return note === undefined ? plain(404, 'nothing cosigned yet\n') : plain(200, note);
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

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
