import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { isRefused } from '../../server/services/define.ts';
import { services } from '../../server/services/index.ts';
import { World } from '../helpers/run-plan.ts';

interface Change {
  readonly name: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}
interface Vectors {
  readonly valid?: readonly (Change & { readonly action: string })[];
  readonly invalid?: readonly (Change & { readonly of: string; readonly code: string })[];
}

const NOW_SEC = Date.parse('2026-11-20T15:00:00+09:00') / 1000;

for (const service of services) {
  const file = new URL(`../../server/services/${service.id}/vectors.json`, import.meta.url);
  if (!existsSync(file)) continue;
  const { valid = [], invalid = [] } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
  if (valid.length === 0) continue;
  const inputOf = (name: string): { action: string; input: unknown } => {
    const vector = valid.find((one) => one.name === name)!;
    return { action: vector.action, input: changed(service.actions[vector.action]!.example, vector) };
  };

  describe(`vectors of ${service.id}`, () => {
    for (const { name } of valid)
      it(`takes ${name}`, () => {
        const { action, input } = inputOf(name);
        const result = service.actions[action]!.input.safeParse(input);
        expect(result.error?.issues ?? []).deep.equal([]);
      });

    for (const vector of invalid)
      it(`refuses ${vector.name} with ${vector.code}`, () => {
        const { action, input } = inputOf(vector.of);
        const result = service.actions[action]!.input.safeParse(changed(input, vector));
        const codes = (result.error?.issues ?? []).map((issue) =>
          issue.code === 'custom' ? (issue.params as { code: string }).code : issue.code,
        );
        expect(codes).deep.equal([vector.code]);
      });

    it('makes of every valid input a plan or a refusal that has words', () => {
      for (const { name } of valid) {
        const { action, input } = inputOf(name);
        const outcome = new World(service, NOW_SEC).plan(action, input, 'hanbit-motors');
        if (isRefused(outcome)) expect(service.words, name).to.have.property(outcome.refused);
        else expect(outcome.submissions, name).to.have.length(1);
      }
    });
  });
}

/** Paths are dotted, numbers are positions in lists. */
function changed(input: unknown, { set = {}, remove = [] }: Change): unknown {
  const copy = structuredClone(input) as object;
  for (const [path, value] of Object.entries(set)) parentOf(copy, path)[last(path)] = value;
  for (const path of remove) delete parentOf(copy, path)[last(path)];
  return copy;
}

function parentOf(root: object, path: string): Record<string, unknown> {
  return path
    .split('.')
    .slice(0, -1)
    .reduce((at, name) => at[name] as Record<string, unknown>, root as Record<string, unknown>);
}

function last(path: string): string {
  return path.split('.').at(-1)!;
}
