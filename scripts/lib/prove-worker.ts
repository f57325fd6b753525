/** Child process: proves ballots for scripts and tests. Takes a BallotOrder with an id, answers with the id. */
import { type BallotOrder, proveBallot } from '../../web/lib/prove.ts';
import { readProverFiles } from './prover-files.ts';

const files = await readProverFiles();

process.on('message', async ({ id, order }: { id: number; order: BallotOrder }) => {
  try {
    process.send?.({ id, ballot: await proveBallot(order, files) });
  } catch (error) {
    process.send?.({ id, error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
