/**
 * Proves many ballots in parallel. Processes, not worker threads: snarkjs' own dependency web-worker takes any thread that it
 * is loaded in for one of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BallotOrder, ProvenBallot } from '../../web/lib/prove.ts';

interface Answer {
  readonly ready?: true;
  readonly id: number;
  readonly ballot?: ProvenBallot;
  readonly error?: string;
}

/**
 * Ballots in the order of their orders. @param onProven called once per finished ballot.
 * @throws Error with the first worker's complaint.
 */
export async function proveAll(
  orders: readonly BallotOrder[],
  onProven: (index: number, ballot: ProvenBallot) => void = () => {},
  processes = Math.min(availableParallelism(), orders.length),
): Promise<ProvenBallot[]> {
  const proven: ProvenBallot[] = [];
  let next = 0;
  const work = (worker: ChildProcess) =>
    new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a proving process ended with ${code}`)));
      worker.on('message', ({ ready, id, ballot, error }: Answer) => {
        if (ballot !== undefined) {
          proven[id] = ballot;
          onProven(id, ballot);
        } else if (!ready) return reject(new Error(error));
        if (next >= orders.length) return resolve();
        const order = orders[next];
        worker.send({ id: next++, order });
      });
    });
  const file = fileURLToPath(new URL('./prove-worker.ts', import.meta.url));
  const workers = Array.from({ length: processes }, () => fork(file, [], { serialization: 'advanced' }));
  try {
    await Promise.all(workers.map(work));
  } finally {
    for (const worker of workers) worker.kill();
  }
  return proven;
}
