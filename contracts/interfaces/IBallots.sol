// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {BallotMode} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Polls with anonymous ballots: one per member of a frozen roll, counted by the chain itself.
/// @notice Who voted what is known to nobody: a ballot carries a zero-knowledge proof of membership (Semaphore v4, depth 20)
/// and a nullifier that is the same for every ballot of one voter in one poll and unlinkable between polls.
/// @dev The roll's tree has every commitment at depth 20 exactly: ascending order, Poseidon of two children, missing leaves
/// are 0. Semaphore's own lean tree would not do: it hashes nodes and public keys alike, so that whoever enrols the root of
/// a small tree of own commitments would hold as many ballots as that tree has leaves. Below depth 20 no proof can reach.
interface IBallots {
    struct PollCreation {
        bytes32 organisation;
        bytes32 key;
        bytes32 content; // SHA-256 of the canonical poll text, options, images and rules
        uint8 options; // 2..64
        uint8 minChoices; // 0..maxChoices, 0 = blank ballots allowed
        uint8 maxChoices; // 1..options
        uint48 opensAt; // Unix seconds
        uint48 closesAt; // Unix seconds, after opensAt
        uint8 mode; // a BallotMode; plain number, so that an unknown one is refused and not undecodable
        bytes32 idempotency;
        bytes signature; // EIP-712: PollCreation(bytes32 organisation,bytes32 content,uint8 options,uint8 minChoices,uint8 maxChoices,uint48 opensAt,uint48 closesAt,uint8 mode,bytes32 idempotency)
    }

    struct RollFreeze {
        bytes32 organisation; // the creator
        bytes32 key;
        bytes32 pollId;
        uint256 root; // of the Merkle tree of the identity commitments, see below
        uint32 size; // members, 3..2^20
        bytes32 idempotency;
        bytes signature; // EIP-712: RollFreeze(bytes32 organisation,bytes32 pollId,uint256 root,uint32 size,bytes32 idempotency)
    }

    struct Cast {
        bytes32 pollId;
        uint64 choices; // bit i set = option i chosen; as uint256 the proof's Semaphore message
        uint256 nullifier;
        uint256[8] proof; // Groth16 points A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y, as packed by Semaphore v4
    }

    struct Poll {
        bytes32 organisation;
        bytes32 content;
        uint8 options;
        uint8 minChoices;
        uint8 maxChoices;
        uint48 opensAt;
        uint48 closesAt;
        BallotMode mode;
        uint32 rollSize; // 0 = not frozen
        uint32 turnout;
        uint256 rollRoot;
    }

    /// @notice The whole transaction had too little gas to check a proof fairly.
    error BallotsGasTooLow(uint256 left);

    event PollCreated(
        bytes32 indexed entryId,
        bytes32 indexed organisation,
        bytes32 content,
        uint8 options,
        uint8 minChoices,
        uint8 maxChoices,
        uint48 opensAt,
        uint48 closesAt,
        BallotMode mode
    );
    event RollFrozen(bytes32 indexed entryId, bytes32 indexed pollId, uint256 root, uint32 size);
    /// @param entryId keccak256(abi.encode(pollId, nullifier)).
    event BallotCast(bytes32 indexed entryId, bytes32 indexed pollId, uint256 nullifier, uint64 choices);
    event BallotsRefused(bytes32 indexed entryId, bytes32 indexed pollId, Refusal reason);

    /// @notice Each item stands alone: a refused one is answered by an event. A poll's id is its entryId,
    /// keccak256(abi.encode(organisation, idempotency)).
    function createPolls(PollCreation[] calldata polls) external;
    function freezeRolls(RollFreeze[] calldata freezes) external;
    function cast(Cast[] calldata casts) external;

    function pollOf(bytes32 pollId) external view returns (Poll memory);
    /// @return counts ballots per option, in the poll's order.
    function tallyOf(bytes32 pollId) external view returns (uint32[] memory counts);
    /// @notice What {cast} would answer to this ballot in a block of that time; `None` = it would count. Costs no more to ask
    /// than to cast, so a relayer asks before it sends.
    /// @param time Unix seconds.
    function refusalOf(Cast calldata ballot, uint256 time) external view returns (Refusal);
    function hasCast(bytes32 pollId, uint256 nullifier) external view returns (bool);
    /// @notice Semaphore scope of the poll: uint256(keccak256(abi.encode(chainid, contract, pollId))).
    function scopeOf(bytes32 pollId) external view returns (uint256);
    /// @notice keccak256(abi.encode(pollId, nullifier)).
    function entryIdOf(bytes32 pollId, uint256 nullifier) external pure returns (bytes32);
}
