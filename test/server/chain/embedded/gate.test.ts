import { expect } from 'chai';
import { Gate } from '../../../../server/chain/embedded/gate.ts';

describe('embedded chain: gate', () => {
  it('lets nobody in while one holds it alone, and those who waited before the next one', async () => {
    const gate = new Gate();
    const seen: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = gate.exclusive(async () => {
      seen.push('block 1 begins');
      await held.promise;
      seen.push('block 1 ends');
    });
    const second = gate.exclusive(async () => void seen.push('block 2'));
    const reads = ['a', 'b'].map((name) => gate.shared(async () => void seen.push(`read ${name}`)));
    await Promise.resolve();
    held.resolve();
    await Promise.all([first, second, ...reads]);
    expect(seen).to.deep.equal(['block 1 begins', 'block 1 ends', 'read a', 'read b', 'block 2']);
  });

  it('lets a waiting block go before reads that came later', async () => {
    const gate = new Gate();
    const seen: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = gate.shared(() => held.promise);
    const block = gate.exclusive(async () => void seen.push('block'));
    const read = gate.shared(async () => void seen.push('read'));
    held.resolve();
    await Promise.all([first, block, read]);
    expect(seen).to.deep.equal(['block', 'read']);
  });

  it('opens again after work that failed', async () => {
    const gate = new Gate();
    const failed = gate.exclusive(() => Promise.reject(new Error('work')));
    expect(await failed.catch((error) => error.message)).to.equal('work');
    expect(await gate.shared(async () => 'in')).to.equal('in');
  });
});
