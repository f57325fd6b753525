/** Forgers of receipts and documents who hold true receipts of public entries, keys of accredited organisations, and time. */
import { expect } from 'chai';
import {
  attestationLeaf,
  attestationProof,
  attestationRoot,
  attestationRows,
} from '../../../server/core/attestation.ts';
import { type Hex, toHex, utf8 } from '../../../server/core/bytes.ts';
import { encodeLeaf, type LedgerEvent } from '../../../server/core/event.ts';
import { commitmentOf } from '../../../server/core/hash.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import { verifyEd25519 } from '../../../server/log/ed25519.ts';
import { services } from '../../../server/services/index.ts';
import { EXAMPLES } from '../../../server/services/vehicles/examples.ts';
import { ballotIdOf } from '../../../server/services/voting/ballot.ts';
import {
  type CheckContext,
  type DocumentFile,
  parseDocumentFile,
  verifyDocument,
} from '../../../server/verify/document.ts';
import { parseTrust } from '../../../server/verify/trust.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import {
  bytes32,
  CHAIN_ID,
  CONTRACTS,
  leavesOf,
  ledgerEvent,
  makeReceipt,
  ORIGIN,
  SALT,
  TIME_SEC,
  TRUST,
  testKey,
  WITNESS_KEYS,
} from '../../helpers/log.ts';

const tools = { verifyEd25519 };
const NOW = TIME_SEC + 86_400;

function judge(file: unknown, context: CheckContext = { nowSec: NOW, status: 'valid' }) {
  return verifyDocument({
    file: parseDocumentFile(file),
    trust: TRUST,
    tools,
    services,
    context,
  });
}

const receiptOf = (event: LedgerEvent) => makeReceipt(0, { entries: [encodeLeaf(event)] });
const course = (issuer: string) => ({
  schema: 'credentials.course.1',
  issuer,
  issuedOn: '2026-01-01',
  holderName: '홍길동',
  courseName: '기초',
  hours: 8,
  completedOn: '2026-01-01',
  number: '2026-1',
  validFrom: '2026-01-01',
});

/** A document file with a true receipt of a batch of `documents` that `issuer` anchored under these names. */
function attestedFile(
  service: string,
  schema: string,
  issuer: string,
  documents: readonly unknown[],
  index = 0,
) {
  const rows = attestationRows(
    documents.map((document, i) =>
      attestationLeaf({
        chainId: CHAIN_ID,
        contract: CONTRACTS.Attestations,
        issuer,
        schema,
        index: i,
        commitment: commitmentOf(document, SALT),
      }),
    ),
  );
  const batchId = bytes32(`batch ${service} ${schema} ${documents.length}`);
  const values = [
    batchId,
    nameToBytes32(issuer),
    nameToBytes32(schema),
    nameToBytes32(service),
    attestationRoot(rows),
    documents.length,
  ];
  return {
    sillok: 'document.1' as const,
    entryId: bytes32('one of them'),
    document: documents[index],
    salt: SALT,
    attested: { batchId, index, count: documents.length, proof: attestationProof(rows, index) },
    receipt: receiptOf(ledgerEvent('BatchAnchored', 'Attestations', values)),
  } satisfies DocumentFile;
}

function recordFile(
  service: string,
  schema: string,
  author: string,
  document: unknown,
  occurredAtSec: number,
) {
  const entryId = bytes32('forged');
  const values = [
    entryId,
    nameToBytes32(author),
    bytes32('subject'),
    nameToBytes32(service),
    nameToBytes32(schema),
    commitmentOf(document, SALT),
    `0x${'00'.repeat(32)}`,
    1,
    occurredAtSec,
  ];
  const receipt = receiptOf(ledgerEvent('EntryRecorded', 'Records', values));
  return { sillok: 'document.1', entryId, document, salt: SALT, receipt };
}

describe('a forger of documents', () => {
  it('is believed when nothing is forged', () => {
    const file = attestedFile('credentials', 'credentials.course.1', 'school', [course('school')]);
    expect(judge(file).outcome).equal('valid');
  });

  it('cannot certify under the name of a service for which it is accredited what belongs to another', () => {
    for (const service of [
      'voting',
      'vehicles',
      'credentials.course.1',
      'credentials.residence',
      'archives',
    ]) {
      const file = attestedFile(service, 'credentials.course.1', 'dealer', [course('dealer')]);
      expect(judge(file).outcome, service).equal('invalid');
    }
    const inspection = { ...EXAMPLES.inspection, schema: 'vehicles.inspection.1', organisation: 'school' };
    for (const service of ['voting', 'credentials', 'vehicles.sale.1']) {
      const file = recordFile(service, 'vehicles.inspection.1', 'school', inspection, TIME_SEC);
      expect(judge(file).outcome, service).equal('invalid');
    }
  });

  it('cannot write as a record what must be attested, or attest what must be recorded, and so lie about its author', () => {
    const file = recordFile('credentials', 'credentials.course.1', 'school', course('seoul-city'), TIME_SEC);
    expect(judge(file).outcome).equal('invalid');
    const purchase = { ...EXAMPLES.purchase, schema: 'vehicles.purchase.1', organisation: 'hyundai' };
    expect(judge(attestedFile('vehicles', 'vehicles.purchase.1', 'dealer', [purchase])).outcome).equal(
      'invalid',
    );
  });

  it('cannot name another issuer in a certificate than the one who signed', () => {
    const file = attestedFile('credentials', 'credentials.course.1', 'school', [course('seoul-city')]);
    expect(judge(file).outcome).equal('invalid');
  });

  it('cannot hang a text of its own on somebody’s public ballot', () => {
    const pollId = bytes32('poll');
    const entryId = ballotIdOf(pollId, 7n);
    const receipt = receiptOf(ledgerEvent('BallotCast', 'Ballots', [entryId, pollId, 7n, 1n]));
    const ballot = { pollId, choices: [0], nullifier: '7', proof: ['1', '2', '3', '4', '5', '6', '7', '8'] };
    const file = (document: unknown) => ({ sillok: 'document.1', entryId, document, receipt });
    expect(judge(file(ballot)).outcome).equal('valid');
    const texts = [
      { options: ['mayor', 'me'], minChoices: 1, maxChoices: 1, title: 'The bearer has won' },
      { ...ballot, note: 'The bearer has won' },
      { ...ballot, proof: 'The bearer has won' },
      { ...ballot, choices: [0, 'x'] },
    ];
    for (const text of texts) expect(judge(file(text)).outcome, JSON.stringify(text)).not.equal('valid');
  });

  it('cannot move a place in a batch to another document, batch, chain or contract', () => {
    const documents = [0, 1, 2, 3, 4].map((i) => ({ ...course('school'), number: `2026-${i}` }));
    const files = documents.map((_, i) =>
      attestedFile('credentials', 'credentials.course.1', 'school', documents, i),
    );
    for (const [i, one] of files.entries())
      for (const [j, other] of files.entries()) {
        const outcome = judge({ ...one, attested: other.attested }).outcome;
        expect(outcome, `${i} with ${j}`).equal(i === j ? 'valid' : 'invalid');
      }
    const first: DocumentFile = files[0]!;
    const { attested } = first;
    const inner = { ...attested!, proof: attested!.proof.slice(1) };
    expect(judge({ ...first, attested: inner }).outcome).equal('invalid');
    const longer = { ...attested!, proof: [...attested!.proof, bytes32('x')] };
    expect(judge({ ...first, attested: longer }).outcome).equal('invalid');
    for (const trust of [
      { ...TRUST, chainId: CHAIN_ID + 1 },
      { ...TRUST, contracts: { ...CONTRACTS, Attestations: CONTRACTS.Records } },
    ])
      expect(verifyDocument({ file: parseDocumentFile(first), trust, tools, services }).outcome).equal(
        'invalid',
      );
  });

  it('is not waved through with a revoked, expired or unheard-of certificate because nobody could ask', () => {
    const ended = { ...course('school'), validUntil: '2026-01-02' };
    const [now, later] = [NOW, NOW + 365 * 86_400];
    const file = attestedFile('credentials', 'credentials.course.1', 'school', [course('school')]);
    const old = attestedFile('credentials', 'credentials.course.1', 'school', [ended]);
    expect(judge(file, { nowSec: now, status: 'valid' }).outcome).equal('valid');
    expect(judge(file, { nowSec: now, status: 'revoked' }).outcome).equal('invalid');
    expect(judge(file, { nowSec: now, status: 'suspended' }).outcome).equal('invalid');
    expect(judge(file, { nowSec: now }).outcome).equal('unknown');
    expect(judge(old, { nowSec: later, status: 'valid' }).outcome).equal('invalid');
    expect(judge(old, { nowSec: later }).outcome).equal('invalid');
  });

  it('cannot smuggle further members past the check', () => {
    const file = attestedFile('credentials', 'credentials.course.1', 'school', [course('school')]);
    const shown = { ...file, document: { ...course('school'), note: 'also a doctor' } };
    expect(judge(shown).outcome).equal('invalid');
    for (const more of [{ note: 'x' }, { __proto__: 1, note: 1 }, { attested: { ...file.attested, x: 1 } }])
      expect(() => parseDocumentFile({ ...file, ...more })).throw();
    const twice = JSON.stringify(file).replace('"document":', '"document":{"note":"shown"},"document":');
    expect(judge(JSON.parse(twice)).outcome).equal('valid');
  });
});

describe('a forger of receipts', () => {
  const entries = leavesOf(9);
  const good = makeReceipt(4, { entries });

  it('gains nothing by endings, encodings and additions that some reader might overlook', () => {
    expect(verifyReceipt(good, TRUST, tools).outcome).equal('valid');
    const forms = [
      good.replaceAll('\n', '\r\n'),
      `${good}\n`,
      `${good}trailing\n`,
      `\ufeff${good}`,
      ` ${good}`,
      good.slice(0, -1),
      good.replace('index 4', 'index 04'),
      good.replace('index 4', 'index +4'),
      good.replace('index 4', 'index 4 '),
      good.replace('index 4', 'index ４'),
      good.replace('@v1', '@v2'),
      good.replace('extra ', 'extra  '),
      `${good}${good}`,
      good.replace(`${ORIGIN}\n`, `${ORIGIN}\u0000\n`),
    ];
    for (const form of forms)
      expect(verifyReceipt(form, TRUST, tools).outcome, JSON.stringify(form.slice(0, 40))).equal('invalid');
  });

  it('cannot splice two receipts, or bring a log, witnesses or a threshold of its own', () => {
    const other = makeReceipt(5, { entries: leavesOf(12) });
    const [head, tail] = [good.slice(0, good.indexOf('\n\n')), other.slice(other.indexOf('\n\n'))];
    expect(verifyReceipt(head + tail, TRUST, tools).outcome).equal('invalid');
    const evil = testKey(ORIGIN, 1, 'evil');
    expect(verifyReceipt(makeReceipt(4, { entries, logKey: evil }), TRUST, tools).outcome).not.equal('valid');
    const strangers = WITNESS_KEYS.map(({ name }) => testKey(name, 4, `evil ${name}`));
    expect(verifyReceipt(makeReceipt(4, { entries, signers: strangers }), TRUST, tools).outcome).not.equal(
      'valid',
    );
    const one = Array.from({ length: 4 }, () => WITNESS_KEYS[0]!);
    expect(verifyReceipt(makeReceipt(4, { entries, signers: one }), TRUST, tools).outcome).not.equal('valid');
    const twice = { ...TRUST, witnesses: [TRUST.witnesses[0]!, TRUST.witnesses[0]!] };
    expect(() => parseTrust({ ...twice, threshold: 2 })).throw();
    expect(() => parseTrust({ ...TRUST, threshold: 9 })).throw();
  });

  it('cannot present the promise of a link with the receipt of another entry', () => {
    const leafHash = toHex(utf8('x'.repeat(32))) as Hex;
    expect(verifyReceipt(good, TRUST, tools, { leafHash }).outcome).equal('invalid');
  });

  it('is answered at once, however large or odd the text', () => {
    const texts = [
      `${'c2sp.org/tlog-proof@v1\n'.repeat(20_000)}\n`,
      `c2sp.org/tlog-proof@v1\nextra ${'A'.repeat(250_000)}\nindex 1\n\nx\n1\nx\n\n— x AAAAAAAA\n`,
      `${good.slice(0, good.indexOf('\n\n'))}\n${`${'A'.repeat(43)}=\n`.repeat(5000)}${good.slice(good.indexOf('\n\n') + 1)}`,
      good + '— x AAAAAAAA\n'.repeat(40),
      '\n\n'.repeat(100_000),
    ];
    for (const text of texts) expect(verifyReceipt(text, TRUST, tools).outcome).equal('invalid');
  });
});
