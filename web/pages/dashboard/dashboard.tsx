/** The ledger alive, for everybody: what it holds, what is under way, how its servers are, and the same as open data. */
import { useState } from 'preact/hooks';
import { askFigures, type Figures } from '../../lib/figures.ts';
import { dateTime, number } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { Busy } from '../../parts/busy.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Lists } from './lists.tsx';
import { OpenData } from './open-data.tsx';
import { Servers } from './servers.tsx';
import { ServiceCards } from './service-cards.tsx';
import { Trends } from './trends.tsx';

/** Often enough to be alive; asking is cheap, while a stream for each reader would use up the places. */
const EVERY_MS = 3000;

export function DashboardPage() {
  const [isPaused, setPaused] = useState(false);
  const { data, error, again } = useLoad(askFigures, [isPaused], isPaused ? 0 : EVERY_MS);
  return (
    <div class="page wide">
      <div class="part">
        <h1 tabIndex={-1}>{t('dash.title')}</h1>
        <p class="lead">{t('dash.lead')}</p>
        <div class="row no-print">
          <button
            type="button"
            class="krds-btn small secondary"
            aria-pressed={isPaused}
            onClick={() => setPaused(!isPaused)}
          >
            {t(isPaused ? 'dash.go' : 'dash.pause')}
          </button>
          <a class="textlink" href="#open-data">
            {t('dash.data.jump')}
          </a>
        </div>
      </div>
      {error !== undefined && <Failure error={error} retry={again} />}
      {data ? <Content figures={data} /> : error === undefined && <Busy what={t('busy.data')} />}
    </div>
  );
}

function Content({ figures }: { figures: Figures }) {
  const things = figures.services.flatMap((service) => service.things);
  return (
    <>
      <section class="part" aria-labelledby="now">
        <div class="row between">
          <h2 id="now">{t('dash.now')}</h2>
          <p class="subtle small">{t('dash.asof', { when: dateTime(figures.asOfSec, true) })}</p>
        </div>
        <dl class="figures">
          <Tile name={t('start.entries')} value={figures.entries} />
          {things.map(({ id, label, count }) => (
            <Tile key={id} name={say(label)} value={count} />
          ))}
        </dl>
      </section>
      <ServiceCards services={figures.services} />
      <Trends figures={figures} />
      <Lists lists={figures.lists} />
      <Servers figures={figures} />
      <OpenData figures={figures} />
    </>
  );
}

function Tile({ name, value }: { name: string; value: number }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{number(value)}</dd>
    </div>
  );
}
