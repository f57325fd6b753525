/** Where the reader is. Links are ordinary links; a click on one of our own pages changes the page without a reload. */
import { watched } from './store.ts';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly fragment: string;
}

const here = (): Place => ({
  path: location.pathname.replace(/\/+$/, '') || '/',
  query: new URLSearchParams(location.search),
  fragment: location.hash.slice(1),
});

const place = watched<Place>(here());
export const usePlace = place.use;

function go(to: string): void {
  history.pushState(null, '', to);
  place.set(here());
  scrollTo(0, 0);
}

/** The reader's own files and answers for machines are left to the browser. */
const FOREIGN = /^\/(v1|log|docs|openapi\.json|metrics|assets|semaphore)(\/|$)/;

export function followLinks(): void {
  addEventListener('popstate', () => place.set(here()));
  addEventListener('hashchange', () => place.set(here()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (
      !(link instanceof HTMLAnchorElement) ||
      link.origin !== location.origin ||
      link.hasAttribute('download')
    )
      return;
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    if (link.target !== '' || FOREIGN.test(link.pathname)) return;
    if (link.pathname === location.pathname && link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

/** Members of a path like `/polls/{id}`, or undefined when it is another page. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const members: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i]!;
    if (part.startsWith('{')) members[part.slice(1, -1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return members;
}
