import { expect } from 'chai';
import {
  foldOrganisations,
  keyIdOf,
  organisationOf,
  organisationsOfKey,
  requireAccredited,
  requireActive,
  scopesNeeded,
} from '../../../server/actions/organisations.ts';
import type { Reader } from '../../../server/actions/reading.ts';
import type { DecodedEvent, EventArgs, EventName } from '../../../server/core/abi.ts';
import { nameToBytes32 } from '../../../server/core/ids.ts';
import type { OrganisationRow } from '../../../server/core/organisation.ts';
import type { RecordSubmission } from '../../../server/core/submission.ts';

const organisation = nameToBytes32('dealer');
const signer = `0x${'ab'.repeat(20)}` as const;
const key = keyIdOf(signer);

/** Folds events into rows and reads them back. */
async function told(
  ...events: { [N in EventName]: readonly [N, EventArgs[N]] }[EventName][]
): Promise<Reader> {
  const rows = new Map<string, unknown>();
  const reader: Reader = {
    get: async (name) => rows.get(name),
    range: async (prefix) =>
      [...rows].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => ({ key: name, value })),
  };
  for (const [name, args] of events) {
    const event = { name, args, contract: 'Organisations' } as DecodedEvent;
    for (const [at, value] of await foldOrganisations(event, reader)) rows.set(at, value);
  }
  return reader;
}

const registered = ['OrganisationRegistered', { organisation, kind: 3, name: 'Dealer' }] as const;
const keyed = ['KeyAdded', { organisation, key, signer, validFrom: 100, validTo: 200 }] as const;
const codeOf = (task: () => unknown) => {
  try {
    task();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'allowed';
};

describe('organisations as the chain tells them', () => {
  it('begin with their registration and keep their place through every event', async () => {
    const reader = await told(registered, keyed, ['OrganisationRenamed', { organisation, name: 'New' }]);
    expect(await organisationOf('dealer', reader)).deep.include({
      kind: 'company',
      status: 'active',
      name: 'New',
    });
    expect(await organisationOf('other', reader)).equal(undefined);
  });

  it('speak through a key from its first second to its last, and not after a theft', async () => {
    const reader = await told(registered, keyed);
    const at = async (sec: number, from = reader) => (await organisationsOfKey(key, sec, from)).length;
    expect([await at(99), await at(100), await at(199), await at(200)]).deep.equal([0, 1, 1, 0]);
    const stolen = await told(registered, keyed, ['KeyCompromised', { organisation, key, since: 150 }]);
    expect(await at(120, stolen)).equal(0);
    const ended = await told(registered, keyed, ['KeyEnded', { organisation, key, validTo: 150 }]);
    expect([await at(149, ended), await at(150, ended)]).deep.equal([1, 0]);
  });

  it('are silent while suspended', async () => {
    const suspended = await told(registered, keyed, [
      'OrganisationStatusChanged',
      { organisation, status: 2 },
    ]);
    const silent = await organisationOf('dealer', suspended);
    expect(codeOf(() => requireActive('dealer', silent))).equal('ORGANISATION_INACTIVE');
    expect(await organisationsOfKey(key, 150, suspended)).deep.equal([]);
    const resumed = await told(registered, ['OrganisationStatusChanged', { organisation, status: 1 }]);
    expect(codeOf(() => requireActive('dealer', undefined))).equal('ORGANISATION_INACTIVE');
    const active = await organisationOf('dealer', resumed);
    expect(requireActive('dealer', active).organisation).equal('dealer');
  });

  it('may do what they are accredited for, by service or schema, within its dates', async () => {
    const scope = nameToBytes32('vehicles.sale.1');
    const accredited = ['Accredited', { organisation, scope, validFrom: 100, validTo: 0 }] as const;
    const row = (await organisationOf('dealer', await told(registered, accredited))) as OrganisationRow;
    const scopes = ['vehicles', 'vehicles.sale.1'];
    expect(codeOf(() => requireAccredited(row, scopes, 100))).equal('allowed');
    expect(codeOf(() => requireAccredited(row, scopes, 99))).equal('NOT_ACCREDITED');
    expect(codeOf(() => requireAccredited(row, ['credentials'], 100))).equal('NOT_ACCREDITED');
    const withdrawn = await told(registered, accredited, [
      'AccreditationWithdrawn',
      { organisation, scope, withdrawnAt: 120 },
    ]);
    const left = (await organisationOf('dealer', withdrawn)) as OrganisationRow;
    expect(codeOf(() => requireAccredited(left, scopes, 130))).equal('NOT_ACCREDITED');
  });

  it('need an accreditation to create, and only authorship to withdraw', () => {
    const record = { to: 'records', service: 'vehicles', schema: 'vehicles.sale.1' } as RecordSubmission;
    expect(scopesNeeded({ ...record, kind: 'create' })).deep.equal(['vehicles', 'vehicles.sale.1']);
    expect(scopesNeeded({ ...record, kind: 'revoke' })).equal(undefined);
  });
});
