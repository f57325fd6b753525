/** Readings over time. A reading below an earlier one is marked by shape, not only by colour. */
import { date, number } from '../lib/format.ts';

export interface Reading {
  readonly atSec: number;
  readonly value: number;
}

const WIDTH = 440;
const HEIGHT = 250;
const LEFT = 64;
const BOTTOM = 34;

export function LineChart({
  readings,
  title,
  unit,
}: {
  readings: readonly Reading[];
  title: string;
  unit: string;
}) {
  if (readings.length === 0) return null;
  const from = Math.min(...readings.map((r) => r.atSec));
  const to = Math.max(...readings.map((r) => r.atSec));
  const most = Math.max(1, ...readings.map((r) => r.value));
  const x = (sec: number) => LEFT + ((WIDTH - LEFT - 20) * (sec - from)) / Math.max(1, to - from);
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 24) * value) / most;
  const points = readings.map((r) => `${x(r.atSec)},${y(r.value)}`).join(' ');
  return (
    <figure class="line-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        <line class="axis" x1={LEFT} y1={HEIGHT - BOTTOM} x2={WIDTH} y2={HEIGHT - BOTTOM} />
        <line class="axis" x1={LEFT} y1={10} x2={LEFT} y2={HEIGHT - BOTTOM} />
        <text x={LEFT - 8} y={y(most) + 5} text-anchor="end">
          {number(most)}
        </text>
        <text x={LEFT - 8} y={HEIGHT - BOTTOM + 5} text-anchor="end">
          0
        </text>
        <text x={LEFT} y={12}>
          {unit}
        </text>
        <text x={LEFT} y={HEIGHT - 8}>
          {date(from)}
        </text>
        {to > from && (
          <text x={WIDTH - 4} y={HEIGHT - 8} text-anchor="end">
            {date(to)}
          </text>
        )}
        <polyline class="curve" points={points} />
        {readings.map((r, i) => {
          const isLower = readings.slice(0, i).some((earlier) => earlier.value > r.value);
          return isLower ? (
            <rect key={r.atSec} class="lower" x={x(r.atSec) - 6} y={y(r.value) - 6} width="12" height="12" />
          ) : (
            <circle key={r.atSec} cx={x(r.atSec)} cy={y(r.value)} r="5" />
          );
        })}
      </svg>
    </figure>
  );
}
