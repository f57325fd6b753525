/** Wrong options on a command line, as node:util's parseArgs tells of them. */

export function isWrongOption(error: unknown): error is Error {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_');
}

/** Its first sentence: those after it are about operands that begin with a dash, of which no command has any. */
export function wrongOptionLine({ message }: Error): string {
  return `${message.split('. ')[0]!.replace(/\.$/, '')}; see --help`;
}
