import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eraseUnused } from '../../../server/actions/unused.ts';
import type { Hex } from '../../../server/core/bytes.ts';
import { openStore } from '../../../server/store/level.ts';
import { openVault } from '../../../server/vault/vault.ts';
import { hashOf, PASSPHRASE } from '../../helpers/outbox.ts';

describe('an original of an entry that another gateway recorded', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-unused-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is erased when that is known, and at the next start after a kill in between', async () => {
    const store = await openStore(join(folder, 'store'));
    const vault = await openVault({ folder: join(folder, 'vault'), passphrase: PASSPHRASE, store });
    const salt: Hex = hashOf('salt');
    const [before, later, kept] = [hashOf('before'), hashOf('later'), hashOf('kept')] as const;
    for (const id of [before, later, kept])
      await store.commit([vault.sealOriginal(id, { document: { name: 'Hong' }, salt })]);
    const erased = async (id: Hex) => {
      while ((await store.get(`unused:${id}`)) !== undefined) await new Promise(setImmediate);
      return (await vault.erasedAtMs(id)) !== undefined;
    };
    await store.commit([{ type: 'put', key: `unused:${before}`, value: true }]);
    let tell: ((settled: { elsewhere: true }) => void) | undefined;
    const outbox = {
      onSettled: (callback: unknown) => {
        tell = callback as typeof tell;
      },
    };
    eraseUnused({ store, vault, outbox, onFailed: (error) => expect.fail(String(error)) });
    expect(await erased(before)).to.equal(true);
    await store.commit([{ type: 'put', key: `unused:${later}`, value: true }]);
    tell!({ elsewhere: true });
    expect(await erased(later)).to.equal(true);
    expect(await vault.openOriginal(kept)).to.deep.equal({ document: { name: 'Hong' }, salt });
    await store.close();
  });
});
