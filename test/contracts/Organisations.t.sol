// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {IOrganisations} from "../../contracts/interfaces/IOrganisations.sol";
import {OrganisationKind, OrganisationStatus} from "../../contracts/types/Types.sol";
import {Refusal} from "../../contracts/types/Refusal.sol";
import {City} from "./support/City.sol";

/// @title Properties of organisations and keys for any input.
contract OrganisationsFuzz is City {
    function testFuzz_authorise_neverReverts_onAnySignature(bytes32 organisation, bytes32 key, bytes32 digest, bytes calldata signature)
        external
        view
    {
        (Refusal refusal,,) = organisations.authorise(organisation, key, digest, signature);
        require(refusal == Refusal.UnknownOrganisation, "nobody signs");
        (refusal,,) = organisations.authorise(ids[1], key, digest, signature);
        require(refusal == Refusal.UnknownKey, "an unknown key signs");
        (refusal,,) = organisations.authorise(ids[1], keyOf(1), digest, signature);
        require(refusal == Refusal.BadSignature, "any bytes sign");
    }

    function testFuzz_authorise_bindsTheDigest(bytes32 digest, bytes32 other) external view {
        MACHINE.assume(digest != other);
        bytes memory signature = signatureOf(1, digest);
        (Refusal refusal, uint32 index, OrganisationKind kind) = organisations.authorise(ids[1], keyOf(1), digest, signature);
        require(refusal == Refusal.None && index == 2 && kind == OrganisationKind.Company, "the dealer's word is refused");
        (refusal,,) = organisations.authorise(ids[1], keyOf(1), other, signature);
        require(refusal == Refusal.BadSignature, "a signature fits two digests");
        (refusal,,) = organisations.authorise(ids[0], keyOf(1), digest, signature);
        require(refusal == Refusal.UnknownKey, "a key signs for two organisations");
    }

    function testFuzz_authorise_keepsThePeriod(uint48 validFrom, uint48 validTo, uint48 moment) external {
        bytes memory signer = abi.encodePacked(MACHINE.addr(7));
        bool isPeriod = validTo == 0 || (validTo > validFrom && validTo > block.timestamp);
        try organisations.addKey(ids[1], signer, validFrom, validTo) {
            require(isPeriod, "an empty period was taken");
        } catch {
            require(!isPeriod, "a period was refused");
            return;
        }
        if (validFrom == 0) validFrom = uint48(block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = MACHINE.sign(7, "digest");
        MACHINE.warp(moment);
        (Refusal refusal,,) = organisations.authorise(ids[1], keccak256(signer), "digest", abi.encodePacked(r, s, v));
        if (moment < validFrom) require(refusal == Refusal.KeyNotYetValid, "signed too early");
        else if (validTo != 0 && moment >= validTo) require(refusal == Refusal.KeyExpired, "signed too late");
        else require(refusal == Refusal.None, "refused within its period");
    }
}

/// @title An administrator in any mood: suspends, resumes, retires, ends and reports.
contract OrganisationsHandler is City {
    mapping(uint256 who => bool) public wasRetired;
    mapping(uint256 who => uint48) public earliestEnd;
    mapping(uint256 who => uint48) public earliestAbuse;
    uint256 public calls;

    function change(uint256 who, uint8 what, uint48 when) external {
        who %= 3;
        calls++;
        bytes32 id = ids[who];
        if (what % 6 == 0) try organisations.suspend(id) {} catch {}
        else if (what % 6 == 1) try organisations.resume(id) {} catch {}
        else if (what % 6 == 2 && when % 8 == 0) try organisations.retire(id) { wasRetired[who] = true; } catch {}
        else if (what % 6 == 3) _end(who, when);
        else if (what % 6 == 4) _report(who, when);
        else if (what % 6 == 5) MACHINE.warp(block.timestamp + (when % 1 days));
    }

    function requireSound(uint256 who) external view {
        IOrganisations.Organisation memory organisation = organisations.organisationOf(ids[who]);
        IOrganisations.Key memory key = organisations.keyOf(ids[who], keyOf(who));
        require(!wasRetired[who] || organisation.status == OrganisationStatus.Retired, "a retired organisation is back");
        require(organisation.index == who + 1 && organisations.organisationAt(uint32(who + 1)) == ids[who], "renumbered");
        require(key.validTo == earliestEnd[who], "a key was prolonged");
        require(key.compromisedAt == earliestAbuse[who], "a compromise was taken back");
        (Refusal refusal,,) = organisations.authorise(ids[who], keyOf(who), "x", signatureOf(who, "x"));
        bool isUsable = organisation.status == OrganisationStatus.Active && key.compromisedAt == 0
            && (key.validTo == 0 || block.timestamp < key.validTo);
        require((refusal == Refusal.None) == isUsable, "a key is used against the rules");
    }

    function _end(uint256 who, uint48 when) private {
        uint48 end = uint48(block.timestamp - 1 days + (when % 3 days));
        try organisations.endKey(ids[who], keyOf(who), end) {
            if (end < block.timestamp) end = uint48(block.timestamp);
            require(earliestEnd[who] == 0 || end < earliestEnd[who], "a key was prolonged");
            earliestEnd[who] = end;
        } catch {}
    }

    function _report(uint256 who, uint48 when) private {
        uint48 since = uint48(block.timestamp - 1 days + (when % 2 days));
        try organisations.reportCompromised(ids[who], keyOf(who), since) {
            require(since <= block.timestamp, "reported ahead of time");
            require(earliestAbuse[who] == 0 || since < earliestAbuse[who], "a compromise was moved forward");
            earliestAbuse[who] = since;
        } catch {}
    }
}

/// @title What no administrator can undo.
contract OrganisationsInvariant {
    OrganisationsHandler private _handler;

    function setUp() external {
        _handler = new OrganisationsHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_retiredAndCompromisedAreFinal_andKeysNeverLiveLonger() external view {
        for (uint256 who = 0; who < 3; ++who) {
            _handler.requireSound(who);
        }
    }
}
