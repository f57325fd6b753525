/** The ballot as a citizen's phone will show it. */
import { say, t } from '../../lib/lang.ts';
import type { PollDraft } from '../../lib/poll-draft.ts';

export function Preview({ draft }: { draft: PollDraft }) {
  const isOne = draft.max === 1;
  const both = (ko: string, en: string) => say({ ko, en: en || ko });
  return (
    <section class="part">
      <h2>{t('create.preview')}</h2>
      <div class="phone part">
        <p class="card-title">{both(draft.titleKo, draft.titleEn) || '…'}</p>
        {draft.textKo && <p>{both(draft.textKo, draft.textEn)}</p>}
        <p class="label">
          {isOne ? t('choose.title') : t('choose.many', { min: draft.min, max: draft.max, n: 0 })}
        </p>
        <ul class="choices">
          {draft.options.map((option, i) => (
            <li class="card" key={i}>
              {both(option.ko, option.en) || '…'}
              {option.image && <img class="option-image" src={option.image} alt={option.alt} />}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
