/** The language of the pages: Korean first, one switch, kept on the device. */
import type { Text, Words } from '../../server/services/define.ts';
import { words } from '../words/index.ts';
import { watched } from './store.ts';

export type Lang = 'ko' | 'en';
export type WordKey = keyof typeof words;
type Values = Readonly<Record<string, string | number>>;

const KEPT = 'sillok.lang';

function keptLang(): Lang {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'ko';
  } catch {
    return 'ko';
  }
}

const language = watched<Lang>(keptLang());

export function lang(): Lang {
  return language.get();
}

export const useLang = language.use;

export function setLang(next: Lang): void {
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing still shows the language until it is closed.
  }
  language.set(next);
}

/** Words of this page in the chosen language, with `{name}` filled in. */
export function t(key: WordKey, values: Values = {}): string {
  return fill(words[key][lang()], values);
}

/** A text that came with data. */
export function say(text: Text | string | undefined): string {
  if (text === undefined) return '';
  return typeof text === 'string' ? text : text[lang()] || text.ko;
}

/** Words for a code that a server or a service chose; `fallback` when nobody wrote words for it. */
export function sayCode(code: string, lists: readonly Words[], values: Values = {}, fallback = code): string {
  const text = lists.map((list) => list[code]).find((found) => found !== undefined);
  return text ? fill(text[lang()], values) : fallback;
}

function isWord(key: string): key is WordKey {
  return Object.hasOwn(words, key);
}

/** Words for a key put together at run time, where somebody wrote them. */
export function wordOr(key: string, fallback: string): string {
  return isWord(key) ? t(key) : fallback;
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
