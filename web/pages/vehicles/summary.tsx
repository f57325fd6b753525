/** Findings with a sign and a word each; the worst of them gives the frame its colour. */
import { t } from '../../lib/lang.ts';

export interface Finding {
  readonly kind: 'good' | 'bad' | 'open';
  readonly text: string;
  readonly details: readonly string[];
}

const SIGNS = { good: '✓', bad: '!', open: '–' } as const;
const STATUS = { good: 'passed', bad: 'failed', open: 'skipped' } as const;

export function Summary({ findings }: { findings: readonly Finding[] }) {
  const isBad = findings.some((finding) => finding.kind === 'bad');
  const isGood = findings.some((finding) => finding.kind === 'good');
  return (
    <div class={`verdict ${isBad ? 'invalid' : isGood ? 'valid' : 'unknown'}`}>
      <p class="verdict-head">
        <span class="verdict-sign" aria-hidden="true">
          {isBad ? '!' : isGood ? '✓' : '?'}
        </span>
        {t(isBad ? 'car.verdict.bad' : isGood ? 'car.verdict.good' : 'car.verdict.open')}
      </p>
      <ul class="checks">
        {findings.map((finding) => (
          <li key={finding.text}>
            <span class={`check-status ${STATUS[finding.kind]}`}>
              {SIGNS[finding.kind]} {t(`finding.${finding.kind}`)}
            </span>
            <span>
              {finding.text}
              {finding.details.map((detail) => (
                <span class="subtle small" key={detail}>
                  <br />
                  {detail}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
