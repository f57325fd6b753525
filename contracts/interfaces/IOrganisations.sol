// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {OrganisationKind, OrganisationStatus} from "../types/Types.sol";
import {Refusal} from "../types/Refusal.sol";

/// @title Who may write: organisations, their signing keys and their accreditations.
/// @notice Authority belongs to an organisation's id, never to an address, so that a key can be lost, stolen or replaced
/// without anybody losing the right to correct what the organisation once recorded.
/// @dev Every function that writes is reserved to the roles of the OpenZeppelin AccessManager given at deployment and
/// reverts with AccessManagedUnauthorized for others. All times are Unix seconds; a period includes its first second
/// and excludes its last (`validFrom <= now < validTo`).
interface IOrganisations {
    struct Organisation {
        uint32 index; // 1, 2, 3 … in order of registration; what a record's slot holds instead of the id
        OrganisationKind kind;
        OrganisationStatus status;
        string name; // UTF-8, 1..200 bytes
    }

    struct Key {
        uint48 validFrom; // Unix seconds
        uint48 validTo; // Unix seconds, 0 = open end
        uint48 compromisedAt; // Unix seconds, 0 = never
        bytes signer; // ERC-7913, 20..2048 bytes, empty = unknown key
    }

    /// @notice An organisation exists and is active from this block on.
    /// @param organisation its id for ever. @param kind its kind for ever. @param name UTF-8, 1..200 bytes.
    event OrganisationRegistered(bytes32 indexed organisation, OrganisationKind kind, string name);
    /// @notice The public name changed; id, keys and records did not.
    /// @param organisation its id. @param name new name, UTF-8, 1..200 bytes.
    event OrganisationRenamed(bytes32 indexed organisation, string name);
    /// @notice The organisation may act (`Active`), may not for now (`Suspended`) or never again (`Retired`).
    /// @param organisation its id. @param status the status from this block on.
    event OrganisationStatusChanged(bytes32 indexed organisation, OrganisationStatus status);
    /// @notice A key may sign for the organisation during a period.
    /// @param organisation its id. @param key keccak256 of `signer`.
    /// @param signer ERC-7913 signer: 20-byte address, or verifier address and public key.
    /// @param validFrom first second of validity. @param validTo first second after it, 0 = open end.
    event KeyAdded(bytes32 indexed organisation, bytes32 indexed key, bytes signer, uint48 validFrom, uint48 validTo);
    /// @notice A key's period was cut short (rotation, departed officer). What it signed and was recorded before stays good.
    /// @param organisation its id. @param key keccak256 of the signer. @param validTo first second after its validity.
    event KeyEnded(bytes32 indexed organisation, bytes32 indexed key, uint48 validTo);
    /// @notice A key is in wrong hands. It is dead from this block on, and readers must doubt what it signed after `since`.
    /// @param organisation its id. @param key keccak256 of the signer.
    /// @param since earliest second of possible abuse, at most the block's time.
    event KeyCompromised(bytes32 indexed organisation, bytes32 indexed key, uint48 since);
    /// @notice The organisation may create records of a scope during a period. Replaces an earlier period of that scope.
    /// @param organisation its id. @param scope a service or a schema, as a short string in bytes32.
    /// @param validFrom first second of validity. @param validTo first second after it, 0 = open end.
    event Accredited(bytes32 indexed organisation, bytes32 indexed scope, uint48 validFrom, uint48 validTo);
    /// @notice The organisation may not create records of a scope any more; it may still revoke its old ones.
    /// @param organisation its id. @param scope a service or a schema. @param withdrawnAt block time.
    event AccreditationWithdrawn(bytes32 indexed organisation, bytes32 indexed scope, uint48 withdrawnAt);
    /// @notice Signers of an ERC-7913 verifier are accepted, or (at once, for existing keys too) no longer.
    /// @param verifier a contract. @param allowed the new state.
    event VerifierAllowed(address indexed verifier, bool allowed);

    /// @notice The id is taken; ids are never reused. @param organisation the id.
    error OrganisationAlreadyRegistered(bytes32 organisation);
    /// @notice Nobody is registered under this id. @param organisation the id.
    error OrganisationUnknown(bytes32 organisation);
    /// @notice Zero is no id. @param organisation the id.
    error OrganisationInvalidId(bytes32 organisation);
    /// @notice `None` is no kind. @param kind the kind.
    error OrganisationInvalidKind(OrganisationKind kind);
    /// @notice A name has 1..200 bytes. @param length bytes given.
    error OrganisationInvalidName(uint256 length);
    /// @notice The organisation's status does not allow this step. @param organisation its id. @param status its status.
    error OrganisationWrongStatus(bytes32 organisation, OrganisationStatus status);
    /// @notice The key was added before, though it may have ended: a key has one life. @param organisation its id. @param key the key.
    error KeyAlreadyAdded(bytes32 organisation, bytes32 key);
    /// @notice The organisation never had this key. @param organisation its id. @param key the key.
    error KeyUnknown(bytes32 organisation, bytes32 key);
    /// @notice Neither a 20-byte address other than zero nor a verifier with a key, up to 2048 bytes. @param signer as given.
    error KeyInvalidSigner(bytes signer);
    /// @notice The period is empty, over, or longer than the one it should shorten; or, for a compromise, `validFrom` is
    /// the time reported and `validTo` the latest one allowed. @param validFrom Unix seconds. @param validTo Unix seconds.
    error KeyInvalidPeriod(uint48 validFrom, uint48 validTo);
    /// @notice The verifier is not on the list, or has no code. @param verifier its address.
    error VerifierNotAllowed(address verifier);
    /// @notice A scope is a short string other than zero. @param scope as given.
    error AccreditationInvalidScope(bytes32 scope);
    /// @notice There is no such accreditation, or it has ended. @param organisation its id. @param scope the scope.
    error AccreditationUnknown(bytes32 organisation, bytes32 scope);
    /// @notice The period is empty or over. @param validFrom Unix seconds. @param validTo Unix seconds.
    error AccreditationInvalidPeriod(uint48 validFrom, uint48 validTo);
    /// @notice The transaction carries too little gas to ask a verifier. Not a fault of the signature: send more.
    /// @param left gas left. @param needed gas needed.
    error VerifierGasTooLow(uint256 left, uint256 needed);

    /// @notice Registers an organisation as `Active`. @param organisation id, not zero, never used before.
    /// @param kind not `None`; never changes. @param name UTF-8, 1..200 bytes.
    function register(bytes32 organisation, OrganisationKind kind, string calldata name) external;

    /// @notice Changes the public name. @param organisation registered and not retired. @param name UTF-8, 1..200 bytes.
    function rename(bytes32 organisation, string calldata name) external;

    /// @notice Stops an organisation from acting, with all its keys. Its records stay as they are.
    /// @param organisation registered and `Active`.
    function suspend(bytes32 organisation) external;

    /// @notice Lets a suspended organisation act again. @param organisation registered and `Suspended`.
    function resume(bytes32 organisation) external;

    /// @notice Ends an organisation for ever. Its records stay; only a city may change their status from now on.
    /// @param organisation registered, `Active` or `Suspended`.
    function retire(bytes32 organisation) external;

    /// @notice Lets a key sign for an organisation. @param organisation registered and not retired.
    /// @param signer ERC-7913: a 20-byte account address (its ECDSA signature counts, code is never called), or
    /// verifier address and public key, the verifier being allowed; up to 2048 bytes; never added before.
    /// @param validFrom Unix seconds, 0 = from this block on. @param validTo Unix seconds, after `validFrom` and after now, 0 = open end.
    function addKey(bytes32 organisation, bytes calldata signer, uint48 validFrom, uint48 validTo) external;

    /// @notice Ends a key; never prolongs it. @param organisation registered. @param key one of its keys, not yet ended.
    /// @param validTo Unix seconds, before its present end; a time already past, or 0, counts as this block's time.
    function endKey(bytes32 organisation, bytes32 key, uint48 validTo) external;

    /// @notice Kills a key at once and says since when it may have been abused; a second report can only move that time back.
    /// @param organisation registered. @param key one of its keys. @param since Unix seconds, 1..now.
    function reportCompromised(bytes32 organisation, bytes32 key, uint48 since) external;

    /// @notice Lets an organisation create records. @param organisation registered and not retired.
    /// @param scope a service ("vehicles") or a schema ("vehicles.inspection.1"), not zero.
    /// @param validFrom Unix seconds, 0 = from this block on. @param validTo Unix seconds, after `validFrom` and after now, 0 = open end.
    function accredit(bytes32 organisation, bytes32 scope, uint48 validFrom, uint48 validTo) external;

    /// @notice Ends an accreditation at this block's time. @param organisation registered. @param scope accredited and not ended.
    function withdrawAccreditation(bytes32 organisation, bytes32 scope) external;

    /// @notice Accepts or refuses the signers of an ERC-7913 verifier. @param verifier a contract, when allowing.
    /// @param allowed the new state.
    function allowVerifier(address verifier, bool allowed) external;

    /// @notice What is known of an organisation; all zero when unknown. @param organisation its id.
    /// @return its number, kind, status and name.
    function organisationOf(bytes32 organisation) external view returns (Organisation memory);

    /// @notice The id behind a number found in a record. @param index 1, 2, 3 …
    /// @return organisation its id, zero when unknown.
    function organisationAt(uint32 index) external view returns (bytes32 organisation);

    /// @notice What is known of a key; empty signer when unknown. @param organisation its id. @param key keccak256 of the signer.
    /// @return its period, compromise and signer.
    function keyOf(bytes32 organisation, bytes32 key) external view returns (Key memory);

    /// @notice The latest period of an accreditation. @param organisation its id. @param scope a service or a schema.
    /// @return validFrom Unix seconds, 0 = never accredited. @return validTo Unix seconds, 0 = open end.
    function accreditationOf(bytes32 organisation, bytes32 scope) external view returns (uint48 validFrom, uint48 validTo);

    /// @notice Whether an ERC-7913 verifier is on the list. @param verifier its address. @return whether it is allowed.
    function isVerifierAllowed(address verifier) external view returns (bool);

    /// @notice Whether `signature` over `digest` is the word of `organisation` at this block's time.
    /// @dev Never reverts because of its arguments: a malformed signature is a `BadSignature`. Reverts only with
    /// VerifierGasTooLow, so that a relayer who is mean with gas cannot make a good signature look bad. One signature
    /// can use up at most 1,000,000 gas of a verifier and 4,096 bytes.
    /// @param organisation its id. @param key keccak256 of the signer. @param digest 32 bytes signed, an EIP-712 digest.
    /// @param signature 65 bytes of ECDSA for an account, else what the verifier expects.
    /// @return refusal `None` when it is. @return index the organisation's number. @return kind its kind.
    function authorise(bytes32 organisation, bytes32 key, bytes32 digest, bytes calldata signature)
        external
        view
        returns (Refusal refusal, uint32 index, OrganisationKind kind);

    /// @notice Whether a verifier's signer signed a digest, by OpenZeppelin's SignatureChecker; may revert or eat all gas
    /// given, as the verifier pleases. `authorise` calls it with a gas bound. @param signer ERC-7913, longer than 20 bytes.
    /// @param digest 32 bytes signed. @param signature what the verifier expects. @return whether it holds.
    function isSignedBy(bytes calldata signer, bytes32 digest, bytes calldata signature) external view returns (bool);

    /// @notice Whether `organisation` holds an accreditation for `service` or for `schema` at this block's time.
    /// @param organisation its id. @param service a scope. @param schema another scope, zero = none.
    /// @return whether one of the two is in force.
    function isAccredited(bytes32 organisation, bytes32 service, bytes32 schema) external view returns (bool);
}
