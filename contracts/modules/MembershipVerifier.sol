// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {SemaphoreVerifier} from "@semaphore-protocol/contracts/base/SemaphoreVerifier.sol";

/// @title Semaphore's own proof verifier, unchanged, compiled here so that its bytecode is ours to check.
/// @dev Semaphore.sol itself is not used: its groups accept expired roots (semaphore issue 1094).
contract MembershipVerifier is SemaphoreVerifier {}
