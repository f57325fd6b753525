/** Why a request cannot be accepted as it is: all of its entries that are somebody's already. Shows itself as the first of them. */
import { AppError } from '../core/errors.ts';

export class EntriesTaken extends AppError {
  /** ENTRY_EXISTS {entryId} | ENTRY_ELSEWHERE {entryId, gateway} */
  readonly all: readonly AppError[];

  constructor(all: readonly [AppError, ...AppError[]]) {
    super(all[0].code, all[0].details);
    this.all = all;
  }
}
