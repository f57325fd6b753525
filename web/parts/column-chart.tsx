/** Counts over time as columns. Its letters are outside the drawing, so that they keep their size on every screen; its table is always with it. */
import { number } from '../lib/format.ts';
import { t } from '../lib/lang.ts';
import { More } from './more.tsx';
import { Table } from './table.tsx';

export interface ChartColumn {
  readonly label: string;
  readonly value: number;
}

const WIDTH = 720;
const HEIGHT = 200;
/** Narrower columns would flow into each other. */
const GAP = 0.25;

export function ColumnChart({
  title,
  columns,
  heading,
}: {
  title: string;
  columns: readonly ChartColumn[];
  /** Of the first column of the table. */
  heading: string;
}) {
  if (columns.length === 0) return <p class="subtle">{t('list.empty')}</p>;
  const most = Math.max(...columns.map(({ value }) => value));
  const step = WIDTH / columns.length;
  const peak = columns.find(({ value }) => value === most)!;
  const summary = t('chart.summary', {
    title,
    sum: number(columns.reduce((sum, { value }) => sum + value, 0)),
    most: number(most),
    when: peak.label,
  });
  return (
    <figure class="column-chart">
      <figcaption>{summary}</figcaption>
      <div class="plot">
        <p class="top" aria-hidden="true">
          {number(most)}
        </p>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
          <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
          {columns.map(({ label, value }, i) => {
            const height = most === 0 ? 0 : (HEIGHT * value) / most;
            return (
              <rect
                key={label}
                class="column"
                x={(i + GAP / 2) * step}
                width={(1 - GAP) * step}
                y={HEIGHT - height}
                height={height}
              >
                <title>{`${label}: ${number(value)}`}</title>
              </rect>
            );
          })}
        </svg>
        <p class="ends" aria-hidden="true">
          <span>{columns[0]!.label}</span>
          <span>{columns.at(-1)!.label}</span>
        </p>
      </div>
      <More title={t('chart.table', { title })}>
        <Table
          caption={title}
          hideCaption
          rows={columns.toReversed()}
          columns={[
            { title: heading, cell: ({ label }) => label },
            { title: t('chart.count'), numeric: true, cell: ({ value }) => number(value) },
          ]}
        />
      </More>
    </figure>
  );
}
