import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { groth16 } from 'snarkjs';
import { proveAll } from '../../../scripts/lib/prover.ts';
import { readProverFile, readProverFiles } from '../../../scripts/lib/prover-files.ts';
import { maskOf, publicSignals, unpackProof } from '../../../server/services/voting/ballot.ts';
import { pathOf } from '../../../server/services/voting/roll.ts';
import { checkProverFile, fetchProverFiles, PROVER_FILES } from '../../../web/lib/artifacts.ts';
import { commitmentOfKey, newVotingKey, nullifierOfKey, proveBallot } from '../../../web/lib/prove.ts';
import { commitmentOf, orderOf, placeOf, ROLL, rollOf, VOTERS, votingKeyOf } from '../../helpers/ballots.ts';

const place = placeOf('main');

describe('the prover on the voter’s device', () => {
  after(async () => {
    // snarkjs leaves its threads running for the next proof.
    await (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate();
  });

  it('makes fresh voting keys, and always the same public value of one key', () => {
    const keys = [newVotingKey(), newVotingKey()];
    expect(keys[0]).not.to.equal(keys[1]);
    expect(commitmentOfKey(keys[0]!)).to.equal(commitmentOfKey(keys[0]!));
    expect(commitmentOfKey(keys[0]!)).not.to.equal(commitmentOfKey(keys[1]!));
  });

  it('proves ballots, in processes side by side, that hold for their choices alone', async () => {
    const orders = [orderOf(0, place, [1]), orderOf(1, place, [0, 3])];
    const finished: number[] = [];
    const ballots = await proveAll(orders, (index) => finished.push(index));
    expect(finished.sort()).to.deep.equal([0, 1]);
    const key = JSON.parse(new TextDecoder().decode(await readProverFile('json')));
    for (const [i, { nullifier, choices, proof, pollId }] of ballots.entries()) {
      expect([pollId, choices]).to.deep.equal([place.pollId, orders[i]!.choices]);
      expect(nullifier).to.equal(nullifierOfKey(votingKeyOf(i), place));
      const signals = (mask: bigint) =>
        publicSignals({ root: ROLL.root, nullifier: BigInt(nullifier), mask, place });
      expect(await groth16.verify(key, signals(maskOf(choices)), unpackProof(proof))).to.equal(true);
      expect(await groth16.verify(key, signals(4n), unpackProof(proof))).to.equal(false);
    }
  });

  it('makes no ballot for a roll that is not the frozen one, whatever the server says', async () => {
    const files = await readProverFiles();
    const order = orderOf(0, place, [0]);
    const without = rollOf(VOTERS.slice(1).map(commitmentOf));
    const lies = [
      { ...order, rollRoot: ROLL.root + 1n },
      { ...order, chunk: { index: 0, leaves: without.leaves } },
      { ...order, chunk: { index: 0, leaves: [...ROLL.leaves.slice(0, -1), commitmentOf(99)] } },
      orderOf(99, place, [0]),
    ];
    for (const lie of lies) {
      const error = await proveBallot(lie, files).catch((reason: unknown) => reason as { code: string });
      expect(error).to.have.property('code', 'NOT_ON_ROLL');
    }
  });

  it('cannot reach a leaf below the roll’s depth: the circuit takes 20 steps and no more', async () => {
    const { wasm, zkey } = await readProverFiles();
    const { index, siblings } = pathOf(commitmentOf(0), { index: 0, leaves: ROLL.leaves }, ROLL.chunkRoots);
    const inputs = {
      secret: '1',
      merkleProofLength: '21',
      merkleProofIndex: String(2 * index),
      merkleProofSiblings: ['7', ...siblings.map(String)],
      scope: '1',
      message: '1',
    };
    const error = await groth16
      .fullProve(inputs, wasm, zkey, undefined, undefined, { singleThread: true })
      .then(
        () => 'proven',
        (reason: Error) => reason.message,
      );
    expect(error).to.include('Too many values for input signal merkleProofSiblings');
  });
});

describe('the prover’s files', () => {
  let server: Server;
  let folder: string;
  let served: Map<string, Uint8Array>;
  beforeEach(async () => {
    served = new Map();
    for (const kind of ['wasm', 'zkey'] as const)
      served.set(`/semaphore/${PROVER_FILES[kind].name}`, await readProverFile(kind));
    server = createServer((request, response) => {
      const bytes = served.get(request.url!);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = `http://127.0.0.1:${(server.address() as AddressInfo).port}/semaphore/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const codeOf = (failing: Promise<unknown>) =>
    failing.then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );

  it('are taken over the network when they are the pinned ones, with progress up to the last byte', async () => {
    let loaded = 0;
    const files = await fetchProverFiles(folder, (bytes) => {
      loaded = bytes;
    });
    expect(loaded).to.equal(files.wasm.length + files.zkey.length);
  });

  it('are refused when one byte is another or the two are exchanged, and missed when one is not there', async () => {
    const zkey = `/semaphore/${PROVER_FILES.zkey.name}`;
    const wasm = `/semaphore/${PROVER_FILES.wasm.name}`;
    const honest = new Map(served);
    const broken = Uint8Array.from(honest.get(zkey)!);
    broken[broken.length >> 1]! ^= 1;
    served.set(zkey, broken);
    expect(await codeOf(fetchProverFiles(folder))).to.equal('PROVER_FILE_CHANGED');
    served.delete(zkey);
    expect(await codeOf(fetchProverFiles(folder))).to.equal('PROVER_FILE_MISSING');
    served.set(zkey, honest.get(wasm)!).set(wasm, honest.get(zkey)!);
    expect(await codeOf(fetchProverFiles(folder))).to.equal('PROVER_FILE_CHANGED');
  });

  it('are refused when a byte is added at the end', async () => {
    const bytes = await readProverFile('json');
    expect(await codeOf(checkProverFile('json', Uint8Array.of(...bytes, 10)))).to.equal(
      'PROVER_FILE_CHANGED',
    );
  });
});
