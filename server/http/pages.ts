/** Files: the pages that vite built, the log's tiles, the page of the API's description. */
import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { AppError } from '../core/errors.ts';
import { compressedFiles } from './compressed.ts';

const docsFolder = fileURLToPath(new URL('docs/', import.meta.url));

/** Names under /assets/ hold a hash of the content; the prover's files are pinned by their digest in the pages. */
function cacheControl(path: string): string {
  if (path.startsWith('/assets/')) return 'public, max-age=31536000, immutable';
  return path.startsWith('/semaphore/') ? 'public, max-age=2592000' : 'no-cache';
}

interface Files {
  readonly web: string;
  readonly log: string;
  /** The newest; undefined before the first. */
  checkpoint(): string | undefined;
}

export function mountFiles(app: Express, folders: Files): void {
  app.use('/log', (_request, response, next) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.locals.route = '/log';
    next();
  });
  // Not from its file: that may be replaced, by a longer or a shorter one, between the look at its length and the reading.
  app.get('/log/checkpoint', (_request, response, next) => {
    const text = folders.checkpoint();
    if (text === undefined) return next();
    response.setHeader('Cache-Control', 'no-cache');
    response.type('text/plain').send(text);
  });
  app.use(
    '/log',
    express.static(folders.log, {
      index: false,
      redirect: false,
      setHeaders(response, path) {
        const isTile = path.includes('/tile/');
        // A tile, also a partial one, never changes under its name.
        response.setHeader('Cache-Control', isTile ? 'public, max-age=31536000, immutable' : 'no-cache');
        if (isTile) response.setHeader('Content-Type', 'application/octet-stream');
      },
    }),
    () => {
      throw new AppError('NOT_FOUND');
    },
  );
  app.use('/docs', express.static(docsFolder, { redirect: false, extensions: ['html'] }));
  app.get('/docs', (_request, response) => response.sendFile('index.html', { root: docsFolder }));
  app.use(compressedFiles(folders.web, cacheControl));
  app.use(
    express.static(folders.web, {
      index: 'index.html',
      redirect: false,
      setHeaders(response, path) {
        const name = path.slice(folders.web.length).replaceAll(sep, '/');
        response.setHeader('Cache-Control', cacheControl(name));
      },
    }),
  );
  // Every other address that a person opens is a page of the one application.
  app.get('/{*path}', (request, response, next) => {
    const isPage = request.accepts(['json', 'html']) === 'html' && !request.path.includes('.');
    if (
      !isPage ||
      /^\/(v1|log|docs|assets|semaphore)(\/|$)/.test(request.path) ||
      !existsSync(`${folders.web}/index.html`)
    )
      return next();
    response.locals.route = 'page';
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: folders.web });
  });
}
