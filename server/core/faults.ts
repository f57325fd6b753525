/** How many members of a Byzantine fault tolerant network may fail or lie at once: fewer than a third (PBFT, Istanbul BFT). */
export function mayFail(members: number): number {
  return Math.floor((members - 1) / 3);
}
