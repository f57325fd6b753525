import { expect } from 'chai';
import { createKeyWatch } from '../../../../server/actions/operate/keys.ts';
import type { KeyRow, OrganisationRow } from '../../../../server/core/organisation.ts';

const key = (validToSec: number, compromisedAtSec = 0): KeyRow => ({
  signer: '0xab',
  validFromSec: 1,
  validToSec,
  compromisedAtSec,
});
const organisation = (
  id: string,
  keys: readonly KeyRow[],
  status: OrganisationRow['status'] = 'active',
): OrganisationRow => ({
  organisation: id,
  name: id,
  kind: 'company',
  status,
  keys: Object.fromEntries(keys.map((row, i) => [`0x${i}`, row])),
  accreditations: {},
});

describe('the watch over keys', () => {
  const rows = [
    organisation('for-good', [key(500), key(0)]),
    organisation('ending', [key(500), key(900)]),
    organisation('stolen', [key(0, 300)]),
    organisation('retired', [key(500)], 'retired'),
    organisation('without', []),
  ];
  let read = 0;
  const store = {
    range: async () => {
      read += 1;
      return rows.map((value) => ({ key: value.organisation, value })) as never;
    },
  };

  it('finds when the last key of an active organisation ends, a stolen one at its theft', async () => {
    expect(await createKeyWatch(store, () => 0)()).deep.equal([
      { organisation: 'ending', endsAtSec: 900 },
      { organisation: 'stolen', endsAtSec: 300 },
    ]);
  });

  it('looks once a minute, however often it is asked', async () => {
    let nowMs = 0;
    const watch = createKeyWatch(store, () => nowMs);
    const before = read;
    for (nowMs = 0; nowMs < 60_000; nowMs += 1000) await watch();
    expect(read - before).equal(1);
    await watch();
    expect(read - before).equal(2);
  });
});
