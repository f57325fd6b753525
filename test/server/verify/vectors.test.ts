import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { verifyEd25519 as verifyWithOpenssl } from '../../../server/log/ed25519.ts';
import { parseDocumentFile, verifyDocument } from '../../../server/verify/document.ts';
import { verifyEd25519 } from '../../../server/verify/ed25519.ts';
import { parseTrust } from '../../../server/verify/trust.ts';
import type { Verdict } from '../../../server/verify/verdict.ts';
import { verifyReceipt } from '../../../server/verify/verify.ts';
import { CHECK_WORDS } from '../../../server/verify/words.ts';
import { makeVectors } from '../../vectors/receipts/make.ts';

const HERE = fileURLToPath(new URL('../../vectors/receipts/', import.meta.url));
const trust = parseTrust(readFileSync(join(HERE, 'trust.json'), 'utf8'));
const FOLDERS = ['valid', 'invalid', 'unknown'] as const;

for (const [tool, verify] of [
  ['OpenSSL', verifyWithOpenssl],
  ['noble, as in the page', verifyEd25519],
] as const) {
  describe(`The receipt vectors, with Ed25519 by ${tool}`, () => {
    for (const folder of FOLDERS) {
      for (const name of readdirSync(join(HERE, folder))) {
        it(`finds ${name} ${folder}`, () => {
          const verdict = judge(name, readFileSync(join(HERE, folder, name), 'utf8'));
          expect(verdict.outcome, JSON.stringify(verdict.checks)).to.equal(folder);
          for (const check of verdict.checks) {
            expect(CHECK_WORDS).to.have.property(check.id);
            if (check.status !== 'passed')
              expect(CHECK_WORDS).to.have.property(`${check.id}.${check.details?.reason}`);
          }
        });
      }
    }

    function judge(name: string, text: string): Verdict {
      const tools = { verifyEd25519: verify };
      if (name.endsWith('.tlog-proof')) return verifyReceipt(text, trust, tools);
      try {
        return verifyDocument({ file: parseDocumentFile(text), trust, tools, services: [] });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { outcome: 'invalid', checks: [] };
      }
    }
  });
}

describe('The receipt vectors', () => {
  it('are what their generator writes', () => {
    for (const [folder, files] of Object.entries(makeVectors())) {
      expect(readdirSync(join(HERE, folder)).sort()).to.deep.equal(Object.keys(files).sort());
      for (const [name, text] of Object.entries(files))
        expect(readFileSync(join(HERE, folder, name), 'utf8'), name).to.equal(text);
    }
  });

  it('break each check at least once', () => {
    const broken = new Set(
      readdirSync(join(HERE, 'invalid'))
        .filter((name) => name.endsWith('.tlog-proof'))
        .flatMap((name) => {
          const text = readFileSync(join(HERE, 'invalid', name), 'utf8');
          const { checks } = verifyReceipt(text, trust, { verifyEd25519: verifyWithOpenssl });
          return checks.filter((check) => check.status === 'failed').map((check) => check.id);
        }),
    );
    expect([...broken].sort()).to.deep.equal(
      [
        'chain-known',
        'contract-known',
        'entry-readable',
        'in-log',
        'log-signature',
        'receipt-form',
        'witnessed',
      ].sort(),
    );
  });
});
