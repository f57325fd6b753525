/** Words of checks: the verifier's own, then those of the services. */
import type { Words } from '../../server/services/define.ts';
import type { Check } from '../../server/verify/verdict.ts';
import { CHECK_WORDS } from '../../server/verify/words.ts';
import { dateTime } from './format.ts';
import { knownServices } from './known-services.ts';
import { sayCode } from './lang.ts';

export function checkText(check: Check): string {
  const { lists, details } = material(check);
  const title = sayCode(check.id, lists, details);
  const reason = check.details?.reason;
  if (check.status === 'passed' || reason === undefined) return title;
  const why = sayCode(`${check.id}.${reason}`, lists, details, '');
  return why === '' ? `${title} (${reason})` : `${title}: ${why}`;
}

/** What a passed check shows, and what it does not; empty without words for it. */
export function checkProves(check: Check): { proves: string; provesNot: string } {
  const { lists, details } = material(check);
  return {
    proves: sayCode(`${check.id}.proves`, lists, details, ''),
    provesNot: sayCode(`${check.id}.proves-not`, lists, details, ''),
  };
}

function material(check: Check) {
  const lists: readonly Words[] = [CHECK_WORDS, ...knownServices().map((service) => service.words)];
  return { lists, details: { ...check.details, ...times(check) } };
}

function times(check: Check): Record<string, string> {
  const times = Object.entries(check.details ?? {}).filter(
    ([name, value]) => name.endsWith('Sec') && typeof value === 'number',
  );
  return Object.fromEntries(times.map(([name, value]) => [name, dateTime(Number(value))]));
}
