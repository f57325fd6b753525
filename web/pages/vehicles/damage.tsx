/** Damage on the body: a drawing of the outer panels from above, and the table of all marked positions. */

import { fieldsOf } from '../../../server/services/fields.ts';
import { BODY_POSITIONS, bodyMark } from '../../../server/services/vehicles/body.ts';
import { say, t, wordOr } from '../../lib/lang.ts';
import { Table } from '../../parts/table.tsx';
import type { BodyMarkShown } from './types.ts';

/** x, y, width, height of each outer panel, front of the car upwards. Frame parts lie inside and are listed only. */
const PANELS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  hood: [60, 30, 100, 80],
  'front-fender-left': [28, 36, 28, 76],
  'front-fender-right': [164, 36, 28, 76],
  'door-front-left': [28, 118, 28, 84],
  'door-front-right': [164, 118, 28, 84],
  'door-rear-left': [28, 206, 28, 76],
  'door-rear-right': [164, 206, 28, 76],
  'quarter-panel-left': [28, 286, 28, 76],
  'quarter-panel-right': [164, 286, 28, 76],
  'roof-panel': [64, 156, 92, 130],
  'trunk-lid': [60, 322, 100, 46],
  'radiator-support': [60, 12, 100, 14],
  'side-sill-left': [12, 118, 12, 164],
  'side-sill-right': [196, 118, 12, 164],
};

const fields = fieldsOf(bodyMark);
const textOf = (path: string, value: string) => {
  const field = fields.find((one) => one.path === path);
  return say(field?.meta.options?.[value]) || value;
};

export function Damage({ marks }: { marks: readonly BodyMarkShown[] }) {
  const known = marks.filter((mark) => (BODY_POSITIONS as readonly string[]).includes(mark.position));
  const names = known.map((mark) => textOf('position', mark.position)).join(', ');
  return (
    <section class="part">
      <h2>{t('car.damage')}</h2>
      {known.length === 0 ? (
        <p>{t('car.damage.none')}</p>
      ) : (
        <>
          <div class="body-map">
            <svg viewBox="0 0 220 380" role="img" aria-label={t('car.damage.diagram', { positions: names })}>
              {Object.entries(PANELS).map(([position, [x, y, width, height]]) => {
                const mark = known.find((one) => one.position === position);
                return (
                  <g key={position}>
                    <rect
                      class={`panel ${mark ? 'hit' : ''}`}
                      x={x}
                      y={y}
                      width={width}
                      height={height}
                      rx="5"
                    />
                    {mark && (
                      <text x={x + width / 2} y={y + height / 2 + 4}>
                        {mark.codes.join('')}
                      </text>
                    )}
                  </g>
                );
              })}
            </svg>
          </div>
          <Table
            caption={t('car.damage')}
            hideCaption
            rows={known}
            columns={[
              { title: t('car.damage.position'), cell: (mark) => textOf('position', mark.position) },
              {
                title: t('car.damage.codes'),
                cell: (mark) => mark.codes.map((code) => codeText(code)).join(', '),
              },
            ]}
          />
          <p class="subtle small">{t('car.damage.outside')}</p>
        </>
      )}
    </section>
  );
}

function codeText(code: string): string {
  const key = `damage.${code}`;
  return wordOr(key, code);
}
