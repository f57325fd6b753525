/** What the ledger says today of a credential. Asked by its place in a batch, so the question names no person. */
import type { DocumentFile } from '../../server/verify/document.ts';
import { askOptional } from './api.ts';
import type { CredentialsLeafStatusAnswer } from './client/services.generated.ts';

type LeafStatus = CredentialsLeafStatusAnswer['status'];

/** undefined when it could not be learnt; a check that needs it is then skipped, never passed. */
export async function statusOnline({
  attested,
}: DocumentFile): Promise<Exclude<LeafStatus, 'unknown'> | undefined> {
  if (attested === undefined) return undefined;
  const path = `/v1/credentials/leaf-status/${attested.batchId}/${attested.index}`;
  const answer = await askOptional<CredentialsLeafStatusAnswer>(path).catch(() => undefined);
  return answer === undefined || answer.status === 'unknown' ? undefined : answer.status;
}
