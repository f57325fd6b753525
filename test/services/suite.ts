/** What every service promises, whatever it is about. Run for each one in the registry and for the made-up one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { AppError } from '../../server/core/errors.ts';
import { commitmentOf } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import { entryIdOfSubmission } from '../../server/core/submission-id.ts';
import { isRefused, type Plan, type Service, type Text } from '../../server/services/define.ts';
import { fieldsOf } from '../../server/services/fields.ts';
import type { Check } from '../../server/verify/verdict.ts';
import { foldInto, runReading, World } from '../helpers/run-plan.ts';

/** 2026-11-20 in Seoul, after every date of the examples. */
const NOW_SEC = Date.parse('2026-11-20T15:00:00+09:00') / 1000;
const ORGANISATION = 'hanbit-motors';

/** @param folder where the service's source stands */
export function behavesAsService(service: Service, folder: string): void {
  const { id, actions, queries, words } = service;

  describe(`service ${id}`, () => {
    it('has names that fit the chain', () => {
      for (const name of [id, ...service.schemas]) expect(nameToBytes32(name)).to.match(/^0x[0-9a-f]{64}$/);
      for (const schema of service.schemas)
        expect(schema).to.match(new RegExp(`^${id}\\.[a-z-]+\\.[1-9]\\d*$`));
    });

    it('has an example for everything it can do, which its own schema takes', () => {
      for (const [name, { input, example }] of [...Object.entries(actions), ...Object.entries(queries)]) {
        const parsed = input.safeParse(example);
        expect(parsed.success, `${name}: ${JSON.stringify(parsed.error?.issues)}`).equal(true);
      }
    });

    it('refuses members that it does not know', () => {
      for (const [name, { input, example }] of [...Object.entries(actions), ...Object.entries(queries)]) {
        const result = input.safeParse({ ...(example as object), surprise: 1 });
        expect(result.success, name).equal(false);
        expect(JSON.stringify(result.error?.issues), name).contains('unrecognized_keys');
      }
    });

    it('gives each field of each action a Korean and an English label, and each value of a choice its text', () => {
      for (const [name, { input }] of Object.entries(actions))
        requireLabels(z.toJSONSchema(input, { io: 'input' }), name);
      for (const { title, summary } of [service, ...Object.values(actions), ...Object.values(queries)].map(
        (part) => ({
          title: 'title' in part ? part.title : part.summary,
          summary: part.summary,
        }),
      ))
        for (const text of [title, summary]) requireText(text, 'summary');
    });

    it('has words in both languages for every code that its source names', () => {
      for (const [code, text] of Object.entries(words)) requireText(text, code);
      const codes = codesIn(folder);
      expect(codes.length).above(0);
      for (const code of codes) expect(words, code).to.have.own.property(code);
    });

    it('names in both languages whatever it counts, and counts nothing else', () => {
      const { kinds = {}, things = {}, lists = {}, count } = service.figures ?? {};
      for (const { label } of Object.values(kinds)) requireText(label, 'kind');
      for (const label of Object.values(things)) requireText(label, 'thing');
      for (const { title, columns } of Object.values(lists))
        for (const text of [title, ...Object.values(columns)]) requireText(text, 'list');
      const names = [...Object.keys(kinds), ...Object.keys(things)];
      expect(new Set([...names, 'entries']).size, 'names are distinct').equal(names.length + 1);
      const { world } = lived(service);
      const before = new Map<string, unknown>();
      for (const event of world.events) {
        if (count !== undefined) {
          const added = runReading(count(event), before);
          expect(names).includes.members(Object.keys(added));
          const ofKinds = Object.keys(kinds).filter((kind) => added[kind] !== undefined);
          expect(ofKinds.length, `${event.name} is of one kind at most`).at.most(1);
        }
        foldInto(service, event, before);
      }
      for (const { columns, rows } of Object.values(lists))
        for (const row of runReading(rows(NOW_SEC), before))
          expect(Object.keys(columns)).includes.members(Object.keys(row));
    });

    it('has path members of queries in their schemas', () => {
      for (const [name, { path, input, example }] of Object.entries(queries))
        for (const [, member] of path.matchAll(/\{(\w+)\}/g)) {
          const { [member!]: _, ...rest } = example as Record<string, unknown>;
          expect(input.safeParse(rest).success, `${name} without ${member}`).equal(false);
        }
    });

    it('plans the same twice, in values that JSON can hold', () => {
      for (const [name, { example, access }] of Object.entries(actions)) {
        const by = access === 'anonymous' ? 'anonymous' : ORGANISATION;
        const plan = () => new World(service, NOW_SEC).plan(name, example, by);
        expect(plan(), name).deep.equal(plan());
        expect(JSON.parse(JSON.stringify(plan())), name).deep.equal(plan());
      }
    });

    it('refuses a stranger what only an organisation may do', () => {
      for (const [name, { example, access }] of Object.entries(actions))
        if (access === 'organisation')
          expect(isRefused(new World(service, NOW_SEC).plan(name, example, 'anonymous')), name).equal(true);
    });

    it('speaks for its caller, writes in its own folder and commits to the documents it keeps', () => {
      const { plans } = lived(service);
      for (const { submissions, originals, local } of plans) {
        for (const submission of submissions) {
          if (submission.to === 'casts') continue;
          expect(submission.organisation).equal(ORGANISATION);
          if ('service' in submission) expect(submission.service).equal(id);
          if ('schema' in submission) expect(service.schemas).includes(submission.schema);
          const original = originals?.find(({ entryId }) => entryId === entryIdOfSubmission(submission));
          if (original !== undefined && 'commitment' in submission)
            expect(submission.commitment).equal(commitmentOf(original.document, original.salt));
        }
        for (const { key } of local ?? []) expect(key.startsWith(`local:${id}/`), key).equal(true);
      }
    });

    it('keeps what is personal off the chain, out of its rows and away from strangers', () => {
      const secrets = Object.values(actions).flatMap(({ input, example }) => personalValues(input, example));
      const { world, plans } = lived(service);
      const rows = [...world.rows].filter(([key]) => /^(view|local):/.test(key));
      const answers = Object.entries(queries)
        .filter(([, { access }]) => access === 'public')
        .map(([name, { example }]) => world.ask(name, example));
      const open = JSON.stringify([plans.map(({ submissions }) => submissions), world.events, rows, answers]);
      for (const secret of secrets) expect(open, secret).not.contains(secret);
    });

    it('writes rows of its own view only, and folds the same events to the same rows', () => {
      const { world } = lived(service);
      const view = new Map([...world.rows].filter(([key]) => key.startsWith('view:')));
      for (const key of view.keys()) expect(key.startsWith(`view:${id}/`), key).equal(true);
      const again = new Map<string, unknown>();
      for (const event of world.events) foldInto(service, event, again);
      expect(again).deep.equal(view);
    });

    it('leaves events of other services and contracts alone', () => {
      const rows = new Map<string, unknown>();
      const at = { leafIndex: 0, block: 1, timeSec: NOW_SEC };
      const organisation = nameToBytes32('someone');
      foldInto(
        service,
        {
          name: 'OrganisationRegistered',
          contract: 'Organisations',
          args: { organisation, kind: 1, name: 'x' },
          ...at,
        },
        rows,
      );
      expect(rows.size).equal(0);
    });

    it('fails none of its own checks on its own documents and passes no document that is not there', () => {
      const { world } = lived(service);
      for (const event of world.events) {
        const document = documentOf(world, event.args);
        const checks = service.checks(event, document, { nowSec: NOW_SEC, status: 'valid' });
        for (const check of checks) {
          requireWords(check);
          expect(check.status, `${check.id} ${JSON.stringify(check.details)}`).not.equal('failed');
        }
        if (document === undefined) continue;
        const blind = service.checks(event, undefined);
        const broken = service.checks(event, {});
        expect(blind.every(({ status }) => status !== 'failed')).equal(true);
        expect(broken.some(({ status }) => status === 'failed')).equal(true);
        [...blind, ...broken].forEach(requireWords);
      }
    });

    function requireWords({ id: check, details }: Check): void {
      const reasons = details?.reason === undefined ? [] : [`.${details.reason}`];
      for (const part of ['', '.proves', '.proves-not', ...reasons])
        expect(words, check + part).to.have.own.property(check + part);
    }
  });
}

/** A world in which every example was tried once, in order; what the rules refuse is left out. */
function lived(service: Service): { world: World; plans: Plan[] } {
  const world = new World(service, NOW_SEC);
  const plans: Plan[] = [];
  for (const [name, { example, access }] of Object.entries(service.actions))
    try {
      plans.push(world.act(name, example, access === 'anonymous' ? 'anonymous' : ORGANISATION).plan);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(service.words, `${name}: ${error.message}`).to.have.property(error.code);
    }
  return { world, plans };
}

function documentOf(world: World, args: object): unknown {
  const { entryId } = args as { entryId: string };
  const own = world.rows.get(`original:${entryId}`) as { document: unknown } | undefined;
  if (own !== undefined) return own.document;
  const attested = [...world.rows].find(
    ([key, value]) => key.startsWith('attested:') && (value as { batchId: string }).batchId === entryId,
  );
  if (attested === undefined) return undefined;
  const original = world.rows.get(attested[0].replace('attested:', 'original:')) as
    | { document: unknown }
    | undefined;
  return original?.document;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly label?: Text;
  readonly options?: Readonly<Record<string, Text>>;
}

function requireLabels(schema: unknown, path: string): void {
  const { properties, items } = schema as JsonSchema;
  for (const [name, property] of Object.entries(properties ?? {})) {
    const at = `${path}.${name}`;
    requireText(property.label, at);
    const values = property.enum ?? property.items?.enum ?? [];
    const options = property.options ?? property.items?.options;
    for (const value of values) requireText(options?.[value], `${at} = ${value}`);
    requireLabels(property, at);
  }
  if (items !== undefined) requireLabels(items, `${path}[]`);
}

function requireText(text: Text | undefined, at: string): void {
  expect(text?.ko, `${at}, Korean`).to.match(/\S/);
  expect(text?.en, `${at}, English`).to.match(/\S/);
}

function codesIn(folder: string): string[] {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const codes = /(?:refused: |code: |issue\(|regex\(.*, |say\('[a-z-]+', )'([A-Z][A-Z0-9_]+)'/g;
  const reasons = /(?:failed|skipped)\('([a-z-]+)', '([a-z-]+)'/g;
  const found = sources.flatMap((source) => [
    ...[...source.matchAll(codes)].map(([, code]) => code!),
    ...[...source.matchAll(reasons)].map(([, check, reason]) => `${check}.${reason}`),
  ]);
  return [...new Set(found)];
}

/** Values of personal fields in an example, long enough to be told from others. */
function personalValues(schema: z.ZodType, example: unknown): string[] {
  return fieldsOf(schema)
    .filter(({ meta, path }) => meta.personal && !path.includes('[]'))
    .flatMap(({ path }) => {
      const value = path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], example);
      return typeof value === 'string' && value.length >= 3 ? [value] : [];
    });
}
