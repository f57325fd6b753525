import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';

/** Runs a module as a process of its own, which kills itself. */
export async function runKilled(code: string): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  const [, signal] = await once(child, 'exit');
  expect(signal).to.equal('SIGKILL');
}
