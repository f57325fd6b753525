/** Signed bytes of every transaction the engine holds: a block may be journaled only when all its bytes are here. */
import type { Hex } from '../../core/bytes.ts';

export interface Pending {
  hash: Hex;
  raw: Uint8Array;
  from: Hex;
  nonce: number;
}

const MAX_TRANSACTIONS = 50_000;
const MAX_BYTES = 512 * 1024 * 1024;

export class Pool {
  #byHash = new Map<Hex, Pending>();
  #bySlot = new Map<string, Pending>();
  #bytes = 0;

  get size(): number {
    return this.#byHash.size;
  }

  isFull(): boolean {
    return this.size >= MAX_TRANSACTIONS || this.#bytes >= MAX_BYTES;
  }

  get(hash: Hex): Pending | undefined {
    return this.#byHash.get(hash);
  }

  /** The transaction that holds this nonce of this sender. */
  at(from: Hex, nonce: number): Pending | undefined {
    return this.#bySlot.get(`${from}:${nonce}`);
  }

  senders(): Set<Hex> {
    return new Set(Array.from(this.#byHash.values(), ({ from }) => from));
  }

  add(pending: Pending): void {
    this.#byHash.set(pending.hash, pending);
    this.#bySlot.set(`${pending.from}:${pending.nonce}`, pending);
    this.#bytes += pending.raw.length;
  }

  remove({ hash, from, nonce, raw }: Pending): void {
    if (!this.#byHash.delete(hash)) return;
    this.#bySlot.delete(`${from}:${nonce}`);
    this.#bytes -= raw.length;
  }
}
