/** The verdict: one word, one sign, one colour, and under it every check by name. */
import type { Check, Verdict } from '../../server/verify/verdict.ts';
import { checkProves, checkText } from '../lib/check-words.ts';
import { t } from '../lib/lang.ts';

const SIGNS = { valid: '✓', invalid: '✕', unknown: '?' } as const;

export function VerdictBox({ verdict, title }: { verdict: Verdict; title?: string }) {
  const { outcome } = verdict;
  return (
    <section class={`verdict ${outcome}`} aria-live="polite">
      <h2 class="verdict-head">
        <span class="verdict-sign" aria-hidden="true">
          {SIGNS[outcome]}
        </span>
        {title ?? t(`verdict.${outcome}`)}
      </h2>
      <p>{t(`verdict.${outcome}.text`)}</p>
      <h3>{t('verdict.checks')}</h3>
      <Checks checks={verdict.checks} />
    </section>
  );
}

/** What speaks against it first: nobody scrolls to the reason at a gate. */
const ORDER = ['failed', 'skipped', 'passed'] as const;

function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul class="checks">
      {ORDER.flatMap((status) => checks.filter((check) => check.status === status)).map((check, i) => (
        <li key={`${check.id}-${i}`}>
          <span class={`check-status ${check.status}`}>{t(`check.${check.status}`)}</span>
          <CheckBody check={check} />
        </li>
      ))}
    </ul>
  );
}

function CheckBody({ check }: { check: Check }) {
  const { proves, provesNot } = checkProves(check);
  if (proves === '') return <span>{checkText(check)}</span>;
  return (
    <details>
      <summary>{checkText(check)}</summary>
      {check.status === 'passed' && <p class="small">{proves}</p>}
      <p class="small subtle">{provesNot}</p>
    </details>
  );
}
