import { say, t } from '../lib/lang.ts';
import { useLoad } from '../lib/load.ts';
import { listServices } from '../lib/services.ts';
import { More } from '../parts/more.tsx';

const TASKS = ['official', 'dealer', 'inspector', 'disputes', 'issuer', 'admin'] as const;

export function WorkPage() {
  const { data } = useLoad(listServices, []);
  return (
    <div class="page">
      <h1 tabIndex={-1}>{t('work.title')}</h1>
      <p class="lead">{t('work.lead')}</p>
      <nav class="cards" aria-label={t('work.title')}>
        {TASKS.map((task) => (
          <a class="card" href={`/${task}`} key={task}>
            <span class="card-title">{t(`work.${task}`)}</span>
            <span>{t(`work.${task}.text`)}</span>
          </a>
        ))}
      </nav>
      {data && (
        <More title={t('work.services')}>
          <p class="subtle">{t('work.services.text')}</p>
          {data.map((service) => (
            <div class="part" key={service.id}>
              <h2>{say(service.title)}</h2>
              <ul class="list">
                {service.actions
                  .filter((action) => action.access === 'organisation')
                  .map((action) => (
                    <li key={action.name}>
                      <a class="textlink" href={`/services/${service.id}/${action.name}`}>
                        {say(action.summary)}
                      </a>
                    </li>
                  ))}
              </ul>
            </div>
          ))}
        </More>
      )}
    </div>
  );
}
