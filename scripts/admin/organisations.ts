/** Organisations, their signing keys, accreditations and staff. */
import { type Command, type Commands, type Flags, list, seconds } from './command.ts';

const organisation = (id: string | undefined, rest = '') =>
  `/v1/admin/organisations/${encodeURIComponent(id ?? '')}${rest}`;
const period = ({ from, until }: Flags) => ({ validFromSec: seconds(from), validToSec: seconds(until) });

export const ORGANISATIONS: Commands = {
  organisations: {
    usage: 'organisations',
    does: 'list organisations with keys and accreditations',
    min: 0,
    run: () => ({ path: '/v1/admin/organisations' }),
  },
  register: {
    usage: 'register ID NAME --kind company|public-body|association|city [--scopes vehicles,…] [--no-key]',
    does: 'register an organisation; the vault makes its key unless --no-key',
    min: 2,
    run: ([id, name], { kind, scopes, 'no-key': noKey }) => ({
      method: 'POST',
      path: '/v1/admin/organisations',
      body: { organisation: id, name, kind, accreditations: list(scopes), vaultKey: noKey !== true },
    }),
  },
  suspend: act('suspend', 'suspend an organisation'),
  resume: act('resume', 'let a suspended organisation act again'),
  retire: act('retire', 'end an organisation for good'),
  rename: {
    usage: 'rename ID NAME',
    does: 'change the public name',
    min: 2,
    run: ([id, name]) => ({ method: 'POST', path: organisation(id, '/rename'), body: { name } }),
  },
  'add-key': {
    usage: 'add-key ID [ADDRESS|SIGNER] [--from DATE] [--until DATE]',
    does: 'add a signing key; without one the vault makes it',
    min: 1,
    run: ([id, signer], flags) => ({
      method: 'POST',
      path: organisation(id, '/keys'),
      body: {
        ...(signer === undefined ? { vault: true } : signer.length === 42 ? { address: signer } : { signer }),
        ...period(flags),
      },
    }),
  },
  'vault-key': {
    usage: 'vault-key ID',
    does: "address of the key in this gateway's vault, to be added with add-key at the gateway that signs the log",
    min: 1,
    run: ([id]) => ({ method: 'POST', path: organisation(id, '/vault-key'), body: {} }),
  },
  'end-key': {
    usage: 'end-key ID KEY [--until DATE]',
    does: 'end a key, now or at a date',
    min: 2,
    run: ([id, key], { until }) => ({
      method: 'POST',
      path: organisation(id, `/keys/${key}/end`),
      body: { validToSec: seconds(until) },
    }),
  },
  compromised: {
    usage: 'compromised ID KEY --since DATE',
    does: 'report a key as stolen since a moment',
    min: 2,
    run: ([id, key], { since }) => ({
      method: 'POST',
      path: organisation(id, `/keys/${key}/compromised`),
      body: { sinceSec: seconds(since) },
    }),
  },
  accredit: {
    usage: 'accredit ID SCOPE [--from DATE] [--until DATE]',
    does: 'accredit for a service or a schema',
    min: 2,
    run: ([id, scope], flags) => ({
      method: 'POST',
      path: organisation(id, '/accreditations'),
      body: { scope, ...period(flags) },
    }),
  },
  withdraw: {
    usage: 'withdraw ID SCOPE',
    does: 'withdraw an accreditation',
    min: 2,
    run: ([id, scope]) => ({ method: 'DELETE', path: organisation(id, `/accreditations/${scope}`) }),
  },
  invite: {
    usage: 'invite ID',
    does: 'a link with which one member of staff joins by passkey or wallet',
    min: 1,
    run: ([id]) => ({ method: 'POST', path: organisation(id, '/invitations') }),
  },
};

function act(name: string, does: string): Command {
  return {
    usage: `${name} ID`,
    does,
    min: 1,
    run: ([id]) => ({ method: 'POST', path: organisation(id, `/${name}`), body: {} }),
  };
}
