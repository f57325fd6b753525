/** Where a credential stands, from what the ledger says of its leaf and what its document says of time. */
import type { Hex } from '../../core/bytes.ts';
import { endOfSeoulDay, startOfSeoulDay } from '../../core/seoul.ts';
import type { Certificate } from './records.ts';

export type LeafStatus = 'valid' | 'suspended' | 'revoked';
export type CredentialState = 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet-valid' | 'unknown';

export interface StatusReason {
  readonly code:
    | 'REVOKED'
    | 'SUSPENDED'
    | 'EXPIRED'
    | 'NOT_YET_VALID'
    | 'NOT_ANCHORED_YET'
    | 'DOCUMENT_NOT_HELD'
    | 'UNKNOWN_HERE';
  readonly details?: Readonly<Record<string, string | number>>;
}

/** `asOfSec`: Unix time of the answer. The state is what counts, the reasons are all that speak against it. */
export interface CredentialStatus {
  readonly state: CredentialState;
  readonly reasons: readonly StatusReason[];
  readonly asOfSec: number;
}

/** What a batch or one of its leaves was last set to. */
export interface StatusRow {
  readonly status: LeafStatus;
  readonly sinceSec: number;
}

export interface Standing {
  /** undefined: not on the chain yet, or never seen. */
  readonly leaf?: StatusRow | undefined;
  readonly batchId?: Hex | undefined;
  /** undefined: erased or kept elsewhere; then nothing is said about its validity in time. */
  readonly period?: Pick<Certificate, 'validFrom' | 'validUntil'> | undefined;
}

/** Revocation outweighs suspension, as on chain (a batch's status and a leaf's: the heavier one counts). */
export function heavier(a: StatusRow, b: StatusRow | undefined): StatusRow {
  const order: readonly LeafStatus[] = ['valid', 'suspended', 'revoked'];
  return b !== undefined && order.indexOf(b.status) > order.indexOf(a.status) ? b : a;
}

/** Only a credential that is anchored, neither revoked nor suspended, and within its days is `valid`. */
export function credentialStatus({ leaf, period }: Standing, nowSec: number): CredentialStatus {
  if (leaf === undefined) {
    const code = period === undefined ? 'UNKNOWN_HERE' : 'NOT_ANCHORED_YET';
    return { state: 'unknown', reasons: [{ code }], asOfSec: nowSec };
  }
  const reasons: StatusReason[] = [];
  const states: CredentialState[] = [];
  const say = (state: CredentialState, code: StatusReason['code'], details: StatusReason['details'] = {}) => {
    states.push(state);
    reasons.push({ code, details });
  };
  if (leaf.status === 'revoked') say('revoked', 'REVOKED', { sinceSec: leaf.sinceSec });
  const time = periodState(period, nowSec);
  if (time === 'expired') say('expired', 'EXPIRED', { validUntil: period!.validUntil! });
  if (leaf.status === 'suspended') say('suspended', 'SUSPENDED', { sinceSec: leaf.sinceSec });
  if (time === 'not-yet-valid') say('not-yet-valid', 'NOT_YET_VALID', { validFrom: period!.validFrom });
  if (period === undefined) say('unknown', 'DOCUMENT_NOT_HELD');
  return { state: states[0] ?? 'valid', reasons, asOfSec: nowSec };
}

/** From the first second of the first day to the last second of the last, in Seoul. */
export function periodState(
  period: Standing['period'],
  nowSec: number,
): 'within' | 'expired' | 'not-yet-valid' | undefined {
  if (period === undefined) return undefined;
  if (nowSec < startOfSeoulDay(period.validFrom)) return 'not-yet-valid';
  return period.validUntil !== undefined && nowSec > endOfSeoulDay(period.validUntil) ? 'expired' : 'within';
}
