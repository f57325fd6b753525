/** How often somebody may ask. Counters live in memory for a minute and name nobody in any log. */
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AppError } from '../core/errors.ts';
import type { Caller } from './identity.ts';

const WINDOW_MS = 60_000;

export interface Limits {
  /** Per address; requests with a valid API key are counted by their key instead. */
  readonly byAddress: RequestHandler;
  /** Per address, for sign-in and invitations. */
  readonly signIn: RequestHandler;
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
    signIn: limiter('sign-in', rates.signInsPerMinute, address, () => false),
    byKey: limiter(
      'key',
      (_request, response) => keyOf(response)?.perMinute ?? 0,
      (_request, response) => keyOf(response)?.prefix ?? '',
      (_request, response) => keyOf(response) === undefined,
    ),
  };
}

function keyOf(response: Response) {
  const caller = response.locals.caller as Caller | undefined;
  return caller?.kind === 'key' ? caller.key : undefined;
}
