// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {OrganisationKind} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @dev Answers authority questions as told, so that the other rules are tested alone.
contract OrganisationsDouble {
    Refusal private _refusal;
    bool private _accredited = true;

    function answer(Refusal refusal, bool accredited) external {
        _refusal = refusal;
        _accredited = accredited;
    }

    function authorise(bytes32, bytes32, bytes32, bytes calldata)
        external
        view
        returns (Refusal refusal, uint32 index, OrganisationKind kind)
    {
        return (_refusal, 1, OrganisationKind.PublicBody);
    }

    function isAccredited(bytes32, bytes32, bytes32) external view returns (bool) {
        return _accredited;
    }
}
