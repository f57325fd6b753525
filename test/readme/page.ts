/** README.md taken apart: pages, the commands on them, and what is said to come out. */

export interface Commands {
  readonly text: string;
  /** `setup`: names for all pages. `stopped`: meant for a gateway that is not running. `network`: wants a validator's program. */
  readonly when: 'running' | 'setup' | 'stopped' | 'network';
  /** Lines in their order; `…` stands for anything. */
  readonly expected: readonly string[];
  /** Line in the file. */
  readonly line: number;
}

export interface Page {
  readonly title: string;
  readonly commands: readonly Commands[];
}

const FENCE = /^```(.*)$/;
/** The test is one of these, or cannot end with them. */
const NEVER_RUN = /^npm (start|test|run check|run bench)$/;

export function readPages(markdown: string): readonly Page[] {
  const pages: { title: string; commands: Commands[] }[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const title = /^## (.+)$/.exec(lines[i]!)?.[1];
    if (title !== undefined) pages.push({ title, commands: [] });
    const info = FENCE.exec(lines[i]!)?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`README.md:${i + 1}: the block is not closed`);
    take(pages.at(-1)?.commands ?? [], info, lines.slice(i + 1, end), i + 1);
    i = end;
  }
  return pages;
}

function take(commands: Commands[], info: string, body: readonly string[], line: number): void {
  const [language, ...words] = info.split(' ');
  const last = commands.at(-1);
  if (language === 'text' && last !== undefined && last.expected.length === 0)
    commands[commands.length - 1] = { ...last, expected: body.filter((text) => text !== '') };
  if (language !== 'sh' || body.every((text) => NEVER_RUN.test(text))) return;
  const when = words[0] ?? 'running';
  if (when !== 'running' && when !== 'setup' && when !== 'stopped' && when !== 'network')
    throw new Error(`README.md:${line}: unknown word "${when}"`);
  commands.push({ text: body.join('\n'), when, expected: [], line });
}

/** The first expected line that does not come after the ones before it; undefined = all do. */
export function missingLine(output: string, expected: readonly string[]): string | undefined {
  let rest = output;
  return expected.find((line) => {
    const found = new RegExp(line.trim().split('…').map(escaped).join('.*')).exec(rest);
    rest = rest.slice((found?.index ?? 0) + (found?.[0].length ?? 0));
    return found === null;
  });
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
