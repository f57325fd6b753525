/**
 * Many readers or one writer. The block producer holds the gate alone from mining until the block is on the disk:
 * no request can see a block that a crash could still take back.
 */
export class Gate {
  #readers = 0;
  #isHeld = false;
  #waitingReaders: (() => void)[] = [];
  #waitingWriters: (() => void)[] = [];

  async shared<T>(work: () => Promise<T>): Promise<T> {
    // A waiting writer goes first, else a stream of reads would keep blocks from being made.
    if (this.#isHeld || this.#waitingWriters.length > 0) {
      await new Promise<void>((resolve) => this.#waitingReaders.push(resolve));
    } else {
      this.#readers++;
    }
    try {
      return await work();
    } finally {
      this.#readers--;
      this.#passOn();
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isHeld || this.#readers > 0) {
      await new Promise<void>((resolve) => this.#waitingWriters.push(resolve));
    } else {
      this.#isHeld = true;
    }
    try {
      return await work();
    } finally {
      this.#isHeld = false;
      // Those who waited read now, before the next block: writers cannot starve readers either.
      const readers = this.#waitingReaders;
      this.#waitingReaders = [];
      this.#readers += readers.length;
      for (const wake of readers) wake();
      this.#passOn();
    }
  }

  #passOn(): void {
    if (this.#isHeld || this.#readers > 0) return;
    const writer = this.#waitingWriters.shift();
    if (writer === undefined) return;
    this.#isHeld = true;
    writer();
  }
}
