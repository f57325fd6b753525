/** Text from a server that may be anyone's: bounded in time and length, no redirects. */
import { AppError } from '../core/errors.ts';

export interface FetchText {
  readonly signal: AbortSignal;
  readonly maxLength: number;
  /** POSTed when there. */
  readonly body?: string;
}

/** @throws AppError ANSWER_TOO_LONG; whatever fetch throws */
export async function fetchText(
  url: string,
  { signal, maxLength, body }: FetchText,
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    ...(body !== undefined && { method: 'POST', body }),
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxLength) throw new AppError('ANSWER_TOO_LONG', { url });
  }
  return { status: response.status, text };
}
