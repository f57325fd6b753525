/** OpenAPI 3.1 description, made from the routes and the services' schemas: what is mounted is what is described. */
import { z } from 'zod';
import type { Service, Text } from '../services/define.ts';
import { inputSchema } from './descriptors.ts';
import { PROBLEM_STATUS } from './problem-table.ts';
import type { Access, Route } from './route.ts';
import { PROBLEM_WORDS } from './words.ts';

type Json = Record<string, unknown>;

const SECURITY: Readonly<Record<Access, readonly Json[]>> = {
  public: [],
  anonymous: [],
  organisation: [{ apiKey: [] }, { session: [] }],
  session: [{ session: [] }],
  admin: [{ apiKey: [] }],
  gateway: [{ gatewayToken: [] }],
};

const ALWAYS = ['TOO_MANY_REQUESTS', 'INTERNAL'];
const WITH_BODY = ['JSON_MALFORMED', 'BODY_TOO_LARGE', 'CONTENT_TYPE', 'INPUT_INVALID'];
const WRITES = ['IDEMPOTENCY_KEY_MISSING', 'IDEMPOTENCY_KEY_REUSED', 'QUEUE_FULL'];
const WITH_CALLER = ['UNAUTHENTICATED', 'API_KEY_INVALID', 'SCOPE_MISSING'];

export function describeApi(
  routes: readonly Route[],
  services: readonly Service[],
  server: { readonly url: string; readonly cookieName: string; readonly version: string },
): Json {
  const paths: Record<string, Json> = {};
  for (const one of routes) {
    paths[one.path] ??= {};
    paths[one.path]![one.method] = operation(one, services);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sillok',
      version: server.version,
      description:
        'A ledger of a city’s acts. A write is answered 202 once it is durable; its entry is then followed by its id until it has a receipt that anybody checks alone.',
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [{ url: server.url }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => {
      const service = services.find(({ id }) => id === name);
      return { name, ...(service !== undefined && { description: both(service.summary) }) };
    }),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'slk_<prefix>_<secret>' },
        session: { type: 'apiKey', in: 'cookie', name: server.cookieName },
        gatewayToken: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Problem: PROBLEM, Accepted: ACCEPTED, BatchItem: BATCH_ITEM },
    },
  };
}

function operation(one: Route, services: readonly Service[]): Json {
  const body = one.body === undefined ? undefined : inputSchema(one.body);
  return {
    operationId: `${one.method} ${one.path}`.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, ''),
    tags: [one.tag],
    summary: one.summary.en,
    description: both(one.summary),
    security: SECURITY[one.access],
    parameters: [
      ...pathParameters(one),
      ...queryParameters(one, services),
      ...(one.isWrite ? WRITE_HEADERS : []),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: one.isWrite ? { anyOf: [body, { type: 'array', items: body, maxItems: 1000 }] } : body,
            ...(one.example !== undefined && { example: one.example }),
          },
        },
      },
    }),
    responses: { ...answers(one), ...problems(one) },
  };
}

function answers(one: Route): Json {
  const status = String(one.status ?? 200);
  if (status === '204') return { 204: { description: 'Done.' } };
  if (one.isWrite && one.path.endsWith('/prepare'))
    return { 200: json('What is to be signed.', { type: 'object' }) };
  if (one.isWrite) {
    const accepted = one.answer === undefined ? ref('Accepted') : withReply(ACCEPTED, one.answer);
    const item = one.answer === undefined ? ref('BatchItem') : withReply(BATCH_ITEM, one.answer);
    return {
      200: json('Nothing was to be recorded, or the chain refused it (see refusal).', accepted),
      201: json('Recorded within the wait that was asked for.', accepted),
      202: json('Durably accepted.', accepted),
      207: json('One result per item of a list.', { type: 'array', items: item }),
    };
  }
  if (one.media !== undefined)
    return {
      [status]: {
        description: 'OK',
        content: Object.fromEntries(one.media.map((type) => [type, { schema: { type: 'string' } }])),
      },
    };
  return { [status]: json('OK', one.answer === undefined ? {} : outputSchema(one.answer)) };
}

/** Beside what every act is answered with, the members of this one's own. */
function withReply(schema: Json, reply: z.ZodType): Json {
  return {
    ...schema,
    properties: { ...(schema.properties as Json), ...(outputSchema(reply).properties as Json) },
  };
}

function outputSchema(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return rest;
}

function problems(one: Route): Json {
  const codes = [
    ...(one.problems ?? []),
    ...ALWAYS,
    ...(one.body === undefined ? [] : WITH_BODY),
    ...(one.params === undefined && one.query === undefined ? [] : ['INPUT_INVALID']),
    ...(one.isWrite && !one.path.endsWith('/prepare') ? WRITES : []),
    ...(SECURITY[one.access].length > 0 ? WITH_CALLER : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEM_STATUS[code]!);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `${code}: ${PROBLEM_WORDS[code]!.en}`).join('\n'),
        content: {
          'application/problem+json': {
            schema: { allOf: [ref('Problem'), { properties: { code: { examples: list } } }] },
          },
        },
      },
    ]),
  );
}

function pathParameters({ path, params }: Route): Json[] {
  const known = params === undefined ? {} : properties(params);
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: known[name!] ?? { type: 'string' },
  }));
}

function queryParameters(one: Route, services: readonly Service[]): Json[] {
  const schema = one.query ?? serviceQuery(one, services);
  if (schema === undefined) return [];
  const required = (inputSchema(schema).required ?? []) as readonly string[];
  return Object.entries(properties(schema))
    .filter(([name]) => !one.path.includes(`{${name}}`))
    .map(([name, member]) => ({ name, in: 'query', required: required.includes(name), schema: member }));
}

function serviceQuery({ tag, path, method }: Route, services: readonly Service[]): z.ZodType | undefined {
  if (method !== 'get') return undefined;
  const queries = Object.values(services.find(({ id }) => id === tag)?.queries ?? {});
  return queries.find((query) => `/v1/${tag}/${query.path}` === path)?.input;
}

function properties(schema: z.ZodType): Record<string, Json> {
  return (inputSchema(schema).properties ?? {}) as Record<string, Json>;
}

function json(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function both({ ko, en }: Text): string {
  return `${ko}\n\n${en}`;
}

const WRITE_HEADERS: readonly Json[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description: 'Same key and body: the same answer again. Same key, other body: 422.',
    schema: { type: 'string', minLength: 8, maxLength: 100 },
  },
  {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: 'wait=N: answer when the entry is final, at most N seconds (up to 30).',
    schema: { type: 'string', examples: ['wait=10'] },
  },
  {
    name: 'Sillok-Deadline',
    in: 'header',
    required: false,
    description: 'RFC 3339, or seconds from now: what is not signed by then is refused DEADLINE_PASSED.',
    schema: { type: 'string', examples: ['2027-01-31T18:00:00+09:00', '600'] },
  },
];

const STATES = ['accepted', 'signed', 'sent', 'mined', 'final', 'receipted', 'refused', 'done'];

const ACCEPTED: Json = {
  type: 'object',
  required: ['state'],
  properties: {
    entryId: { type: 'string', pattern: '^0x[0-9a-f]{64}$' },
    entryIds: { type: 'array', items: { type: 'string' } },
    state: { type: 'string', enum: STATES },
    leafIndex: { type: 'integer' },
    refusal: { type: 'object' },
  },
};

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; a service’s own refusals have the codes of its words.' },
    detail: { type: 'string', description: 'In the language of Accept-Language.' },
    field: { type: 'string' },
    details: { type: 'object' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
};

const BATCH_ITEM: Json = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'integer' },
    entryId: { type: 'string' },
    state: { type: 'string' },
    error: PROBLEM,
  },
};
