/** Entries per hour and per day, of all services or of one. */
import { useState } from 'preact/hooks';
import { addDays, startOfSeoulDay } from '../../../server/core/seoul.ts';
import type { Figures, Period } from '../../lib/figures.ts';
import { date, hour, number } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import { ColumnChart } from '../../parts/column-chart.tsx';
import { ChipField } from '../../parts/field.tsx';

const ALL = 'all';
/** A column for each of fewer days would be a wall. */
const MIN_DAYS = 14;

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
          columns={[...daysBefore(days), ...days].map((period) => ({
            label: date(startOfSeoulDay(String(period.start))),
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

/** Empty days before the first, while the ledger is young. */
function daysBefore(days: readonly Period[]): readonly Period[] {
  const [first] = days;
  if (first === undefined) return [];
  const missing = Math.max(0, MIN_DAYS - days.length);
  return Array.from({ length: missing }, (_, i) => ({
    start: addDays(String(first.start), i - missing),
    entries: 0,
    services: {},
  }));
}
