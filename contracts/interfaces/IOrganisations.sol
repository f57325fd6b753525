// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {OrganisationKind, OrganisationStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Who may write: organisations, their signing keys and their accreditations.
/// @notice Authority belongs to an organisation's id, never to an address, so that a key can be lost, stolen or replaced
/// without anybody losing the right to correct what the organisation once recorded.
interface IOrganisations {
    event OrganisationRegistered(bytes32 indexed organisation, OrganisationKind kind, string name);
    event OrganisationRenamed(bytes32 indexed organisation, string name);
    event OrganisationStatusChanged(bytes32 indexed organisation, OrganisationStatus status);
    /// @param key keccak256 of `signer`. @param signer ERC-7913 signer: 20-byte address, or verifier address and public key.
    /// @param validFrom first second of validity. @param validTo first second after it, 0 = open end.
    event KeyAdded(bytes32 indexed organisation, bytes32 indexed key, bytes signer, uint48 validFrom, uint48 validTo);
    event KeyEnded(bytes32 indexed organisation, bytes32 indexed key, uint48 validTo);
    event KeyCompromised(bytes32 indexed organisation, bytes32 indexed key, uint48 since);
    /// @param scope a service or a schema, as a short string in bytes32.
    event Accredited(bytes32 indexed organisation, bytes32 indexed scope, uint48 validFrom, uint48 validTo);
    event AccreditationWithdrawn(bytes32 indexed organisation, bytes32 indexed scope, uint48 at);
    event VerifierAllowed(address indexed verifier, bool allowed);

    error OrganisationAlreadyRegistered(bytes32 organisation);
    error OrganisationUnknown(bytes32 organisation);
    error OrganisationInvalidId(bytes32 organisation);
    error OrganisationInvalidKind(OrganisationKind kind);
    error OrganisationInvalidName(uint256 length);
    error OrganisationWrongStatus(bytes32 organisation, OrganisationStatus status);
    error KeyAlreadyAdded(bytes32 organisation, bytes32 key);
    error KeyUnknown(bytes32 organisation, bytes32 key);
    error KeyInvalidSigner(bytes signer);
    error KeyInvalidPeriod(uint48 validFrom, uint48 validTo);
    error VerifierNotAllowed(address verifier);
    error AccreditationUnknown(bytes32 organisation, bytes32 scope);
    error AccreditationInvalidPeriod(uint48 validFrom, uint48 validTo);

    struct Organisation {
        uint32 index; // 1, 2, 3 … in order of registration; what a record's slot holds instead of the id
        OrganisationKind kind;
        OrganisationStatus status;
        string name;
    }

    struct Key {
        uint48 validFrom; // Unix seconds
        uint48 validTo; // Unix seconds, 0 = open end
        uint48 compromisedAt; // Unix seconds, 0 = never
        bytes signer;
    }

    function register(bytes32 organisation, OrganisationKind kind, string calldata name) external;
    function rename(bytes32 organisation, string calldata name) external;
    function suspend(bytes32 organisation) external;
    function resume(bytes32 organisation) external;
    function retire(bytes32 organisation) external;
    function addKey(bytes32 organisation, bytes calldata signer, uint48 validFrom, uint48 validTo) external;
    function endKey(bytes32 organisation, bytes32 key, uint48 validTo) external;
    function reportCompromised(bytes32 organisation, bytes32 key, uint48 since) external;
    function accredit(bytes32 organisation, bytes32 scope, uint48 validFrom, uint48 validTo) external;
    function withdrawAccreditation(bytes32 organisation, bytes32 scope) external;
    function allowVerifier(address verifier, bool allowed) external;

    function organisationOf(bytes32 organisation) external view returns (Organisation memory);
    function keyOf(bytes32 organisation, bytes32 key) external view returns (Key memory);
    function accreditationOf(bytes32 organisation, bytes32 scope) external view returns (uint48 validFrom, uint48 validTo);

    /// @notice Whether `signature` over `digest` is the word of `organisation` at this block's time.
    /// @return refusal `None` when it is. @return index the organisation's number. @return kind its kind.
    function authorise(bytes32 organisation, bytes32 key, bytes32 digest, bytes calldata signature)
        external
        view
        returns (Refusal refusal, uint32 index, OrganisationKind kind);

    /// @notice Whether `organisation` holds an accreditation for `service` or for `schema` at this block's time.
    function isAccredited(bytes32 organisation, bytes32 service, bytes32 schema) external view returns (bool);
}
