/** The same figures for programs and spreadsheets. */
import type { Figures } from '../../lib/figures.ts';
import { say, t } from '../../lib/lang.ts';

export function OpenData({ figures: { tables } }: { figures: Figures }) {
  return (
    <section class="part boxed" id="open-data" aria-labelledby="open-data-title">
      <h2 id="open-data-title">{t('dash.data')}</h2>
      <p>{t('dash.data.text')}</p>
      <ul class="list">
        {tables.map(({ href, title }) => (
          <li key={href}>
            <a class="textlink" href={href} download>
              {say(title)} (CSV)
            </a>
          </li>
        ))}
        <li>
          <a class="textlink" href="/v1/figures">
            {t('dash.data.json')}
          </a>
        </li>
        <li>
          <a class="textlink" href="/v1/figures/csv-metadata.json">
            {t('dash.data.columns')}
          </a>
        </li>
        <li>
          <a class="textlink" href="/docs">
            {t('foot.docs')}
          </a>
        </li>
      </ul>
      <p class="subtle small">{t('dash.data.recount')}</p>
    </section>
  );
}
