import { globSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { z } from 'zod';
import { AppError } from '../../../server/core/errors.ts';
import { languageOf } from '../../../server/http/language.ts';
import { PROBLEM_STATUS } from '../../../server/http/problem-table.ts';
import { problemOf } from '../../../server/http/problems.ts';
import { PROBLEM_WORDS } from '../../../server/http/words.ts';
import { libraryCards } from '../../services/library-cards/index.ts';

describe('problems', () => {
  it('have words in both languages for every code, and a status for every word', () => {
    expect(Object.keys(PROBLEM_WORDS).sort()).deep.equal(Object.keys(PROBLEM_STATUS).sort());
    for (const [code, { ko, en }] of Object.entries(PROBLEM_WORDS)) {
      expect(ko, code).match(/[가-힣]/);
      expect(en, code).match(/^[A-Z]/);
      const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
      expect(places(ko), code).deep.equal(places(en));
    }
  });

  it('exist for every code that http and actions throw at a caller', () => {
    const internal =
      /^(RULE_REFUSED|READ_FORBIDDEN|PLAN_FOREIGN|SERVICE_ID_TAKEN|WITNESSES_MISSING|VIEWS_NEWER|CONFIG_|DATA_|PASSPHRASE_|PORT_|HOST_)/;
    for (const file of globSync('server/{http,actions}/**/*.ts'))
      for (const [, code] of readFileSync(file, 'utf8').matchAll(/new AppError\('([A-Z_]+)'/g))
        if (!internal.test(code!)) expect(PROBLEM_STATUS, `${code} in ${file}`).has.property(code!);
  });

  it('never tell what failed inside', () => {
    const secret = new AppError('STORE_FAILED', { folder: '/var/lib/sillok' }, new Error('at /srv/x.ts:1'));
    for (const error of [secret, new Error('secret path /etc'), 'text', undefined]) {
      const problem = problemOf(error, 'en', []);
      expect(problem).include({ status: 500, code: 'INTERNAL' });
      expect(JSON.stringify(problem)).not.match(/secret|srv|var|etc/);
    }
  });

  it("speak of a service's refusal in the service's words", () => {
    const refusal = {
      service: 'library-cards',
      code: 'NUMBER_TAKEN',
      field: 'number',
      details: { number: 'L1' },
    };
    const error = new AppError('RULE_REFUSED', refusal);
    const problem = problemOf(error, 'en', [libraryCards]);
    expect(problem).include({ status: 422, code: 'NUMBER_TAKEN', field: 'number' });
    expect(problem.detail).equal('This number is already used: L1');
    expect(problemOf(error, 'ko', [libraryCards]).detail)
      .match(/L1/)
      .and.match(/[가-힣]/);
  });

  it('name every wrong field in the language asked for', () => {
    const schema = z.strictObject({ km: z.int().min(0), on: z.iso.date() });
    const { issues } = schema.safeParse({ km: -1, on: 'x', more: 1 }, { reportInput: true }).error!;
    const problem = (language: 'ko' | 'en') =>
      problemOf(new AppError('INPUT_INVALID', { issues }), language, []);
    expect(problem('en').errors!.map(({ path }) => path)).members(['km', 'on', '']);
    for (const { message } of problem('ko').errors!) expect(message).match(/[가-힣]/);
    for (const { message } of problem('en').errors!) expect(message).not.match(/[가-힣]/);
  });

  it('choose the language by weight, Korean when nothing is said', () => {
    expect(languageOf(undefined)).equal('ko');
    expect(languageOf('fr')).equal('ko');
    expect(languageOf('en-US,en;q=0.9')).equal('en');
    expect(languageOf('en;q=0.5, ko;q=0.8')).equal('ko');
    expect(languageOf('en;q=0, ko;q=0.1')).equal('ko');
  });
});
