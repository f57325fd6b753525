/** Prefer: wait=N (RFC 7240, 4.3). */
import type { Request, Response } from 'express';

const MAX_WAIT_SEC = 30;

/** Seconds the caller would wait, told back in the answer; undefined when nothing was said. */
export function waitOf(request: Request, response: Response): number | undefined {
  const wanted = /(?:^|[,;\s])wait=(\d{1,4})\b/.exec(String(request.headers.prefer ?? ''))?.[1];
  if (wanted === undefined) return undefined;
  const seconds = Math.min(Number(wanted), MAX_WAIT_SEC);
  response.setHeader('Preference-Applied', `wait=${seconds}`);
  return seconds;
}
