/** The ledger's events in the log's order: the leaf index is the cursor. As pages, or as a stream (SSE). */
import type { Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { z } from 'zod';
import type { Ingest } from '../actions/ingest.ts';
import type { Context } from '../context.ts';
import { decodeEvent } from '../core/abi.ts';
import { AppError } from '../core/errors.ts';
import { decodeLeaf } from '../core/event.ts';
import { type Asked, type Route, route } from './route.ts';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 1000;
/** So that one address, or one household's, cannot take the places of everybody else. */
const MAX_STREAMS_PER_ADDRESS = 20;
const PAGE = 100;

const index = z.coerce.number().int().min(-1).max(Number.MAX_SAFE_INTEGER);

export interface EventRoutes {
  readonly routes: readonly Route[];
  /** Ends every stream: clients come back with their cursor. */
  close(): void;
}

export function eventRoutes(context: Context, ingest: Ingest): EventRoutes {
  const streams = new Map<Response, string>();

  async function eventAt(leafIndex: number) {
    const ledger = decodeLeaf(await context.log.leaf(leafIndex));
    const event = decodeEvent(ledger, context.chain.contracts);
    const { block, timeSec } = ledger;
    return { leafIndex, block, timeSec, contract: event?.contract, name: event?.name, args: event?.args };
  }

  async function page(after: number, limit: number) {
    const end = Math.min(ingest.cursor().size, after + 1 + limit);
    const indexes = Array.from({ length: Math.max(0, end - after - 1) }, (_, i) => after + 1 + i);
    return Promise.all(indexes.map(eventAt));
  }

  async function list({ query }: Asked, response: Response): Promise<void> {
    const { after, limit } = query as { after: number; limit: number };
    const events = await page(after, limit);
    response.json({ events, next: events.at(-1)?.leafIndex ?? after, size: ingest.cursor().size });
  }

  async function stream({ query, request }: Asked, response: Response): Promise<void> {
    const address = ipKeyGenerator(request.ip ?? '');
    const own = [...streams.values()].filter((other) => other === address).length;
    if (streams.size >= MAX_STREAMS || own >= MAX_STREAMS_PER_ADDRESS)
      throw new AppError('TOO_MANY_REQUESTS', { retryAfterSec: 30 });
    const last = request.headers['last-event-id'];
    const parsed = index.safeParse(last === undefined || last === '' ? query.after : last);
    if (!parsed.success) throw new AppError('INPUT_INVALID', { issues: parsed.error.issues });
    let at = parsed.data;
    let isSending = false;
    const send = async () => {
      for (;;) {
        const events = await page(at, PAGE);
        if (events.length === 0 || response.destroyed) return;
        for (const event of events)
          if (!response.write(`id: ${event.leafIndex}\ndata: ${JSON.stringify(event)}\n\n`))
            await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
        at = events.at(-1)!.leafIndex;
      }
    };
    const wake = async () => {
      if (isSending) return;
      isSending = true;
      try {
        do await send();
        while (ingest.cursor().size > at + 1 && !response.destroyed);
      } catch {
        response.destroy();
      }
      isSending = false;
    };
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 2000\n\n');
    streams.set(response, address);
    const unsubscribe = ingest.onEvents(() => void wake());
    const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
    response.on('close', () => {
      streams.delete(response);
      unsubscribe();
      clearInterval(heartbeat);
    });
    await wake();
  }

  return {
    routes: [
      route({
        method: 'get',
        path: '/v1/events',
        tag: 'entries',
        access: 'public',
        summary: {
          ko: '장부의 사건을 순서대로(Accept: text/event-stream이면 이어지는 흐름)',
          en: 'Events of the ledger in order (as a stream with Accept: text/event-stream)',
        },
        query: z.strictObject({
          after: index.default(-1),
          limit: z.coerce.number().int().min(1).max(1000).default(PAGE),
        }),
        problems: ['INPUT_INVALID'],
        isShared: true,
        handle: (asked, response) =>
          asked.request.accepts(['json', 'text/event-stream']) === 'text/event-stream'
            ? stream(asked, response)
            : list(asked, response),
      }),
    ],
    close() {
      for (const response of streams.keys()) response.end();
    },
  };
}
