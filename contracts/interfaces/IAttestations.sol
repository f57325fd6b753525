// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {AttestationStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Attestations in Merkle batches: issued in bulk, revoked one by one.
/// @notice leaf = keccak256(keccak256(abi.encode(LEAF_DOMAIN, chainid, contract, issuer, schema, index, commitment))),
/// nodes are commutative keccak256 pairs (as OpenZeppelin's MerkleProof), so that no inner node can pass for a leaf.
interface IAttestations {
    struct Batch {
        bytes32 issuer; // organisation id
        bytes32 key;
        bytes32 service;
        bytes32 schema;
        bytes32 root;
        uint32 count; // leaves in the batch, 1..2^20
        bytes32 idempotency;
        bytes signature; // EIP-712: Batch(bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency)
    }

    struct StatusChange {
        bytes32 organisation; // the issuer, or the city
        bytes32 key;
        bytes32 batchId;
        uint32[] indexes; // leaves, empty = the whole batch
        AttestationStatus status; // Revoked (final), Suspended, or Valid = resume
        bytes32 idempotency;
        bytes signature; // EIP-712: StatusChange(bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency)
    }

    struct StatusList {
        bytes32 issuer;
        bytes32 key;
        bytes32 service;
        bytes32 list; // id of the published list
        uint64 version; // strictly rising per (issuer, list)
        bytes32 digest; // SHA-256 of the published list
        bytes32 idempotency;
        bytes signature; // EIP-712: StatusList(bytes32 issuer,bytes32 service,bytes32 list,uint64 version,bytes32 digest,bytes32 idempotency)
    }

    struct BatchInfo {
        bytes32 issuer;
        bytes32 service;
        bytes32 schema;
        bytes32 root;
        uint32 count;
        uint48 anchoredAt; // block time, Unix seconds
        AttestationStatus status;
    }

    event BatchAnchored(
        bytes32 indexed entryId, bytes32 indexed issuer, bytes32 indexed schema, bytes32 service, bytes32 root, uint32 count
    );
    /// @param indexes changed leaves, empty = the whole batch.
    event AttestationStatusChanged(
        bytes32 indexed entryId, bytes32 indexed batchId, bytes32 indexed organisation, AttestationStatus status, uint32[] indexes
    );
    event StatusListAnchored(
        bytes32 indexed entryId, bytes32 indexed issuer, bytes32 indexed list, bytes32 service, uint64 version, bytes32 digest
    );
    event AttestationRefused(bytes32 indexed entryId, bytes32 indexed organisation, Refusal reason);

    /// @notice Each item stands alone: a refused one is answered by an event. The batch's id is its entryId,
    /// keccak256(abi.encode(organisation, idempotency)).
    function anchor(Batch[] calldata batches) external;
    function changeStatus(StatusChange[] calldata changes) external;
    function anchorStatusLists(StatusList[] calldata lists) external;

    function batchOf(bytes32 batchId) external view returns (BatchInfo memory);
    function statusOf(bytes32 batchId, uint32 index) external view returns (AttestationStatus);
    function leafOf(bytes32 issuer, bytes32 schema, uint32 index, bytes32 commitment) external view returns (bytes32);
    /// @notice Whether the leaf stands in the batch, whatever its status.
    function contains(bytes32 batchId, uint32 index, bytes32 commitment, bytes32[] calldata proof) external view returns (bool);
    /// @notice OpenAttestation document-store reading: was this Merkle root anchored here.
    function isIssued(bytes32 root) external view returns (bool);
    /// @notice OpenAttestation document-store reading: was this whole batch root revoked here.
    function isRevoked(bytes32 root) external view returns (bool);
    function statusListOf(bytes32 issuer, bytes32 list) external view returns (uint64 version, bytes32 digest);
}
