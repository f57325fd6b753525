import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../../server/core/errors.ts';
import { encodeLeaf } from '../../../server/core/event.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { services } from '../../../server/services/index.ts';
import { type DocumentFile, parseDocumentFile, verifyDocument } from '../../../server/verify/document.ts';
import { passed, skipped } from '../../../server/verify/verdict.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { bytes32, ledgerEvent, makeReceipt, SALT, SEED, TIME_SEC, TRUST } from '../../helpers/log.ts';

const VALID = fileURLToPath(new URL('../../vectors/receipts/valid/', import.meta.url));
const record = readFileSync(`${VALID}record.sillok.json`, 'utf8');
const tools = { verifyEd25519 };

describe('A document with its receipt', () => {
  it('is not valid any more with any one value of its file changed', () => {
    const file = JSON.parse(record) as DocumentFile & { document: Record<string, unknown> };
    for (const key of Object.keys(file.document)) {
      const changed = { ...file, document: { ...file.document, [key]: 'another' } };
      expect(outcome(changed)).to.equal('invalid');
    }
    expect(outcome({ ...file, document: { ...file.document, more: null } })).to.equal('invalid');
    expect(outcome({ ...file, document: [] })).to.equal('invalid');
  });

  it('does not depend on the order of its members', () => {
    const file = JSON.parse(record) as DocumentFile;
    const document = Object.fromEntries(Object.entries(file.document as object).reverse());
    expect(outcome({ ...file, document })).to.equal('valid');
  });

  it('that nests without end is refused, not followed', () => {
    const file = JSON.parse(record) as DocumentFile;
    let document: unknown = 0;
    for (let depth = 0; depth < 100_000; depth++) document = [document];
    expect(outcome({ ...file, document })).to.equal('invalid');
  });

  it('of a ballot is believed only with a service that compared it with the count', () => {
    const values = [bytes32('ballot'), bytes32('poll'), 5n, 1n];
    const entries = [encodeLeaf(ledgerEvent('BallotCast', 'Ballots', values))];
    const receipt = makeReceipt(0, { entries });
    const file: DocumentFile = {
      sillok: 'document.1',
      entryId: bytes32('ballot'),
      document: { any: 1 },
      receipt,
    };
    expect(verifyDocument({ file, trust: TRUST, tools, services: [] }).outcome).to.equal('unknown');
    const compared = (_event: unknown, ballot: unknown) =>
      ballot === undefined ? [] : [passed('ballot-as-cast')];
    const voting = { id: 'voting', contract: 'Ballots', checks: compared };
    expect(verifyDocument({ file, trust: TRUST, tools, services: [voting] }).outcome).to.equal('valid');
  });

  it('is about one of a batch: its receipt is valid though it does not tell which, and the link’s check says so', () => {
    const batch = ledgerEvent('BatchAnchored', 'Attestations', [
      bytes32('e'),
      nameToBytes32('school'),
      nameToBytes32('course'),
      nameToBytes32('credentials'),
      bytes32('root'),
      3,
    ]);
    const receipt = makeReceipt(0, { entries: [encodeLeaf(batch)] });
    const { outcome, checks } = verifyReceipt(receipt, TRUST, tools, { entryId: bytes32('m') });
    expect(outcome).to.equal('valid');
    expect(checks).to.deep.include(skipped('link-matches', 'member'));
  });

  it('gets a verdict from every service whatever it holds, and no error', () => {
    const names = services.map(({ id }) => nameToBytes32(id));
    const event = fc.oneof(
      fc
        .constantFrom(
          ...services.flatMap(({ id, schemas }) => schemas.map((schema) => [id, schema] as const)),
        )
        .map(([id, schema]) =>
          ledgerEvent('EntryRecorded', 'Records', [
            bytes32('e'),
            names[0],
            bytes32('s'),
            nameToBytes32(id),
            nameToBytes32(schema),
            bytes32('c'),
            bytes32('r'),
            1,
            TIME_SEC,
          ]),
        ),
      fc
        .constantFrom(
          ...services.flatMap(({ id, schemas }) => schemas.map((schema) => [id, schema] as const)),
        )
        .map(([id, schema]) =>
          ledgerEvent('BatchAnchored', 'Attestations', [
            bytes32('e'),
            names[0],
            nameToBytes32(schema),
            nameToBytes32(id),
            bytes32('root'),
            3,
          ]),
        ),
      fc.constant(
        ledgerEvent('PollCreated', 'Ballots', [bytes32('e'), names[0], bytes32('c'), 2, 1, 1, 1, 2, 0]),
      ),
      fc.constant(ledgerEvent('RollFrozen', 'Ballots', [bytes32('e'), bytes32('p'), 7n, 3])),
      fc
        .bigInt({ min: 0n, max: 2n ** 64n - 1n })
        .map((choices) =>
          ledgerEvent('BallotCast', 'Ballots', [bytes32('e'), bytes32('p'), 2n ** 256n - 1n, choices]),
        ),
    );
    const document = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          'options',
          'choices',
          'schema',
          'issuer',
          'validFrom',
          'validUntil',
          'issuedOn',
          'nullifier',
          'vehicle',
        ),
        fc.jsonValue(),
      ),
    );
    fc.assert(
      fc.property(event, document, (ledger, held) => {
        const receipt = makeReceipt(0, { entries: [encodeLeaf(ledger)] });
        const file: DocumentFile = {
          sillok: 'document.1',
          entryId: bytes32('e'),
          document: held,
          salt: SALT,
          receipt,
        };
        const verdict = verifyDocument({
          file,
          trust: TRUST,
          tools,
          services,
          context: { nowSec: TIME_SEC },
        });
        expect(verdict.outcome).to.be.oneOf(['invalid', 'unknown']);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  for (const [what, text] of [
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['a salt of another length', record.replace(/"salt": "0x../, '"salt": "0x')],
    ['an entry id in capitals', record.replace(/"entryId": "0x[0-9a-f]{4}/, '"entryId": "0xABCD')],
    ['another version', record.replace('document.1', 'document.2')],
  ] as const)
    it(`is refused with ${what}`, () => {
      expect(() => parseDocumentFile(text))
        .to.throw(AppError)
        .with.property('code', 'DOCUMENT_MALFORMED');
    });
});

function outcome(file: DocumentFile): string {
  return verifyDocument({ file, trust: TRUST, tools, services: [] }).outcome;
}
