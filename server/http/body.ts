/** Reads a request's JSON body: bounded, uncompressed, UTF-8, strict. */
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { parseJson } from './json.ts';

const BODY_MAX_BYTES = 1_000_000;
const BATCH_MAX_BYTES = 4_000_000;

/** @throws AppError CONTENT_TYPE | CONTENT_ENCODING | BODY_TOO_LARGE | BODY_CUT and those of parseJson. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new AppError('CONTENT_TYPE', { expected: 'application/json' });
  // Nothing is inflated, so that a small body cannot become a large one.
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new AppError('CONTENT_ENCODING', { encoding });
  const bytes = await readBytes(request, BATCH_MAX_BYTES);
  const body = parseJson(decode(bytes));
  if (!Array.isArray(body) && bytes.length > BODY_MAX_BYTES)
    throw new AppError('BODY_TOO_LARGE', { maxBytes: BODY_MAX_BYTES });
  return body;
}

function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => reject(new AppError('BODY_TOO_LARGE', { maxBytes }));
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge();
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      // The rest is left unread; the error handler closes the connection after its answer.
      if (length > maxBytes) {
        request.pause();
        request.removeAllListeners('data');
        tooLarge();
      } else chunks.push(chunk);
    });
    const cut = () => reject(new AppError('BODY_CUT'));
    request.once('end', () => {
      request.off('close', cut);
      resolve(Buffer.concat(chunks, length));
    });
    request.once('error', (error) => reject(new AppError('BODY_CUT', {}, error)));
    request.once('close', cut);
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new AppError('JSON_TEXT_INVALID', { at: 0 }, error);
  }
}
