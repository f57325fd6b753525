/** Chance that can be had again: the seed is printed, and TEST_SEED chooses another. */

export interface Randoms {
  /** A whole number from 0 on. */
  below(limit: number): number;
  one<T>(of: readonly T[]): T;
}

export function randomsOf(name: string): Randoms {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`      ${name}: TEST_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
  return { below, one: (of) => of[below(of.length)]! };
}
