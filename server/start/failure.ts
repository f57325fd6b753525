/** Failures of parts that run beside the requests: which pass, which end the process. */
import { AppError } from '../core/errors.ts';
import { failureOf } from '../store/database.ts';
import type { Outset } from './start.ts';

export function createFailure(): Pick<Outset, 'fail' | 'failed'> {
  const failed = Promise.withResolvers<AppError>();
  return { fail: (error) => failed.resolve(fatal(error)), failed: failed.promise };
}

/** A disk gets room again, a standby comes back; until then writes are refused and reading goes on. */
export function isPassing(error: unknown): boolean {
  return error instanceof AppError && /^(STORE_FULL|STANDBY_MISSING)$/.test(error.code);
}

/** What no later try mends: another history than the one that was read, or a fault of our own. */
export function isHopeless(error: unknown): boolean {
  // The disk of the log's files gets room again as well.
  if (!(error instanceof AppError)) return failureOf(error, '').code !== 'STORE_FULL';
  return /^(LOG_CONFLICT|LOG_CORRUPT|LOG_GAP|CHAIN_FORKED|STORE_CORRUPT)$/.test(error.code);
}

export function fatal(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', {}, error);
}
