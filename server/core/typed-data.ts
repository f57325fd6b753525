/** What an organisation signs: EIP-712 typed data of each contract, built once for vault, page and tests. */
import { TypedDataEncoder, type TypedDataField } from 'ethers';
import type { ContractAddresses, ContractName } from './abi.ts';
import type { Hex } from './bytes.ts';
import { nameToBytes32 } from './ids.ts';
import { type AuthoredSubmission, ENTRY_KINDS, type RecordSubmission } from './submission.ts';

export interface TypedData {
  readonly domain: {
    readonly name: string;
    readonly version: string;
    readonly chainId: number;
    readonly verifyingContract: Hex;
  };
  readonly types: Readonly<Record<string, readonly TypedDataField[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const fields = (text: string): TypedDataField[] =>
  text.split(',').map((field) => {
    const [type, name] = field.trim().split(' ') as [string, string];
    return { type, name };
  });

const TYPES = {
  Bundle: {
    Bundle: fields('bytes32 organisation,Entry[] entries'),
    Entry: fields(
      'bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind',
    ),
  },
  Batch: {
    Batch: fields(
      'bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency',
    ),
  },
  StatusChange: {
    StatusChange: fields(
      'bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency',
    ),
  },
  PollCreation: {
    PollCreation: fields(
      'bytes32 organisation,bytes32 content,uint8 options,uint8 minChoices,uint8 maxChoices,uint48 opensAt,uint48 closesAt,uint8 mode,bytes32 idempotency',
    ),
  },
  RollFreeze: {
    RollFreeze: fields('bytes32 organisation,bytes32 pollId,uint256 root,uint32 size,bytes32 idempotency'),
  },
} as const;

/** Entry as the contract's struct wants it. */
export function entryStruct(entry: RecordSubmission) {
  return {
    service: nameToBytes32(entry.service),
    schema: nameToBytes32(entry.schema),
    subject: entry.subject,
    commitment: entry.commitment,
    refersTo: entry.refersTo,
    idempotency: entry.idempotency,
    occurredAt: entry.occurredAtSec,
    kind: ENTRY_KINDS.indexOf(entry.kind) + 1,
  };
}

/** Attestation statuses by their number on chain. */
export const ATTESTATION_STATUSES = ['unknown', 'valid', 'suspended', 'revoked'] as const;

/** A batch of attestations once its root is known. */
export interface BatchToSign {
  readonly to: 'batch';
  readonly organisation: string;
  readonly service: string;
  readonly schema: string;
  readonly root: Hex;
  readonly count: number;
  readonly idempotency: Hex;
}

export type ToSign =
  | { readonly to: 'bundle'; readonly organisation: string; readonly entries: readonly RecordSubmission[] }
  | BatchToSign
  | Exclude<AuthoredSubmission, { to: 'records' | 'attestations' }>;

export function typedDataOf(item: ToSign, chainId: number, contracts: ContractAddresses): TypedData {
  const organisation = nameToBytes32(item.organisation);
  const make = (
    contract: ContractName,
    primaryType: keyof typeof TYPES,
    message: Record<string, unknown>,
  ): TypedData => ({
    domain: { name: 'Sillok', version: '1', chainId, verifyingContract: contracts[contract] },
    types: TYPES[primaryType],
    primaryType,
    message,
  });
  switch (item.to) {
    case 'bundle':
      return make('Records', 'Bundle', { organisation, entries: item.entries.map(entryStruct) });
    case 'batch':
      return make('Attestations', 'Batch', {
        issuer: organisation,
        service: nameToBytes32(item.service),
        schema: nameToBytes32(item.schema),
        root: item.root,
        count: item.count,
        idempotency: item.idempotency,
      });
    case 'attestation-status':
      return make('Attestations', 'StatusChange', {
        organisation,
        batchId: item.batchId,
        indexes: item.indexes,
        status: ATTESTATION_STATUSES.indexOf(item.status),
        idempotency: item.idempotency,
      });
    case 'polls':
      return make('Ballots', 'PollCreation', {
        organisation,
        content: item.content,
        options: item.options,
        minChoices: item.minChoices,
        maxChoices: item.maxChoices,
        opensAt: item.opensAtSec,
        closesAt: item.closesAtSec,
        mode: 0,
        idempotency: item.idempotency,
      });
    case 'rolls':
      return make('Ballots', 'RollFreeze', {
        organisation,
        pollId: item.pollId,
        root: item.root,
        size: item.size,
        idempotency: item.idempotency,
      });
  }
}

/** The 32 bytes that are signed (EIP-712). */
export function digestOf(data: TypedData): Hex {
  const types = Object.fromEntries(Object.entries(data.types).map(([name, list]) => [name, [...list]]));
  return TypedDataEncoder.hash(data.domain, types, data.message) as Hex;
}
