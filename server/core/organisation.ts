/** An organisation as the chain's events tell of it: row of a view, and answer of the administration's routes. */
import type { Hex } from './bytes.ts';

/** Both in the order of the contract's enums; kinds begin at 1. */
export const ORGANISATION_KINDS = ['city', 'public-body', 'company', 'association'] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];
export const ORGANISATION_STATUSES = ['none', 'active', 'suspended', 'retired'] as const;
export type OrganisationStatus = (typeof ORGANISATION_STATUSES)[number];

export interface KeyRow {
  readonly signer: Hex;
  readonly validFromSec: number;
  /** 0 = open end. */
  readonly validToSec: number;
  /** 0 = never. */
  readonly compromisedAtSec: number;
}

export interface OrganisationRow {
  readonly organisation: string;
  readonly name: string;
  readonly kind: OrganisationKind | 'none';
  readonly status: OrganisationStatus;
  readonly keys: Readonly<Record<Hex, KeyRow>>;
  readonly accreditations: Readonly<
    Record<string, { readonly validFromSec: number; readonly validToSec: number }>
  >;
}
