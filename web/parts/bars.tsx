/** Bars with their numbers beside them; the table of the same numbers belongs next to it. */
import { number, percent } from '../lib/format.ts';
import { t } from '../lib/lang.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly isMine?: boolean;
}

export function Bars({ bars, of }: { bars: readonly Bar[]; of: number }) {
  const whole = Math.max(1, of);
  return (
    <ul class="bars">
      {bars.map((bar) => (
        <li key={bar.label} class={`bar ${bar.isMine ? 'mine' : ''}`}>
          <div class="bar-head">
            <span>
              {bar.label}
              {bar.isMine && <span class="krds-badge small bg-light-success"> {t('result.mine')}</span>}
            </span>
            <span class="bar-value">
              {number(bar.value)} ({percent(bar.value, of)})
            </span>
          </div>
          <svg viewBox="0 0 600 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-track" width="600" height="14" rx="4" />
            <rect class="bar-fill" width={(600 * Math.min(bar.value, whole)) / whole} height="14" rx="4" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
