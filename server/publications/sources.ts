/** Gateways and witnesses that may have a publication. Any of them may be silent, lie, or send without end. */
import type { Hex } from '../core/bytes.ts';
import { fetchBytes } from '../log/fetch.ts';

export interface Sources {
  /** What `read` makes of the first answer that it takes; undefined when nobody has one. */
  ask<T>(digest: Hex, maxBytes: number, read: (bytes: Uint8Array) => T | undefined): Promise<T | undefined>;
  /** Ends what is under way. */
  stop(): void;
}

const ANSWER_TIMEOUT_MS = 5000;
/**
 * One that did not answer holds up nobody meanwhile. Who sends what does not fit may be honest: an author can name the digest of
 * anything.
 */
const REST_MS = 5000;

/** Gateways and witnesses alike serve them here, each below its own address. */
export const PUBLICATIONS = '/v1/publications/';

/** @param urls base addresses, asked in this order */
export function createSources(urls: readonly string[], nowMs = () => performance.now()): Sources {
  const rests = new Map<string, number>();
  const stopped = new AbortController();

  async function answerOf(url: string, digest: Hex, maxLength: number): Promise<Uint8Array | undefined> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const { status, bytes } = await fetchBytes(url + PUBLICATIONS + digest, { signal, maxLength });
    if (status === 404) return undefined;
    if (status === 200) return bytes;
    throw new Error(`status ${status}`);
  }

  return {
    async ask(digest, maxBytes, read) {
      for (const url of urls) {
        if ((rests.get(url) ?? 0) > nowMs() || stopped.signal.aborted) continue;
        try {
          const bytes = await answerOf(url, digest, maxBytes);
          const found = bytes && read(bytes);
          if (found !== undefined) return found;
        } catch {
          // What stays lacking says enough.
          rests.set(url, nowMs() + REST_MS);
        }
      }
      return undefined;
    },
    stop: () => stopped.abort(),
  };
}
