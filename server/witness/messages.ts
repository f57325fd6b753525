/** What a witness tells the process that started it. */
export type WitnessMessage =
  | { readonly type: 'ready'; readonly url: string; readonly key: string }
  | { readonly type: 'failed'; readonly code: string; readonly details: Readonly<Record<string, unknown>> };
