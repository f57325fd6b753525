/** A poll while it is being written, and the body it becomes. */
import { t } from './lang.ts';
import { dataUrlOf, redrawn } from './pictures.ts';

export interface OptionDraft {
  /** Whichever place it has. */
  readonly id: number;
  readonly ko: string;
  readonly en: string;
  readonly image?: string;
  readonly alt: string;
}

export interface PollDraft {
  readonly titleKo: string;
  readonly titleEn: string;
  readonly textKo: string;
  readonly textEn: string;
  readonly options: readonly OptionDraft[];
  readonly min: number;
  readonly max: number;
  /** As the input gives it: local time in Seoul without a zone. */
  readonly opens: string;
  readonly closes: string;
}

export type Template = 'yesno' | 'prefer' | 'many';

let made = 0;
const option = (ko = '', en = ''): OptionDraft => ({ id: ++made, ko, en, alt: '' });

export function emptyOption(): OptionDraft {
  return option();
}

export function applyTemplate(draft: PollDraft, template: Template): PollDraft {
  if (template === 'yesno')
    return { ...draft, options: [option('찬성', 'Yes'), option('반대', 'No')], min: 1, max: 1 };
  const options = draft.options.length > 2 ? draft.options : [option(), option(), option()];
  return { ...draft, options, min: 1, max: template === 'prefer' ? 1 : 2 };
}

/** Seoul's wall clock to the minute, some days from now. A poll opens when its roll is frozen, so "now" is a good start. */
export function seoulLocal(nowMs: number, days: number): string {
  return new Date(nowMs + days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 16);
}

const bilingual = (ko: string, en: string) => (en.trim() === '' ? { ko } : { ko, en });

export function bodyOf(draft: PollDraft) {
  return {
    title: bilingual(draft.titleKo, draft.titleEn),
    ...(draft.textKo.trim() === '' ? {} : { text: bilingual(draft.textKo, draft.textEn) }),
    options: draft.options.map(({ ko, en, image, alt }) => ({
      ...bilingual(ko, en),
      ...(image === undefined ? {} : { image }),
      ...(image === undefined || alt.trim() === '' ? {} : { imageAlt: alt }),
    })),
    minChoices: draft.min,
    maxChoices: draft.max,
    opensAt: `${draft.opens}:00+09:00`,
    closesAt: `${draft.closes}:00+09:00`,
  };
}

/** What is wrong, by field; the gateway asks the same again. */
export function wrongIn(draft: PollDraft): Readonly<Record<string, string>> {
  const wrong: Record<string, string> = {};
  if (draft.titleKo.trim() === '') wrong.title = t('form.empty');
  for (const [i, { ko }] of draft.options.entries())
    if (ko.trim() === '') wrong[`options.${i}`] = t('form.empty');
  if (draft.opens === '') wrong.opensAt = t('form.empty');
  if (draft.closes === '') wrong.closesAt = t('form.empty');
  return wrong;
}

/** What the gateway takes. */
const PICTURE = { side: 480, maxBytes: 48 * 1024 };

/** Makes a picture small enough; undefined when it is no picture. */
export async function shrink(file: File): Promise<string | undefined> {
  const blob = await redrawn(file, PICTURE);
  return blob && dataUrlOf(new Uint8Array(await blob.arrayBuffer()));
}
