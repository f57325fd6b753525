/** Data that a page shows: asked for at once, again on demand, and now and then while the page is looked at. */
import { useCallback, useEffect, useState } from 'preact/hooks';

export interface Loaded<T> {
  readonly data?: T;
  readonly error?: unknown;
  again(): void;
}

/** @param everyMs 0 = once. The last answer stays while a later one fails. */
export function useLoad<T>(ask: () => Promise<T>, about: readonly unknown[], everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown }>({});
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    let stale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async () => {
      try {
        const data = await ask();
        if (!stale) setState({ data });
      } catch (error) {
        if (!stale) setState((last) => ({ ...last, error }));
      }
      if (!stale && everyMs > 0) timer = setTimeout(document.hidden ? wait : round, everyMs);
    };
    const wait = () => {
      timer = setTimeout(document.hidden ? wait : round, everyMs);
    };
    void round();
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [...about, turn]);
  return { ...state, again };
}
