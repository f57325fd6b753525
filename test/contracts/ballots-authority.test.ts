import { expect } from 'chai';
import { getBytes, type HDNodeWallet, keccak256, type Log, type LogDescription, Wallet } from 'ethers';
import { network } from 'hardhat';
import type { Hex } from '../../server/core/bytes.ts';
import { REFUSALS } from '../../server/core/contracts.generated.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { PollSubmission, RollSubmission } from '../../server/core/submission.ts';
import { digestOf, typedDataOf } from '../../server/core/typed-data.ts';
import {
  type BallotsContract,
  CHAIN_ID,
  idempotencyOf,
  ORGANISATION,
  type OrganisationsContract,
  pollIdOf,
  ROLL,
  VOTERS,
} from '../helpers/ballots.ts';

const { ethers } = await network.create();
const NAME = 'seoul.participation';
const refusal = (name: string) => (REFUSALS as readonly string[]).indexOf(name);
const PUBLIC_BODY = 2;

const poll: PollSubmission = {
  to: 'polls',
  organisation: NAME,
  content: `0x${'c0'.repeat(32)}`,
  options: 5,
  minChoices: 1,
  maxChoices: 2,
  opensAtSec: 2_000_000_000,
  closesAtSec: 2_000_003_600,
  mode: 'open',
  idempotency: idempotencyOf('main'),
};
const roll: RollSubmission = {
  to: 'rolls',
  organisation: NAME,
  pollId: pollIdOf('main'),
  root: ROLL.root.toString(),
  size: VOTERS.length,
  idempotency: idempotencyOf('main roll'),
};

/** The register as in production; account 0 administers it. */
async function deploy(scope: string) {
  const [administrator] = await ethers.getSigners();
  const authority = await ethers.deployContract('AccessManager', [administrator!.address]);
  const organisations = (await ethers.deployContract('Organisations', [
    authority,
  ])) as unknown as OrganisationsContract;
  const verifier = await ethers.deployContract('SemaphoreVerifier');
  const ballots = (await ethers.deployContract('Ballots', [
    organisations,
    verifier,
  ])) as unknown as BallotsContract;
  const clerk = Wallet.createRandom();
  await organisations.register(ORGANISATION, PUBLIC_BODY, 'Participation Office');
  await organisations.addKey(ORGANISATION, clerk.address, 0, 0);
  if (scope !== '') await organisations.accredit(ORGANISATION, nameToBytes32(scope), 0, 0);
  const address = (await ballots.getAddress()).toLowerCase() as Hex;
  const sign = (by: HDNodeWallet, item: PollSubmission | RollSubmission, chainId = CHAIN_ID): string => {
    const contracts = { Organisations: address, Records: address, Attestations: address, Ballots: address };
    return by.signingKey.sign(digestOf(typedDataOf(item, chainId, contracts))).serialized;
  };
  const signed = (by: HDNodeWallet, item = poll, chainId = CHAIN_ID) => ({
    organisation: ORGANISATION,
    key: keccak256(getBytes(clerk.address)),
    content: item.content,
    options: item.options,
    minChoices: item.minChoices,
    maxChoices: item.maxChoices,
    opensAt: item.opensAtSec,
    closesAt: item.closesAtSec,
    mode: 0,
    idempotency: item.idempotency,
    signature: sign(by, item, chainId),
  });
  return { organisations, ballots, clerk, sign, signed };
}

describe('Ballots: authority over the real register', () => {
  for (const scope of ['voting', 'voting.poll.1']) {
    it(`takes a poll and its roll signed by a clerk whose organisation is accredited for ${scope}`, async () => {
      const { ballots, clerk, sign, signed } = await deploy(scope);
      await expect(ballots.createPolls([signed(clerk)])).to.emit(ballots, 'PollCreated');
      const freeze = { ...roll, key: keccak256(getBytes(clerk.address)), signature: sign(clerk, roll) };
      await expect(ballots.freezeRolls([{ ...freeze, organisation: ORGANISATION }]))
        .to.emit(ballots, 'RollFrozen')
        .withArgs(pollIdOf('main roll'), roll.pollId, ROLL.root, VOTERS.length);
    });
  }

  it('refuses who is accredited for something else, or not at all', async () => {
    for (const scope of ['', 'vehicles']) {
      const { ballots, clerk, signed } = await deploy(scope);
      await expect(ballots.createPolls([signed(clerk)]))
        .to.emit(ballots, 'BallotsRefused')
        .withArgs(pollIdOf('main'), pollIdOf('main'), refusal('NotAccredited'));
    }
  });

  it('refuses a signature by a stranger, for another chain, or over another text, each without its neighbours', async () => {
    const { ballots, clerk, signed } = await deploy('voting');
    const stranger = Wallet.createRandom();
    const bad = [
      signed(stranger),
      signed(clerk, poll, 1),
      { ...signed(clerk), content: `0x${'c1'.repeat(32)}` },
      { ...signed(clerk), maxChoices: 3 },
      { ...signed(clerk), closesAt: poll.closesAtSec + 1 },
    ];
    const sent = await ballots.createPolls([...bad, signed(clerk)]);
    const logs = (await sent.wait())!.logs.map((log: Log) => ballots.interface.parseLog(log)!);
    expect(logs.map((log: LogDescription) => log.name)).to.deep.equal([
      ...bad.map(() => 'BallotsRefused'),
      'PollCreated',
    ]);
    for (const log of logs.slice(0, -1)) expect(log.args.reason).to.equal(BigInt(refusal('BadSignature')));
  });

  it('refuses a suspended organisation and hears it again once it is resumed', async () => {
    const { ballots, organisations, clerk, signed } = await deploy('voting');
    await organisations.suspend(ORGANISATION);
    await expect(ballots.createPolls([signed(clerk)]))
      .to.emit(ballots, 'BallotsRefused')
      .withArgs(pollIdOf('main'), pollIdOf('main'), refusal('OrganisationNotActive'));
    await organisations.resume(ORGANISATION);
    await expect(ballots.createPolls([signed(clerk)])).to.emit(ballots, 'PollCreated');
  });
});
