// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {Attestations} from "../../contracts/Attestations.sol";
import {IAttestations} from "../../contracts/interfaces/IAttestations.sol";
import {AttestationStatus} from "../../contracts/types/Types.sol";
import {City} from "./support/City.sol";

/// @title A city with attestations, and items rightly signed.
contract Office is City {
    Attestations internal attestations;

    constructor() {
        attestations = new Attestations(organisations);
    }

    function anchorAs(uint256 who, bytes32 root, uint32 count, bytes32 idempotency) internal returns (bytes32 batchId) {
        IAttestations.Batch[] memory batches = new IAttestations.Batch[](1);
        bytes32 digest = digestOf(
            keccak256(
                abi.encode(
                    keccak256(
                        "Batch(bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency)"
                    ),
                    ids[who],
                    SERVICE,
                    SCHEMA,
                    root,
                    count,
                    idempotency
                )
            )
        );
        batches[0] = IAttestations.Batch(
            ids[who], keyOf(who), SERVICE, SCHEMA, root, count, idempotency, signatureOf(who, digest)
        );
        attestations.anchor(batches);
        return keccak256(abi.encode(ids[who], idempotency));
    }

    function changeAs(uint256 who, bytes32 batchId, uint32[] memory indexes, uint8 status, bytes32 idempotency) internal {
        IAttestations.StatusChange[] memory changes = new IAttestations.StatusChange[](1);
        bytes32 digest = digestOf(
            keccak256(
                abi.encode(
                    keccak256(
                        "StatusChange(bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency)"
                    ),
                    ids[who],
                    batchId,
                    keccak256(abi.encodePacked(indexes)),
                    status,
                    idempotency
                )
            )
        );
        changes[0] = IAttestations.StatusChange(
            ids[who], keyOf(who), batchId, indexes, status, idempotency, signatureOf(who, digest)
        );
        attestations.changeStatus(changes);
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Sillok"),
                keccak256("1"),
                block.chainid,
                address(attestations)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}

/// @title Properties of batches for any input.
contract AttestationsFuzz is Office {
    function testFuzz_contains_theOneLeafOnly(bytes32 commitment, bytes32 other, bytes32[] calldata proof) external {
        bytes32 leaf = keccak256(
            abi.encode(
                keccak256(
                    abi.encode(
                        keccak256("sillok.attestation.leaf.1"),
                        block.chainid,
                        address(attestations),
                        ids[1],
                        SCHEMA,
                        uint32(0),
                        commitment
                    )
                )
            )
        );
        require(attestations.leafOf(ids[1], SCHEMA, 0, commitment) == leaf, "another leaf than the definition's");
        bytes32 batchId = anchorAs(1, leaf, 1, "one");
        require(attestations.contains(batchId, 0, commitment, new bytes32[](0)), "the leaf is missing");
        require(other == commitment || !attestations.contains(batchId, 0, other, new bytes32[](0)), "a foreign leaf");
        require(proof.length == 0 || !attestations.contains(batchId, 0, commitment, proof), "a feigned proof");
        require(!attestations.contains(batchId, 1, commitment, new bytes32[](0)), "a leaf beyond the count");
    }

    function testFuzz_nothingUnsigned_isRecorded(
        IAttestations.Batch[] calldata batches,
        IAttestations.StatusChange[] calldata changes,
        IAttestations.StatusList[] calldata lists
    ) external {
        bytes32 batchId = anchorAs(1, "root", 300, "one");
        attestations.anchor(batches);
        attestations.changeStatus(changes);
        attestations.anchorStatusLists(lists);
        for (uint256 i = 0; i < batches.length; ++i) {
            require(batches[i].root == "root" || !attestations.isIssued(batches[i].root), "anchored without a signature");
        }
        for (uint256 i = 0; i < lists.length; ++i) {
            (uint64 version,) = attestations.statusListOf(lists[i].issuer, lists[i].list);
            require(version == 0, "a list without a signature");
        }
        require(attestations.statusOf(batchId, 0) == AttestationStatus.Valid, "changed without a signature");
    }

    function testFuzz_changeStatus_touchesTheNamedLeafOnly(uint32 index, uint32 neighbour, uint8 status) external {
        bytes32 batchId = anchorAs(1, "root", 1_000, "one");
        index %= 1_000;
        neighbour %= 1_000;
        MACHINE.assume(index != neighbour);
        uint32[] memory indexes = new uint32[](1);
        indexes[0] = index;
        changeAs(1, batchId, indexes, status, "change");
        bool isChange = status == 2 || status == 3;
        require(uint8(attestations.statusOf(batchId, index)) == (isChange ? status : 1), "another status than ordered");
        require(attestations.statusOf(batchId, neighbour) == AttestationStatus.Valid, "a neighbour was touched");
    }
}

/// @title Issuer, city and rival changing two batches of 520 leaves, beside a model of plain arrays.
contract AttestationsHandler is Office {
    uint32 private constant COUNT = 520;
    bytes32[2] private _batches;
    uint8[2] private _whole = [1, 1];
    mapping(uint256 batch => mapping(uint32 index => uint8 status)) private _leaf;
    uint32[] private _touched;
    uint256 private _count;

    constructor() {
        for (uint256 i = 0; i < 2; ++i) {
            _batches[i] = anchorAs(1, keccak256(abi.encode("root", i)), COUNT, keccak256(abi.encode("batch", i)));
        }
    }

    function changeLeaves(uint256 who, uint256 batch, uint32 from, uint8 size, uint8 status) external {
        who %= 3;
        batch %= 2;
        status %= 5;
        uint32[] memory indexes = new uint32[](1 + (size % 4));
        bool isAllowed = who != 2 && status != 0 && status != 4 && _whole[batch] != 3;
        for (uint256 i = 0; i < indexes.length; ++i) {
            // Few places, at the borders of words and of the batch, so that they are met again.
            indexes[i] = [uint32(0), 1, 254, 255, 256, 511, 512, 519, 520][(from % 9 + i) % 9];
            isAllowed = isAllowed && indexes[i] < COUNT && _isMove(_statusOfLeaf(batch, indexes[i]), status);
        }
        changeAs(who, _batches[batch], indexes, status, bytes32(_count++));
        for (uint256 i = 0; i < indexes.length; ++i) {
            _touched.push(indexes[i]);
            if (isAllowed) _leaf[batch][indexes[i]] = status;
        }
    }

    function changeBatch(uint256 who, uint256 batch, uint8 status, bool isMeant) external {
        who %= 3;
        batch %= 2;
        status %= 5;
        // A revoked batch ends the game for its leaves: let it come rarely.
        if (status == 3 && !(isMeant && _count % 16 == 0)) status = 2;
        changeAs(who, _batches[batch], new uint32[](0), status, bytes32(_count++));
        if (who != 2 && status != 0 && status != 4 && _isMove(_whole[batch], status)) _whole[batch] = status;
    }

    function requireSound() external view {
        for (uint256 batch = 0; batch < 2; ++batch) {
            IAttestations.BatchInfo memory info = attestations.batchOf(_batches[batch]);
            require(uint8(info.status) == _whole[batch], "a batch's status against the rules");
            require(attestations.isRevoked(info.root) == (_whole[batch] == 3), "isRevoked says otherwise");
            for (uint256 i = 0; i < _touched.length; ++i) {
                _requireLeaf(batch, _touched[i]);
            }
            _requireLeaf(batch, 2);
        }
    }

    function _requireLeaf(uint256 batch, uint32 index) private view {
        uint8 expected = _statusOfLeaf(batch, index) > _whole[batch] ? _statusOfLeaf(batch, index) : _whole[batch];
        if (index >= COUNT) expected = 0;
        require(uint8(attestations.statusOf(_batches[batch], index)) == expected, "a leaf's status against the rules");
    }

    function _statusOfLeaf(uint256 batch, uint32 index) private view returns (uint8) {
        return _leaf[batch][index] == 0 ? 1 : _leaf[batch][index];
    }

    function _isMove(uint8 status, uint8 next) private pure returns (bool) {
        return status != 3 && status != next;
    }
}

/// @title The status of every leaf is what the rules make of the history, after any history.
contract AttestationsInvariant {
    AttestationsHandler private _handler;

    function setUp() external {
        _handler = new AttestationsHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_everyLeafStandsWhereTheRulesPutIt() external view {
        _handler.requireSound();
    }
}
