/** A route is a value: from the list of them come the handlers and the API's description alike. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Text } from '../services/define.ts';
import type { Caller } from './identity.ts';

/**
 * - `public`: for everybody; credentials are not looked at
 * - `anonymous`: as public, but a write by a citizen: nothing that could tell who it was is read, kept or logged
 * - `organisation`: API key with the scope, or a staff session
 * - `session`: staff session only
 * - `admin`: API key with the scope admin
 * - `gateway`: token of a gateway that follows the log
 */
export type Access = 'public' | 'anonymous' | 'organisation' | 'session' | 'admin' | 'gateway';

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed by the route's schema, when it has one. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly request: Request;
}

export interface Described {
  readonly summary: Text;
  readonly tag: string;
  readonly example?: unknown;
  /** Schema of the 200 answer, when it is JSON. */
  readonly answer?: z.ZodType;
  /** What the answer is, when it is not JSON: its media types. */
  readonly media?: readonly string[];
  readonly status?: 200 | 201 | 202 | 204;
  readonly problems?: readonly string[];
}

export interface Route extends Described {
  readonly method: 'get' | 'post' | 'delete';
  /** With `{name}` for path members. */
  readonly path: string;
  readonly access: Access;
  /** Scope an API key needs, `service/action`. */
  readonly scope?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** A service's own schema: described here, applied further in. */
  readonly isRaw?: boolean;
  /** A list of bodies may come in the place of one, and an Idempotency-Key must come with them. */
  readonly isWrite?: boolean;
  /** Requests that are counted apart, because they cost far more than others. */
  readonly isCostly?: (request: Request) => boolean;
  /** Readable from pages of other origins. */
  readonly isShared?: boolean;
  handle(asked: Asked, response: Response): Promise<void> | void;
}

/** Fixes nothing; gives literals their type. */
export function route(value: Route): Route {
  return value;
}
