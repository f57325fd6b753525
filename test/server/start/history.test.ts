import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Cursor } from '../../../server/actions/ingest.ts';
import { openStore } from '../../../server/store/level.ts';
import { aCard, makeBranch, send, startOwn } from '../../helpers/gateway.ts';

describe('A gateway whose chain is another in the place of the newest block that it has read', () => {
  it('reads no further after a restart: nothing stands upon what it knows', async () => {
    const first = await startOwn();
    const { key } = await makeBranch(first);
    await first.stop();
    const store = await openStore(join(first.folder, 'store'));
    const cursor = (await store.get<Cursor>('cursor'))!;
    expect(cursor.hash).to.match(/^0x[0-9a-f]{64}$/);
    const value: Cursor = { ...cursor, hash: `0x${'ee'.repeat(32)}` };
    await store.commit([{ type: 'put', key: 'cursor', value }]);
    await store.close();
    const again = await startOwn({}, first.folder);
    await send(`${again.url}/v1/library-cards/issue`, { key, body: aCard() });
    const { code, details } = await again.failed;
    expect([code, details.block]).to.deep.equal(['CHAIN_FORKED', cursor.block]);
    await again.stop();
    await rm(first.folder, { recursive: true });
  });
});
