// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice What an organisation is. `City` may change the status of any record and resolves disputes.
enum OrganisationKind {
    None,
    City,
    PublicBody,
    Company,
    Association
}

/// @notice Whether an organisation may act. `Retired` is final.
enum OrganisationStatus {
    None,
    Active,
    Suspended,
    Retired
}

/// @notice What an entry does. `Create` stands alone; every other kind refers to an earlier record.
enum EntryKind {
    None,
    Create,
    Amend,
    Supersede,
    Revoke,
    Suspend,
    Resume,
    Dispute,
    Resolve
}

/// @notice Where a record stands. `Change` marks the slot of an entry that only changed another record's status.
enum RecordStatus {
    None,
    Active,
    Suspended,
    Disputed,
    Amended,
    Superseded,
    Revoked,
    Change
}

/// @notice What is known of one attested leaf or of a whole batch.
enum AttestationStatus {
    Unknown,
    Valid,
    Suspended,
    Revoked
}

/// @notice How choices are cast, fixed at creation: `Open` in clear and counted at once, `Sealed` encrypted until close.
enum BallotMode {
    Open,
    Sealed
}
