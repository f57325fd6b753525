/** Size of the letters, kept on the device. Every measure of the design system is in rem, so one number scales all. */
const SIZES = ['md', 'lg', 'xl'] as const;
export type Letters = (typeof SIZES)[number];
const KEPT = 'sillok.letters';

export function letters(): Letters {
  try {
    const kept = localStorage.getItem(KEPT);
    return SIZES.find((size) => size === kept) ?? 'md';
  } catch {
    return 'md';
  }
}

export function applyLetters(size: Letters = letters()): void {
  document.documentElement.dataset.letters = size;
}

export function nextLetters(): Letters {
  const next = SIZES[(SIZES.indexOf(letters()) + 1) % SIZES.length]!;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // Kept until the page is closed.
  }
  applyLetters(next);
  return next;
}
