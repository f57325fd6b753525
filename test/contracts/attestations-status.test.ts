import { expect } from 'chai';
import { network } from 'hardhat';
import { DIPLOMAS, deployAttestations, idOfBatch } from '../helpers/attestations.ts';
import {
  ATTESTATION,
  accountSigner,
  CITY,
  DEALER,
  hash,
  REFUSAL,
  RIVAL,
  signed,
  unsigned,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture } = networkHelpers;
const { Unknown, Valid, Suspended, Revoked } = ATTESTATION;
const SPRING = idOfBatch('spring');

/** A batch of 600 leaves: three words of the bitmap. */
async function issued() {
  const deployed = await deployAttestations(ethers);
  const { attestations, relay, batch, change } = deployed;
  await relay.anchor([
    batch('spring', 600, { root: hash('spring') }),
    batch('autumn', 600, { root: hash('autumn') }),
  ]);
  let count = 0;
  /** Answers with the refusal's code, 0 when done. */
  const move = async (status: number, indexes: number[], organisation = DEALER, batchId = SPRING) => {
    const sent = await relay.changeStatus([
      change(`move ${++count}`, batchId, status, indexes, organisation),
    ]);
    const log = attestations.interface.parseLog((await sent.wait())!.logs[0]!)!;
    return log.name === 'AttestationRefused' ? Number(log.args.reason) : 0;
  };
  const statuses = async (...indexes: number[]) =>
    Promise.all(indexes.map(async (index) => Number(await attestations.statusOf(SPRING, index))));
  return { ...deployed, move, statuses };
}

describe('Attestations: status', () => {
  it('announces who changed what', async () => {
    const { attestations, relay, change } = await loadFixture(issued);
    await expect(relay.changeStatus([change('x', SPRING, Revoked, [3, 255, 256])]))
      .to.emit(attestations, 'AttestationStatusChanged')
      .withArgs(idOfBatch('x'), SPRING, DEALER, Revoked, [3, 255, 256]);
  });

  it('of one leaf leaves its neighbours in the same word and at its borders alone', async () => {
    const { move, statuses, attestations } = await loadFixture(issued);
    for (const index of [0, 7, 255, 256, 599]) expect(await move(Revoked, [index])).to.equal(0);
    expect(await statuses(0, 1, 6, 7, 8, 254, 255, 256, 257, 598, 599, 600)).to.deep.equal([
      Revoked,
      Valid,
      Valid,
      Revoked,
      Valid,
      Valid,
      Revoked,
      Revoked,
      Valid,
      Valid,
      Revoked,
      Unknown,
    ]);
    expect(await attestations.statusOf(idOfBatch('autumn'), 7)).to.equal(Valid);
    expect(await attestations.isRevoked(hash('spring'))).to.equal(false);
  });

  it('can be suspended and resumed as often as needed', async () => {
    const { move, statuses } = await loadFixture(issued);
    for (let i = 0; i < 2; i++) {
      expect(await move(Valid, [5])).to.equal(REFUSAL.NotSuspended);
      expect(await move(Suspended, [5])).to.equal(0);
      expect(await move(Suspended, [5])).to.equal(REFUSAL.AlreadySuspended);
      expect(await statuses(4, 5, 6)).to.deep.equal([Valid, Suspended, Valid]);
      expect(await move(Valid, [5])).to.equal(0);
      expect(await statuses(5)).to.deep.equal([Valid]);
    }
  });

  it('is final once revoked, from valid or from suspended', async () => {
    const { move, statuses } = await loadFixture(issued);
    await move(Suspended, [5]);
    expect(await move(Revoked, [5, 6])).to.equal(0);
    for (const status of [Valid, Suspended, Revoked]) {
      for (const index of [5, 6]) expect(await move(status, [index])).to.equal(REFUSAL.AlreadyRevoked);
    }
    expect(await statuses(5, 6)).to.deep.equal([Revoked, Revoked]);
  });

  it('of a whole batch covers every leaf and is lifted without touching theirs', async () => {
    const { move, statuses, attestations } = await loadFixture(issued);
    await move(Suspended, [1]);
    await move(Revoked, [2]);
    expect(await move(Valid, [])).to.equal(REFUSAL.NotSuspended);
    expect(await move(Suspended, [])).to.equal(0);
    expect(await move(Suspended, [])).to.equal(REFUSAL.AlreadySuspended);
    expect(await statuses(0, 1, 2, 600)).to.deep.equal([Suspended, Suspended, Revoked, Unknown]);
    expect(await move(Valid, [])).to.equal(0);
    expect(await statuses(0, 1, 2)).to.deep.equal([Valid, Suspended, Revoked]);
    expect((await attestations.batchOf(SPRING)).status).to.equal(Valid);
  });

  it('of a revoked batch is final for all, also after a leaf was revoked', async () => {
    const { move, statuses, attestations } = await loadFixture(issued);
    await move(Revoked, [2]);
    expect(await move(Revoked, [])).to.equal(0);
    for (const indexes of [[], [0], [2]]) {
      for (const status of [Valid, Suspended, Revoked]) {
        expect(await move(status, indexes)).to.equal(REFUSAL.AlreadyRevoked);
      }
    }
    expect(await statuses(0, 2, 600)).to.deep.equal([Revoked, Revoked, Unknown]);
    expect(await attestations.isRevoked(hash('spring'))).to.equal(true);
    expect(await attestations.isIssued(hash('spring'))).to.equal(true);
    expect(await attestations.isRevoked(hash('autumn'))).to.equal(false);
  });

  it('changes for all leaves of an item or for none', async () => {
    const { move, statuses } = await loadFixture(issued);
    await move(Revoked, [9]);
    expect(await move(Revoked, [7, 8, 9])).to.equal(REFUSAL.AlreadyRevoked);
    expect(await move(Suspended, [7, 8, 600])).to.equal(REFUSAL.IndexOutOfRange);
    expect(await statuses(7, 8)).to.deep.equal([Valid, Valid]);
  });

  it('takes up to 1,024 leaves at once', async () => {
    const { move } = await loadFixture(issued);
    const indexes = Array.from({ length: 1_025 }, (_, i) => i % 600);
    expect(await move(Revoked, indexes)).to.equal(REFUSAL.BundleTooLarge);
    expect(await move(Revoked, indexes.slice(1))).to.equal(0);
  });

  it('is the issuer’s and the city’s to change, nobody else’s', async () => {
    const { organisations, move, statuses } = await loadFixture(issued);
    await organisations.accredit(RIVAL, DIPLOMAS, 0, 0);
    expect(await move(Revoked, [1], RIVAL)).to.equal(REFUSAL.NotAuthor);
    expect(await move(Suspended, [1], CITY)).to.equal(0);
    expect(await move(Valid, [1], DEALER)).to.equal(0);
    expect(await move(Revoked, [1], CITY)).to.equal(0);
    expect(await statuses(1)).to.deep.equal([Revoked]);
  });

  it('can be changed by a new key of the issuer, and after its accreditation ended', async () => {
    const { organisations, attestations, relay, change, domain, keys, statuses } = await loadFixture(issued);
    const successor = accountSigner('successor');
    await organisations.addKey(DEALER, successor.signer, 0, 0);
    await organisations.endKey(DEALER, keys.dealer.key, 0);
    await organisations.withdrawAccreditation(DEALER, DIPLOMAS);
    const late = change('late', SPRING, Revoked, [4]);
    await expect(relay.changeStatus([late]))
      .to.emit(attestations, 'AttestationRefused')
      .withArgs(idOfBatch('late'), DEALER, REFUSAL.KeyExpired);
    await relay.changeStatus([signed('StatusChange', domain, unsigned(late), successor)]);
    expect(await statuses(4)).to.deep.equal([Revoked]);
  });

  it('refuses unknown numbers, unknown batches, forgeries and replays, and leaves neighbours untouched', async () => {
    const { attestations, relay, change, move, statuses } = await loadFixture(issued);
    expect(await move(Unknown, [1])).to.equal(REFUSAL.UnknownKind);
    expect(await move(4, [1])).to.equal(REFUSAL.UnknownKind);
    expect(await move(255, [])).to.equal(REFUSAL.UnknownKind);
    expect(await move(Revoked, [1], DEALER, hash('no batch'))).to.equal(REFUSAL.UnknownBatch);
    const suspend = change('suspend', SPRING, Suspended, [1]);
    const resume = change('resume', SPRING, Valid, [1]);
    const forged = { ...change('forged', SPRING, Revoked, [2]), indexes: [3] };
    const sent = relay.changeStatus([suspend, forged, resume, suspend, change('last', SPRING, Revoked, [0])]);
    await expect(sent)
      .to.emit(attestations, 'AttestationRefused')
      .withArgs(idOfBatch('forged'), DEALER, REFUSAL.BadSignature);
    await expect(sent)
      .to.emit(attestations, 'AttestationRefused')
      .withArgs(idOfBatch('suspend'), DEALER, REFUSAL.DuplicateEntry);
    expect(await statuses(0, 1, 2, 3)).to.deep.equal([Revoked, Valid, Valid, Valid]);
  });
});
