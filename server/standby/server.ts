/**
 * The standby's HTTP door. Every request bears the token; bodies are bounded.
 * GET /head | POST /commits (records) | POST /snapshot (a whole store) | POST /fence | POST /promote
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import type { Keeper, Sender } from './keeper.ts';

const MAX_COMMITS_BYTES = 1 << 30;
const MAX_ORDER_BYTES = 64 << 10;
const CONFLICTS = /^(FENCED|STANDBY_\w+|STANDBYS_\w+)$/;

export interface StandbyDoor {
  readonly url: string;
  close(): Promise<void>;
}

export interface OpenStandbyDoor {
  readonly keeper: Keeper;
  readonly token: string;
  readonly host: string;
  readonly port: number;
  readonly report: (error: unknown) => void;
}

export async function openStandbyDoor(options: OpenStandbyDoor): Promise<StandbyDoor> {
  const { keeper, token, host, port, report } = options;
  const isAllowed = tokenCheck(token);
  // A whole store may come in one request, so only its headers have a time limit here; silence ends it below.
  const server = createServer({ requestTimeout: 0, headersTimeout: 5_000 }, (request, response) => {
    answer(request, keeper, isAllowed).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const known = error instanceof AppError ? error : new AppError('STANDBY_FAILED', {}, error);
        if (known.code !== 'UNAUTHENTICATED') report(known);
        send(response, statusOf(known.code), { ...known.details, code: known.code });
      },
    );
  });
  server.setTimeout(60_000);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  keeper: Keeper,
  isAllowed: (header: string | undefined) => boolean,
): Promise<object> {
  if (!isAllowed(request.headers.authorization)) throw new AppError('UNAUTHENTICATED');
  switch (`${request.method} ${request.url}`) {
    case 'GET /head':
      return keeper.head(senderOf(request));
    case 'POST /commits':
      return keeper.take(await bodyOf(request, MAX_COMMITS_BYTES), senderOf(request));
    case 'POST /snapshot':
      return keeper.replaceAll(request);
    case 'POST /fence': {
      const { epoch, number, by } = await orderOf(request);
      return keeper.fence(checked(epoch, 1), checked(number, 0), typeof by === 'string' ? by : undefined);
    }
    case 'POST /promote': {
      const { epoch, fenced } = await orderOf(request);
      return keeper.promote({ epoch: checked(epoch, 1), fenced: checked(fenced, 0) });
    }
    default:
      throw new AppError('NOT_FOUND');
  }
}

/** Compared as hashes, so that neither length nor the first wrong letter shows in the time. */
function tokenCheck(token: string): (header: string | undefined) => boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const wanted = hash(`Bearer ${token}`);
  return (header) => timingSafeEqual(hash(header ?? ''), wanted);
}

async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new AppError('BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function orderOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await bodyOf(request, MAX_ORDER_BYTES)).toString();
  try {
    const order: unknown = JSON.parse(text);
    if (typeof order === 'object' && order !== null) return order as Record<string, unknown>;
  } catch (error) {
    throw new AppError('ORDER_MALFORMED', {}, error);
  }
  throw new AppError('ORDER_MALFORMED');
}

/** A record has four bytes for its epoch, and behind each there must be room for a next one. */
const MAX_EPOCH = 2 ** 32 - 2;

function checked(value: unknown, min: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > MAX_EPOCH)
    throw new AppError('ORDER_MALFORMED');
  return value;
}

/** undefined of whoever is no gateway. */
function senderOf({ headers }: IncomingMessage): Sender | undefined {
  const match = /^(\d{1,2}) (\d{1,10})((?: https?:\/\/\S{1,500}){1,99})$/.exec(
    String(headers['sillok-copies'] ?? ''),
  );
  if (match === null) return undefined;
  const [, threshold, epoch, urls] = match as unknown as [string, string, string, string];
  return { epoch: Number(epoch), copies: { urls: urls.trim().split(' '), threshold: Number(threshold) } };
}

function statusOf(code: string): number {
  if (code === 'UNAUTHENTICATED') return 401;
  if (code === 'NOT_FOUND') return 404;
  if (code === 'BODY_TOO_LARGE') return 413;
  if (/^(RECORD|SNAPSHOT)_DAMAGED$|^ORDER_MALFORMED$/.test(code)) return 400;
  return CONFLICTS.test(code) ? 409 : 507;
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  // The rest of a body that was not read would be taken for the next request.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
