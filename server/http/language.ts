/** Which language a reader wants, and sentences in it. */
import { z } from 'zod';
import type { Text, Words } from '../services/define.ts';

export type Language = keyof Text;

/** Accept-Language (RFC 9110, 12.5.4) -> the preferred one of our two; Korean when nothing is said. */
export function languageOf(header: string | undefined): Language {
  const ranked = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ language, quality }) => (language === 'ko' || language === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return ranked[0]?.language === 'en' ? 'en' : 'ko';
}

/** Puts values in the place of `{name}`. */
export function fill(sentence: string, values: Readonly<Record<string, unknown>>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

const LOCALES = { ko: z.locales.ko(), en: z.locales.en() };

/** The code a schema issue bears: the service's own, when it has words for it. */
export function issueCode(issue: z.core.$ZodIssue, words: Words): string {
  const own = 'params' in issue ? issue.params?.code : undefined;
  return [own, issue.message].find((code) => typeof code === 'string' && code in words) ?? issue.code;
}

/** Sentence for a schema issue: the service's own words, else the schema library's. */
export function issueText(issue: z.core.$ZodIssue, language: Language, words: Words): string {
  const own = words[issueCode(issue, words)];
  const details =
    'params' in issue ? (issue.params?.details as Record<string, unknown> | undefined) : undefined;
  if (own !== undefined) return fill(own[language], { ...details });
  const told = LOCALES[language].localeError(issue as Parameters<typeof LOCALES.ko.localeError>[0]);
  return (typeof told === 'string' ? told : told?.message) ?? issue.message;
}
