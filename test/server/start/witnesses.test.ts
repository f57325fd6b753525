import { expect } from 'chai';
import { COSIGNATURE } from '../../../server/verify/note.ts';
import { startOwn, stopOwn } from '../../helpers/gateway.ts';
import { testKey, WITNESS_KEYS } from '../../helpers/log.ts';

describe('A witness named in the settings', () => {
  it('is of whom they say, of the log’s own operator in either language or both, else of its own name', async () => {
    const fifth = testKey('fifth.example:8443/witness', COSIGNATURE);
    const [a, b, c, d, e] = [...WITNESS_KEYS, fifth].map(
      (key, i) => `${key.verifierKey}@http://127.0.0.1:${i + 1}`,
    );
    const running = await startOwn({
      SILLOK_OPERATOR_NAME: '가람시|City of Garam',
      SILLOK_WITNESSES: `가람시: ${a}, City of Garam: ${b}, 가람시|City of Garam: ${e}, 종로구: ${c}, ${d}`,
    });
    const { operator, witnesses } = running.trust;
    expect(witnesses.map((witness) => witness.operator)).to.deep.equal([
      operator,
      operator,
      operator,
      '종로구',
      WITNESS_KEYS[3]!.name,
    ]);
    await stopOwn(running);
  });
});
