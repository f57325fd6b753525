/** Carries the folders of machines of their own there, and deletes them here. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { NetworkFailure } from './failure.ts';
import { type Layout, machineOf } from './layout.ts';
import { hostFolder, systemFolder } from './programs.ts';

const ARCHIVE_BYTES = 64 * 1024 * 1024;
/** Nothing that the user of the parts could have put there leads root elsewhere. */
const AS_USER = `runuser -u sillok -- tar -C ${dirname(hostFolder({ name: '-' }))} -xf -`;
const ROOTS_OWN = dirname(systemFolder({ name: '-' }));
const AS_ROOT = `mkdir -p ${ROOTS_OWN} && tar -C ${ROOTS_OWN} --no-same-owner -xf -`;

/** One that is not reached keeps no other one waiting, and stays here for the next time. @throws NetworkFailure that names them */
export async function carryAll(
  folder: string,
  layout: Layout,
  onProgress: (line: string) => void,
): Promise<void> {
  const hosts = join(folder, 'hosts');
  const names = existsSync(hosts) ? readdirSync(hosts) : [];
  if (names.length === 0) throw new NetworkFailure(`Nothing is left to carry in ${hosts}.`);
  const left: string[] = [];
  for (const name of names) {
    const machine = machineOf(layout, name);
    onProgress(`carrying ${name} to ${machine}`);
    if (await carryOne(hosts, name, machine)) rmSync(join(hosts, name), { recursive: true });
    else left.push(name);
  }
  if (left.length > 0)
    throw new NetworkFailure(
      `Not carried: ${left.join(', ')}. It lies in ${hosts}; the same command goes on.`,
    );
}

/** @returns whether all of it is there */
async function carryOne(hosts: string, name: string, machine: string): Promise<boolean> {
  const system = `${name}/system`;
  const isSent = await send(hosts, [`--exclude=${system}`, name], machine, AS_USER);
  return isSent && (!existsSync(join(hosts, system)) || send(hosts, [system], machine, AS_ROOT));
}

async function send(
  from: string,
  what: readonly string[],
  machine: string,
  command: string,
): Promise<boolean> {
  const options = { encoding: 'buffer', maxBuffer: ARCHIVE_BYTES } as const;
  const { stdout } = await promisify(execFile)('tar', ['-C', from, '-cf', '-', ...what], options);
  const child = spawn('ssh', [`root@${machine}`, command], { stdio: ['pipe', 'inherit', 'inherit'] });
  // One that has ended before it read everything is told by its exit code.
  child.stdin.on('error', () => {}).end(stdout);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code === 0));
  });
}
