/** Writes web/lib/client/services.generated.ts from the registry of services. With --check it only compares. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Action, Query, Service } from '../../server/services/define.ts';
import { services } from '../../server/services/index.ts';
import { type Direction, type JsonSchema, typeOf } from './types.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = `${root}web/lib/client/services.generated.ts`;

const types: string[] = [];

/** Declares a type and answers its name. */
function declare(name: string, schema: z.ZodType, direction: Direction): string {
  const io = direction === 'input' ? 'input' : 'output';
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  types.push(`export type ${name} = ${typeOf(json, direction)};\n`);
  return name;
}

function actionMember(service: Service, name: string, action: Action) {
  const type = pascal(service.id) + pascal(name);
  const body = declare(type, action.input, 'input');
  const reply = action.reply && declare(`${type}Reply`, action.reply, 'answer');
  const state = action.isLocal ? 'Done' : 'Accepted';
  const answer = reply === undefined ? state : `${state} & ${reply}`;
  const path = `'/v1/${service.id}/${name}'`;
  return {
    member: `/** ${action.summary.en}. */\nreadonly ${camel(name)}: Act<${body}, ${answer}>;`,
    bound: `${camel(name)}: act(${action.access === 'anonymous' ? `${path}, true` : path}),`,
  };
}

function queryMember(service: Service, name: string, query: Query) {
  const type = pascal(service.id) + pascal(name);
  const input = declare(`${type}Input`, query.input, 'input');
  const answer = declare(`${type}Answer`, query.output, 'answer');
  const method = query.method === 'post' ? 'POST' : 'GET';
  return {
    member: `/** ${query.summary.en}. */\nreadonly ${camel(name)}: Question<${input}, ${answer}>;`,
    bound: `${camel(name)}: question('${method}', '/v1/${service.id}/${query.path}'),`,
  };
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function camel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const parts = services.map((service) => {
  const members = [
    ...Object.entries(service.actions).map(([name, action]) => actionMember(service, name, action)),
    ...Object.entries(service.queries).map(([name, query]) => queryMember(service, name, query)),
  ];
  return {
    type: `/** ${service.summary.en} */\nreadonly ${camel(service.id)}: {\n${members.map(({ member }) => member).join('\n')}\n};`,
    bound: `${camel(service.id)}: {\n${members.map(({ bound }) => bound).join('\n')}\n},`,
  };
});

const draft = `/** Written by scripts/generate/client.ts from the registry of services; do not edit. */
import type { Accepted, Act, Calls, Done, Hex, Question } from './calls.ts';

${types.join('\n')}
export interface Services {
${parts.map(({ type }) => type).join('\n')}
}

export function bindServices({ act, question }: Calls): Services {
  return {
${parts.map(({ bound }) => bound).join('\n')}
  };
}
`;
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  ['node_modules/@biomejs/biome/bin/biome', 'format', '--stdin-file-path=services.ts'],
  { cwd: root, input: draft, encoding: 'utf8' },
);
if (status !== 0) throw new Error(`the generated client cannot be formatted: ${stderr}`);

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== stdout) {
    console.error('services.generated.ts is stale: run npm run generate');
    process.exit(1);
  }
} else writeFileSync(target, stdout);
