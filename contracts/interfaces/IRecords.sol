// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {EntryKind, RecordStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Append-only records on subjects, written in bundles that their author signed.
/// @notice Anybody may relay a bundle; only its author's signature gives it weight. A refused bundle or entry is answered
/// by an event and leaves its neighbours untouched.
/// @dev EIP-712 domain: name "Sillok", version "1", chainId, verifyingContract. Types:
/// Bundle(bytes32 organisation,Entry[] entries)
/// Entry(bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind)
interface IRecords {
    struct Entry {
        bytes32 service; // short string, e.g. "vehicles"
        bytes32 schema; // short string, e.g. "vehicles.inspection.1"
        bytes32 subject; // keyed reference to the subject, never a plain identifier
        bytes32 commitment; // salted commitment to the off-chain document, 0 only for pure status changes
        bytes32 refersTo; // entryId of the record this one changes, 0 for Create
        bytes32 idempotency; // keccak256 of the caller's idempotency key
        uint48 occurredAt; // Unix seconds, when it happened according to the author, at most a day ahead of the block
        uint8 kind; // EntryKind; a number beyond it is answered with UnknownKind
    }

    struct Bundle {
        bytes32 organisation;
        bytes32 key; // keccak256 of the ERC-7913 signer
        Entry[] entries; // 1..500
        bytes signature; // over the EIP-712 digest of Bundle(bytes32 organisation,Entry[] entries)
    }

    /// One storage slot.
    struct Record {
        uint32 organisation; // number of the author's organisation
        RecordStatus status;
        EntryKind kind;
        uint48 recordedAt; // block time, Unix seconds
        uint160 tag; // low 160 bits of keccak256(abi.encode(service, schema, subject))
    }

    /// @notice The author's word stands on the chain, once and for ever.
    /// @param entryId keccak256(abi.encode(organisation, idempotency)). @param organisation the author's id.
    /// @param subject keyed reference. @param service short string. @param schema short string.
    /// @param commitment salted commitment, 0 for a status change without a document.
    /// @param refersTo entryId of the record changed, 0 for Create. @param kind what was done.
    /// @param occurredAt Unix seconds according to the author; the time that counts as proof is the block's.
    event EntryRecorded(
        bytes32 indexed entryId,
        bytes32 indexed organisation,
        bytes32 indexed subject,
        bytes32 service,
        bytes32 schema,
        bytes32 commitment,
        bytes32 refersTo,
        EntryKind kind,
        uint48 occurredAt
    );
    /// @notice One entry of a rightly signed bundle was not recorded; nothing changed because of it. The same entryId may be
    /// recorded later, unless the reason is DuplicateEntry. @param entryId its id. @param organisation the author's id. @param reason why.
    event EntryRefused(bytes32 indexed entryId, bytes32 indexed organisation, Refusal reason);
    /// @notice No entry of this bundle was recorded by this transaction. Says nothing of the organisation named, for
    /// anybody may send a bundle in its name with a wrong signature.
    /// @param digest EIP-712 digest of the refused bundle. @param organisation the id that it names. @param reason why.
    event BundleRefused(bytes32 indexed digest, bytes32 indexed organisation, Refusal reason);

    /// @notice Records every acceptable entry of every acceptable bundle. Never reverts because of a bundle's content.
    /// @dev Entries take effect in order, so that an entry may refer to an earlier one of its own bundle. Rules:
    /// - the bundle has 1..500 entries and its signature passes {IOrganisations-authorise};
    /// - an entryId is recorded once;
    /// - Create, Amend, Supersede: the author is accredited for service or schema, the commitment is not zero. The other
    ///   kinds rest on authorship alone, so that an organisation whose accreditation ended can still revoke;
    /// - Create refers to nothing; the others refer to a record of the same service, schema and subject, by the author's
    ///   organisation or by a city; Resolve by a city only;
    /// - Amend, Supersede, Suspend, Dispute need an active record, Resume a suspended, Resolve a disputed, Revoke any of these;
    ///   a revoked, amended or superseded record never changes again.
    /// @param bundles any number, from any authors.
    function submit(Bundle[] calldata bundles) external;

    /// @notice Where a record stands; all zero when unknown. @param entryId its id.
    /// @return author's number, status, kind, time and tag.
    function recordOf(bytes32 entryId) external view returns (Record memory);

    /// @notice keccak256(abi.encode(organisation, idempotency)): unique in this contract. @param organisation the author's id.
    /// @param idempotency keccak256 of the caller's idempotency key. @return the entry's id.
    function entryIdOf(bytes32 organisation, bytes32 idempotency) external pure returns (bytes32);

    /// @notice EIP-712 digest that the author signs. @param organisation the author's id. @param entries in order.
    /// @return the digest.
    function digestOf(bytes32 organisation, Entry[] calldata entries) external view returns (bytes32);
}
