/** What a caller is told of an entry that is there already, so that a request sent again elsewhere is of use. */
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';

/** Of ENTRY_EXISTS where the entry stands and where its receipt is; every other error as it is. */
export async function withStanding({ outbox }: Pick<Context, 'outbox'>, error: AppError): Promise<AppError> {
  if (error.code !== 'ENTRY_EXISTS') return error;
  const entryId = error.details.entryId as Hex;
  const state = (await outbox.entry(entryId))?.state;
  return new AppError('ENTRY_EXISTS', { entryId, state, receipt: `/v1/entries/${entryId}/receipt` });
}
