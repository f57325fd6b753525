/** Where the reader stands in a journey. On a phone one line says the same. */
import { t } from '../lib/lang.ts';

export function Steps({ titles, now }: { titles: readonly string[]; now: number }) {
  return (
    <div class="steps no-print">
      <ol class="krds-step-wrap">
        {titles.map((title, i) => (
          <li
            key={title}
            class={i < now ? 'done' : i === now ? 'active' : ''}
            aria-current={i === now ? 'step' : undefined}
          >
            <span>
              <i class="step">{t('steps.nth', { n: i + 1 })}</i>
              <span class="step-tit">{title}</span>
            </span>
          </li>
        ))}
      </ol>
      <p class="steps-now">{t('steps.now', { n: now + 1, of: titles.length, title: titles[now] ?? '' })}</p>
    </div>
  );
}
