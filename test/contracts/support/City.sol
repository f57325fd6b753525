// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Organisations} from "../../../contracts/Organisations.sol";
import {OrganisationKind} from "../../../contracts/types/Types.sol";

/// What Hardhat's Solidity tests may ask of the machine, as far as needed here.
interface Machine {
    function addr(uint256 secret) external pure returns (address);
    function sign(uint256 secret, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 timestamp) external;
    function assume(bool condition) external pure;
}

/// @title A city, a dealer and a rival, each with one account key; dealer and city are accredited.
contract City {
    Machine internal constant MACHINE = Machine(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes32 internal constant SERVICE = "vehicles";
    bytes32 internal constant SCHEMA = "vehicles.inspection.1";
    bytes32[3] internal ids = [bytes32("city"), bytes32("dealer"), bytes32("rival")];
    uint256[3] internal secrets = [uint256(0xc17), 0xdea1, 0x41fa];
    Organisations internal organisations;

    constructor() {
        MACHINE.warp(1_800_000_000);
        organisations = new Organisations(address(new AccessManager(address(this))));
        organisations.register(ids[0], OrganisationKind.City, "city");
        organisations.register(ids[1], OrganisationKind.Company, "dealer");
        organisations.register(ids[2], OrganisationKind.Company, "rival");
        for (uint256 i = 0; i < 3; ++i) {
            organisations.addKey(ids[i], signerOf(i), 0, 0);
            if (i < 2) organisations.accredit(ids[i], SERVICE, 0, 0);
        }
    }

    function signerOf(uint256 who) internal view returns (bytes memory) {
        return abi.encodePacked(MACHINE.addr(secrets[who]));
    }

    function keyOf(uint256 who) internal view returns (bytes32) {
        return keccak256(signerOf(who));
    }

    function signatureOf(uint256 who, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = MACHINE.sign(secrets[who], digest);
        return abi.encodePacked(r, s, v);
    }
}
