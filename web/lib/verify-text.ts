/** From whatever was scanned to an outcome that can be shown. */
import type { DocumentFile } from '../../server/verify/document.ts';
import type { ReceiptVerdict } from '../../server/verify/verify.ts';
import { askReceipt } from './entries.ts';
import { whatIs } from './found.ts';
import { fetchHeld } from './held.ts';
import { t } from './lang.ts';
import { checkCompact, checkDocument, checkReceipt } from './proof.ts';
import { statusOnline } from './status.ts';
import { trustAtHand } from './trust.ts';

export interface Outcome {
  readonly verdict: ReceiptVerdict;
  readonly file?: DocumentFile;
  /** The gateway was not asked, for keys or for today's status. */
  readonly isOffline: boolean;
}

/** undefined when the text is nothing that can be verified. */
export async function verifyText(text: string): Promise<Outcome | undefined> {
  const found = whatIs(text);
  if (!found) return undefined;
  const known = await trustAtHand();
  const { isFresh } = known;
  const ofDocument = async (file: DocumentFile): Promise<Outcome> => {
    const status = isFresh ? await statusOnline(file) : undefined;
    return { verdict: checkDocument(file, known, status), file, isOffline: !isFresh };
  };
  switch (found.kind) {
    case 'receipt':
      return { verdict: checkReceipt(found.text, known), isOffline: !isFresh };
    case 'compact':
      return { verdict: checkCompact(found.text, known), isOffline: !isFresh };
    case 'document':
      return ofDocument(found.file);
    case 'link':
      return {
        verdict: checkReceipt(await askReceipt(found.entryId), known, found),
        isOffline: !isFresh,
      };
    case 'holder': {
      const held = await fetchHeld(found.fragment);
      if (held && !held.file) throw new Error(t('holder.wait'));
      return held?.file && ofDocument(held.file);
    }
  }
}
