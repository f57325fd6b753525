/** A refusal with a stable code. Text for people lives in the words files; `details` holds the offending values. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(`${code}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''}`, { cause });
    this.code = code;
    this.details = details;
  }
}
