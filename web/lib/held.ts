/** A credential as its holder's link opens it: the document, where it stands in its batch, and its status now. */
import type { Hex } from '../../server/core/bytes.ts';
import { parseHolderLink } from '../../server/services/credentials/holder.ts';
import type { DocumentFile } from '../../server/verify/document.ts';
import { ApiError, askOptional } from './api.ts';
import type { CredentialsHolderAnswer } from './client/services.generated.ts';
import { askReceipt } from './entries.ts';

export interface Held extends Omit<CredentialsHolderAnswer, 'salt' | 'attested'> {
  /** undefined while it is still being recorded. */
  readonly file: DocumentFile | undefined;
}

/** The key goes in a body: it must stand in no log. undefined when the link opens nothing. */
export async function fetchHeld(fragment: string): Promise<Held | undefined> {
  const link = parseHolderLink(fragment);
  const answer =
    link &&
    (await askOptional<CredentialsHolderAnswer>('/v1/credentials/holder', { method: 'POST', body: link }));
  if (!answer) return undefined;
  const { attested, salt, ...held } = answer;
  const receipt = attested && (await receiptNow(answer.entryId));
  const file = receipt && {
    sillok: 'document.1' as const,
    entryId: held.entryId,
    document: held.document,
    salt,
    attested,
    receipt,
  };
  return { ...held, file: file || undefined };
}

async function receiptNow(entryId: Hex): Promise<string | undefined> {
  try {
    return await askReceipt(entryId);
  } catch (error) {
    const isEarly =
      error instanceof ApiError && error.problem.status !== undefined && error.problem.status < 500;
    if (isEarly) return undefined;
    throw error;
  }
}
