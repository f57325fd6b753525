/** Files of the pages as Brotli or, where the connection is not https and browsers do not offer that, as gzip; compressed once and kept in memory. Nothing secret is in them, so their length tells nothing. */
import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.zkey': 'application/octet-stream',
};
/** Higher costs seconds on the prover's files and gains little. */
const QUALITY = 6;
const ENCODERS = {
  br: (bytes: Buffer) => toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
  gzip: (bytes: Buffer) => toGzip(bytes),
} as const;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

interface Kept {
  readonly version: string;
  readonly bytes: Promise<Buffer>;
}

/** @param cacheControl by the file's path from `folder`, with forward slashes */
export function compressedFiles(folder: string, cacheControl: (path: string) => string): RequestHandler {
  const kept = new Map<string, Kept>();

  return async (request, response, next) => {
    const path = request.path === '/' ? '/index.html' : request.path;
    const type = TYPES[extname(path)];
    if (type === undefined || !['GET', 'HEAD'].includes(request.method)) return next();
    const encoding = request.acceptsEncodings(['br', 'gzip']) as keyof typeof ENCODERS | false;
    if (encoding === false) return next();
    const file = normalize(join(folder, path));
    if (!file.startsWith(normalize(folder + sep)) || path.includes('%')) return next();
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return next();
    const version = `${found.size}-${found.mtimeMs}`;
    const name = `${encoding} ${file}`;
    let entry = kept.get(name);
    if (entry?.version !== version) {
      entry = { version, bytes: readFile(file).then(ENCODERS[encoding]) };
      kept.set(name, entry);
    }
    response.setHeader('Content-Encoding', encoding);
    response.vary('Accept-Encoding');
    response.setHeader('Cache-Control', cacheControl(path));
    response.type(type).send(await entry.bytes);
  };
}
