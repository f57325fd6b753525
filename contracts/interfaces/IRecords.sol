// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {EntryKind, RecordStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Append-only records on subjects, written in bundles that their author signed.
/// @notice Anybody may relay a bundle; only its author's signature gives it weight. A refused bundle or entry is answered
/// by an event and leaves its neighbours untouched.
interface IRecords {
    struct Entry {
        bytes32 service; // short string, e.g. "vehicles"
        bytes32 schema; // short string, e.g. "vehicles.inspection.1"
        bytes32 subject; // keyed reference to the subject, never a plain identifier
        bytes32 commitment; // salted commitment to the off-chain document, 0 for pure status changes
        bytes32 refersTo; // entryId of the record this one changes, 0 for Create
        bytes32 idempotency; // keccak256 of the caller's idempotency key
        uint48 occurredAt; // Unix seconds, when it happened according to the author
        EntryKind kind;
    }

    struct Bundle {
        bytes32 organisation;
        bytes32 key; // keccak256 of the ERC-7913 signer
        Entry[] entries; // 1..500
        bytes signature; // over the EIP-712 digest of Bundle(bytes32 organisation,Entry[] entries)
    }

    struct Record {
        uint32 organisation; // number of the author's organisation
        RecordStatus status;
        EntryKind kind;
        uint48 recordedAt; // block time, Unix seconds
        uint160 tag; // low 160 bits of keccak256(service, schema, subject)
    }

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
    event EntryRefused(bytes32 indexed entryId, bytes32 indexed organisation, Refusal reason);
    /// @param digest EIP-712 digest of the refused bundle.
    event BundleRefused(bytes32 indexed digest, bytes32 indexed organisation, Refusal reason);

    /// @notice Records every acceptable entry of every acceptable bundle. Never reverts because of a bundle's content.
    function submit(Bundle[] calldata bundles) external;

    function recordOf(bytes32 entryId) external view returns (Record memory);
    /// @notice keccak256(abi.encode(organisation, idempotency)): unique on this chain.
    function entryIdOf(bytes32 organisation, bytes32 idempotency) external pure returns (bytes32);
    /// @notice EIP-712 digest that the author signs.
    function digestOf(bytes32 organisation, Entry[] calldata entries) external view returns (bytes32);
}
