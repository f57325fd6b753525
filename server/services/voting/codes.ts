/** One-time enrolment codes, as an organisation hands them to its members. */

const MIN_LENGTH = 8;
const MAX_LENGTH = 40;

/** One spelling per code: upper case, without spaces and hyphens. undefined when it cannot be a code. */
export function codeOf(typed: string): string | undefined {
  const code = typed.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z0-9]+$/.test(code) && code.length >= MIN_LENGTH && code.length <= MAX_LENGTH
    ? code
    : undefined;
}

/** First column of each line; an optional heading `code` or `코드`, quotes and empty lines are passed over. */
export function codesOfCsv(csv: string): string[] {
  const cells = csv
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line) =>
      line
        .split(/[,;\t]/)[0]!
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    )
    .filter((cell) => cell !== '');
  return /^(code|코드)$/i.test(cells[0] ?? '') ? cells.slice(1) : cells;
}
