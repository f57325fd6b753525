/** Sillok-Deadline: a moment as RFC 3339 has it, or seconds from now; what is not signed by then is refused. */
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Unix seconds; undefined when nothing was said. @throws AppError DEADLINE_MALFORMED */
export function deadlineOf({ headers }: Pick<Request, 'headers'>, nowMs: number): number | undefined {
  const text = headers['sillok-deadline'];
  if (text === undefined) return undefined;
  if (typeof text === 'string') {
    if (/^\d{1,9}$/.test(text)) return Math.ceil(nowMs / 1000) + Number(text);
    const atMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(atMs)) return Math.floor(atMs / 1000);
  }
  throw new AppError('DEADLINE_MALFORMED');
}
