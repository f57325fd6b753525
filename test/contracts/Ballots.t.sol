// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {ISemaphoreVerifier} from "@semaphore-protocol/contracts/interfaces/ISemaphoreVerifier.sol";
import {Ballots} from "../../contracts/Ballots.sol";
import {IBallots} from "../../contracts/interfaces/IBallots.sol";
import {IOrganisations} from "../../contracts/interfaces/IOrganisations.sol";
import {AcceptingVerifier} from "../../contracts/mocks/AcceptingVerifier.sol";
import {OrganisationsDouble} from "../../contracts/mocks/OrganisationsDouble.sol";

/// @dev Casts whatever the fuzzer invents and keeps its own books in the plainest way.
contract BallotsHandler {
    bytes32 private constant ORGANISATION = "seoul.participation";
    uint256 private constant FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    Ballots public immutable ballots;
    bytes32[] public polls;
    mapping(bytes32 pollId => uint256) public distinct;
    mapping(bytes32 pollId => mapping(uint256 nullifier => bool)) private _seen;
    mapping(bytes32 pollId => mapping(uint256 option => uint32)) public expected;

    constructor(Ballots target) {
        ballots = target;
        _open("one of two", 2, 1, 1);
        _open("blank or up to three of nine", 9, 0, 3);
        _open("any of sixty-four", 64, 1, 64);
    }

    function pollCount() external view returns (uint256) {
        return polls.length;
    }

    function cast(uint256 poll, uint64 choices, uint256 voter, bool raised) external {
        IBallots.Cast[] memory batch = new IBallots.Cast[](1);
        batch[0] = _ballot(poll, choices, voter, raised);
        ballots.cast(batch);
        _book(batch[0]);
    }

    function castBatch(uint256 poll, uint64[4] calldata choices, uint8[4] calldata voters) external {
        IBallots.Cast[] memory batch = new IBallots.Cast[](4);
        for (uint256 i = 0; i < 4; ++i) {
            batch[i] = _ballot(poll % 3 + i % 2, choices[i], voters[i], false);
        }
        ballots.cast(batch);
        for (uint256 i = 0; i < 4; ++i) {
            _book(batch[i]);
        }
    }

    function freezeAgain(uint256 poll, uint256 root, uint32 size) external {
        _freeze(polls[poll % polls.length], root, size, keccak256(abi.encode(root, size)));
    }

    /// @dev Few voters, so that the same one comes back often; choices cut to the options in two of three cases.
    function _ballot(uint256 poll, uint64 choices, uint256 voter, bool raised)
        private
        view
        returns (IBallots.Cast memory ballot)
    {
        ballot.pollId = polls[poll % polls.length];
        uint8 options = ballots.pollOf(ballot.pollId).options;
        ballot.choices = choices % 3 == 0 || options == 64 ? choices : uint64(choices % (uint256(1) << options));
        ballot.nullifier = voter % 40 + (raised ? FIELD : 0);
    }

    function _book(IBallots.Cast memory ballot) private {
        IBallots.Poll memory poll = ballots.pollOf(ballot.pollId);
        uint256 chosen = 0;
        bool known = true;
        for (uint256 i = 0; i < 64; ++i) {
            if ((ballot.choices >> i) & 1 == 1) {
                ++chosen;
                if (i >= poll.options) known = false;
            }
        }
        bool counts = known && chosen >= poll.minChoices && chosen <= poll.maxChoices && ballot.nullifier < FIELD
            && !_seen[ballot.pollId][ballot.nullifier];
        if (!counts) return;
        _seen[ballot.pollId][ballot.nullifier] = true;
        ++distinct[ballot.pollId];
        for (uint256 i = 0; i < 64; ++i) {
            if ((ballot.choices >> i) & 1 == 1) ++expected[ballot.pollId][i];
        }
    }

    function _open(string memory name, uint8 options, uint8 minChoices, uint8 maxChoices) private {
        bytes32 idempotency = keccak256(bytes(name));
        IBallots.PollCreation[] memory creations = new IBallots.PollCreation[](1);
        creations[0] = IBallots.PollCreation({
            organisation: ORGANISATION,
            key: 0,
            content: keccak256("content"),
            options: options,
            minChoices: minChoices,
            maxChoices: maxChoices,
            opensAt: 0,
            closesAt: type(uint48).max,
            mode: 0,
            idempotency: idempotency,
            signature: ""
        });
        ballots.createPolls(creations);
        bytes32 pollId = keccak256(abi.encode(ORGANISATION, idempotency));
        polls.push(pollId);
        _freeze(pollId, 7, 40, keccak256(abi.encode(name, "roll")));
    }

    function _freeze(bytes32 pollId, uint256 root, uint32 size, bytes32 idempotency) private {
        IBallots.RollFreeze[] memory freezes = new IBallots.RollFreeze[](1);
        freezes[0] = IBallots.RollFreeze(ORGANISATION, 0, pollId, root, size, idempotency, "");
        ballots.freezeRolls(freezes);
    }
}

/// @dev Stateful: after any sequence of ballots, doubles, batches and repeated freezes.
contract BallotsInvariants {
    Ballots private _ballots;
    BallotsHandler private _handler;

    function setUp() public {
        OrganisationsDouble organisations = new OrganisationsDouble();
        AcceptingVerifier verifier = new AcceptingVerifier();
        _ballots = new Ballots(IOrganisations(address(organisations)), ISemaphoreVerifier(address(verifier)));
        _handler = new BallotsHandler(_ballots);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_TurnoutIsTheNumberOfDistinctNullifiers() public view {
        for (uint256 i = 0; i < _handler.pollCount(); ++i) {
            bytes32 pollId = _handler.polls(i);
            require(_ballots.pollOf(pollId).turnout == _handler.distinct(pollId), "turnout");
        }
    }

    function invariant_TallyStaysWithinMinAndMaxTimesTurnout() public view {
        for (uint256 i = 0; i < _handler.pollCount(); ++i) {
            bytes32 pollId = _handler.polls(i);
            IBallots.Poll memory poll = _ballots.pollOf(pollId);
            uint32[] memory counts = _ballots.tallyOf(pollId);
            uint256 sum = 0;
            for (uint256 option = 0; option < counts.length; ++option) {
                require(counts[option] == _handler.expected(pollId, option), "counter");
                require(counts[option] <= poll.turnout, "option above turnout");
                sum += counts[option];
            }
            require(sum >= uint256(poll.minChoices) * poll.turnout, "too few choices");
            require(sum <= uint256(poll.maxChoices) * poll.turnout, "too many choices");
        }
    }

    function invariant_AFrozenRollNeverMoves() public view {
        for (uint256 i = 0; i < _handler.pollCount(); ++i) {
            IBallots.Poll memory poll = _ballots.pollOf(_handler.polls(i));
            require(poll.rollRoot == 7 && poll.rollSize == 40, "roll moved");
        }
    }
}
