/** Originals of entries that another gateway recorded first prove nothing here: they are erased, after a kill too. */
import type { Hex } from '../core/bytes.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { UNUSED } from '../outbox/rows.ts';
import type { Store } from '../store/level.ts';
import type { Vault } from '../vault/vault.ts';

export interface EraseUnused {
  readonly store: Store;
  readonly vault: Vault;
  readonly outbox: Pick<Outbox, 'onSettled'>;
  /** It is tried again with the next one, and at the next start. */
  readonly onFailed: (error: unknown) => void;
}

export function eraseUnused({ store, vault, outbox, onFailed }: EraseUnused): void {
  let last: Promise<void> = Promise.resolve();

  async function erase(): Promise<void> {
    for (const { key } of await store.range({ gt: UNUSED, lt: `${UNUSED}\uffff` })) {
      await vault.eraseOriginal(key.slice(UNUSED.length) as Hex);
      await store.commit([{ type: 'del', key }]);
    }
  }

  const soon = () => {
    last = last.then(erase).catch(onFailed);
  };
  outbox.onSettled(({ elsewhere }) => {
    if (elsewhere) soon();
  });
  soon();
}
