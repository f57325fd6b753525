import { useEffect, useState } from 'preact/hooks';
import { t } from '../../lib/lang.ts';
import { askImages, type Poll } from '../../lib/polls.ts';
import { optionText, titleOf } from './poll-parts.tsx';

interface Props {
  readonly poll: Poll;
  readonly choices: readonly number[];
  readonly onChoices: (choices: readonly number[]) => void;
  readonly onNext: () => void;
  readonly onBack: () => void;
}

export function Choose({ poll, choices, onChoices, onNext, onBack }: Props) {
  const [images, setImages] = useState<ReadonlyMap<number, string>>(new Map());
  const { minChoices, maxChoices } = poll;
  const isOne = maxChoices === 1;
  const isAllowed = choices.length >= minChoices && choices.length <= maxChoices;
  useEffect(() => {
    askImages(poll).then(setImages, () => undefined);
  }, [poll.pollId]);
  const toggle = (option: number, on: boolean) => {
    if (isOne) onChoices([option]);
    else onChoices(on ? [...choices, option] : choices.filter((one) => one !== option));
  };
  return (
    <form
      class="part"
      onSubmit={(event) => {
        event.preventDefault();
        if (isAllowed) onNext();
      }}
    >
      <h1 tabIndex={-1}>{titleOf(poll)}</h1>
      <fieldset class="choices">
        <legend class="label">
          {isOne
            ? t('choose.title')
            : t('choose.many', { min: minChoices, max: maxChoices, n: choices.length })}
        </legend>
        {Array.from({ length: poll.options }, (_, option) => {
          const id = `option-${option}`;
          const picture = images.get(option);
          const isChosen = choices.includes(option);
          const info = poll.content?.options[option]?.image;
          return (
            <div class="choice" key={id}>
              <input
                type={isOne ? 'radio' : 'checkbox'}
                name="option"
                id={id}
                checked={isChosen}
                disabled={!isOne && !isChosen && choices.length >= maxChoices}
                onChange={(event) => toggle(option, event.currentTarget.checked)}
              />
              <label for={id}>
                {optionText(poll, option)}
                {picture && <img class="option-image" src={picture} alt={info?.alt ?? ''} />}
                {info && !picture && images.size > 0 && <small>{t('poll.image.bad')}</small>}
              </label>
            </div>
          );
        })}
      </fieldset>
      {minChoices === 0 && <p class="hint">{t('choose.blank')}</p>}
      <div class="row">
        <button type="submit" class="krds-btn xlarge wide-button" disabled={!isAllowed}>
          {t('choose.next')}
        </button>
        <button type="button" class="krds-btn xlarge tertiary wide-button" onClick={onBack}>
          {t('action.back')}
        </button>
      </div>
    </form>
  );
}
