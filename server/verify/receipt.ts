/** The receipt: c2sp.org/tlog-proof@v1, with the leaf's bytes in its `extra` line. */
import { fromBase64, toBase64 } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { parseDecimal, parseHash, parseTreeHead, type TreeHead } from './checkpoint.ts';
import { type Note, parseNote } from './note.ts';

export interface Receipt {
  /** The entry of the log, see core/event.ts. Not authenticated until the inclusion proof leads from it to the root. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  readonly head: TreeHead;
  readonly checkpoint: Note;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
/** Entry bundles carry lengths in 16 bits. */
export const MAX_LEAF = 0xffff;
/** A path of 53 hashes, 32 post-quantum signatures and the largest leaf stay below this. */
const MAX_LENGTH = 256 * 1024;

/** The text may come from anyone. @throws AppError RECEIPT_MALFORMED */
export function parseReceipt(text: string): Receipt {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'RECEIPT_MALFORMED')
      throw new AppError('RECEIPT_MALFORMED', { ...error.details }, error);
    throw error;
  }
}

export function formatReceipt(
  receipt: Omit<Receipt, 'head' | 'checkpoint'> & { checkpoint: string },
): string {
  const lines = [
    HEADER,
    `extra ${toBase64(receipt.leaf)}`,
    `index ${receipt.index}`,
    ...receipt.path.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${receipt.checkpoint}`;
}

function parse(text: string): Receipt {
  const malformed = (reason: string) => new AppError('RECEIPT_MALFORMED', { reason });
  if (text.length > MAX_LENGTH) throw malformed('too long');
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('no checkpoint');
  const [header, extra, index, ...path] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw malformed('header');
  if (!extra?.startsWith('extra ')) throw malformed('no leaf');
  if (!index?.startsWith('index ')) throw malformed('no index');
  const checkpoint = parseNote(text.slice(split + 2));
  return {
    leaf: parseLeaf(extra.slice('extra '.length)),
    index: parseDecimal(index.slice('index '.length)),
    path: path.map(parseHash),
    head: parseTreeHead(checkpoint.text),
    checkpoint,
  };
}

function parseLeaf(base64: string): Uint8Array {
  try {
    const leaf = fromBase64(base64);
    if (leaf.length > 0 && leaf.length <= MAX_LEAF) return leaf;
  } catch {
    // Falls through: one error for every way of not being a leaf.
  }
  throw new AppError('RECEIPT_MALFORMED', { reason: 'leaf' });
}
