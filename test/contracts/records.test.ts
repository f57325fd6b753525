import { expect } from 'chai';
import { AbiCoder, keccak256, ZeroHash } from 'ethers';
import { network } from 'hardhat';
import {
  CITY,
  DEALER,
  deployRecords,
  digest,
  ENTRY,
  entry,
  hash,
  idOf,
  RECORD,
  REFUSAL,
  RIVAL,
  SCHEMA,
  SERVICE,
  text,
} from '../helpers/ledger.ts';

const { ethers, networkHelpers } = await network.create();
const { loadFixture, time } = networkHelpers;
const ledger = () => deployRecords(ethers);
/** OpenZeppelin's EIP712 keeps two fallback strings before our only mapping. */
const MAPPING_SLOT = 2;
const FIRST = entry({ idempotency: hash('first') });
const FIRST_ID = idOf(DEALER, FIRST.idempotency);

describe('Records', () => {
  describe('a recorded entry', () => {
    it('is announced in full and keeps author, status, kind, time and subject in one slot', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const now = (await time.latest()) + 5;
      await time.setNextBlockTimestamp(now);
      await expect(relay.submit([byDealer(FIRST)]))
        .to.emit(records, 'EntryRecorded')
        .withArgs(
          FIRST_ID,
          DEALER,
          FIRST.subject,
          SERVICE,
          SCHEMA,
          FIRST.commitment,
          ZeroHash,
          ENTRY.Create,
          FIRST.occurredAt,
        );
      const tag =
        BigInt(
          keccak256(
            AbiCoder.defaultAbiCoder().encode(
              ['bytes32', 'bytes32', 'bytes32'],
              [SERVICE, SCHEMA, FIRST.subject],
            ),
          ),
        ) &
        ((1n << 160n) - 1n);
      expect(await records.recordOf(FIRST_ID)).to.deep.equal([2n, 1n, 1n, BigInt(now), tag]);
      const slot = keccak256(
        AbiCoder.defaultAbiCoder().encode(['bytes32', 'uint256'], [FIRST_ID, MAPPING_SLOT]),
      );
      const packed = await ethers.provider.getStorage(await records.getAddress(), slot);
      expect(BigInt(packed) & 0xffffffffn).to.equal(2n);
      expect(BigInt(packed) >> 96n).to.equal(tag);
    });

    it('has the id that anybody computes', async () => {
      const { records } = await loadFixture(ledger);
      expect(await records.entryIdOf(DEALER, FIRST.idempotency)).to.equal(FIRST_ID);
    });

    it('may be dated up to a day ahead of the block, and not a second more', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const now = (await time.latest()) + 5;
      await time.setNextBlockTimestamp(now);
      await expect(
        relay.submit([
          byDealer(
            entry({ idempotency: hash('on time'), occurredAt: now + 86_400 }),
            entry({ idempotency: hash('too far'), occurredAt: now + 86_401 }),
          ),
        ]),
      )
        .to.emit(records, 'EntryRefused')
        .withArgs(idOf(DEALER, hash('too far')), DEALER, REFUSAL.DatedInFuture);
      expect((await records.recordOf(idOf(DEALER, hash('on time')))).status).to.equal(RECORD.Active);
    });
  });

  describe('an entry is refused', () => {
    const refusals: [string, string, Partial<typeof FIRST>][] = [
      ['of kind None', 'UnknownKind', { kind: 0 }],
      ['of a kind beyond the list', 'UnknownKind', { kind: 9 }],
      ['of the last number a byte holds', 'UnknownKind', { kind: 255 }],
      ['that creates and refers to another', 'UnexpectedReference', { refersTo: FIRST_ID }],
      ['that changes and refers to nothing', 'MissingReference', { kind: ENTRY.Revoke }],
      ['that refers to nothing recorded', 'UnknownRecord', { kind: ENTRY.Amend, refersTo: hash('nowhere') }],
      ['that creates without a commitment', 'MissingCommitment', { commitment: ZeroHash }],
      ['that amends without a commitment', 'MissingCommitment', { kind: ENTRY.Amend, commitment: ZeroHash }],
      [
        'of a service and schema its author is not accredited for',
        'NotAccredited',
        { service: text('votes') },
      ],
      ['whose id is taken', 'DuplicateEntry', { idempotency: FIRST.idempotency }],
    ];
    for (const [what, reason, change] of refusals) {
      it(`${what}, and its neighbours are recorded`, async () => {
        const { records, relay, byDealer } = await loadFixture(ledger);
        await relay.submit([byDealer(FIRST)]);
        const [before, bad, after] = [
          entry({ idempotency: hash('before') }),
          entry({ idempotency: hash('bad'), commitment: hash('bad'), ...change }),
          entry({ idempotency: hash('after') }),
        ];
        await expect(relay.submit([byDealer(before, bad, after)]))
          .to.emit(records, 'EntryRefused')
          .withArgs(idOf(DEALER, bad.idempotency), DEALER, REFUSAL[reason]);
        for (const { idempotency } of [before, after]) {
          expect((await records.recordOf(idOf(DEALER, idempotency))).status).to.equal(RECORD.Active);
        }
        const status = reason === 'DuplicateEntry' ? RECORD.Active : 0;
        expect((await records.recordOf(idOf(DEALER, bad.idempotency))).status).to.equal(status);
      });
    }

    it('that refers to a change instead of a record', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const change = entry({ idempotency: hash('s'), kind: ENTRY.Suspend, refersTo: FIRST_ID });
      const onChange = entry({
        idempotency: hash('r'),
        kind: ENTRY.Revoke,
        refersTo: idOf(DEALER, hash('s')),
      });
      await expect(relay.submit([byDealer(FIRST, change, onChange)]))
        .to.emit(records, 'EntryRefused')
        .withArgs(idOf(DEALER, hash('r')), DEALER, REFUSAL.UnknownRecord);
    });

    for (const field of ['service', 'schema', 'subject'] as const) {
      it(`that changes a record under another ${field}`, async () => {
        const { organisations, records, relay, byDealer } = await loadFixture(ledger);
        await organisations.accredit(DEALER, text('votes'), 0, 0);
        await relay.submit([byDealer(FIRST)]);
        const kinds = [ENTRY.Amend, ENTRY.Supersede, ENTRY.Revoke, ENTRY.Suspend, ENTRY.Dispute];
        const swapped = kinds.map((kind) =>
          entry({ idempotency: hash(`swap ${kind}`), kind, refersTo: FIRST_ID, [field]: text('votes') }),
        );
        const sent = relay.submit([byDealer(...swapped)]);
        for (const { idempotency } of swapped) {
          await expect(sent)
            .to.emit(records, 'EntryRefused')
            .withArgs(idOf(DEALER, idempotency), DEALER, REFUSAL.DifferentSubject);
        }
        expect((await records.recordOf(FIRST_ID)).status).to.equal(RECORD.Active);
      });
    }

    it('a second time in one bundle, in one transaction, and in a later one', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const other = { ...FIRST, commitment: hash('another document') };
      const twice = relay.submit([byDealer(FIRST, other), byDealer(other)]);
      await expect(twice).to.emit(records, 'EntryRecorded');
      const events = await records.queryFilter(records.getEvent('EntryRefused'));
      expect(events.map((event) => 'args' in event && [...event.args])).to.deep.equal([
        [FIRST_ID, DEALER, 11n],
        [FIRST_ID, DEALER, 11n],
      ]);
      await expect(relay.submit([byDealer(FIRST)]))
        .to.emit(records, 'EntryRefused')
        .withArgs(FIRST_ID, DEALER, REFUSAL.DuplicateEntry);
      expect(await records.queryFilter(records.getEvent('EntryRecorded'))).to.have.length(1);
    });
  });

  describe('a bundle', () => {
    it('is signed as ethers signs typed data', async () => {
      const { records, domain } = await loadFixture(ledger);
      for (const entries of [[], [FIRST], [FIRST, entry({ idempotency: hash('b'), kind: ENTRY.Revoke })]]) {
        expect(await records.digestOf(DEALER, entries)).to.equal(
          digest('Bundle', domain, { organisation: DEALER, entries }),
        );
      }
    });

    it('is refused when empty or above 500 entries, and taken with 500', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const entries = Array.from({ length: 501 }, (_, i) => entry({ idempotency: hash(`n${i}`) }));
      const [empty, large] = [byDealer(), byDealer(...entries)];
      const sent = relay.submit([empty, large]);
      await expect(sent)
        .to.emit(records, 'BundleRefused')
        .withArgs(await records.digestOf(DEALER, []), DEALER, REFUSAL.EmptyBundle);
      await expect(sent)
        .to.emit(records, 'BundleRefused')
        .withArgs(await records.digestOf(DEALER, entries), DEALER, REFUSAL.BundleTooLarge);
      await relay.submit([byDealer(...entries.slice(0, 500))], { gasLimit: 29_000_000 });
      expect(await records.queryFilter(records.getEvent('EntryRecorded'))).to.have.length(500);
    });

    it('is refused when any field of any entry, the organisation, the chain or the contract differs from what was signed', async () => {
      const { records, relay, domain, keys } = await loadFixture(ledger);
      const { key, sign } = keys.dealer;
      const good = sign(digest('Bundle', domain, { organisation: DEALER, entries: [FIRST] }));
      const change: Partial<typeof FIRST>[] = [
        { service: text('other') },
        { schema: text('other') },
        { subject: hash('other') },
        { commitment: hash('other') },
        { refersTo: hash('other') },
        { idempotency: hash('other') },
        { occurredAt: FIRST.occurredAt + 1 },
        { kind: ENTRY.Amend },
      ];
      const elsewhere = [
        { ...domain, chainId: domain.chainId + 1 },
        { ...domain, verifyingContract: keys.city.signer },
      ].map((other) => sign(digest('Bundle', other, { organisation: DEALER, entries: [FIRST] })));
      const forged = [
        ...change.map((part) => ({
          organisation: DEALER,
          key,
          entries: [{ ...FIRST, ...part }],
          signature: good,
        })),
        ...elsewhere.map((signature) => ({ organisation: DEALER, key, entries: [FIRST], signature })),
        { organisation: DEALER, key, entries: [FIRST, FIRST], signature: good },
      ];
      const sent = relay.submit(forged);
      for (const { entries } of forged) {
        await expect(sent)
          .to.emit(records, 'BundleRefused')
          .withArgs(await records.digestOf(DEALER, entries), DEALER, REFUSAL.BadSignature);
      }
      expect(await records.queryFilter(records.getEvent('EntryRecorded'))).to.have.length(0);
    });

    it('keeps the order of its entries: what is created first can be changed next', async () => {
      const { records, relay, byDealer } = await loadFixture(ledger);
      const revoke = entry({ idempotency: hash('revoke'), kind: ENTRY.Revoke, refersTo: FIRST_ID });
      await relay.submit([byDealer(FIRST, revoke)]);
      expect((await records.recordOf(FIRST_ID)).status).to.equal(RECORD.Revoked);
      expect((await records.recordOf(idOf(DEALER, hash('revoke')))).status).to.equal(RECORD.Change);
    });

    it('asks for accreditation anew when service or schema changes within it', async () => {
      const { organisations, records, relay, byRival } = await loadFixture(ledger);
      await organisations.accredit(RIVAL, SCHEMA, 0, 0);
      const entries = [SCHEMA, text('vehicles.sale.1'), SCHEMA, text('vehicles.sale.1')].map((schema, i) =>
        entry({ idempotency: hash(`e${i}`), schema }),
      );
      await relay.submit([byRival(...entries)]);
      const statuses = await Promise.all(
        entries.map(async ({ idempotency }) => (await records.recordOf(idOf(RIVAL, idempotency))).status),
      );
      expect(statuses).to.deep.equal([1n, 0n, 1n, 0n]);
    });

    it('carries no right from one bundle to the next', async () => {
      const { records, relay, byDealer, byRival, byCity } = await loadFixture(ledger);
      await relay.submit([
        byDealer(FIRST),
        byRival(entry({ idempotency: hash('rival') })),
        byCity(entry({ idempotency: hash('city') })),
        byRival(entry({ idempotency: hash('v'), kind: ENTRY.Revoke, refersTo: FIRST_ID })),
      ]);
      expect((await records.recordOf(idOf(RIVAL, hash('rival')))).status).to.equal(0);
      expect((await records.recordOf(idOf(CITY, hash('city')))).status).to.equal(0);
      expect((await records.recordOf(FIRST_ID)).status).to.equal(RECORD.Active);
    });
  });
});
