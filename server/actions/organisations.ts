/**
 * Organisations, their keys and accreditations as the chain's events tell them, and who may therefore do what.
 * Rows: `view:organisations/<id>` = {@link OrganisationRow}; `view:organisations-key/<key>/<id>` = id.
 */
import type { DecodedEvent } from '../core/abi.ts';
import { fromHex, type Hex, toHex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { keccak256 } from '../core/hash.ts';
import { bytes32ToName } from '../core/ids.ts';
import {
  type KeyRow,
  ORGANISATION_KINDS,
  ORGANISATION_STATUSES,
  type OrganisationRow,
} from '../core/organisation.ts';
import type { Submission } from '../core/submission.ts';
import type { Store } from '../store/level.ts';
import type { Reader } from './reading.ts';

const organisationKey = (id: string) => `view:organisations/${id}`;
const byKeyPrefix = (key: Hex) => `view:organisations-key/${key}/`;

/** Id of a signing key on chain: keccak256 of its ERC-7913 signer. */
export function keyIdOf(signer: Hex): Hex {
  return toHex(keccak256(fromHex(signer)));
}

/** What an event of Organisations changes; nothing for every other event. */
export async function foldOrganisations(
  event: DecodedEvent,
  reader: Reader,
): Promise<readonly (readonly [string, unknown])[]> {
  if (event.contract !== 'Organisations' || !('organisation' in event.args)) return [];
  const id = bytes32ToName(event.args.organisation);
  const before = (await reader.get(organisationKey(id))) as OrganisationRow | undefined;
  const after = changed(event, before ?? unregistered(id));
  const rows: (readonly [string, unknown])[] = [[organisationKey(id), after]];
  if (event.name === 'KeyAdded') rows.push([byKeyPrefix(event.args.key) + id, id]);
  return rows;
}

function unregistered(organisation: string): OrganisationRow {
  return { organisation, name: '', kind: 'none', status: 'none', keys: {}, accreditations: {} };
}

function changed(event: DecodedEvent, row: OrganisationRow): OrganisationRow {
  switch (event.name) {
    case 'OrganisationRegistered':
      return {
        ...row,
        name: event.args.name,
        kind: ORGANISATION_KINDS[event.args.kind - 1] ?? 'none',
        status: 'active',
      };
    case 'OrganisationRenamed':
      return { ...row, name: event.args.name };
    case 'OrganisationStatusChanged':
      return { ...row, status: ORGANISATION_STATUSES[event.args.status] ?? 'none' };
    case 'KeyAdded': {
      const { key, signer, validFrom, validTo } = event.args;
      const added = { signer, validFromSec: validFrom, validToSec: validTo, compromisedAtSec: 0 };
      return { ...row, keys: { ...row.keys, [key]: added } };
    }
    case 'KeyEnded':
      return withKey(row, event.args.key, { validToSec: event.args.validTo });
    case 'KeyCompromised':
      return withKey(row, event.args.key, { compromisedAtSec: event.args.since });
    case 'Accredited': {
      const period = { validFromSec: event.args.validFrom, validToSec: event.args.validTo };
      return { ...row, accreditations: { ...row.accreditations, [bytes32ToName(event.args.scope)]: period } };
    }
    case 'AccreditationWithdrawn': {
      const { [bytes32ToName(event.args.scope)]: _withdrawn, ...left } = row.accreditations;
      return { ...row, accreditations: left };
    }
    default:
      return row;
  }
}

function withKey(row: OrganisationRow, key: Hex, change: Partial<KeyRow>): OrganisationRow {
  const known = row.keys[key];
  return known === undefined ? row : { ...row, keys: { ...row.keys, [key]: { ...known, ...change } } };
}

export async function organisationOf(id: string, reader: Reader): Promise<OrganisationRow | undefined> {
  return (await reader.get(organisationKey(id))) as OrganisationRow | undefined;
}

export async function listOrganisations(store: Pick<Store, 'range'>): Promise<readonly OrganisationRow[]> {
  const prefix = organisationKey('');
  const rows = await store.range<OrganisationRow>({ gte: prefix, lt: `${prefix}\uffff` });
  return rows.map(({ value }) => value);
}

/** Active organisations for which `key` may sign now. */
export async function organisationsOfKey(
  key: Hex,
  nowSec: number,
  reader: Reader,
): Promise<readonly OrganisationRow[]> {
  const ids = (await reader.range(byKeyPrefix(key), 16)).map(({ value }) => value as string);
  const rows = await Promise.all(ids.map((id) => organisationOf(id, reader)));
  return rows
    .filter((row) => row !== undefined)
    .filter((row) => row.status === 'active' && isKeyValid(row, key, nowSec));
}

export function isKeyValid(row: OrganisationRow, key: Hex, nowSec: number): boolean {
  const found = row.keys[key];
  return found !== undefined && found.compromisedAtSec === 0 && within(found, nowSec);
}

/** @throws AppError ORGANISATION_INACTIVE */
export function requireActive(id: string, row: OrganisationRow | undefined): OrganisationRow {
  if (row?.status !== 'active') throw new AppError('ORGANISATION_INACTIVE', { organisation: id });
  return row;
}

/** @throws AppError NOT_ACCREDITED when none of the scopes is held now. */
export function requireAccredited(row: OrganisationRow, scopes: readonly string[], nowSec: number): void {
  const held = scopes.some((scope) => {
    const period = row.accreditations[scope];
    return period !== undefined && within(period, nowSec);
  });
  if (!held)
    throw new AppError('NOT_ACCREDITED', { organisation: row.organisation, scope: scopes.join(', ') });
}

/** Scopes of which the chain asks one; undefined for changes that need authorship only. */
export function scopesNeeded(submission: Submission): readonly string[] | undefined {
  switch (submission.to) {
    case 'records':
      return ['create', 'amend', 'supersede'].includes(submission.kind)
        ? [submission.service, submission.schema]
        : undefined;
    case 'attestations':
      return [submission.service, submission.schema];
    default:
      return undefined;
  }
}

function within(period: { validFromSec: number; validToSec: number }, nowSec: number): boolean {
  return period.validFromSec <= nowSec && (period.validToSec === 0 || nowSec < period.validToSec);
}
