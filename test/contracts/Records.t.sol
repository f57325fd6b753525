// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {Records} from "../../contracts/Records.sol";
import {IRecords} from "../../contracts/interfaces/IRecords.sol";
import {EntryKind, RecordStatus} from "../../contracts/types/Types.sol";
import {City} from "./support/City.sol";

/// @title Properties of bundles for any input.
contract RecordsFuzz is City {
    Records private _records;

    constructor() {
        _records = new Records(organisations);
    }

    function testFuzz_digest_isEip712OfTheWholeBundle(bytes32 organisation, IRecords.Entry[] calldata entries) external view {
        bytes memory hashes;
        string memory entryType =
            "Entry(bytes32 service,bytes32 schema,bytes32 subject,bytes32 commitment,bytes32 refersTo,bytes32 idempotency,uint48 occurredAt,uint8 kind)";
        for (uint256 i = 0; i < entries.length; ++i) {
            hashes = abi.encodePacked(hashes, keccak256(abi.encode(keccak256(bytes(entryType)), entries[i])));
        }
        bytes32 typeHash = keccak256(abi.encodePacked("Bundle(bytes32 organisation,Entry[] entries)", entryType));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Sillok"),
                keccak256("1"),
                block.chainid,
                address(_records)
            )
        );
        bytes32 expected =
            keccak256(abi.encodePacked(hex"1901", domain, keccak256(abi.encode(typeHash, organisation, keccak256(hashes)))));
        require(_records.digestOf(organisation, entries) == expected, "another digest than EIP-712's");
    }

    function testFuzz_entryId_isTheHashOfOrganisationAndKey(bytes32 organisation, bytes32 idempotency) external view {
        bytes32 expected = keccak256(abi.encode(organisation, idempotency));
        require(_records.entryIdOf(organisation, idempotency) == expected, "another id");
    }

    function testFuzz_submit_neverReverts_andRecordsNothingUnsigned(
        bytes32 organisation,
        bytes32 key,
        IRecords.Entry calldata entry,
        bytes calldata signature
    ) external {
        IRecords.Entry[] memory entries = new IRecords.Entry[](1);
        entries[0] = entry;
        IRecords.Bundle[] memory bundles = new IRecords.Bundle[](4);
        bundles[0] = IRecords.Bundle(organisation, key, entries, signature);
        for (uint256 who = 0; who < 3; ++who) {
            bundles[who + 1] = IRecords.Bundle(ids[who], keyOf(who), entries, signature);
        }
        _records.submit(bundles);
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 id = _records.entryIdOf(bundles[i].organisation, entry.idempotency);
            require(_records.recordOf(id).status == RecordStatus.None, "recorded without a signature");
        }
    }

    function testFuzz_submit_neverReverts_onAnySignedEntries(IRecords.Entry[] calldata entries) external {
        MACHINE.assume(entries.length != 0 && entries.length <= 500);
        IRecords.Bundle[] memory bundles = new IRecords.Bundle[](2);
        bytes32 digest = _records.digestOf(ids[1], entries);
        bundles[0] = IRecords.Bundle(ids[1], keyOf(1), entries, signatureOf(1, digest));
        IRecords.Entry[] memory good = new IRecords.Entry[](1);
        good[0] = IRecords.Entry(SERVICE, SCHEMA, "car", "document", 0, "a key of its own", 0, uint8(EntryKind.Create));
        bundles[1] = IRecords.Bundle(ids[1], keyOf(1), good, signatureOf(1, _records.digestOf(ids[1], good)));
        _records.submit(bundles);
        require(
            _records.recordOf(_records.entryIdOf(ids[1], "a key of its own")).status == RecordStatus.Active,
            "a neighbour was hurt"
        );
    }
}

/// @title Three organisations writing whatever they like, beside a model written from the rules' text.
contract RecordsHandler is City {
    struct Expected {
        uint256 author;
        RecordStatus status;
        EntryKind kind;
        bytes32 subject;
        uint48 recordedAt;
    }

    Records private _records;
    bytes32[] private _entryIds;
    mapping(bytes32 entryId => Expected) private _expected;
    uint256 private _count;
    uint256 public recorded;
    uint256 public refused;

    constructor() {
        _records = new Records(organisations);
    }

    function write(uint256 who, uint8 kind, uint256 target, uint256 subject, bool again) external {
        who %= 3;
        kind = uint8(kind % 10);
        MACHINE.warp(block.timestamp + 1);
        bytes32 refersTo = kind == 1 || _entryIds.length == 0 ? bytes32(0) : _entryIds[target % _entryIds.length];
        bytes32 about = subject % 4 == 0 ? bytes32("bus") : _expected[refersTo].subject;
        if (about == 0) about = "car";
        bytes32 idempotency = again && _count != 0 ? bytes32(target % _count) : bytes32(_count++);
        IRecords.Entry[] memory entries = new IRecords.Entry[](1);
        entries[0] = IRecords.Entry(SERVICE, SCHEMA, about, "document", refersTo, idempotency, 0, kind);
        _submit(who, entries);
        _expect(who, entries[0]);
    }

    function requireSound() external view {
        for (uint256 i = 0; i < _entryIds.length; ++i) {
            IRecords.Record memory actual = _records.recordOf(_entryIds[i]);
            Expected memory expected = _expected[_entryIds[i]];
            require(actual.status == expected.status, "a status against the rules");
            require(actual.organisation == expected.author + 1 && actual.kind == expected.kind, "an author or kind changed");
            require(actual.recordedAt == expected.recordedAt, "a time changed");
            require(
                actual.tag == uint160(uint256(keccak256(abi.encode(SERVICE, SCHEMA, expected.subject)))), "a subject changed"
            );
        }
    }

    function _submit(uint256 who, IRecords.Entry[] memory entries) private {
        IRecords.Bundle[] memory bundles = new IRecords.Bundle[](1);
        bytes32 digest = _records.digestOf(ids[who], entries);
        bundles[0] = IRecords.Bundle(ids[who], keyOf(who), entries, signatureOf(who, digest));
        _records.submit(bundles);
    }

    function _expect(uint256 who, IRecords.Entry memory entry) private {
        bytes32 id = keccak256(abi.encode(ids[who], entry.idempotency));
        if (!_isAllowed(who, id, entry)) {
            refused++;
            return;
        }
        recorded++;
        EntryKind kind = EntryKind(entry.kind);
        bool isDocument = kind == EntryKind.Create || kind == EntryKind.Amend || kind == EntryKind.Supersede;
        if (kind != EntryKind.Create) _expected[entry.refersTo].status = _after(kind);
        RecordStatus status = isDocument ? RecordStatus.Active : RecordStatus.Change;
        _expected[id] = Expected(who, status, kind, entry.subject, uint48(block.timestamp));
        _entryIds.push(id);
    }

    function _isAllowed(uint256 who, bytes32 id, IRecords.Entry memory entry) private view returns (bool) {
        if (entry.kind == 0 || entry.kind > 8 || _expected[id].status != RecordStatus.None) return false;
        EntryKind kind = EntryKind(entry.kind);
        if (who == 2 && kind <= EntryKind.Supersede) return false;
        if (kind == EntryKind.Create) return true;
        Expected memory target = _expected[entry.refersTo];
        if (target.subject != entry.subject || (who != 0 && (who != target.author || kind == EntryKind.Resolve))) return false;
        RecordStatus status = target.status;
        if (kind == EntryKind.Revoke) {
            return status == RecordStatus.Active || status == RecordStatus.Suspended || status == RecordStatus.Disputed;
        }
        if (kind == EntryKind.Resume) return status == RecordStatus.Suspended;
        if (kind == EntryKind.Resolve) return status == RecordStatus.Disputed;
        return status == RecordStatus.Active;
    }

    function _after(EntryKind kind) private pure returns (RecordStatus) {
        if (kind == EntryKind.Amend) return RecordStatus.Amended;
        if (kind == EntryKind.Supersede) return RecordStatus.Superseded;
        if (kind == EntryKind.Revoke) return RecordStatus.Revoked;
        if (kind == EntryKind.Suspend) return RecordStatus.Suspended;
        return kind == EntryKind.Dispute ? RecordStatus.Disputed : RecordStatus.Active;
    }
}

/// @title The records are what the rules make of the history, after any history.
contract RecordsInvariant {
    RecordsHandler private _handler;

    function setUp() external {
        _handler = new RecordsHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_everyRecordStandsWhereTheRulesPutIt() external view {
        _handler.requireSound();
    }
}
