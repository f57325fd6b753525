// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISemaphoreVerifier} from "@semaphore-protocol/contracts/interfaces/ISemaphoreVerifier.sol";
import {IBallots} from "./interfaces/IBallots.sol";
import {IOrganisations} from "./interfaces/IOrganisations.sol";
import {Refusal} from "./types/Refusal.sol";
import {BallotMode} from "./types/Types.sol";

/// @title The ballot boxes.
/// @dev Promises: {IBallots}.
contract Ballots is IBallots, EIP712 {
    bytes32 private constant SERVICE = "voting";
    bytes32 private constant SCHEMA = "voting.poll.1";

    bytes32 private constant POLL_CREATION_TYPEHASH = keccak256(
        "PollCreation(bytes32 organisation,bytes32 content,uint8 options,uint8 minChoices,uint8 maxChoices,uint48 opensAt,uint48 closesAt,uint8 mode,bytes32 idempotency)"
    );
    bytes32 private constant ROLL_FREEZE_TYPEHASH =
        keccak256("RollFreeze(bytes32 organisation,bytes32 pollId,uint256 root,uint32 size,bytes32 idempotency)");

    /// @dev Order of the scalar field of BN254. A signal is a number modulo it: accepting `nullifier + FIELD` beside
    /// `nullifier` would accept one ballot twice.
    uint256 private constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant DEPTH = 20;
    uint256 private constant MAX_ROLL = 1 << DEPTH;
    /// @dev One or two voters are not anonymous.
    uint256 private constant MIN_ROLL = 3;
    uint256 private constant MIN_OPTIONS = 2;
    uint256 private constant MAX_OPTIONS = 64;
    /// @dev The verifier uses below 225,000 but asks for 241,333 at its last precompile; a failing point burns all that it
    /// was given, so it is given no more than this.
    uint256 private constant VERIFIER_GAS = 320_000;

    IOrganisations private immutable _organisations;
    ISemaphoreVerifier private immutable _verifier;

    mapping(bytes32 pollId => Poll) private _polls;
    /// @dev Eight counters of 32 bits per word. None overflows: a roll has at most 2^20 members, each counted once.
    mapping(bytes32 pollId => mapping(uint256 word => uint256)) private _counters;
    /// @dev Ballots and freezes that were recorded, by entry id.
    mapping(bytes32 entryId => bool) private _recorded;

    constructor(IOrganisations organisations, ISemaphoreVerifier verifier) EIP712("Sillok", "1") {
        _organisations = organisations;
        _verifier = verifier;
    }

    /// @inheritdoc IBallots
    function createPolls(PollCreation[] calldata polls) external {
        for (uint256 i = 0; i < polls.length; ++i) {
            PollCreation calldata creation = polls[i];
            bytes32 pollId = _idOf(creation.organisation, creation.idempotency);
            Refusal refusal = _refusalOfPoll(pollId, creation);
            if (refusal == Refusal.None) _create(pollId, creation);
            else emit BallotsRefused(pollId, pollId, refusal);
        }
    }

    /// @inheritdoc IBallots
    function freezeRolls(RollFreeze[] calldata freezes) external {
        for (uint256 i = 0; i < freezes.length; ++i) {
            RollFreeze calldata freeze = freezes[i];
            bytes32 entryId = _idOf(freeze.organisation, freeze.idempotency);
            Refusal refusal = _refusalOfFreeze(entryId, freeze);
            if (refusal == Refusal.None) _freeze(entryId, freeze);
            else emit BallotsRefused(entryId, freeze.pollId, refusal);
        }
    }

    /// @inheritdoc IBallots
    function cast(Cast[] calldata casts) external {
        for (uint256 i = 0; i < casts.length; ++i) {
            Cast calldata ballot = casts[i];
            bytes32 entryId = entryIdOf(ballot.pollId, ballot.nullifier);
            Refusal refusal = _refusalOfCast(entryId, ballot, block.timestamp);
            if (refusal == Refusal.None) _count(entryId, ballot);
            else emit BallotsRefused(entryId, ballot.pollId, refusal);
        }
    }

    /// @inheritdoc IBallots
    function pollOf(bytes32 pollId) external view returns (Poll memory) {
        return _polls[pollId];
    }

    /// @inheritdoc IBallots
    function tallyOf(bytes32 pollId) external view returns (uint32[] memory counts) {
        uint256 options = _polls[pollId].options;
        counts = new uint32[](options);
        for (uint256 i = 0; i < options; ++i) {
            counts[i] = uint32(_counters[pollId][i / 8] >> (32 * (i % 8)));
        }
    }

    /// @inheritdoc IBallots
    function hasCast(bytes32 pollId, uint256 nullifier) external view returns (bool) {
        return _recorded[entryIdOf(pollId, nullifier)];
    }

    /// @inheritdoc IBallots
    function refusalOf(Cast calldata ballot, uint256 time) external view returns (Refusal) {
        return _refusalOfCast(entryIdOf(ballot.pollId, ballot.nullifier), ballot, time);
    }

    /// @inheritdoc IBallots
    function scopeOf(bytes32 pollId) public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), pollId)));
    }

    /// @inheritdoc IBallots
    function entryIdOf(bytes32 pollId, uint256 nullifier) public pure returns (bytes32) {
        return keccak256(abi.encode(pollId, nullifier));
    }

    function _create(bytes32 pollId, PollCreation calldata creation) private {
        Poll storage poll = _polls[pollId];
        poll.organisation = creation.organisation;
        poll.content = creation.content;
        poll.options = creation.options;
        poll.minChoices = creation.minChoices;
        poll.maxChoices = creation.maxChoices;
        poll.opensAt = creation.opensAt;
        poll.closesAt = creation.closesAt;
        poll.mode = BallotMode(creation.mode);
        emit PollCreated(
            pollId,
            creation.organisation,
            creation.content,
            creation.options,
            creation.minChoices,
            creation.maxChoices,
            creation.opensAt,
            creation.closesAt,
            BallotMode(creation.mode)
        );
    }

    function _freeze(bytes32 entryId, RollFreeze calldata freeze) private {
        Poll storage poll = _polls[freeze.pollId];
        poll.rollRoot = freeze.root;
        poll.rollSize = freeze.size;
        _recorded[entryId] = true;
        emit RollFrozen(entryId, freeze.pollId, freeze.root, freeze.size);
    }

    function _count(bytes32 entryId, Cast calldata ballot) private {
        _recorded[entryId] = true;
        ++_polls[ballot.pollId].turnout;
        mapping(uint256 word => uint256) storage counters = _counters[ballot.pollId];
        uint256 rest = ballot.choices;
        for (uint256 word = 0; rest != 0; ++word) {
            uint256 increment = 0;
            for (uint256 lane = 0; lane < 8; ++lane) {
                increment |= ((rest >> lane) & 1) << (32 * lane);
            }
            if (increment != 0) counters[word] += increment;
            rest >>= 8;
        }
        emit BallotCast(entryId, ballot.pollId, ballot.nullifier, ballot.choices);
    }

    function _refusalOfPoll(bytes32 pollId, PollCreation calldata creation) private view returns (Refusal) {
        bytes32 structHash = keccak256(
            abi.encode(
                POLL_CREATION_TYPEHASH,
                creation.organisation,
                creation.content,
                creation.options,
                creation.minChoices,
                creation.maxChoices,
                creation.opensAt,
                creation.closesAt,
                creation.mode,
                creation.idempotency
            )
        );
        Refusal refusal = _authorise(creation.organisation, creation.key, structHash, creation.signature);
        if (refusal != Refusal.None) return refusal;
        if (_polls[pollId].options != 0) return Refusal.PollExists;
        if (_recorded[pollId]) return Refusal.DuplicateEntry;
        if (
            creation.options < MIN_OPTIONS || creation.options > MAX_OPTIONS || creation.maxChoices == 0
                || creation.maxChoices > creation.options || creation.minChoices > creation.maxChoices
        ) return Refusal.BadPollOptions;
        if (creation.opensAt >= creation.closesAt || creation.closesAt <= block.timestamp) return Refusal.BadPollDates;
        if (creation.mode != uint8(BallotMode.Open)) return Refusal.UnsupportedMode;
        return Refusal.None;
    }

    function _refusalOfFreeze(bytes32 entryId, RollFreeze calldata freeze) private view returns (Refusal) {
        bytes32 structHash = keccak256(
            abi.encode(
                ROLL_FREEZE_TYPEHASH, freeze.organisation, freeze.pollId, freeze.root, freeze.size, freeze.idempotency
            )
        );
        Refusal refusal = _authorise(freeze.organisation, freeze.key, structHash, freeze.signature);
        if (refusal != Refusal.None) return refusal;
        Poll storage poll = _polls[freeze.pollId];
        if (poll.options == 0) return Refusal.UnknownPoll;
        if (poll.organisation != freeze.organisation) return Refusal.NotAuthor;
        if (poll.rollSize != 0) return Refusal.RollAlreadyFrozen;
        if (_recorded[entryId] || _polls[entryId].options != 0) return Refusal.DuplicateEntry;
        if (block.timestamp >= poll.closesAt) return Refusal.PollClosed;
        if (freeze.size < MIN_ROLL) return Refusal.RollTooSmall;
        if (freeze.size > MAX_ROLL) return Refusal.RollTooLarge;
        if (freeze.root >= FIELD) return Refusal.NotInField;
        return Refusal.None;
    }

    /// @dev The proof comes last: it is by far the dearest check, and nothing before it can be paid for by a neighbour.
    function _refusalOfCast(bytes32 entryId, Cast calldata ballot, uint256 time) private view returns (Refusal) {
        Poll storage poll = _polls[ballot.pollId];
        if (poll.options == 0) return Refusal.UnknownPoll;
        if (poll.rollSize == 0) return Refusal.RollNotFrozen;
        if (time < poll.opensAt) return Refusal.PollNotOpen;
        if (time >= poll.closesAt) return Refusal.PollClosed;
        if (uint256(ballot.choices) >> poll.options != 0) return Refusal.BadChoice;
        uint256 chosen = _bitsOf(ballot.choices);
        if (chosen < poll.minChoices || chosen > poll.maxChoices) return Refusal.BadChoice;
        if (ballot.nullifier >= FIELD) return Refusal.NotInField;
        if (_recorded[entryId]) return Refusal.BallotAlreadyCast;
        if (!_isMember(poll.rollRoot, ballot)) return Refusal.BadProof;
        return Refusal.None;
    }

    function _authorise(bytes32 organisation, bytes32 key, bytes32 structHash, bytes calldata signature)
        private
        view
        returns (Refusal refusal)
    {
        (refusal,,) = _organisations.authorise(organisation, key, _hashTypedDataV4(structHash), signature);
        if (refusal == Refusal.None && !_organisations.isAccredited(organisation, SERVICE, SCHEMA)) {
            refusal = Refusal.NotAccredited;
        }
    }

    function _isMember(uint256 root, Cast calldata ballot) private view returns (bool) {
        // With less, the pairing would starve and a good proof would be refused in public: better no transaction at all.
        if ((gasleft() * 63) / 64 < VERIFIER_GAS) revert BallotsGasTooLow(gasleft());
        uint256[8] calldata p = ballot.proof;
        try _verifier.verifyProof{gas: VERIFIER_GAS}(
            [p[0], p[1]],
            [[p[2], p[3]], [p[4], p[5]]],
            [p[6], p[7]],
            [root, ballot.nullifier, _signalOf(ballot.choices), _signalOf(scopeOf(ballot.pollId))],
            DEPTH
        ) returns (bool valid) {
            return valid;
        } catch {
            return false;
        }
    }

    /// @dev Semaphore's way to press 256 bits into the field.
    function _signalOf(uint256 value) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(value))) >> 8;
    }

    function _bitsOf(uint64 mask) private pure returns (uint256 count) {
        for (; mask != 0; ++count) {
            mask &= mask - 1;
        }
    }

    function _idOf(bytes32 organisation, bytes32 idempotency) private pure returns (bytes32) {
        return keccak256(abi.encode(organisation, idempotency));
    }
}
