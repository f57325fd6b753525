import { useLayoutEffect } from 'preact/hooks';

/** With the change and not after it is painted: who types at once must not lose the place to a late focus. */
export function useFocus(find: () => HTMLElement | null | undefined, about: readonly unknown[]): void {
  useLayoutEffect(() => find()?.focus(), about);
}
