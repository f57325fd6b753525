import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { network } from 'hardhat';
import { maskOf } from '../../server/services/voting/ballot.ts';
import {
  type BallotsContract,
  DEPLOYER_INDEX,
  idempotencyOf,
  ORGANISATION,
  type OrganisationsContract,
  pollIdOf,
  ROLL,
  VOTERS,
} from '../helpers/ballots.ts';
import vectors from '../vectors/ballots/ballots.json' with { type: 'json' };

const SNAPSHOT = new URL('../gas-ballots.json', import.meta.url);
const { ethers, networkHelpers } = await network.create();
const OPENS = 2_000_000_000;

describe('Ballots: gas', () => {
  it('stays within 1 % of the snapshot in test/gas-ballots.json (UPDATE_GAS=1 writes it anew)', async () => {
    const deployer = (await ethers.getSigners())[DEPLOYER_INDEX]!;
    const organisations = (await ethers.deployContract(
      'OrganisationsDouble',
      deployer,
    )) as unknown as OrganisationsContract;
    const verifier = await ethers.deployContract('SemaphoreVerifier', deployer);
    const ballots = (await ethers.deployContract(
      'Ballots',
      [organisations, verifier],
      deployer,
    )) as unknown as BallotsContract;
    const gasOf = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>) =>
      Number((await (await sent).wait())!.gasUsed);
    const common = { organisation: ORGANISATION, key: ethers.ZeroHash, signature: '0x' };
    const createPoll = await gasOf(
      ballots.createPolls([
        {
          ...common,
          content: ethers.id('text'),
          options: 5,
          minChoices: 1,
          maxChoices: 2,
          opensAt: OPENS,
          closesAt: OPENS + 3_600,
          mode: 0,
          idempotency: idempotencyOf('main'),
        },
      ]),
    );
    const freezeRoll = await gasOf(
      ballots.freezeRolls([
        {
          ...common,
          pollId: pollIdOf('main'),
          root: ROLL.root,
          size: VOTERS.length,
          idempotency: idempotencyOf('main roll'),
        },
      ]),
    );
    await networkHelpers.time.increaseTo(OPENS);
    const all = vectors.cast.map((vector) => ({
      pollId: vector.pollId,
      choices: maskOf(vector.choices),
      nullifier: vector.nullifier,
      proof: vector.proof as unknown as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint],
    }));
    const firstCast = await gasOf(ballots.cast([all[0]!]));
    const castAlone = await gasOf(ballots.cast([all[1]!]));
    const batchOf20 = await gasOf(ballots.cast(all.slice(2)));
    expect((await ballots.pollOf(pollIdOf('main'))).turnout).to.equal(22n);
    const gas = {
      createPoll,
      freezeRoll,
      firstCast,
      castAlone,
      batchOf20,
      perCastInBatch: Math.round(batchOf20 / 20),
    };

    if (process.env.UPDATE_GAS) writeFileSync(SNAPSHOT, `${JSON.stringify(gas, null, 2)}\n`);
    const snapshot: Record<string, number> = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
    expect(Object.keys(snapshot)).to.deep.equal(Object.keys(gas));
    for (const [name, used] of Object.entries(gas))
      expect(used, name).to.be.closeTo(snapshot[name]!, Math.ceil(used / 100));
  });
});
