/** A value that components watch. */
import { useEffect, useState } from 'preact/hooks';

export interface Watched<T> {
  get(): T;
  set(value: T): void;
  use(): T;
}

export function watched<T>(initial: T): Watched<T> {
  let current = initial;
  const listeners = new Set<(value: T) => void>();
  const set = (value: T) => {
    current = value;
    for (const listener of listeners) listener(value);
  };
  const use = () => {
    const [value, setValue] = useState(current);
    useEffect(() => {
      const listener = (next: T) => setValue(() => next);
      listeners.add(listener);
      listener(current);
      return () => {
        listeners.delete(listener);
      };
    }, []);
    return value;
  };
  return { get: () => current, set, use };
}
