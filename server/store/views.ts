/** Who reads rows as they were at one moment. LevelDB keeps for them, as values or as whole files, what is erased meanwhile. */
export interface Views {
  /** @returns to be called at its end */
  open(): () => void;
  /** When all that are open now have ended; undefined when there is none. */
  closed(): Promise<unknown> | undefined;
}

export function createViews(): Views {
  const views = new Set<Promise<void>>();
  return {
    open() {
      const { promise, resolve } = Promise.withResolvers<void>();
      views.add(promise);
      return () => {
        views.delete(promise);
        resolve();
      };
    },
    closed: () => (views.size === 0 ? undefined : Promise.all(views)),
  };
}
