/** Numbers, dates and hashes as people read them. Dates are Seoul's, wherever the device is. */
import { lang } from './lang.ts';

const ZONE = 'Asia/Seoul';
const locale = () => (lang() === 'ko' ? 'ko-KR' : 'en-GB');

export function dateTime(sec: number, withSeconds = false): string {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: ZONE,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
    hourCycle: 'h23',
  }).format(sec * 1000);
}

export function date(sec: number): string {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: ZONE,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  }).format(sec * 1000);
}

/** An hour of the last few days. */
export function hour(sec: number): string {
  return new Intl.DateTimeFormat(locale(), {
    timeZone: ZONE,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(sec * 1000);
}

/** How long ago, in the largest unit that still tells something. */
export function ago(sec: number): string {
  const [value, unit] =
    sec < 120
      ? ([sec, 'second'] as const)
      : sec < 7200
        ? ([sec / 60, 'minute'] as const)
        : sec < 172_800
          ? ([sec / 3600, 'hour'] as const)
          : ([sec / 86_400, 'day'] as const);
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(-Math.round(value), unit);
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0%';
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format((100 * part) / whole)}%`;
}

/** Enough of a long code to compare two by eye. */
export function shorten(code: string, keep = 6): string {
  return code.length <= 2 * keep + 4 ? code : `${code.slice(0, keep + 2)}…${code.slice(-keep)}`;
}

/** Value of an input of type datetime-local, which knows no zone: read as Seoul time (UTC+9, no summer time since 1988). */
export function secOfLocal(text: string): number {
  return Math.floor(Date.parse(`${text}:00+09:00`) / 1000);
}

export function localOfSec(sec: number): string {
  return new Date((sec + 9 * 3600) * 1000).toISOString().slice(0, 16);
}
