// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @title A verifier and contract wallet that behaves as its key's first byte says.
/// @dev 0 agrees, 1 reverts, 2 burns all gas, 3 answers with a megabyte, 4 answers with one byte, 5 answers no.
contract HostileVerifier is IERC7913SignatureVerifier, IERC1271 {
    error Hostile();

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32, bytes calldata) external pure returns (bytes4) {
        uint8 mode = uint8(key[0]);
        if (mode == 1) revert Hostile();
        if (mode == 2) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == 3 || mode == 4) {
            uint256 size = mode == 3 ? 1_000_000 : 1;
            assembly ("memory-safe") {
                return(0, size)
            }
        }
        return mode == 0 ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}
