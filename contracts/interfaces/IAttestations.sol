// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {AttestationStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Attestations in Merkle batches: issued in bulk, revoked one by one.
/// @notice leaf = keccak256(keccak256(abi.encode(LEAF_DOMAIN, chainid, contract, issuer, schema, index, commitment))),
/// nodes are commutative keccak256 pairs (as OpenZeppelin's MerkleProof), so that no inner node can pass for a leaf.
/// @dev LEAF_DOMAIN = keccak256("sillok.attestation.leaf.1"). EIP-712 domain: name "Sillok", version "1", chainId, verifyingContract.
/// Anybody may relay. An entryId is keccak256(abi.encode(organisation, idempotency)) and is recorded once by this contract,
/// whichever of its three functions takes it. No function reverts because of an item's content.
interface IAttestations {
    struct Batch {
        bytes32 issuer; // organisation id
        bytes32 key; // keccak256 of the ERC-7913 signer
        bytes32 service; // short string
        bytes32 schema; // short string
        bytes32 root; // above 1: zero and one are no Merkle roots
        uint32 count; // leaves in the batch, 1..2^20
        bytes32 idempotency; // keccak256 of the caller's idempotency key
        bytes signature; // EIP-712: Batch(bytes32 issuer,bytes32 service,bytes32 schema,bytes32 root,uint32 count,bytes32 idempotency)
    }

    struct StatusChange {
        bytes32 organisation; // the issuer, or the city
        bytes32 key; // keccak256 of the ERC-7913 signer
        bytes32 batchId;
        uint32[] indexes; // leaves, at most 1,024, empty = the whole batch
        uint8 status; // AttestationStatus: Revoked (final), Suspended, or Valid = resume; others are answered with UnknownKind
        bytes32 idempotency; // keccak256 of the caller's idempotency key
        bytes signature; // EIP-712: StatusChange(bytes32 organisation,bytes32 batchId,uint32[] indexes,uint8 status,bytes32 idempotency)
    }

    struct StatusList {
        bytes32 issuer; // organisation id
        bytes32 key; // keccak256 of the ERC-7913 signer
        bytes32 service; // short string
        bytes32 list; // id of the published list
        uint64 version; // strictly rising per (issuer, list), from 1
        bytes32 digest; // SHA-256 of the published list
        bytes32 idempotency; // keccak256 of the caller's idempotency key
        bytes signature; // EIP-712: StatusList(bytes32 issuer,bytes32 service,bytes32 list,uint64 version,bytes32 digest,bytes32 idempotency)
    }

    struct BatchInfo {
        bytes32 issuer;
        bytes32 service;
        bytes32 schema;
        bytes32 root;
        uint32 count;
        uint48 anchoredAt; // block time, Unix seconds
        AttestationStatus status; // of the batch as a whole
    }

    /// @notice An issuer stands by `count` attestations, at this block's time.
    /// @param entryId the batch's id. @param issuer organisation id. @param schema short string. @param service short string.
    /// @param root Merkle root. @param count leaves, 1..2^20.
    event BatchAnchored(
        bytes32 indexed entryId, bytes32 indexed issuer, bytes32 indexed schema, bytes32 service, bytes32 root, uint32 count
    );
    /// @notice Some leaves, or a whole batch, are revoked for ever, suspended, or valid again.
    /// @param entryId the change's id. @param batchId the batch. @param organisation who ordered it: the issuer or a city.
    /// @param status the new status. @param indexes changed leaves, empty = the whole batch.
    event AttestationStatusChanged(
        bytes32 indexed entryId, bytes32 indexed batchId, bytes32 indexed organisation, AttestationStatus status, uint32[] indexes
    );
    /// @notice A new version of a published status list; an older one shown later is thereby exposed.
    /// @param entryId its id. @param issuer organisation id. @param list the list's id. @param service short string.
    /// @param version above every earlier one of this issuer and list. @param digest SHA-256 of the list.
    event StatusListAnchored(
        bytes32 indexed entryId, bytes32 indexed issuer, bytes32 indexed list, bytes32 service, uint64 version, bytes32 digest
    );
    /// @notice An item was not recorded; nothing changed because of it. Says nothing of the organisation named unless the
    /// reason comes after the check of its signature.
    /// @param entryId its id. @param organisation the id that it names. @param reason why.
    event AttestationRefused(bytes32 indexed entryId, bytes32 indexed organisation, Refusal reason);

    /// @notice Anchors batches. Each item stands alone: a refused one is answered by an event. The batch's id is its entryId.
    /// @dev The issuer is accredited for service or schema. A root is anchored once, so that it has one issuer.
    /// @param batches any number, of any issuers.
    function anchor(Batch[] calldata batches) external;

    /// @notice Revokes, suspends or resumes leaves or whole batches. Each item stands alone and changes all of its leaves or none.
    /// @dev By the issuer's organisation, accredited still or not, or by a city. A batch's status and its leaves' are kept
    /// apart: resuming a batch does not resume a leaf.
    /// @param changes any number, of any organisations.
    function changeStatus(StatusChange[] calldata changes) external;

    /// @notice Anchors digests of published status lists. Each item stands alone: a refused one is answered by an event.
    /// @dev The issuer is accredited for the service, or for the list's id as a scope.
    /// @param lists any number, of any issuers.
    function anchorStatusLists(StatusList[] calldata lists) external;

    /// @notice What is known of a batch; all zero when unknown. @param batchId its id.
    /// @return issuer, service, schema, root, count, time and status.
    function batchOf(bytes32 batchId) external view returns (BatchInfo memory);

    /// @notice Where one attestation stands: the worse of its own status and its batch's. @param batchId the batch.
    /// @param index 0..count-1. @return `Unknown` without such a batch or index.
    function statusOf(bytes32 batchId, uint32 index) external view returns (AttestationStatus);

    /// @notice The Merkle leaf of an attestation, bound to this chain and contract. @param issuer organisation id.
    /// @param schema short string. @param index position in the batch. @param commitment salted commitment to the document.
    /// @return the leaf.
    function leafOf(bytes32 issuer, bytes32 schema, uint32 index, bytes32 commitment) external view returns (bytes32);

    /// @notice Whether the leaf stands in the batch, whatever its status. @param batchId the batch. @param index 0..count-1.
    /// @param commitment as issued. @param proof sibling nodes from the leaf up. @return whether they lead to the batch's root.
    function contains(bytes32 batchId, uint32 index, bytes32 commitment, bytes32[] calldata proof) external view returns (bool);

    /// @notice OpenAttestation document-store reading: was this Merkle root anchored here, by whomever.
    /// @param root Merkle root. @return whether it was.
    function isIssued(bytes32 root) external view returns (bool);

    /// @notice OpenAttestation document-store reading: was this whole batch root revoked here. Single leaves: {statusOf}.
    /// @param root Merkle root. @return whether it was.
    function isRevoked(bytes32 root) external view returns (bool);

    /// @notice The newest anchored version of a status list. @param issuer organisation id. @param list the list's id.
    /// @return version 0 when there is none. @return digest SHA-256 of that version.
    function statusListOf(bytes32 issuer, bytes32 list) external view returns (uint64 version, bytes32 digest);
}
