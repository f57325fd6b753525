// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {IOrganisations} from "./interfaces/IOrganisations.sol";
import {AttestationStatus, OrganisationKind} from "./types/Types.sol";
import {Refusal} from "./types/Refusal.sol";

/// @title Merkle batches of attestations, their status and the heads of published status lists.
/// @dev Promises: {IAttestations}.
contract Attestations is IAttestations, EIP712 {
    using BitMaps for BitMaps.BitMap;

    bytes32 private constant LEAF_DOMAIN = keccak256("sillok.attestation.leaf.1");
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "Batch(bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency)"
    );
    bytes32 private constant STATUS_CHANGE_TYPEHASH = keccak256(
        "StatusChange(bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency)"
    );
    bytes32 private constant STATUS_LIST_TYPEHASH = keccak256(
        "StatusList(bytes32 issuer,bytes32 service,bytes32 list,uint64 version,bytes32 digest,bytes32 idempotency)"
    );
    uint256 private constant MAX_COUNT = 1 << 20;
    uint256 private constant MAX_INDEXES = 1_024;
    /// What `_roots` holds for an entry that is no batch. It cannot be anchored, so it leads to no batch.
    bytes32 private constant NO_BATCH = bytes32(uint256(1));

    /// What batches of one issuer and schema have in common, written once: a batch then needs two slots only.
    struct Series {
        bytes32 issuer;
        bytes32 service;
        bytes32 schema;
    }

    /// One storage slot per root.
    struct Anchor {
        uint160 series;
        uint32 count;
        uint48 anchoredAt;
        AttestationStatus status;
    }

    struct ListHead {
        uint64 version;
        bytes32 digest;
    }

    IOrganisations private immutable _organisations;
    /// Keyed by the low 160 bits of keccak256(abi.encode(issuer, service, schema)).
    mapping(uint160 series => Series) private _series;
    /// Every entryId taken: its batch's root, or NO_BATCH.
    mapping(bytes32 entryId => bytes32 root) private _roots;
    mapping(bytes32 root => Anchor) private _anchors;
    mapping(bytes32 batchId => BitMaps.BitMap) private _revoked;
    mapping(bytes32 batchId => BitMaps.BitMap) private _suspended;
    mapping(bytes32 issuer => mapping(bytes32 list => ListHead)) private _lists;

    constructor(IOrganisations organisations) EIP712("Sillok", "1") {
        _organisations = organisations;
    }

    /// @inheritdoc IAttestations
    function anchor(Batch[] calldata batches) external {
        for (uint256 i = 0; i < batches.length; ++i) {
            bytes32 entryId = _entryIdOf(batches[i].issuer, batches[i].idempotency);
            Refusal refusal = _anchor(entryId, batches[i]);
            if (refusal != Refusal.None) emit AttestationRefused(entryId, batches[i].issuer, refusal);
        }
    }

    /// @inheritdoc IAttestations
    function changeStatus(StatusChange[] calldata changes) external {
        for (uint256 i = 0; i < changes.length; ++i) {
            bytes32 entryId = _entryIdOf(changes[i].organisation, changes[i].idempotency);
            Refusal refusal = _changeStatus(entryId, changes[i]);
            if (refusal != Refusal.None) emit AttestationRefused(entryId, changes[i].organisation, refusal);
        }
    }

    /// @inheritdoc IAttestations
    function anchorStatusLists(StatusList[] calldata lists) external {
        for (uint256 i = 0; i < lists.length; ++i) {
            bytes32 entryId = _entryIdOf(lists[i].issuer, lists[i].idempotency);
            Refusal refusal = _anchorStatusList(entryId, lists[i]);
            if (refusal != Refusal.None) emit AttestationRefused(entryId, lists[i].issuer, refusal);
        }
    }

    /// @inheritdoc IAttestations
    function batchOf(bytes32 batchId) external view returns (BatchInfo memory info) {
        Anchor memory head = _anchors[_roots[batchId]];
        if (head.status == AttestationStatus.Unknown) return info;
        Series memory series = _series[head.series];
        return BatchInfo(
            series.issuer, series.service, series.schema, _roots[batchId], head.count, head.anchoredAt, head.status
        );
    }

    /// @inheritdoc IAttestations
    function statusOf(bytes32 batchId, uint32 index) external view returns (AttestationStatus) {
        Anchor memory head = _anchors[_roots[batchId]];
        if (index >= head.count) return AttestationStatus.Unknown;
        AttestationStatus leaf = _leafStatus(batchId, index);
        return leaf > head.status ? leaf : head.status;
    }

    /// @inheritdoc IAttestations
    function contains(bytes32 batchId, uint32 index, bytes32 commitment, bytes32[] calldata proof) external view returns (bool) {
        bytes32 root = _roots[batchId];
        Anchor memory head = _anchors[root];
        if (index >= head.count) return false;
        Series storage series = _series[head.series];
        return MerkleProof.verifyCalldata(proof, root, leafOf(series.issuer, series.schema, index, commitment));
    }

    /// @inheritdoc IAttestations
    function isIssued(bytes32 root) external view returns (bool) {
        return _anchors[root].status != AttestationStatus.Unknown;
    }

    /// @inheritdoc IAttestations
    function isRevoked(bytes32 root) external view returns (bool) {
        return _anchors[root].status == AttestationStatus.Revoked;
    }

    /// @inheritdoc IAttestations
    function statusListOf(bytes32 issuer, bytes32 list) external view returns (uint64 version, bytes32 digest) {
        ListHead storage head = _lists[issuer][list];
        return (head.version, head.digest);
    }

    /// @inheritdoc IAttestations
    function leafOf(bytes32 issuer, bytes32 schema, uint32 index, bytes32 commitment) public view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(LEAF_DOMAIN, block.chainid, address(this), issuer, schema, index, commitment));
        return keccak256(abi.encode(inner));
    }

    function _anchor(bytes32 entryId, Batch calldata batch) private returns (Refusal refusal) {
        if (_roots[entryId] != 0) return Refusal.DuplicateEntry;
        if (batch.count == 0 || batch.root == 0 || batch.root == NO_BATCH) return Refusal.BatchEmpty;
        if (batch.count > MAX_COUNT) return Refusal.BundleTooLarge;
        (refusal,) = _authorise(batch.issuer, batch.key, _hashOf(batch), batch.signature);
        if (refusal != Refusal.None) return refusal;
        if (!_organisations.isAccredited(batch.issuer, batch.service, batch.schema)) return Refusal.NotAccredited;
        if (_anchors[batch.root].status != AttestationStatus.Unknown) return Refusal.RootAlreadyAnchored;
        uint160 series = _seriesOf(batch.issuer, batch.service, batch.schema);
        _roots[entryId] = batch.root;
        _anchors[batch.root] = Anchor(series, batch.count, uint48(block.timestamp), AttestationStatus.Valid);
        emit BatchAnchored(entryId, batch.issuer, batch.schema, batch.service, batch.root, batch.count);
    }

    function _changeStatus(bytes32 entryId, StatusChange calldata change) private returns (Refusal refusal) {
        if (_roots[entryId] != 0) return Refusal.DuplicateEntry;
        if (change.status == 0 || change.status > uint8(type(AttestationStatus).max)) return Refusal.UnknownKind;
        if (change.indexes.length > MAX_INDEXES) return Refusal.BundleTooLarge;
        bool isCity;
        (refusal, isCity) = _authorise(change.organisation, change.key, _hashOf(change), change.signature);
        if (refusal != Refusal.None) return refusal;
        AttestationStatus next = AttestationStatus(change.status);
        Anchor storage head = _anchors[_roots[change.batchId]];
        if (head.status == AttestationStatus.Unknown) return Refusal.UnknownBatch;
        if (!isCity && _series[head.series].issuer != change.organisation) return Refusal.NotAuthor;
        refusal = _refusalOfMove(head, change.batchId, change.indexes, next);
        if (refusal != Refusal.None) return refusal;
        _roots[entryId] = NO_BATCH;
        if (change.indexes.length == 0) head.status = next;
        else _mark(change.batchId, change.indexes, next);
        emit AttestationStatusChanged(entryId, change.batchId, change.organisation, next, change.indexes);
    }

    function _anchorStatusList(bytes32 entryId, StatusList calldata list) private returns (Refusal refusal) {
        if (_roots[entryId] != 0) return Refusal.DuplicateEntry;
        (refusal,) = _authorise(list.issuer, list.key, _hashOf(list), list.signature);
        if (refusal != Refusal.None) return refusal;
        if (!_organisations.isAccredited(list.issuer, list.service, list.list)) return Refusal.NotAccredited;
        ListHead storage head = _lists[list.issuer][list.list];
        if (list.version <= head.version) return Refusal.VersionNotRising;
        _roots[entryId] = NO_BATCH;
        (head.version, head.digest) = (list.version, list.digest);
        emit StatusListAnchored(entryId, list.issuer, list.list, list.service, list.version, list.digest);
    }

    function _authorise(bytes32 organisation, bytes32 key, bytes32 structHash, bytes calldata signature)
        private
        view
        returns (Refusal refusal, bool isCity)
    {
        OrganisationKind kind;
        (refusal,, kind) = _organisations.authorise(organisation, key, _hashTypedDataV4(structHash), signature);
        isCity = kind == OrganisationKind.City;
    }

    function _seriesOf(bytes32 issuer, bytes32 service, bytes32 schema) private returns (uint160 series) {
        series = uint160(uint256(keccak256(abi.encode(issuer, service, schema))));
        if (_series[series].issuer == 0) _series[series] = Series(issuer, service, schema);
    }

    /// All leaves are looked at before any is changed.
    function _refusalOfMove(Anchor storage head, bytes32 batchId, uint32[] calldata indexes, AttestationStatus next)
        private
        view
        returns (Refusal refusal)
    {
        if (head.status == AttestationStatus.Revoked) return Refusal.AlreadyRevoked;
        if (indexes.length == 0) return _move(head.status, next);
        uint32 count = head.count;
        for (uint256 i = 0; i < indexes.length; ++i) {
            if (indexes[i] >= count) return Refusal.IndexOutOfRange;
            refusal = _move(_leafStatus(batchId, indexes[i]), next);
            if (refusal != Refusal.None) return refusal;
        }
    }

    function _mark(bytes32 batchId, uint32[] calldata indexes, AttestationStatus next) private {
        BitMaps.BitMap storage map = next == AttestationStatus.Revoked ? _revoked[batchId] : _suspended[batchId];
        for (uint256 i = 0; i < indexes.length; ++i) {
            map.setTo(indexes[i], next != AttestationStatus.Valid);
        }
    }

    function _leafStatus(bytes32 batchId, uint32 index) private view returns (AttestationStatus) {
        if (_revoked[batchId].get(index)) return AttestationStatus.Revoked;
        return _suspended[batchId].get(index) ? AttestationStatus.Suspended : AttestationStatus.Valid;
    }

    function _move(AttestationStatus status, AttestationStatus next) private pure returns (Refusal) {
        if (status == AttestationStatus.Revoked) return Refusal.AlreadyRevoked;
        if (next == AttestationStatus.Revoked || status != next) return Refusal.None;
        return next == AttestationStatus.Suspended ? Refusal.AlreadySuspended : Refusal.NotSuspended;
    }

    function _hashOf(Batch calldata batch) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                BATCH_TYPEHASH, batch.issuer, batch.service, batch.schema, batch.root, batch.count, batch.idempotency
            )
        );
    }

    function _hashOf(StatusChange calldata change) private pure returns (bytes32) {
        bytes32 indexes = keccak256(abi.encodePacked(change.indexes));
        return keccak256(
            abi.encode(
                STATUS_CHANGE_TYPEHASH, change.organisation, change.batchId, indexes, change.status, change.idempotency
            )
        );
    }

    function _hashOf(StatusList calldata list) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                STATUS_LIST_TYPEHASH, list.issuer, list.service, list.list, list.version, list.digest, list.idempotency
            )
        );
    }

    function _entryIdOf(bytes32 organisation, bytes32 idempotency) private pure returns (bytes32) {
        return Hashes.efficientKeccak256(organisation, idempotency);
    }
}
