/** What the chain's process tells its parent, over the IPC channel. */
export type ChainMessage =
  | { type: 'listening'; url: string }
  | { type: 'progress'; done: number; total: number }
  | { type: 'ready' }
  | { type: 'failed'; code: string; details: Readonly<Record<string, unknown>> };

/** One line for a log or a terminal. */
export function failureLine(code: string, details: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(details).map(([key, value]) => `${key}: ${String(value).replace(/\s+/g, ' ')}`);
  return `embedded chain stopped: ${code}${text.length > 0 ? ` (${text.join('; ')})` : ''}`;
}
