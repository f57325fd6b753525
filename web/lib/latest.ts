import { useRef } from 'preact/hooks';

/** For a task that takes a while: what is there when it ends, so that whatever was filled in meanwhile stays. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}
