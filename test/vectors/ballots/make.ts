/**
 * Writes ballots.json: real proofs for the contract tests, honest and dishonest, so that a test run need not make them all.
 * node test/vectors/ballots/make.ts FOLDER, where FOLDER holds semaphore-20.{wasm,zkey} of @zk-kit/semaphore-artifacts 4.0.0.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Group } from '@semaphore-protocol/group';
import { Identity } from '@semaphore-protocol/identity';
import { poseidon2 } from 'poseidon-lite/poseidon2';
import { groth16 } from 'snarkjs';
import { circuitInputs, type PollPlace, packProof } from '../../../server/services/voting/ballot.ts';
import { readProverFiles } from '../../../scripts/lib/prover-files.ts';
import { proveBallot } from '../../../web/lib/prove.ts';
import type { ProverFiles } from '../../../web/lib/artifacts.ts';
import { choicesOfVoter, commitmentOf, orderOf, placeOf, ROLL, rollOf, VOTERS, votingKeyOf } from '../../helpers/ballots.ts';

const files = await readProverFiles();
const read = (path: string) => new Uint8Array(readFileSync(path));
const packaged = (name: string) => read(`node_modules/@zk-kit/semaphore-artifacts/${name}`);
const depth16: ProverFiles = { wasm: packaged('semaphore-16.wasm'), zkey: packaged('semaphore-16.zkey') };
const folder = process.argv[2];
if (folder === undefined) throw new Error('name the folder of the old files');
const old: ProverFiles = { wasm: read(`${folder}/semaphore-20.wasm`), zkey: read(`${folder}/semaphore-20.zkey`) };

const main = placeOf('main');
const prove = (voter: number, place: PollPlace, roll = ROLL) =>
  proveBallot(orderOf(voter, place, choicesOfVoter(voter), roll), files);

const cast = [];
for (const voter of VOTERS) cast.push(await prove(voter, main));

// A roll kept the way Semaphore keeps groups. Member 3 enrolled the parent of two own commitments, 31 and 32.
const lean = placeOf('lean');
const subtree = poseidon2([commitmentOf(31), commitmentOf(32)]);
const group = new Group([commitmentOf(0), commitmentOf(1), commitmentOf(2), subtree]);
const above = [commitmentOf(2), poseidon2([commitmentOf(0), commitmentOf(1)])];
const freely = async (voter: number, siblings: bigint[], index: number, using: ProverFiles, padTo: number) => {
  const identity = new Identity(Uint8Array.from(atob(votingKeyOf(voter)), (c) => c.charCodeAt(0)));
  const inputs = circuitInputs({
    secretScalar: identity.secretScalar,
    path: { index, siblings: [...siblings, ...Array<bigint>(padTo - siblings.length).fill(0n)] },
    choices: [0],
    place: lean,
  });
  const { merkleProofIndex, ...others } = inputs;
  const rest = { ...others, merkleProofLength: String(siblings.length) };
  // The circuit of 4.0.0 takes the index bit by bit.
  const bits = Array.from({ length: padTo }, (_, level) => String((index >> level) & 1));
  const full = using === old ? { ...rest, merkleProofIndices: bits } : { ...rest, merkleProofIndex: merkleProofIndex! };
  const { proof, publicSignals } = await groth16.fullProve(full, using.wasm, using.zkey, undefined, undefined, {
    singleThread: true,
  });
  if (publicSignals[0] !== group.root.toString()) throw new Error(`voter ${voter} does not reach the root`);
  return { pollId: lean.pollId, choices: [0], nullifier: publicSignals[1], proof: packProof(proof) };
};

const vectors = {
  about: 'Proofs for the ballot tests; made by make.ts. Keys and places stand in test/helpers/ballots.ts.',
  cast,
  otherPoll: await prove(0, placeOf('other')),
  otherChain: await prove(0, { ...main, chainId: 1 }),
  otherContract: await prove(0, { ...main, contract: '0x00000000000000000000000000000000000000aa' }),
  rollBeforeFreeze: await prove(0, main, rollOf(VOTERS.slice(0, 20).map(commitmentOf))),
  outsider: await prove(99, main, rollOf([0, 1, 99].map(commitmentOf))),
  lean: {
    root: group.root.toString(),
    honest: await freely(0, [commitmentOf(1), poseidon2([commitmentOf(2), subtree])], 0, files, 20),
    twice: [
      await freely(31, [commitmentOf(32), ...above], 0b110, files, 20),
      await freely(32, [commitmentOf(31), ...above], 0b111, files, 20),
    ],
    depth16: await freely(1, [commitmentOf(0), poseidon2([commitmentOf(2), subtree])], 1, depth16, 16),
    artifacts400: await freely(1, [commitmentOf(0), poseidon2([commitmentOf(2), subtree])], 1, old, 20),
  },
};
writeFileSync(new URL('./ballots.json', import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
process.exit(0);
