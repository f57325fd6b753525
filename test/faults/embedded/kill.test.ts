import { expect } from 'chai';
import { type EmbeddedChain, startEmbeddedChain } from '../../../server/chain/embedded/start.ts';
import * as client from './harness.ts';

const IS_SLOW = process.env.SLOW === '1';
const ROUNDS = IS_SLOW ? 40 : 5;
const LANES = 6;
const IN_FLIGHT = 8;
const PER_LANE = 3_000;

describe('embedded chain: kill -9', () => {
  after(client.removeFolders);

  it('keeps every receipt ever seen, in the same block, through kills under load', async function () {
    if (IS_SLOW) this.timeout(900_000);
    const random = client.seededRandom(`${ROUNDS} kills`);
    const folder = await client.newFolder();
    const lanes = Array.from({ length: LANES }, (_, i) => ({
      wallet: client.sender(`lane ${i}`),
      signed: [] as string[],
    }));
    /** Every answer a client got, over all rounds. */
    const seen = new Map<string, client.SeenReceipt>();
    let hashes: string[] = [];

    for (let round = 0; round <= ROUNDS; round++) {
      const chain = await startEmbeddedChain({ folder, chainId: client.CHAIN_ID });
      await chain.ready;
      const now = await client.blockHashes(chain.url);
      expect(now.slice(0, hashes.length), 'hashes of blocks seen before').to.deep.equal(hashes);
      const again = await client.askEach<client.SeenReceipt>(
        chain.url,
        'eth_getTransactionReceipt',
        Array.from(seen.keys(), (hash) => [hash]),
      );
      expect(again, `receipts after kill ${round}`).to.deep.equal([...seen.values()]);
      hashes = now;
      if (round === ROUNDS) {
        await chain.stop();
        break;
      }
      const killAfter = seen.size + 20 + random.next(250);
      await loadUntilKilled(chain, lanes, seen, () => seen.size >= killAfter);
    }
    console.log(`      ${seen.size} receipts in ${hashes.length - 1} blocks, none lost`);
    expect(seen.size).to.be.greaterThan(ROUNDS * 20);
  });
});

interface Lane {
  wallet: ReturnType<typeof client.sender>;
  /** By nonce; the same bytes are sent again after a crash. */
  signed: string[];
}

/** Sends from all lanes, reads receipts, and kills the process in the midst of it. */
async function loadUntilKilled(
  chain: EmbeddedChain,
  lanes: Lane[],
  seen: Map<string, client.SeenReceipt>,
  isTime: () => boolean,
): Promise<void> {
  let isKilled = false;
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  void chain.exited.then(() => lost.reject(new Error('killed')));

  const drive = async ({ wallet, signed }: Lane): Promise<void> => {
    let next = Number(await client.ask(chain.url, 'eth_getTransactionCount', wallet.address, 'latest'));
    const one = async (): Promise<void> => {
      while (next < PER_LANE && !isKilled) {
        const nonce = next++;
        signed[nonce] ??= await client.sign(
          wallet,
          nonce,
          nonce % 7 === 0 ? client.STORE_RANDOM : { data: '0x1234' },
        );
        const hash = await client.ask<string>(chain.url, 'eth_sendRawTransaction', signed[nonce]);
        seen.set(hash, await client.receiptOf(chain.url, hash));
        if (isTime() && !isKilled) {
          isKilled = true;
          process.kill(chain.pid, 'SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  };
  // Requests cut off by the kill fail, or hang in a socket that will never answer.
  await Promise.all(lanes.map((lane) => Promise.race([drive(lane), lost.promise]).catch(() => {})));
  await chain.exited;
  expect(isKilled, 'the load ended by the kill').to.equal(true);
}
