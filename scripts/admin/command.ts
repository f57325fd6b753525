/** A command is a request to the gateway, and how it is asked for. */
export interface Command {
  readonly usage: string;
  readonly does: string;
  /** Arguments it needs at least. */
  readonly min: number;
  run(args: readonly string[], flags: Flags): Ask;
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

export type Commands = Readonly<Record<string, Command>>;
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function list(text: string | boolean | undefined): string[] {
  return typeof text === 'string' ? text.split(',').map((part) => part.trim()) : [];
}

/** Unix seconds; 0 = open. */
export function seconds(text: string | boolean | undefined): number {
  return typeof text === 'string' ? Math.floor(Date.parse(text) / 1000) : 0;
}
