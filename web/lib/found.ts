/** What a QR, a file or a pasted text turns out to be. */
import { fromBase64Url, type Hex, toHex } from '../../server/core/bytes.ts';
import { COMPACT_PREFIX } from '../../server/verify/compact.ts';
import { type DocumentFile, parseDocumentFile } from '../../server/verify/document.ts';

export interface ReceiptLink {
  readonly kind: 'link';
  readonly entryId: Hex;
  readonly leafHash?: Hex;
}

export type Found =
  | { readonly kind: 'receipt'; readonly text: string }
  /** The whole receipt as a QR holds it. */
  | { readonly kind: 'compact'; readonly text: string }
  | { readonly kind: 'document'; readonly file: DocumentFile }
  | ReceiptLink
  | { readonly kind: 'holder'; readonly fragment: string };

export function whatIs(text: string): Found | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('c2sp.org/tlog-proof@v1')) return { kind: 'receipt', text: `${trimmed}\n` };
  if (trimmed.startsWith('{')) return documentIn(trimmed);
  const link = /^https?:\/\/[^#\s]+\/(check|r|c)#(\S+)$/.exec(trimmed);
  if (link?.[1] === 'c') return { kind: 'holder', fragment: link[2]! };
  if (link) return readShortLink(link[2]!);
  return trimmed.startsWith(COMPACT_PREFIX) ? { kind: 'compact', text: trimmed } : undefined;
}

/** `entryId` or `entryId.leafHash`, the fragment of a short link; each as 0x-hexadecimal or base64url. */
export function readShortLink(fragment: string): ReceiptLink | undefined {
  const [entry = '', leaf] = fragment.split('.');
  const entryId = bytes32(entry);
  const leafHash = leaf === undefined ? undefined : bytes32(leaf);
  if (entryId === undefined || (leaf !== undefined && leafHash === undefined)) return undefined;
  return leafHash === undefined ? { kind: 'link', entryId } : { kind: 'link', entryId, leafHash };
}

function bytes32(text: string): Hex | undefined {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase() as Hex;
  try {
    const bytes = fromBase64Url(text);
    return bytes.length === 32 ? toHex(bytes) : undefined;
  } catch {
    return undefined;
  }
}

function documentIn(text: string): Found | undefined {
  try {
    return { kind: 'document', file: parseDocumentFile(text) };
  } catch {
    return undefined;
  }
}
