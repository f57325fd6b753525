/** The contracts as typed calls: reads for rules and pages, administrative acts, and what the two have in common. */
import { type ContractAddresses, type ContractName, interfaces } from '../core/abi.ts';
import type { Hex } from '../core/bytes.ts';
import { nameToBytes32 } from '../core/ids.ts';
import {
  ORGANISATION_KINDS,
  ORGANISATION_STATUSES,
  type OrganisationKind,
  type OrganisationStatus,
} from '../core/organisation.ts';
import type { Network } from './network.ts';

/** A call that changes state, ready to be signed by whoever may do it. */
export interface ContractCall {
  readonly to: Hex;
  readonly data: Hex;
}

export interface OrganisationInfo {
  readonly organisation: string;
  readonly kind: OrganisationKind;
  readonly status: OrganisationStatus;
  readonly name: string;
}

/** Unix seconds; 0 = open end, never. */
export interface KeyInfo {
  readonly validFromSec: number;
  readonly validToSec: number;
  readonly compromisedAtSec: number;
  /** ERC-7913 signer: 20-byte address, or verifier address and public key. */
  readonly signer: Hex;
}

export interface AccreditationInfo {
  readonly validFromSec: number;
  readonly validToSec: number;
}

export interface PollInfo {
  readonly organisation: Hex;
  readonly content: Hex;
  readonly options: number;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly opensAtSec: number;
  readonly closesAtSec: number;
  /** Members of the roll, 0 until it is frozen. */
  readonly rollSize: number;
  readonly turnout: number;
  /** Decimal. */
  readonly rollRoot: string;
}

/** What is asked of the chain; undefined where it knows nothing of the thing asked for. */
export interface Reads {
  organisationOf(organisation: string): Promise<OrganisationInfo | undefined>;
  keyOf(organisation: string, key: Hex): Promise<KeyInfo | undefined>;
  accreditationOf(organisation: string, scope: string): Promise<AccreditationInfo | undefined>;
  /** Accredited for the service or the schema at the newest block's time. */
  isAccredited(organisation: string, service: string, schema: string): Promise<boolean>;
  isRecorded(entryId: Hex): Promise<boolean>;
  pollOf(pollId: Hex): Promise<PollInfo | undefined>;
  tallyOf(pollId: Hex): Promise<number[]>;
  statusOf(batchId: Hex, index: number): Promise<number>;
}

export function readContracts(network: Network, contracts: ContractAddresses): Reads {
  async function read<T>(contract: ContractName, name: string, values: readonly unknown[]): Promise<T> {
    const coder = interfaces[contract];
    const data = await network.call(contracts[contract], coder.encodeFunctionData(name, [...values]) as Hex);
    return coder.decodeFunctionResult(name, data) as unknown as T;
  }
  const seconds = (value: bigint) => Number(value);
  return {
    organisationOf: async (organisation) => {
      const [info] = await read<[{ kind: bigint; status: bigint; name: string }]>(
        'Organisations',
        'organisationOf',
        [nameToBytes32(organisation)],
      );
      if (info.status === 0n) return undefined;
      return {
        organisation,
        kind: ORGANISATION_KINDS[Number(info.kind) - 1]!,
        status: ORGANISATION_STATUSES[Number(info.status)]!,
        name: info.name,
      };
    },
    keyOf: async (organisation, key) => {
      const [info] = await read<[{ validFrom: bigint; validTo: bigint; compromisedAt: bigint; signer: Hex }]>(
        'Organisations',
        'keyOf',
        [nameToBytes32(organisation), key],
      );
      if (info.signer === '0x') return undefined;
      return {
        validFromSec: seconds(info.validFrom),
        validToSec: seconds(info.validTo),
        compromisedAtSec: seconds(info.compromisedAt),
        signer: info.signer.toLowerCase() as Hex,
      };
    },
    accreditationOf: async (organisation, scope) => {
      const [validFrom, validTo] = await read<[bigint, bigint]>('Organisations', 'accreditationOf', [
        nameToBytes32(organisation),
        nameToBytes32(scope),
      ]);
      if (validFrom === 0n) return undefined;
      return { validFromSec: seconds(validFrom), validToSec: seconds(validTo) };
    },
    isAccredited: async (organisation, service, schema) => {
      const names = [organisation, service, schema].map(nameToBytes32);
      return (await read<[boolean]>('Organisations', 'isAccredited', names))[0];
    },
    isRecorded: async (entryId) =>
      (await read<[{ status: bigint }]>('Records', 'recordOf', [entryId]))[0].status !== 0n,
    pollOf: async (pollId) => {
      const [poll] = await read<[Record<string, bigint> & { organisation: Hex; content: Hex }]>(
        'Ballots',
        'pollOf',
        [pollId],
      );
      if (poll.options === 0n) return undefined;
      return {
        organisation: poll.organisation,
        content: poll.content,
        options: Number(poll.options),
        minChoices: Number(poll.minChoices),
        maxChoices: Number(poll.maxChoices),
        opensAtSec: Number(poll.opensAt),
        closesAtSec: Number(poll.closesAt),
        rollSize: Number(poll.rollSize),
        turnout: Number(poll.turnout),
        rollRoot: String(poll.rollRoot),
      };
    },
    tallyOf: async (pollId) =>
      (await read<[readonly bigint[]]>('Ballots', 'tallyOf', [pollId]))[0].map(Number),
    statusOf: async (batchId, index) =>
      Number((await read<[bigint]>('Attestations', 'statusOf', [batchId, index]))[0]),
  };
}

/** Acts of the administrator on Organisations, to be sent with {@link transact}. Times are Unix seconds, 0 = open end. */
export interface Administration {
  register(organisation: string, kind: OrganisationKind, name: string): ContractCall;
  rename(organisation: string, name: string): ContractCall;
  suspend(organisation: string): ContractCall;
  resume(organisation: string): ContractCall;
  retire(organisation: string): ContractCall;
  addKey(organisation: string, signer: Hex, validFromSec: number, validToSec: number): ContractCall;
  endKey(organisation: string, key: Hex, validToSec: number): ContractCall;
  reportCompromised(organisation: string, key: Hex, sinceSec: number): ContractCall;
  accredit(organisation: string, scope: string, validFromSec: number, validToSec: number): ContractCall;
  withdrawAccreditation(organisation: string, scope: string): ContractCall;
}

export function administration(contracts: ContractAddresses): Administration {
  const act = (name: string, organisation: string, ...values: unknown[]): ContractCall => ({
    to: contracts.Organisations,
    data: interfaces.Organisations.encodeFunctionData(name, [nameToBytes32(organisation), ...values]) as Hex,
  });
  return {
    register: (organisation, kind, name) =>
      act('register', organisation, ORGANISATION_KINDS.indexOf(kind) + 1, name),
    rename: (organisation, name) => act('rename', organisation, name),
    suspend: (organisation) => act('suspend', organisation),
    resume: (organisation) => act('resume', organisation),
    retire: (organisation) => act('retire', organisation),
    addKey: (organisation, signer, from, to) => act('addKey', organisation, signer, from, to),
    endKey: (organisation, key, to) => act('endKey', organisation, key, to),
    reportCompromised: (organisation, key, since) => act('reportCompromised', organisation, key, since),
    accredit: (organisation, scope, from, to) =>
      act('accredit', organisation, nameToBytes32(scope), from, to),
    withdrawAccreditation: (organisation, scope) =>
      act('withdrawAccreditation', organisation, nameToBytes32(scope)),
  };
}
