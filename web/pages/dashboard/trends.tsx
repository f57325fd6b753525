/** Entries per hour and per day, of all services or of one. */
import { useState } from 'preact/hooks';
import type { Figures, Period } from '../../lib/figures.ts';
import { date, hour, number } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import { ColumnChart } from '../../parts/column-chart.tsx';
import { ChipField } from '../../parts/field.tsx';

const ALL = 'all';

export function Trends({ figures: { services, hours, days } }: { figures: Figures }) {
  const [chosen, setChosen] = useState(ALL);
  const options = [
    { value: ALL, label: t('dash.all') },
    ...services
      .filter(({ entries }) => entries > 0)
      .map(({ id, title }) => ({ value: id, label: say(title) })),
  ];
  const name = options.find(({ value }) => value === chosen)!.label;
  const steps = services
    .filter(({ id }) => chosen === ALL || chosen === id)
    .flatMap(({ kinds }) => kinds.filter(({ step }) => step > 1));
  const countOf = ({ entries, services: by }: Period) =>
    chosen === ALL ? entries : (by[chosen]?.entries ?? 0);
  return (
    <section class="part" aria-labelledby="trends">
      <h2 id="trends">{t('dash.trends')}</h2>
      <ChipField
        label={t('dash.which')}
        kind="radio"
        values={[chosen]}
        options={options}
        onToggle={(value, on) => on && setChosen(value)}
      />
      <div class="pair">
        <ColumnChart
          title={t('dash.hours', { name })}
          heading={t('dash.hour')}
          columns={hours.map((period) => ({ label: hour(Number(period.start)), value: countOf(period) }))}
        />
        <ColumnChart
          title={t('dash.days', { name })}
          heading={t('dash.day')}
          columns={days.map((period) => ({
            label: date(Date.parse(`${period.start}T12:00:00+09:00`) / 1000),
            value: countOf(period),
          }))}
        />
      </div>
      {steps.map(({ id, label, step }) => (
        <p class="subtle small" key={id}>
          {t('dash.steps', { what: say(label), step: number(step) })}
        </p>
      ))}
    </section>
  );
}
