/** Plain text tables; a column of numbers is aligned to the right. Wide characters (한글) count twice. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const text = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...text.map((row) => widthOf(row[column] ?? ''))));
  const isNumeric = head.map((_, column) =>
    rows.every((row) => /^[\d.,%x×\s-]*$/.test(String(row[column] ?? ''))),
  );
  const lines = text.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat(widths[column]! - widthOf(cell));
        return isNumeric[column] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '));
  return lines.join('\n');
}

function widthOf(text: string): number {
  return [...text].reduce(
    (width, character) => width + (/[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠]/.test(character) ? 2 : 1),
    0,
  );
}
