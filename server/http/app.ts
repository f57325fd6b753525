/** The HTTP surface, in the order a request meets it. */
import { randomUUID } from 'node:crypto';
import express, { type Express } from 'express';
import { createDrafts } from '../actions/drafts.ts';
import type { Ingest } from '../actions/ingest.ts';
import type { Watched } from '../actions/operate/state.ts';
import { createPerformer } from '../actions/perform.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Publications } from '../publications/publications.ts';
import type { Service, Text } from '../services/define.ts';
import type { Trust } from '../verify/trust.ts';
import { actionRoutes } from './actions.ts';
import { adminEntryRoutes } from './admin-entries.ts';
import { adminKeyRoutes } from './admin-keys.ts';
import { organisationRoutes } from './admin-organisations.ts';
import { adminStateRoutes } from './admin-state.ts';
import type { ApiKeys } from './api-keys.ts';
import { backupRoutes } from './backup.ts';
import { createChallenges } from './challenges.ts';
import { claimRoutes } from './claims.ts';
import { descriptorRoutes } from './descriptors.ts';
import { entryRoutes } from './entries.ts';
import { eventRoutes } from './events.ts';
import { createFigures } from './figure-set.ts';
import { figureRoutes } from './figures.ts';
import { createHealth, healthRoutes } from './health.ts';
import { createIdentity, type KnownGateway } from './identity.ts';
import { invitationRoutes } from './invitations.ts';
import { createLimits } from './limits.ts';
import { createMetrics, metricsRoute } from './metrics.ts';
import { mountRoutes } from './mount.ts';
import { describeApi } from './openapi.ts';
import { mountFiles } from './pages.ts';
import { createPasskeys } from './passkeys.ts';
import { answerProblems } from './problems.ts';
import { publicationRoutes } from './publications.ts';
import { queryRoutes } from './queries.ts';
import { type Route, route } from './route.ts';
import { securityHeaders } from './security.ts';
import { sessionRoutes } from './session-routes.ts';
import { openSessions } from './sessions.ts';

export interface AppOptions {
  readonly context: Context;
  readonly config: Config;
  readonly publicUrl: string;
  readonly operatorName: Text;
  readonly version: string;
  readonly keys: ApiKeys;
  readonly claims: {
    /** That may claim here. */
    readonly gateways: readonly KnownGateway[];
    readonly state: Watched['claims'];
  };
  readonly ingest: Ingest;
  readonly publications: Pick<Publications, 'get' | 'status'>;
  readonly pulse: Watched['pulse'];
  readonly trustNow: () => Trust;
  /** An earlier version of it. */
  readonly trustOf: (version: number) => Promise<Trust | undefined>;
  /** While an older store catches up with the chain, nothing is taken in. */
  readonly isRecovering: () => boolean;
  readonly folders: { readonly web: string; readonly log: string };
}

export interface Gateway {
  readonly app: Express;
  /** Ends what would keep a stopping server open. */
  close(): void;
}

/** First members of an address that no service may be called. */
const RESERVED = [
  'admin',
  'claims',
  'entries',
  'events',
  'figures',
  'join',
  'operator',
  'organisations',
  'other',
  'publications',
  'services',
  'session',
  'trust',
];

export function createGateway(options: AppOptions): Gateway {
  const { context, config, publicUrl, keys, ingest } = options;
  requireDistinct(context.services);
  const clock = { nowMs: context.nowMs, random: context.random };
  const challenges = createChallenges(clock);
  const sessions = openSessions(context.store, publicUrl.startsWith('https:'), clock);
  const site = { publicUrl, webauthnVerifier: context.chain.verifiers.webauthn };
  const passkeys = createPasskeys(context.store, challenges, site);
  const signIn = { challenges, sessions, passkeys, publicUrl };
  const health = createHealth({
    context,
    ingest,
    publications: options.publications,
    claims: options.claims.state,
    pulse: options.pulse,
    dataFolder: config.data,
    queueMax: config.queueMax,
    isEmbedded: config.rpcUrls.length === 0,
    threshold: () => options.trustNow().threshold,
  });
  const figures = createFigures(context, ingest, health);
  const metrics = createMetrics({
    outbox: context.outbox,
    log: context.log,
    status: health.status,
    entries: figures.entries,
  });
  const performer = createPerformer(context);
  const drafts = createDrafts(context);
  const events = eventRoutes(context, ingest);

  const reading: readonly Route[] = [
    ...queryRoutes(context),
    ...entryRoutes(context, publicUrl),
    ...publicationRoutes(options.publications),
    ...events.routes,
    ...descriptorRoutes(context, ingest, options, options.operatorName),
    ...figureRoutes(context.services, figures),
    ...healthRoutes(health),
    metricsRoute(metrics),
  ];
  const writing: readonly Route[] = [
    ...actionRoutes(context, performer, drafts),
    ...sessionRoutes(context, signIn),
    ...invitationRoutes(context, signIn),
    ...organisationRoutes(context),
    ...adminKeyRoutes(context, keys),
    ...adminStateRoutes(context, health),
    ...backupRoutes(context, config.rpcUrls.length === 0),
    ...adminEntryRoutes(context),
    // One gateway gives out the ids.
    ...(config.logUrl === undefined ? claimRoutes(context, publicUrl) : []),
  ];
  const routes: Route[] = config.isReader ? [...reading] : [...writing, ...reading];
  const server = { url: publicUrl, cookieName: sessions.cookieName, version: options.version };
  const description = JSON.stringify(describeApi(routes, context.services, server));
  routes.push(
    route({
      method: 'get',
      path: '/openapi.json',
      tag: 'operation',
      access: 'public',
      summary: { ko: '이 API의 설명(OpenAPI 3.1)', en: 'Description of this API (OpenAPI 3.1)' },
      isShared: true,
      handle: (_asked, response) => void response.type('application/json').send(description),
    }),
  );

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.proxyHops);
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use((_request, response, next) => {
    response.locals.requestId = randomUUID();
    response.setHeader('X-Request-Id', response.locals.requestId);
    next();
  });
  app.use(securityHeaders(publicUrl));
  app.use(metrics.observe);
  app.use(logged(context));
  app.use('/v1', refuseWhileRecovering(options.isRecovering));
  mountRoutes(
    app,
    routes,
    createIdentity(context, keys, sessions, publicUrl, options.claims.gateways),
    createLimits(config),
  );
  if (config.isReader) app.use('/v1', refuseWrites(config.logUrl));
  mountFiles(app, { ...options.folders, checkpoint: () => context.log.latest()?.text });
  app.use(() => {
    throw new AppError('NOT_FOUND');
  });
  app.use(answerProblems(context.services, context.logger));
  return {
    app,
    close() {
      events.close();
      health.close();
    },
  };
}

function refuseWhileRecovering(isRecovering: () => boolean): express.RequestHandler {
  return (request, _response, next) => {
    if (isRecovering() && request.method !== 'GET' && request.method !== 'HEAD')
      throw new AppError('RECOVERING');
    next();
  };
}

/** What a reader does not know at all is not missing: it is elsewhere. */
function refuseWrites(logUrl: string | undefined): express.RequestHandler {
  const gateway = logUrl === undefined ? '' : new URL(logUrl).origin;
  return (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    throw new AppError('READ_ONLY', { gateway });
  };
}

/** Route, status and duration; no address, no query, no body, and of anonymous acts not even who relayed them. */
function logged({ logger, nowMs }: Context): express.RequestHandler {
  return (request, response, next) => {
    const startedMs = nowMs();
    response.on('finish', () => {
      const { route: path = 'other', requestId } = response.locals;
      const { statusCode: status } = response;
      logger.debug(
        { requestId, method: request.method, route: path, status, ms: nowMs() - startedMs },
        'request',
      );
    });
    next();
  };
}

function requireDistinct(services: readonly Service[]): void {
  const seen = new Set(RESERVED);
  for (const { id } of services) {
    if (seen.has(id)) throw new AppError('SERVICE_ID_TAKEN', { id });
    seen.add(id);
  }
}
