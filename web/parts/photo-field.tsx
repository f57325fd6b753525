/** Photographs of a form: taken or chosen, handed in one by one, shown small, taken out again. */
import { useState } from 'preact/hooks';
import { messageOf } from '../lib/api.ts';
import { t } from '../lib/lang.ts';
import { useLatest } from '../lib/latest.ts';
import { handIn, seenPhotograph } from '../lib/photographs.ts';
import { Busy } from './busy.tsx';
import { type FieldText, FileField } from './field.tsx';
import { Failure } from './notice.tsx';

interface Props {
  readonly text: FieldText;
  readonly digests: readonly string[];
  readonly most: number;
  readonly onDigests: (digests: readonly string[]) => void;
}

const KINDS = 'image/jpeg,image/png,image/webp';

export function PhotoField({ text, digests, most, onDigests }: Props) {
  const [busy, setBusy] = useState<{ readonly n: number; readonly of: number }>();
  const [error, setError] = useState<unknown>();
  const latest = useLatest({ digests, onDigests });
  const add = async (files: readonly File[]) => {
    setError(undefined);
    const wanted = files.slice(0, most - digests.length);
    for (const [i, file] of wanted.entries()) {
      setBusy({ n: i + 1, of: wanted.length });
      try {
        const digest = await handIn(file);
        const { digests: all, onDigests: tell } = latest.current;
        if (!all.includes(digest) && all.length < most) tell([...all, digest]);
      } catch (failure) {
        setError(failure);
      }
    }
    setBusy(undefined);
  };
  return (
    <fieldset class="group">
      <legend>{text.label}</legend>
      <p class="hint">{t('photo.hint', { n: digests.length, most })}</p>
      {text.wrong && <p class="wrong">{text.wrong}</p>}
      {digests.length > 0 && (
        <ul class="photos">
          {digests.map((digest, i) => (
            <li key={digest}>
              <Picture image={seenPhotograph(digest)} name={t('photo.nth', { n: i + 1 })} />
              <button
                type="button"
                class="krds-btn small tertiary"
                onClick={() => onDigests(digests.filter((one) => one !== digest))}
              >
                {t('action.remove')} <span class="sr-only">{t('photo.nth', { n: i + 1 })}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && <Failure error={new Error(messageOf(error))} />}
      {busy ? (
        <Busy what={t('photo.busy', busy)} />
      ) : (
        digests.length < most && (
          <div class="fields two">
            <FileField label={t('photo.take')} accept={KINDS} camera onFiles={add} />
            <FileField label={t('photo.choose')} accept={KINDS} onFiles={add} />
          </div>
        )
      )}
    </fieldset>
  );
}

/** A draft that was kept knows which pictures belong to it, not how they look. */
function Picture({ image, name }: { image: string | undefined; name: string }) {
  return image === undefined ? (
    <p class="boxed small">{`${name}: ${t('photo.kept')}`}</p>
  ) : (
    <img src={image} alt={name} />
  );
}
