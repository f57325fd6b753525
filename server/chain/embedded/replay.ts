/** Makes every journaled block again and compares the hashes: the state is not stored, it is computed anew. */
import { toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import type { BlockLog } from './block-log.ts';
import { type Block, type Engine, EngineRefusal } from './engine.ts';

/** @throws AppError CHAIN_REPLAY_DIFFERS with the first block that comes out otherwise. */
export async function replayBlocks(
  engine: Engine,
  log: BlockLog,
  onBlock: (number: number) => void,
): Promise<Block> {
  let parent = engine.genesis;
  for await (const { hash, timestampSec, transactions } of log.blocks()) {
    const number = parent.number + 1;
    const expected = toHex(hash);
    try {
      for (const raw of transactions) {
        await engine.request('eth_sendRawTransaction', [`0x${Buffer.from(raw).toString('hex')}`]);
      }
      parent = await engine.mine(parent, timestampSec);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      throw new AppError('CHAIN_REPLAY_DIFFERS', { block: number, expected, reason: error.message }, error);
    }
    if (parent.hash !== expected) {
      throw new AppError('CHAIN_REPLAY_DIFFERS', { block: number, expected, found: parent.hash });
    }
    onBlock(number);
  }
  return parent;
}
