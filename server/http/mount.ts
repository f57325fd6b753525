/** Routes -> handlers: who is asking, how often, then the body, then the route's own work. */
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { readJsonBody } from './body.ts';
import type { Identity } from './identity.ts';
import type { Limits } from './limits.ts';
import type { Route } from './route.ts';

export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  identity: Identity,
  limits: Limits,
): void {
  for (const one of routes) {
    const handlers: RequestHandler[] = [
      named(one),
      identified(one, identity, limits),
      limits.byKey,
      ...(one.isCostly === undefined ? [] : [only(one.isCostly, limits.costly)]),
      ...(one.access === 'anonymous' ? [limits.failures] : []),
      (request, response) => work(one, request, response),
    ];
    app[one.method](expressPath(one.path), ...handlers);
  }
  // A known path with another method. Registered last, so that every method had its chance.
  for (const [path, list] of Map.groupBy(routes, ({ path }) => path)) {
    const methods = list.map(({ method }) => method.toUpperCase());
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    app.all(expressPath(path), (_request, response) => {
      response.setHeader('Allow', allowed.join(', '));
      throw new AppError('METHOD_NOT_ALLOWED');
    });
  }
}

/** The log and the metrics know a request by its route's pattern, never by its address. */
function named({ path, access, isShared }: Route): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = path;
    response.setHeader('Cache-Control', access === 'public' ? 'no-cache' : 'no-store');
    if (isShared) {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    next();
  };
}

function only(isMeant: (request: Request) => boolean, handler: RequestHandler): RequestHandler {
  return (request, response, next) => (isMeant(request) ? handler(request, response, next) : next());
}

/** Who fails to say who they are is counted like everybody else. */
function identified(one: Route, identity: Identity, limits: Limits): RequestHandler {
  const byAddress = one.tag === 'sign-in' && one.method === 'post' ? limits.signIn : limits.byAddress;
  return async (request, response, next) => {
    const failure = await identity.callerOf(request, one.access, one.scope).then(
      (caller) => {
        response.locals.caller = caller;
      },
      (error: unknown) => ({ error }),
    );
    await byAddress(request, response, (limited?: unknown) => next(limited ?? failure?.error));
  };
}

async function work(one: Route, request: Request, response: Response): Promise<void> {
  requireValues(request.query);
  const hasBody = one.body !== undefined;
  const raw = hasBody ? await readJsonBody(request) : undefined;
  await one.handle(
    {
      params: parse(one.params, request.params) as Record<string, string>,
      query: parse(one.query, request.query) as Record<string, unknown>,
      body: one.isRaw ? raw : parse(one.body, raw),
      caller: response.locals.caller,
      request,
    },
    response,
  );
}

/** `after=` says nothing: no schema may take it for a number, which it would be as 0. */
function requireValues(query: Request['query']): void {
  const path = Object.keys(query).find((name) => query[name] === '');
  if (path === undefined) return;
  const issue = {
    code: 'too_small',
    origin: 'string',
    minimum: 1,
    inclusive: true,
    path: [path],
    message: '',
  };
  throw new AppError('INPUT_INVALID', { issues: [issue] });
}

function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw new AppError('INPUT_INVALID', { issues: parsed.error.issues });
  return parsed.data;
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
