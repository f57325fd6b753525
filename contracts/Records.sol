// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IOrganisations} from "./interfaces/IOrganisations.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {EntryKind, OrganisationKind, RecordStatus} from "./types/Types.sol";
import {Refusal} from "./types/Refusal.sol";

/// @title The append-only records. One storage slot per entry; order and history come from the events.
/// @dev Promises: {IRecords}.
contract Records is IRecords, EIP712 {
    bytes32 private constant ENTRY_TYPEHASH = keccak256(
        "Entry(bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind)"
    );
    bytes32 private constant BUNDLE_TYPEHASH = keccak256(
        "Bundle(bytes32 organisation,Entry[] entries)Entry(bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind)"
    );
    uint256 private constant MAX_ENTRIES = 500;
    /// Clocks of offices differ, and some give only a date.
    uint256 private constant CLOCK_TOLERANCE = 1 days;

    /// Who signed the bundle at hand, and the accreditation last asked for.
    struct Author {
        bytes32 organisation;
        uint32 index;
        bool isCity;
        bool isAccredited;
        bytes32 service;
        bytes32 schema;
    }

    IOrganisations private immutable _organisations;
    mapping(bytes32 entryId => Record) private _records;

    constructor(IOrganisations organisations) EIP712("Sillok", "1") {
        _organisations = organisations;
    }

    /// @inheritdoc IRecords
    function submit(Bundle[] calldata bundles) external {
        for (uint256 i = 0; i < bundles.length; ++i) {
            _submit(bundles[i]);
        }
    }

    /// @inheritdoc IRecords
    function recordOf(bytes32 entryId) external view returns (Record memory) {
        return _records[entryId];
    }

    /// @inheritdoc IRecords
    function entryIdOf(bytes32 organisation, bytes32 idempotency) public pure returns (bytes32) {
        return Hashes.efficientKeccak256(organisation, idempotency);
    }

    /// @inheritdoc IRecords
    function digestOf(bytes32 organisation, Entry[] calldata entries) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](entries.length);
        for (uint256 i = 0; i < entries.length; ++i) {
            hashes[i] = _hashOf(entries[i]);
        }
        return _hashTypedDataV4(
            keccak256(abi.encode(BUNDLE_TYPEHASH, organisation, keccak256(abi.encodePacked(hashes))))
        );
    }

    function _submit(Bundle calldata bundle) private {
        bytes32 digest = digestOf(bundle.organisation, bundle.entries);
        (Refusal refusal, Author memory author) = _authorOf(bundle, digest);
        if (refusal != Refusal.None) {
            emit BundleRefused(digest, bundle.organisation, refusal);
            return;
        }
        for (uint256 i = 0; i < bundle.entries.length; ++i) {
            Entry calldata entry = bundle.entries[i];
            bytes32 entryId = entryIdOf(author.organisation, entry.idempotency);
            refusal = _record(entryId, entry, author);
            if (refusal != Refusal.None) emit EntryRefused(entryId, author.organisation, refusal);
        }
    }

    function _authorOf(Bundle calldata bundle, bytes32 digest) private view returns (Refusal refusal, Author memory author) {
        if (bundle.entries.length == 0) return (Refusal.EmptyBundle, author);
        if (bundle.entries.length > MAX_ENTRIES) return (Refusal.BundleTooLarge, author);
        OrganisationKind kind;
        author.organisation = bundle.organisation;
        (refusal, author.index, kind) =
            _organisations.authorise(bundle.organisation, bundle.key, digest, bundle.signature);
        author.isCity = kind == OrganisationKind.City;
    }

    function _record(bytes32 entryId, Entry calldata entry, Author memory author) private returns (Refusal refusal) {
        if (_records[entryId].status != RecordStatus.None) return Refusal.DuplicateEntry;
        if (entry.kind == uint8(EntryKind.None) || entry.kind > uint8(type(EntryKind).max)) return Refusal.UnknownKind;
        if (entry.occurredAt > block.timestamp + CLOCK_TOLERANCE) return Refusal.DatedInFuture;
        EntryKind kind = EntryKind(entry.kind);
        bool isDocument = kind <= EntryKind.Supersede;
        if (isDocument) {
            if (entry.commitment == 0) return Refusal.MissingCommitment;
            if (!_isAccredited(author, entry.service, entry.schema)) return Refusal.NotAccredited;
        }
        uint160 tag = _tagOf(entry);
        if (kind == EntryKind.Create) {
            if (entry.refersTo != 0) return Refusal.UnexpectedReference;
        } else {
            refusal = _change(entry.refersTo, tag, kind, author);
            if (refusal != Refusal.None) return refusal;
        }
        RecordStatus status = isDocument ? RecordStatus.Active : RecordStatus.Change;
        _records[entryId] = Record(author.index, status, kind, uint48(block.timestamp), tag);
        _emitRecorded(entryId, entry, kind, author.organisation);
    }

    /// Moves the record referred to, or says why not.
    function _change(bytes32 refersTo, uint160 tag, EntryKind kind, Author memory author) private returns (Refusal refusal) {
        if (refersTo == 0) return Refusal.MissingReference;
        Record memory target = _records[refersTo];
        if (target.status == RecordStatus.None || target.status == RecordStatus.Change) return Refusal.UnknownRecord;
        if (target.tag != tag) return Refusal.DifferentSubject;
        if (!author.isCity && (kind == EntryKind.Resolve || target.organisation != author.index)) {
            return Refusal.NotAuthor;
        }
        RecordStatus next;
        (refusal, next) = _move(target.status, kind);
        if (refusal == Refusal.None) _records[refersTo].status = next;
    }

    /// The table of moves. `kind` is neither None nor Create, `status` neither None nor Change.
    function _move(RecordStatus status, EntryKind kind) private pure returns (Refusal, RecordStatus) {
        if (status == RecordStatus.Revoked) return (Refusal.RecordRevoked, status);
        if (status >= RecordStatus.Amended) return (Refusal.RecordReplaced, status);
        if (kind == EntryKind.Revoke) return (Refusal.None, RecordStatus.Revoked);
        if (kind == EntryKind.Resolve) {
            bool isDisputed = status == RecordStatus.Disputed;
            return (isDisputed ? Refusal.None : Refusal.RecordNotDisputed, RecordStatus.Active);
        }
        if (status == RecordStatus.Disputed) return (Refusal.RecordDisputed, status);
        if (kind == EntryKind.Resume) {
            bool isSuspended = status == RecordStatus.Suspended;
            return (isSuspended ? Refusal.None : Refusal.RecordNotSuspended, RecordStatus.Active);
        }
        if (status != RecordStatus.Active) return (Refusal.RecordNotActive, status);
        if (kind == EntryKind.Amend) return (Refusal.None, RecordStatus.Amended);
        if (kind == EntryKind.Supersede) return (Refusal.None, RecordStatus.Superseded);
        return (Refusal.None, kind == EntryKind.Suspend ? RecordStatus.Suspended : RecordStatus.Disputed);
    }

    /// Entries of a bundle mostly share service and schema, so the last answer is kept. It is `false` for (0, 0) at the
    /// start, which is right: no scope is zero.
    function _isAccredited(Author memory author, bytes32 service, bytes32 schema) private view returns (bool) {
        if (author.service != service || author.schema != schema) {
            author.isAccredited = _organisations.isAccredited(author.organisation, service, schema);
            (author.service, author.schema) = (service, schema);
        }
        return author.isAccredited;
    }

    function _emitRecorded(bytes32 entryId, Entry calldata entry, EntryKind kind, bytes32 organisation) private {
        emit EntryRecorded(
            entryId,
            organisation,
            entry.subject,
            entry.service,
            entry.schema,
            entry.commitment,
            entry.refersTo,
            kind,
            entry.occurredAt
        );
    }

    /// keccak256(abi.encode(ENTRY_TYPEHASH, entry)) without keeping the memory: with `abi.encode` its price would rise
    /// with the square of the entries in a transaction. An Entry is eight words of calldata, encoded as EIP-712 wants.
    function _hashOf(Entry calldata entry) private pure returns (bytes32 hash) {
        bytes32 typeHash = ENTRY_TYPEHASH;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), entry, 0x100)
            hash := keccak256(free, 0x120)
        }
    }

    /// Low 160 bits of keccak256(abi.encode(service, schema, subject)), the first three words of an Entry.
    function _tagOf(Entry calldata entry) private pure returns (uint160) {
        uint256 hash;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, entry, 0x60)
            hash := keccak256(free, 0x60)
        }
        return uint160(hash);
    }
}
