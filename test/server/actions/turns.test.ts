import { expect } from 'chai';
import { createBreather, createPlaces } from '../../../server/actions/turns.ts';

describe('places', () => {
  it('hold so many tasks at once and take the others in order', async () => {
    const places = createPlaces(2);
    const begun: number[] = [];
    let atOnce = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        places.run(async () => {
          begun.push(i);
          most = Math.max(most, ++atOnce);
          await Promise.resolve();
          atOnce--;
        }),
      ),
    );
    expect(begun).deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(most).equal(2);
  });

  it('are free again after a task that fails', async () => {
    const places = createPlaces(1);
    const failed = await places.run(() => Promise.reject(new Error('no'))).catch((error: Error) => error);
    expect(failed).instanceOf(Error).include({ message: 'no' });
    expect(await places.run(async () => 'next')).equal('next');
  });

  it('let timers and sockets have a turn between two tasks', async () => {
    const places = createPlaces(1);
    const order: string[] = [];
    const first = places.run(async () => void order.push('first'));
    const second = places.run(async () => void order.push('second'));
    setImmediate(() => order.push('turn'));
    await Promise.all([first, second]);
    expect(order).deep.equal(['first', 'turn', 'second']);
  });
});

describe('a breather', () => {
  it('gives others a turn once a slice was used, and only then', async () => {
    const breathe = createBreather();
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await breathe();
    expect(turns).equal(0);
    for (const startMs = performance.now(); performance.now() - startMs < 30; ) await breathe();
    isOver = true;
    expect(turns).above(0);
  });
});
