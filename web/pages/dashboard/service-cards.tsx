/** One card per service: all its entries, and how many of each kind. */
import type { ServiceFigures } from '../../lib/figures.ts';
import { number } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import { Bars } from '../../parts/bars.tsx';

export function ServiceCards({ services }: { services: readonly ServiceFigures[] }) {
  const shown = services.filter(({ id, entries }) => id !== 'other' || entries > 0);
  return (
    <section class="part" aria-labelledby="services">
      <h2 id="services">{t('dash.services')}</h2>
      <div class="cards">
        {shown.map((service) => (
          <Card key={service.id} service={service} />
        ))}
      </div>
    </section>
  );
}

function Card({ service: { title, entries, kinds } }: { service: ServiceFigures }) {
  return (
    <article class="card">
      <h3 class="card-title">{say(title)}</h3>
      <p class="big">{t('dash.entries', { n: number(entries) })}</p>
      {kinds.length > 0 && (
        <Bars bars={kinds.map(({ label, count }) => ({ label: say(label), value: count }))} of={entries} />
      )}
    </article>
  );
}
