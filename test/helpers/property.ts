/** Properties run with a seed that is printed when they fail; TEST_SEED chooses another. */
import fc from 'fast-check';

const seed = Number(process.env.TEST_SEED ?? 1402);

/** `property(...arbitraries, predicate)`: holds for many values, or fails naming the smallest and the seed. */
export function property<Ts extends [unknown, ...unknown[]]>(
  ...parts: [...{ [I in keyof Ts]: fc.Arbitrary<Ts[I]> }, (...values: Ts) => unknown]
): void {
  fc.assert(fc.property(...(parts as Parameters<typeof fc.property<Ts>>)), { seed, numRuns: 200 });
}
