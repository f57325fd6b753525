/** How often somebody may ask. Counters live in memory for a minute and name nobody in any log. */
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AppError } from '../core/errors.ts';
import type { Caller } from './identity.ts';

const WINDOW_MS = 60_000;
const FAILURES = 120;
/** A full receipt takes ten milliseconds and more to draw, on a phone's page it is drawn once. */
const DRAWINGS = 120;
/** Requests with entries for batches that one gateway may get in a minute. */
const GATEWAY_PER_MINUTE = 600_000;
const MAX_ADDRESSES = 10_000;

export interface Limits {
  /** Per address; requests with a valid API key are counted by their key instead. */
  readonly byAddress: RequestHandler;
  /** Per address, for sign-in and invitations. */
  readonly signIn: RequestHandler;
  /**
   * Per address, for what strangers write: only what failed counts. A hall full of voters behind one address goes on, who tries
   * enrolment codes or keeps the chain busy with broken proofs does not.
   */
  readonly failures: RequestHandler;
  /** Per address, for what keeps the processor busy: see `isCostly` of a route. */
  readonly costly: RequestHandler;
  /** Per API key, with the key's own rate. Needs `response.locals.caller`. */
  readonly byKey: RequestHandler;
}

export function createLimits(rates: {
  readonly anonymousPerMinute: number;
  readonly signInsPerMinute: number;
}): Limits {
  const address = (request: Request) => ipKeyGenerator(request.ip ?? '');
  const limiter = (
    identifier: string,
    limit: number | ((request: Request, response: Response) => number),
    keyGenerator: (request: Request, response: Response) => string,
    skip: (request: Request, response: Response) => boolean,
  ) =>
    rateLimit({
      windowMs: WINDOW_MS,
      identifier,
      limit,
      keyGenerator,
      skip,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      handler: (request) => {
        const resetsAt = (request as Request & { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime;
        const leftMs = (resetsAt?.getTime() ?? 0) - Date.now();
        throw new AppError('TOO_MANY_REQUESTS', { retryAfterSec: Math.max(1, Math.ceil(leftMs / 1000)) });
      },
    });
  return {
    byAddress: limiter(
      'address',
      rates.anonymousPerMinute,
      address,
      (_request, response) => keyOf(response) !== undefined,
    ),
    failures: countFailures(address),
    costly: limiter('costly', DRAWINGS, address, () => false),
    signIn: limiter('sign-in', rates.signInsPerMinute, address, () => false),
    byKey: limiter(
      'key',
      (_request, response) => keyOf(response)?.perMinute ?? 0,
      (_request, response) => keyOf(response)?.prefix ?? '',
      (_request, response) => keyOf(response) === undefined,
    ),
  };
}

function countFailures(address: (request: Request) => string): RequestHandler {
  const counts = new Map<
    string,
    { failed: number /** By performance.now(). */; readonly endsAtMs: number }
  >();
  return (request, response, next) => {
    const from = address(request);
    const found = counts.get(from);
    const leftMs = (found?.endsAtMs ?? 0) - performance.now();
    if (found !== undefined && leftMs <= 0) counts.delete(from);
    else if (found !== undefined && found.failed >= FAILURES)
      return next(new AppError('TOO_MANY_REQUESTS', { retryAfterSec: Math.ceil(leftMs / 1000) }));
    response.on('finish', () => {
      if (response.statusCode < 400 || response.statusCode >= 500) return;
      // Bounded, whoever comes: the oldest go first.
      if (counts.size >= MAX_ADDRESSES) counts.delete(counts.keys().next().value!);
      const count = counts.get(from);
      if (count !== undefined) count.failed += 1;
      else counts.set(from, { failed: 1, endsAtMs: performance.now() + WINDOW_MS });
    });
    next();
  };
}

function keyOf(response: Response) {
  const caller = response.locals.caller as Caller | undefined;
  if (caller?.kind === 'gateway') return { prefix: caller.url, perMinute: GATEWAY_PER_MINUTE };
  return caller?.kind === 'key' ? caller.key : undefined;
}
