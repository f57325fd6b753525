// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IOrganisations} from "./interfaces/IOrganisations.sol";
import {OrganisationKind, OrganisationStatus} from "./types/Types.sol";
import {Refusal} from "./types/Refusal.sol";

/// @title The register of organisations, keys and accreditations.
/// @dev Promises: {IOrganisations}.
contract Organisations is IOrganisations, AccessManaged {
    uint256 private constant MAX_NAME = 200;
    uint256 private constant MAX_SIGNER = 2_048;
    uint256 private constant MAX_SIGNATURE = 4_096;
    /// Three times what P-256 in Solidity needs, where the chain lacks the precompiled contract.
    uint256 private constant VERIFIER_GAS = 1_000_000;
    /// A call hands on at most 63/64 of what is left; the rest covers copying 4 kB.
    uint256 private constant VERIFIER_GAS_NEEDED = VERIFIER_GAS + VERIFIER_GAS / 16;

    struct Period {
        uint48 validFrom;
        uint48 validTo;
    }

    uint32 private _count;
    mapping(bytes32 organisation => Organisation) private _organisations;
    mapping(uint32 index => bytes32 organisation) private _ids;
    /// A known key has a `validFrom` other than 0 and is kept under keccak256 of its signer.
    mapping(bytes32 organisation => mapping(bytes32 key => Key)) private _keys;
    mapping(bytes32 organisation => mapping(bytes32 scope => Period)) private _accreditations;
    mapping(address verifier => bool) private _verifiers;

    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IOrganisations
    function register(bytes32 organisation, OrganisationKind kind, string calldata name) external restricted {
        if (organisation == 0) revert OrganisationInvalidId(organisation);
        if (kind == OrganisationKind.None) revert OrganisationInvalidKind(kind);
        _requireName(name);
        if (_organisations[organisation].status != OrganisationStatus.None) {
            revert OrganisationAlreadyRegistered(organisation);
        }
        uint32 index = ++_count;
        _ids[index] = organisation;
        _organisations[organisation] = Organisation(index, kind, OrganisationStatus.Active, name);
        emit OrganisationRegistered(organisation, kind, name);
    }

    /// @inheritdoc IOrganisations
    function rename(bytes32 organisation, string calldata name) external restricted {
        _requireName(name);
        _requireNotRetired(organisation);
        _organisations[organisation].name = name;
        emit OrganisationRenamed(organisation, name);
    }

    /// @inheritdoc IOrganisations
    function suspend(bytes32 organisation) external restricted {
        OrganisationStatus status = _requireKnown(organisation);
        if (status != OrganisationStatus.Active) revert OrganisationWrongStatus(organisation, status);
        _setStatus(organisation, OrganisationStatus.Suspended);
    }

    /// @inheritdoc IOrganisations
    function resume(bytes32 organisation) external restricted {
        OrganisationStatus status = _requireKnown(organisation);
        if (status != OrganisationStatus.Suspended) revert OrganisationWrongStatus(organisation, status);
        _setStatus(organisation, OrganisationStatus.Active);
    }

    /// @inheritdoc IOrganisations
    function retire(bytes32 organisation) external restricted {
        _requireNotRetired(organisation);
        _setStatus(organisation, OrganisationStatus.Retired);
    }

    /// @inheritdoc IOrganisations
    function addKey(bytes32 organisation, bytes calldata signer, uint48 validFrom, uint48 validTo) external restricted {
        _requireNotRetired(organisation);
        _requireSigner(signer);
        bytes32 key = keccak256(signer);
        if (_keys[organisation][key].validFrom != 0) revert KeyAlreadyAdded(organisation, key);
        if (validFrom == 0) validFrom = _now();
        if (!_isPeriod(validFrom, validTo)) revert KeyInvalidPeriod(validFrom, validTo);
        _keys[organisation][key] = Key(validFrom, validTo, 0, signer);
        emit KeyAdded(organisation, key, signer, validFrom, validTo);
    }

    /// @inheritdoc IOrganisations
    function endKey(bytes32 organisation, bytes32 key, uint48 validTo) external restricted {
        Key storage entry = _requireKey(organisation, key);
        if (validTo < _now()) validTo = _now();
        if (entry.validTo != 0 && entry.validTo <= validTo) revert KeyInvalidPeriod(entry.validFrom, validTo);
        entry.validTo = validTo;
        emit KeyEnded(organisation, key, validTo);
    }

    /// @inheritdoc IOrganisations
    function reportCompromised(bytes32 organisation, bytes32 key, uint48 since) external restricted {
        Key storage entry = _requireKey(organisation, key);
        uint48 latest = entry.compromisedAt == 0 ? _now() : entry.compromisedAt - 1;
        if (since == 0 || since > latest) revert KeyInvalidPeriod(since, latest);
        entry.compromisedAt = since;
        emit KeyCompromised(organisation, key, since);
    }

    /// @inheritdoc IOrganisations
    function accredit(bytes32 organisation, bytes32 scope, uint48 validFrom, uint48 validTo) external restricted {
        _requireNotRetired(organisation);
        if (scope == 0) revert AccreditationInvalidScope(scope);
        if (validFrom == 0) validFrom = _now();
        if (!_isPeriod(validFrom, validTo)) revert AccreditationInvalidPeriod(validFrom, validTo);
        _accreditations[organisation][scope] = Period(validFrom, validTo);
        emit Accredited(organisation, scope, validFrom, validTo);
    }

    /// @inheritdoc IOrganisations
    function withdrawAccreditation(bytes32 organisation, bytes32 scope) external restricted {
        _requireKnown(organisation);
        Period storage period = _accreditations[organisation][scope];
        if (period.validFrom == 0 || (period.validTo != 0 && period.validTo <= _now())) {
            revert AccreditationUnknown(organisation, scope);
        }
        period.validTo = _now();
        emit AccreditationWithdrawn(organisation, scope, _now());
    }

    /// @inheritdoc IOrganisations
    function allowVerifier(address verifier, bool allowed) external restricted {
        if (allowed && verifier.code.length == 0) revert VerifierNotAllowed(verifier);
        _verifiers[verifier] = allowed;
        emit VerifierAllowed(verifier, allowed);
    }

    /// @inheritdoc IOrganisations
    function organisationOf(bytes32 organisation) external view returns (Organisation memory) {
        return _organisations[organisation];
    }

    /// @inheritdoc IOrganisations
    function organisationAt(uint32 index) external view returns (bytes32 organisation) {
        return _ids[index];
    }

    /// @inheritdoc IOrganisations
    function keyOf(bytes32 organisation, bytes32 key) external view returns (Key memory) {
        return _keys[organisation][key];
    }

    /// @inheritdoc IOrganisations
    function accreditationOf(bytes32 organisation, bytes32 scope)
        external
        view
        returns (uint48 validFrom, uint48 validTo)
    {
        Period storage period = _accreditations[organisation][scope];
        return (period.validFrom, period.validTo);
    }

    /// @inheritdoc IOrganisations
    function isVerifierAllowed(address verifier) external view returns (bool) {
        return _verifiers[verifier];
    }

    /// @inheritdoc IOrganisations
    function isAccredited(bytes32 organisation, bytes32 service, bytes32 schema) external view returns (bool) {
        return _isInForce(_accreditations[organisation][service]) || _isInForce(_accreditations[organisation][schema]);
    }

    /// @inheritdoc IOrganisations
    function authorise(bytes32 organisation, bytes32 key, bytes32 digest, bytes calldata signature)
        external
        view
        returns (Refusal refusal, uint32 index, OrganisationKind kind)
    {
        Organisation storage author = _organisations[organisation];
        (index, kind) = (author.index, author.kind);
        if (author.status == OrganisationStatus.None) return (Refusal.UnknownOrganisation, index, kind);
        if (author.status != OrganisationStatus.Active) return (Refusal.OrganisationNotActive, index, kind);
        refusal = _refusalOfKey(_keys[organisation][key], key, digest, signature);
    }

    /// @inheritdoc IOrganisations
    function isSignedBy(bytes calldata signer, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return signer.length > 20 && SignatureChecker.isValidSignatureNow(signer, digest, signature);
    }

    function _refusalOfKey(Key storage entry, bytes32 key, bytes32 digest, bytes calldata signature)
        private
        view
        returns (Refusal)
    {
        (uint48 validFrom, uint48 validTo) = (entry.validFrom, entry.validTo);
        if (validFrom == 0) return Refusal.UnknownKey;
        if (entry.compromisedAt != 0) return Refusal.KeyCompromised;
        if (_now() < validFrom) return Refusal.KeyNotYetValid;
        if (validTo != 0 && validTo <= _now()) return Refusal.KeyExpired;
        if (signature.length > MAX_SIGNATURE) return Refusal.BadSignature;
        // An account's key is the hash of its address: when they agree, its signer need not be read.
        (address account, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && keccak256(abi.encodePacked(account)) == key) return Refusal.None;
        bytes memory signer = entry.signer;
        if (signer.length == 20) return Refusal.BadSignature;
        if (!_verifiers[address(bytes20(signer))]) return Refusal.VerifierNotAllowed;
        return _isVerified(signer, digest, signature) ? Refusal.None : Refusal.BadSignature;
    }

    /// The verifier runs in a frame of its own: whatever it does there (revert, loop, return a megabyte) stays there.
    function _isVerified(bytes memory signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (gasleft() < VERIFIER_GAS_NEEDED) revert VerifierGasTooLow(gasleft(), VERIFIER_GAS_NEEDED);
        try this.isSignedBy{gas: VERIFIER_GAS}(signer, digest, signature) returns (bool isValid) {
            return isValid;
        } catch {
            return false;
        }
    }

    function _setStatus(bytes32 organisation, OrganisationStatus status) private {
        _organisations[organisation].status = status;
        emit OrganisationStatusChanged(organisation, status);
    }

    function _requireKnown(bytes32 organisation) private view returns (OrganisationStatus status) {
        status = _organisations[organisation].status;
        if (status == OrganisationStatus.None) revert OrganisationUnknown(organisation);
    }

    function _requireNotRetired(bytes32 organisation) private view {
        OrganisationStatus status = _requireKnown(organisation);
        if (status == OrganisationStatus.Retired) revert OrganisationWrongStatus(organisation, status);
    }

    function _requireKey(bytes32 organisation, bytes32 key) private view returns (Key storage entry) {
        _requireKnown(organisation);
        entry = _keys[organisation][key];
        if (entry.validFrom == 0) revert KeyUnknown(organisation, key);
    }

    function _requireSigner(bytes calldata signer) private view {
        if (signer.length < 20 || signer.length > MAX_SIGNER) revert KeyInvalidSigner(signer);
        address head = address(bytes20(signer));
        if (head == address(0)) revert KeyInvalidSigner(signer);
        if (signer.length > 20 && !_verifiers[head]) revert VerifierNotAllowed(head);
    }

    function _requireName(string calldata name) private pure {
        uint256 length = bytes(name).length;
        if (length == 0 || length > MAX_NAME) revert OrganisationInvalidName(length);
    }

    function _isPeriod(uint48 validFrom, uint48 validTo) private view returns (bool) {
        return validTo == 0 || (validFrom < validTo && _now() < validTo);
    }

    function _isInForce(Period storage period) private view returns (bool) {
        (uint48 validFrom, uint48 validTo) = (period.validFrom, period.validTo);
        return validFrom != 0 && validFrom <= _now() && (validTo == 0 || _now() < validTo);
    }

    function _now() private view returns (uint48) {
        return uint48(block.timestamp);
    }
}
