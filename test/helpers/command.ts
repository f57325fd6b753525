/** A command as a person runs it: a process of its own, with nothing of the test's own environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  /** On stdout and stderr. */
  readonly said: string;
}

/** @param args the script and its arguments. @param variables besides PATH */
export async function runCommand(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
