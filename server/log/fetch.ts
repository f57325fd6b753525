/** From a server that may be anyone's: bounded in time and length, no redirects. */
import { concat } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Bytes. */
  readonly maxLength: number;
  /** POSTed when there. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws AppError ANSWER_TOO_LONG; whatever fetch throws */
export async function fetchText(
  url: string,
  options: FetchOptions,
): Promise<{ status: number; text: string }> {
  const { status, bytes } = await fetchBytes(url, options);
  return { status, text: new TextDecoder().decode(bytes) };
}

/** @throws AppError ANSWER_TOO_LONG; whatever fetch throws */
export async function fetchBytes(
  url: string,
  { signal, maxLength, body, headers }: FetchOptions,
): Promise<{ status: number; bytes: Uint8Array }> {
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    ...(body !== undefined && { method: 'POST', body }),
    ...(headers !== undefined && { headers }),
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > maxLength) throw new AppError('ANSWER_TOO_LONG', { url });
    parts.push(part);
  }
  return { status: response.status, bytes: concat(...parts) };
}
