/** Written by scripts/generate/client.ts from the registry of services; do not edit. */
import type { Accepted, Act, Calls, Done, Hex, Question } from './calls.ts';

export type VotingCreatePoll = {
  /** Title */
  readonly title: {
    /** Korean */
    readonly ko: string;
    /** English */
    readonly en?: string;
  };
  /** Text */
  readonly text?: {
    /** Korean */
    readonly ko: string;
    /** English */
    readonly en?: string;
  };
  /** Options */
  readonly options: readonly {
    /** Korean */
    readonly ko: string;
    /** English */
    readonly en?: string;
    /** Picture (data URL) */
    readonly image?: string;
    /** What the picture shows */
    readonly imageAlt?: string;
  }[];
  /** Fewest choices */
  readonly minChoices?: number;
  /** Most choices */
  readonly maxChoices?: number;
  /** Opens at */
  readonly opensAt: string;
  /** Closes at */
  readonly closesAt: string;
};

export type VotingCreatePollReply = {
  readonly pollId: Hex;
};

export type VotingImportCodes = {
  /** Poll */
  readonly pollId: string;
  /** Enrolment codes */
  readonly codes?: readonly string[];
  /** Enrolment codes as CSV (first column) */
  readonly csv?: string;
};

export type VotingImportCodesReply = {
  readonly added: number;
  readonly alreadyKnown: number;
  readonly codes: number;
};

export type VotingEnrol = {
  /** Poll */
  readonly pollId: string;
  /** Enrolment code */
  readonly code: string;
  /** Public value of the voting key (made on the device) */
  readonly commitment: string;
};

export type VotingEnrolReply = {
  readonly enrolled: number;
};

export type VotingCloseEnrolment = {
  /** Poll */
  readonly pollId: string;
};

export type VotingCloseEnrolmentReply = {
  readonly enrolled: number;
};

export type VotingOpenPoll = {
  /** Poll */
  readonly pollId: string;
};

export type VotingOpenPollReply = {
  readonly size: number;
};

export type VotingCast = {
  /** Poll */
  readonly pollId: string;
  /** Choices, from 0, rising */
  readonly choices: readonly number[];
  /** Nullifier */
  readonly nullifier: string;
  /** Proof */
  readonly proof: readonly string[];
};

export type VotingPollsInput = {
  /** How many */
  readonly limit?: number;
  /** Continue after */
  readonly after?: string;
};

export type VotingPollsAnswer = {
  readonly polls: readonly {
    readonly pollId: Hex;
    readonly state: 'draft' | 'enrolling' | 'scheduled' | 'open' | 'closed';
    readonly notices: readonly (
      | 'FEW_BALLOTS'
      | 'TEXT_MISSING'
      | 'TEXT_ALTERED'
      | 'MORE_BALLOTS_THAN_VOTERS'
    )[];
    readonly organisation: string;
    /** null: this gateway holds only the hash of the text */
    readonly content: {
      readonly schema: 'voting.poll.1';
      readonly organisation: string;
      readonly title: {
        readonly ko: string;
        readonly en?: string;
      };
      readonly text?: {
        readonly ko: string;
        readonly en?: string;
      };
      readonly options: readonly {
        readonly ko: string;
        readonly en?: string;
        /** The picture itself: polls/{pollId}/images */
        readonly image?: {
          readonly sha256: Hex;
          readonly mediaType: string;
          readonly alt?: string;
        };
      }[];
      readonly minChoices: number;
      readonly maxChoices: number;
      /** Unix time in seconds */
      readonly opensAtSec: number;
      /** Unix time in seconds */
      readonly closesAtSec: number;
      readonly mode: 'open' | 'sealed';
    } | null;
    readonly contentHash: Hex;
    readonly options: number;
    readonly minChoices: number;
    readonly maxChoices: number;
    /** Unix time in seconds */
    readonly opensAtSec: number;
    /** Unix time in seconds */
    readonly closesAtSec: number;
    readonly mode: 'open' | 'sealed';
    /** null: not on the chain yet */
    readonly createdAtSec: number | null;
    readonly leafIndex: number | null;
    /** null: not frozen yet */
    readonly roll: {
      readonly root: string;
      readonly size: number;
      /** Unix time in seconds */
      readonly frozenAtSec: number;
      readonly entryId: Hex;
    } | null;
    /** null: enrolment is at another gateway */
    readonly enrolment: {
      readonly enrolled: number;
      readonly isOpen: boolean;
    } | null;
    readonly turnout: number;
    /** Ballots per option, in the order of the poll */
    readonly tally: readonly number[];
    /** The clock of the gateway, for countdowns */
    readonly nowSec: number;
  }[];
  /** Value of `after` for the next page */
  readonly next: string | null;
};

export type VotingOwnPollsInput = {
  /** How many */
  readonly limit?: number;
  /** Continue after */
  readonly after?: string;
};

export type VotingOwnPollsAnswer = {
  readonly polls: readonly {
    readonly pollId: Hex;
    readonly state: 'draft' | 'enrolling' | 'scheduled' | 'open' | 'closed';
    readonly notices: readonly (
      | 'FEW_BALLOTS'
      | 'TEXT_MISSING'
      | 'TEXT_ALTERED'
      | 'MORE_BALLOTS_THAN_VOTERS'
    )[];
    readonly organisation: string;
    /** null: this gateway holds only the hash of the text */
    readonly content: {
      readonly schema: 'voting.poll.1';
      readonly organisation: string;
      readonly title: {
        readonly ko: string;
        readonly en?: string;
      };
      readonly text?: {
        readonly ko: string;
        readonly en?: string;
      };
      readonly options: readonly {
        readonly ko: string;
        readonly en?: string;
        /** The picture itself: polls/{pollId}/images */
        readonly image?: {
          readonly sha256: Hex;
          readonly mediaType: string;
          readonly alt?: string;
        };
      }[];
      readonly minChoices: number;
      readonly maxChoices: number;
      /** Unix time in seconds */
      readonly opensAtSec: number;
      /** Unix time in seconds */
      readonly closesAtSec: number;
      readonly mode: 'open' | 'sealed';
    } | null;
    readonly contentHash: Hex;
    readonly options: number;
    readonly minChoices: number;
    readonly maxChoices: number;
    /** Unix time in seconds */
    readonly opensAtSec: number;
    /** Unix time in seconds */
    readonly closesAtSec: number;
    readonly mode: 'open' | 'sealed';
    /** null: not on the chain yet */
    readonly createdAtSec: number | null;
    readonly leafIndex: number | null;
    /** null: not frozen yet */
    readonly roll: {
      readonly root: string;
      readonly size: number;
      /** Unix time in seconds */
      readonly frozenAtSec: number;
      readonly entryId: Hex;
    } | null;
    /** null: enrolment is at another gateway */
    readonly enrolment: {
      readonly enrolled: number;
      readonly isOpen: boolean;
    } | null;
    readonly turnout: number;
    /** Ballots per option, in the order of the poll */
    readonly tally: readonly number[];
    /** The clock of the gateway, for countdowns */
    readonly nowSec: number;
    readonly codes: number;
  }[];
  /** Value of `after` for the next page */
  readonly next: Hex | null;
};

export type VotingPollInput = {
  /** Poll */
  readonly pollId: string;
};

export type VotingPollAnswer = {
  readonly pollId: Hex;
  readonly state: 'draft' | 'enrolling' | 'scheduled' | 'open' | 'closed';
  readonly notices: readonly ('FEW_BALLOTS' | 'TEXT_MISSING' | 'TEXT_ALTERED' | 'MORE_BALLOTS_THAN_VOTERS')[];
  readonly organisation: string;
  /** null: this gateway holds only the hash of the text */
  readonly content: {
    readonly schema: 'voting.poll.1';
    readonly organisation: string;
    readonly title: {
      readonly ko: string;
      readonly en?: string;
    };
    readonly text?: {
      readonly ko: string;
      readonly en?: string;
    };
    readonly options: readonly {
      readonly ko: string;
      readonly en?: string;
      /** The picture itself: polls/{pollId}/images */
      readonly image?: {
        readonly sha256: Hex;
        readonly mediaType: string;
        readonly alt?: string;
      };
    }[];
    readonly minChoices: number;
    readonly maxChoices: number;
    /** Unix time in seconds */
    readonly opensAtSec: number;
    /** Unix time in seconds */
    readonly closesAtSec: number;
    readonly mode: 'open' | 'sealed';
  } | null;
  readonly contentHash: Hex;
  readonly options: number;
  readonly minChoices: number;
  readonly maxChoices: number;
  /** Unix time in seconds */
  readonly opensAtSec: number;
  /** Unix time in seconds */
  readonly closesAtSec: number;
  readonly mode: 'open' | 'sealed';
  /** null: not on the chain yet */
  readonly createdAtSec: number | null;
  readonly leafIndex: number | null;
  /** null: not frozen yet */
  readonly roll: {
    readonly root: string;
    readonly size: number;
    /** Unix time in seconds */
    readonly frozenAtSec: number;
    readonly entryId: Hex;
  } | null;
  /** null: enrolment is at another gateway */
  readonly enrolment: {
    readonly enrolled: number;
    readonly isOpen: boolean;
  } | null;
  readonly turnout: number;
  /** Ballots per option, in the order of the poll */
  readonly tally: readonly number[];
  /** The clock of the gateway, for countdowns */
  readonly nowSec: number;
};

export type VotingImagesInput = {
  /** Poll */
  readonly pollId: string;
};

export type VotingImagesAnswer = {
  readonly images: readonly {
    readonly option: number;
    /** As a data URL */
    readonly image: string | null;
  }[];
};

export type VotingRollInput = {
  /** Poll */
  readonly pollId: string;
};

export type VotingRollAnswer = {
  readonly root: string;
  readonly size: number;
  readonly chunkRoots: readonly string[];
  /** A device finds its own chunk without telling which */
  readonly firstLeaves: readonly string[];
};

export type VotingRollChunkInput = {
  /** Poll */
  readonly pollId: string;
  /** Chunk */
  readonly chunk: number;
};

export type VotingRollChunkAnswer = {
  readonly chunk: number;
  readonly leaves: readonly string[];
};

export type VotingMembersInput = {
  /** Poll */
  readonly pollId: string;
  /** How many */
  readonly limit?: number;
  /** Continue after */
  readonly after?: string;
};

export type VotingMembersAnswer = {
  readonly members: readonly string[];
  /** Value of `after` for the next page */
  readonly next: string | null;
};

export type VotingBallotsInput = {
  /** Poll */
  readonly pollId: string;
  /** How many */
  readonly limit?: number;
  /** Continue after ballot number */
  readonly after?: number;
};

export type VotingBallotsAnswer = {
  readonly pollId: Hex;
  readonly turnout: number;
  readonly tally: readonly number[];
  readonly ballots: readonly {
    readonly entryId: Hex;
    readonly nullifier: string;
    readonly choices: readonly number[];
    readonly leafIndex: number;
    /** Unix time in seconds */
    readonly castAtSec: number;
    /** null: another gateway took it in; the chain’s transaction holds it */
    readonly proof: readonly string[] | null;
  }[];
  /** Value of `after` for the next page */
  readonly next: number | null;
};

export type VehiclesRegisterPurchase = {
  /** VIN. 17 characters, never the letters I, O or Q. */
  readonly vin: string;
  /** Number plate. For example 12가3456 */
  readonly plate: string;
  /** Model */
  readonly modelName: string;
  /** Model year */
  readonly modelYear: number;
  /** Odometer (km) */
  readonly odometerKm: number;
  /** Bought on */
  readonly purchasedOn: string;
  /** Price (won) */
  readonly priceWon?: number;
  /** Dealer's listing number */
  readonly listingNumber?: string;
  /** Seller */
  readonly seller?: {
    /** Name */
    readonly name: string;
    /** Telephone */
    readonly phone?: string;
  };
};

export type VehiclesRegisterPurchaseReply = {
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesRegisterInspection = {
  /** Record number. Three parts joined by hyphens, e.g. 04-26-001234 */
  readonly number: string;
  /** VIN. 17 characters, never the letters I, O or Q. */
  readonly vin: string;
  /** Number plate */
  readonly plate: string;
  /** Model */
  readonly modelName: string;
  /** Trim */
  readonly trim?: string;
  /** Model year */
  readonly modelYear: number;
  /** First registered on */
  readonly firstRegisteredOn: string;
  /** Periodic test valid from */
  readonly testValidFrom?: string;
  /** Periodic test valid until */
  readonly testValidUntil?: string;
  /** Transmission */
  readonly transmission: 'automatic' | 'manual' | 'semi-automatic' | 'cvt' | 'other';
  /** Fuel */
  readonly fuel: 'petrol' | 'diesel' | 'lpg' | 'hybrid' | 'electric' | 'hydrogen' | 'other';
  /** Engine type */
  readonly engineType?: string;
  /** Warranty by */
  readonly warrantyBy: 'dealer' | 'insurer';
  /** Dealer's listing number */
  readonly listingNumber?: string;
  /** Inspected on */
  readonly inspectedOn: string;
  /** Odometer (km) */
  readonly odometerKm: number;
  /** Overall state */
  readonly overall: {
    /** Instrument */
    readonly instrument: 'good' | 'bad';
    /** Mileage for its age */
    readonly mileageBand: 'high' | 'normal' | 'low';
    /** Meter replaced */
    readonly meterReplaced?: boolean;
    /** VIN marking */
    readonly vinMarking: 'good' | 'corroded' | 'damaged' | 'different' | 'altered' | 'erased';
    /** Carbon monoxide (%) */
    readonly coPercent?: string;
    /** Hydrocarbons (ppm) */
    readonly hcPpm?: number;
    /** Smoke (%) */
    readonly smokePercent?: number;
    /** Tuning */
    readonly tuning: 'none' | 'legal' | 'illegal';
    /** Tuned */
    readonly tuningKind?: 'structure' | 'device';
    /** Special history */
    readonly specialHistory: 'none' | 'flood' | 'fire';
    /** Change of use */
    readonly useChange: 'none' | 'rental' | 'lease' | 'business';
    /** Colour */
    readonly colour: 'achromatic' | 'chromatic';
    /** Repaint */
    readonly repaint: 'none' | 'full' | 'changed';
    /** Options */
    readonly options?: readonly ('sunroof' | 'navigation' | 'other')[];
    /** Recall */
    readonly recall: 'none' | 'done' | 'open';
  };
  /** Accident */
  readonly accident: 'none' | 'yes';
  /** Simple repair */
  readonly simpleRepair: 'none' | 'yes';
  /** Body and frame */
  readonly body: readonly {
    /** Position */
    readonly position:
      | 'hood'
      | 'front-fender-left'
      | 'front-fender-right'
      | 'door-front-left'
      | 'door-front-right'
      | 'door-rear-left'
      | 'door-rear-right'
      | 'trunk-lid'
      | 'radiator-support'
      | 'quarter-panel-left'
      | 'quarter-panel-right'
      | 'roof-panel'
      | 'side-sill-left'
      | 'side-sill-right'
      | 'front-panel'
      | 'cross-member'
      | 'inside-panel-left'
      | 'inside-panel-right'
      | 'side-member-front-left'
      | 'side-member-front-right'
      | 'side-member-rear-left'
      | 'side-member-rear-right'
      | 'wheel-house-front-left'
      | 'wheel-house-front-right'
      | 'wheel-house-rear-left'
      | 'wheel-house-rear-right'
      | 'pillar-a-left'
      | 'pillar-a-right'
      | 'pillar-b-left'
      | 'pillar-b-right'
      | 'pillar-c-left'
      | 'pillar-c-right'
      | 'dash-panel'
      | 'floor-panel'
      | 'trunk-floor'
      | 'rear-panel'
      | 'package-tray';
    /** Codes */
    readonly codes: readonly ('X' | 'W' | 'C' | 'A' | 'U' | 'T')[];
    /** Cut or welded. Answer for quarter panel, roof and side sill with W or X: only then they count as an accident. */
    readonly cutOrWelded?: boolean;
  }[];
  /** Detailed state */
  readonly condition: {
    /** Self-diagnosis */
    readonly selfDiagnosis?: {
      /** Engine */
      readonly engine?: 'good' | 'bad';
      /** Gearbox */
      readonly gearbox?: 'good' | 'bad';
    };
    /** Engine */
    readonly engine?: {
      /** Idle running */
      readonly idle: 'good' | 'bad';
      /** Oil leak: cylinder cover */
      readonly cylinderCoverOilLeak: 'none' | 'trace' | 'leak';
      /** Oil leak: cylinder head, gasket */
      readonly cylinderHeadOilLeak: 'none' | 'trace' | 'leak';
      /** Oil leak: cylinder block, oil pan */
      readonly cylinderBlockOilLeak: 'none' | 'trace' | 'leak';
      /** Oil level */
      readonly oilLevel: 'right' | 'low';
      /** Coolant leak: cylinder head, gasket */
      readonly cylinderHeadCoolantLeak: 'none' | 'trace' | 'leak';
      /** Coolant leak: water pump */
      readonly waterPumpCoolantLeak: 'none' | 'trace' | 'leak';
      /** Coolant leak: radiator */
      readonly radiatorCoolantLeak: 'none' | 'trace' | 'leak';
      /** Coolant level */
      readonly coolantLevel: 'right' | 'low';
      /** Common rail */
      readonly commonRail?: 'good' | 'bad';
    };
    /** Automatic gearbox */
    readonly automaticGearbox?: {
      /** Oil leak */
      readonly oilLeak: 'none' | 'trace' | 'leak';
      /** Oil level and state */
      readonly oilLevel: 'right' | 'low' | 'excess';
      /** Idle running */
      readonly idle: 'good' | 'bad';
    };
    /** Manual gearbox */
    readonly manualGearbox?: {
      /** Oil leak */
      readonly oilLeak: 'none' | 'trace' | 'leak';
      /** Shift mechanism */
      readonly shift: 'good' | 'bad';
      /** Oil level and state */
      readonly oilLevel: 'right' | 'low' | 'excess';
      /** Idle running */
      readonly idle: 'good' | 'bad';
    };
    /** Drive */
    readonly drive: {
      /** Clutch */
      readonly clutch?: 'good' | 'bad';
      /** Constant-velocity joint */
      readonly cvJoint?: 'good' | 'bad';
      /** Propeller shaft and bearing */
      readonly propellerShaft?: 'good' | 'bad';
      /** Differential */
      readonly differential?: 'good' | 'bad';
    };
    /** Steering */
    readonly steering: {
      /** Power steering fluid leak */
      readonly fluidLeak?: 'none' | 'trace' | 'leak';
      /** Steering pump */
      readonly pump?: 'good' | 'bad';
      /** Steering gear, also electric */
      readonly gear: 'good' | 'bad';
      /** Steering joint */
      readonly joint: 'good' | 'bad';
      /** Pressure hose */
      readonly pressureHose?: 'good' | 'bad';
      /** Tie rod end and ball joint */
      readonly tieRod: 'good' | 'bad';
    };
    /** Brakes */
    readonly brakes: {
      /** Master cylinder leak */
      readonly masterCylinderLeak: 'none' | 'trace' | 'leak';
      /** Brake fluid leak */
      readonly fluidLeak: 'none' | 'trace' | 'leak';
      /** Brake booster */
      readonly booster: 'good' | 'bad';
    };
    /** Electrics */
    readonly electrics: {
      /** Alternator output */
      readonly alternator?: 'good' | 'bad';
      /** Starter */
      readonly starter?: 'good' | 'bad';
      /** Wiper motor */
      readonly wiper: 'good' | 'bad';
      /** Blower motor */
      readonly blower: 'good' | 'bad';
      /** Radiator fan motor */
      readonly radiatorFan?: 'good' | 'bad';
      /** Window motors */
      readonly windowMotors: 'good' | 'bad';
    };
    /** High voltage */
    readonly highVoltage?: {
      /** Charging port insulation */
      readonly chargingPort?: 'good' | 'bad';
      /** Drive battery isolation */
      readonly battery: 'good' | 'bad';
      /** High-voltage wiring */
      readonly wiring: 'good' | 'bad';
    };
    /** Fuel leak, also LPG */
    readonly fuelLeak?: 'none' | 'present';
  };
  /** Photographs */
  readonly photographs?: readonly string[];
  /** Price survey */
  readonly priceSurvey?: {
    /** Base price (won) */
    readonly basePriceWon: number;
    /** Final price (won) */
    readonly finalPriceWon: number;
    /** Remark */
    readonly remark?: string;
    /** Surveyor */
    readonly surveyor: string;
  };
  /** Remarks */
  readonly remarks?: string;
  /** Inspector */
  readonly inspector: string;
  /** Notifying dealer */
  readonly notifier?: string;
};

export type VehiclesRegisterInspectionReply = {
  readonly number: string;
  readonly validUntil: string;
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesRegisterSale = {
  /** VIN. 17 characters, never the letters I, O or Q. */
  readonly vin: string;
  /** Number plate. For example 12가3456 */
  readonly plate: string;
  /** Odometer (km) */
  readonly odometerKm: number;
  /** Sold and delivered on */
  readonly soldOn: string;
  /** Inspection record handed over. Left empty, the newest one in force is taken. */
  readonly inspection?: string;
  /** Price (won) */
  readonly priceWon?: number;
  /** Buyer */
  readonly buyer?: {
    /** Name */
    readonly name: string;
    /** Telephone */
    readonly phone?: string;
  };
  /** Acknowledged by the buyer on */
  readonly acknowledgedOn?: string;
};

export type VehiclesRegisterSaleReply = {
  readonly warranty: {
    readonly untilDay: string;
    readonly untilKm: number;
  };
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesAmendPurchase = {
  /** Record to correct */
  readonly entryId: string;
  /** Reason for the correction */
  readonly reason: 'typing-error' | 'missing-item' | 're-examined';
  /** As it should read */
  readonly record: {
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate. For example 12가3456 */
    readonly plate: string;
    /** Model */
    readonly modelName: string;
    /** Model year */
    readonly modelYear: number;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Bought on */
    readonly purchasedOn: string;
    /** Price (won) */
    readonly priceWon?: number;
    /** Dealer's listing number */
    readonly listingNumber?: string;
    /** Seller */
    readonly seller?: {
      /** Name */
      readonly name: string;
      /** Telephone */
      readonly phone?: string;
    };
  };
};

export type VehiclesAmendPurchaseReply = {
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesSupersedePurchase = {
  /** Record to replace */
  readonly entryId: string;
  /** Reason for the replacement */
  readonly reason: 're-inspected' | 'written-anew' | 'disputed';
  /** The new record */
  readonly record: {
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate. For example 12가3456 */
    readonly plate: string;
    /** Model */
    readonly modelName: string;
    /** Model year */
    readonly modelYear: number;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Bought on */
    readonly purchasedOn: string;
    /** Price (won) */
    readonly priceWon?: number;
    /** Dealer's listing number */
    readonly listingNumber?: string;
    /** Seller */
    readonly seller?: {
      /** Name */
      readonly name: string;
      /** Telephone */
      readonly phone?: string;
    };
  };
};

export type VehiclesSupersedePurchaseReply = {
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesAmendInspection = {
  /** Record to correct */
  readonly entryId: string;
  /** Reason for the correction */
  readonly reason: 'typing-error' | 'missing-item' | 're-examined';
  /** As it should read */
  readonly record: {
    /** Record number. Three parts joined by hyphens, e.g. 04-26-001234 */
    readonly number: string;
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate */
    readonly plate: string;
    /** Model */
    readonly modelName: string;
    /** Trim */
    readonly trim?: string;
    /** Model year */
    readonly modelYear: number;
    /** First registered on */
    readonly firstRegisteredOn: string;
    /** Periodic test valid from */
    readonly testValidFrom?: string;
    /** Periodic test valid until */
    readonly testValidUntil?: string;
    /** Transmission */
    readonly transmission: 'automatic' | 'manual' | 'semi-automatic' | 'cvt' | 'other';
    /** Fuel */
    readonly fuel: 'petrol' | 'diesel' | 'lpg' | 'hybrid' | 'electric' | 'hydrogen' | 'other';
    /** Engine type */
    readonly engineType?: string;
    /** Warranty by */
    readonly warrantyBy: 'dealer' | 'insurer';
    /** Dealer's listing number */
    readonly listingNumber?: string;
    /** Inspected on */
    readonly inspectedOn: string;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Overall state */
    readonly overall: {
      /** Instrument */
      readonly instrument: 'good' | 'bad';
      /** Mileage for its age */
      readonly mileageBand: 'high' | 'normal' | 'low';
      /** Meter replaced */
      readonly meterReplaced?: boolean;
      /** VIN marking */
      readonly vinMarking: 'good' | 'corroded' | 'damaged' | 'different' | 'altered' | 'erased';
      /** Carbon monoxide (%) */
      readonly coPercent?: string;
      /** Hydrocarbons (ppm) */
      readonly hcPpm?: number;
      /** Smoke (%) */
      readonly smokePercent?: number;
      /** Tuning */
      readonly tuning: 'none' | 'legal' | 'illegal';
      /** Tuned */
      readonly tuningKind?: 'structure' | 'device';
      /** Special history */
      readonly specialHistory: 'none' | 'flood' | 'fire';
      /** Change of use */
      readonly useChange: 'none' | 'rental' | 'lease' | 'business';
      /** Colour */
      readonly colour: 'achromatic' | 'chromatic';
      /** Repaint */
      readonly repaint: 'none' | 'full' | 'changed';
      /** Options */
      readonly options?: readonly ('sunroof' | 'navigation' | 'other')[];
      /** Recall */
      readonly recall: 'none' | 'done' | 'open';
    };
    /** Accident */
    readonly accident: 'none' | 'yes';
    /** Simple repair */
    readonly simpleRepair: 'none' | 'yes';
    /** Body and frame */
    readonly body: readonly {
      /** Position */
      readonly position:
        | 'hood'
        | 'front-fender-left'
        | 'front-fender-right'
        | 'door-front-left'
        | 'door-front-right'
        | 'door-rear-left'
        | 'door-rear-right'
        | 'trunk-lid'
        | 'radiator-support'
        | 'quarter-panel-left'
        | 'quarter-panel-right'
        | 'roof-panel'
        | 'side-sill-left'
        | 'side-sill-right'
        | 'front-panel'
        | 'cross-member'
        | 'inside-panel-left'
        | 'inside-panel-right'
        | 'side-member-front-left'
        | 'side-member-front-right'
        | 'side-member-rear-left'
        | 'side-member-rear-right'
        | 'wheel-house-front-left'
        | 'wheel-house-front-right'
        | 'wheel-house-rear-left'
        | 'wheel-house-rear-right'
        | 'pillar-a-left'
        | 'pillar-a-right'
        | 'pillar-b-left'
        | 'pillar-b-right'
        | 'pillar-c-left'
        | 'pillar-c-right'
        | 'dash-panel'
        | 'floor-panel'
        | 'trunk-floor'
        | 'rear-panel'
        | 'package-tray';
      /** Codes */
      readonly codes: readonly ('X' | 'W' | 'C' | 'A' | 'U' | 'T')[];
      /** Cut or welded. Answer for quarter panel, roof and side sill with W or X: only then they count as an accident. */
      readonly cutOrWelded?: boolean;
    }[];
    /** Detailed state */
    readonly condition: {
      /** Self-diagnosis */
      readonly selfDiagnosis?: {
        /** Engine */
        readonly engine?: 'good' | 'bad';
        /** Gearbox */
        readonly gearbox?: 'good' | 'bad';
      };
      /** Engine */
      readonly engine?: {
        /** Idle running */
        readonly idle: 'good' | 'bad';
        /** Oil leak: cylinder cover */
        readonly cylinderCoverOilLeak: 'none' | 'trace' | 'leak';
        /** Oil leak: cylinder head, gasket */
        readonly cylinderHeadOilLeak: 'none' | 'trace' | 'leak';
        /** Oil leak: cylinder block, oil pan */
        readonly cylinderBlockOilLeak: 'none' | 'trace' | 'leak';
        /** Oil level */
        readonly oilLevel: 'right' | 'low';
        /** Coolant leak: cylinder head, gasket */
        readonly cylinderHeadCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant leak: water pump */
        readonly waterPumpCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant leak: radiator */
        readonly radiatorCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant level */
        readonly coolantLevel: 'right' | 'low';
        /** Common rail */
        readonly commonRail?: 'good' | 'bad';
      };
      /** Automatic gearbox */
      readonly automaticGearbox?: {
        /** Oil leak */
        readonly oilLeak: 'none' | 'trace' | 'leak';
        /** Oil level and state */
        readonly oilLevel: 'right' | 'low' | 'excess';
        /** Idle running */
        readonly idle: 'good' | 'bad';
      };
      /** Manual gearbox */
      readonly manualGearbox?: {
        /** Oil leak */
        readonly oilLeak: 'none' | 'trace' | 'leak';
        /** Shift mechanism */
        readonly shift: 'good' | 'bad';
        /** Oil level and state */
        readonly oilLevel: 'right' | 'low' | 'excess';
        /** Idle running */
        readonly idle: 'good' | 'bad';
      };
      /** Drive */
      readonly drive: {
        /** Clutch */
        readonly clutch?: 'good' | 'bad';
        /** Constant-velocity joint */
        readonly cvJoint?: 'good' | 'bad';
        /** Propeller shaft and bearing */
        readonly propellerShaft?: 'good' | 'bad';
        /** Differential */
        readonly differential?: 'good' | 'bad';
      };
      /** Steering */
      readonly steering: {
        /** Power steering fluid leak */
        readonly fluidLeak?: 'none' | 'trace' | 'leak';
        /** Steering pump */
        readonly pump?: 'good' | 'bad';
        /** Steering gear, also electric */
        readonly gear: 'good' | 'bad';
        /** Steering joint */
        readonly joint: 'good' | 'bad';
        /** Pressure hose */
        readonly pressureHose?: 'good' | 'bad';
        /** Tie rod end and ball joint */
        readonly tieRod: 'good' | 'bad';
      };
      /** Brakes */
      readonly brakes: {
        /** Master cylinder leak */
        readonly masterCylinderLeak: 'none' | 'trace' | 'leak';
        /** Brake fluid leak */
        readonly fluidLeak: 'none' | 'trace' | 'leak';
        /** Brake booster */
        readonly booster: 'good' | 'bad';
      };
      /** Electrics */
      readonly electrics: {
        /** Alternator output */
        readonly alternator?: 'good' | 'bad';
        /** Starter */
        readonly starter?: 'good' | 'bad';
        /** Wiper motor */
        readonly wiper: 'good' | 'bad';
        /** Blower motor */
        readonly blower: 'good' | 'bad';
        /** Radiator fan motor */
        readonly radiatorFan?: 'good' | 'bad';
        /** Window motors */
        readonly windowMotors: 'good' | 'bad';
      };
      /** High voltage */
      readonly highVoltage?: {
        /** Charging port insulation */
        readonly chargingPort?: 'good' | 'bad';
        /** Drive battery isolation */
        readonly battery: 'good' | 'bad';
        /** High-voltage wiring */
        readonly wiring: 'good' | 'bad';
      };
      /** Fuel leak, also LPG */
      readonly fuelLeak?: 'none' | 'present';
    };
    /** Photographs */
    readonly photographs?: readonly string[];
    /** Price survey */
    readonly priceSurvey?: {
      /** Base price (won) */
      readonly basePriceWon: number;
      /** Final price (won) */
      readonly finalPriceWon: number;
      /** Remark */
      readonly remark?: string;
      /** Surveyor */
      readonly surveyor: string;
    };
    /** Remarks */
    readonly remarks?: string;
    /** Inspector */
    readonly inspector: string;
    /** Notifying dealer */
    readonly notifier?: string;
  };
};

export type VehiclesAmendInspectionReply = {
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesSupersedeInspection = {
  /** Record to replace */
  readonly entryId: string;
  /** Reason for the replacement */
  readonly reason: 're-inspected' | 'written-anew' | 'disputed';
  /** The new record */
  readonly record: {
    /** Record number. Three parts joined by hyphens, e.g. 04-26-001234 */
    readonly number: string;
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate */
    readonly plate: string;
    /** Model */
    readonly modelName: string;
    /** Trim */
    readonly trim?: string;
    /** Model year */
    readonly modelYear: number;
    /** First registered on */
    readonly firstRegisteredOn: string;
    /** Periodic test valid from */
    readonly testValidFrom?: string;
    /** Periodic test valid until */
    readonly testValidUntil?: string;
    /** Transmission */
    readonly transmission: 'automatic' | 'manual' | 'semi-automatic' | 'cvt' | 'other';
    /** Fuel */
    readonly fuel: 'petrol' | 'diesel' | 'lpg' | 'hybrid' | 'electric' | 'hydrogen' | 'other';
    /** Engine type */
    readonly engineType?: string;
    /** Warranty by */
    readonly warrantyBy: 'dealer' | 'insurer';
    /** Dealer's listing number */
    readonly listingNumber?: string;
    /** Inspected on */
    readonly inspectedOn: string;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Overall state */
    readonly overall: {
      /** Instrument */
      readonly instrument: 'good' | 'bad';
      /** Mileage for its age */
      readonly mileageBand: 'high' | 'normal' | 'low';
      /** Meter replaced */
      readonly meterReplaced?: boolean;
      /** VIN marking */
      readonly vinMarking: 'good' | 'corroded' | 'damaged' | 'different' | 'altered' | 'erased';
      /** Carbon monoxide (%) */
      readonly coPercent?: string;
      /** Hydrocarbons (ppm) */
      readonly hcPpm?: number;
      /** Smoke (%) */
      readonly smokePercent?: number;
      /** Tuning */
      readonly tuning: 'none' | 'legal' | 'illegal';
      /** Tuned */
      readonly tuningKind?: 'structure' | 'device';
      /** Special history */
      readonly specialHistory: 'none' | 'flood' | 'fire';
      /** Change of use */
      readonly useChange: 'none' | 'rental' | 'lease' | 'business';
      /** Colour */
      readonly colour: 'achromatic' | 'chromatic';
      /** Repaint */
      readonly repaint: 'none' | 'full' | 'changed';
      /** Options */
      readonly options?: readonly ('sunroof' | 'navigation' | 'other')[];
      /** Recall */
      readonly recall: 'none' | 'done' | 'open';
    };
    /** Accident */
    readonly accident: 'none' | 'yes';
    /** Simple repair */
    readonly simpleRepair: 'none' | 'yes';
    /** Body and frame */
    readonly body: readonly {
      /** Position */
      readonly position:
        | 'hood'
        | 'front-fender-left'
        | 'front-fender-right'
        | 'door-front-left'
        | 'door-front-right'
        | 'door-rear-left'
        | 'door-rear-right'
        | 'trunk-lid'
        | 'radiator-support'
        | 'quarter-panel-left'
        | 'quarter-panel-right'
        | 'roof-panel'
        | 'side-sill-left'
        | 'side-sill-right'
        | 'front-panel'
        | 'cross-member'
        | 'inside-panel-left'
        | 'inside-panel-right'
        | 'side-member-front-left'
        | 'side-member-front-right'
        | 'side-member-rear-left'
        | 'side-member-rear-right'
        | 'wheel-house-front-left'
        | 'wheel-house-front-right'
        | 'wheel-house-rear-left'
        | 'wheel-house-rear-right'
        | 'pillar-a-left'
        | 'pillar-a-right'
        | 'pillar-b-left'
        | 'pillar-b-right'
        | 'pillar-c-left'
        | 'pillar-c-right'
        | 'dash-panel'
        | 'floor-panel'
        | 'trunk-floor'
        | 'rear-panel'
        | 'package-tray';
      /** Codes */
      readonly codes: readonly ('X' | 'W' | 'C' | 'A' | 'U' | 'T')[];
      /** Cut or welded. Answer for quarter panel, roof and side sill with W or X: only then they count as an accident. */
      readonly cutOrWelded?: boolean;
    }[];
    /** Detailed state */
    readonly condition: {
      /** Self-diagnosis */
      readonly selfDiagnosis?: {
        /** Engine */
        readonly engine?: 'good' | 'bad';
        /** Gearbox */
        readonly gearbox?: 'good' | 'bad';
      };
      /** Engine */
      readonly engine?: {
        /** Idle running */
        readonly idle: 'good' | 'bad';
        /** Oil leak: cylinder cover */
        readonly cylinderCoverOilLeak: 'none' | 'trace' | 'leak';
        /** Oil leak: cylinder head, gasket */
        readonly cylinderHeadOilLeak: 'none' | 'trace' | 'leak';
        /** Oil leak: cylinder block, oil pan */
        readonly cylinderBlockOilLeak: 'none' | 'trace' | 'leak';
        /** Oil level */
        readonly oilLevel: 'right' | 'low';
        /** Coolant leak: cylinder head, gasket */
        readonly cylinderHeadCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant leak: water pump */
        readonly waterPumpCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant leak: radiator */
        readonly radiatorCoolantLeak: 'none' | 'trace' | 'leak';
        /** Coolant level */
        readonly coolantLevel: 'right' | 'low';
        /** Common rail */
        readonly commonRail?: 'good' | 'bad';
      };
      /** Automatic gearbox */
      readonly automaticGearbox?: {
        /** Oil leak */
        readonly oilLeak: 'none' | 'trace' | 'leak';
        /** Oil level and state */
        readonly oilLevel: 'right' | 'low' | 'excess';
        /** Idle running */
        readonly idle: 'good' | 'bad';
      };
      /** Manual gearbox */
      readonly manualGearbox?: {
        /** Oil leak */
        readonly oilLeak: 'none' | 'trace' | 'leak';
        /** Shift mechanism */
        readonly shift: 'good' | 'bad';
        /** Oil level and state */
        readonly oilLevel: 'right' | 'low' | 'excess';
        /** Idle running */
        readonly idle: 'good' | 'bad';
      };
      /** Drive */
      readonly drive: {
        /** Clutch */
        readonly clutch?: 'good' | 'bad';
        /** Constant-velocity joint */
        readonly cvJoint?: 'good' | 'bad';
        /** Propeller shaft and bearing */
        readonly propellerShaft?: 'good' | 'bad';
        /** Differential */
        readonly differential?: 'good' | 'bad';
      };
      /** Steering */
      readonly steering: {
        /** Power steering fluid leak */
        readonly fluidLeak?: 'none' | 'trace' | 'leak';
        /** Steering pump */
        readonly pump?: 'good' | 'bad';
        /** Steering gear, also electric */
        readonly gear: 'good' | 'bad';
        /** Steering joint */
        readonly joint: 'good' | 'bad';
        /** Pressure hose */
        readonly pressureHose?: 'good' | 'bad';
        /** Tie rod end and ball joint */
        readonly tieRod: 'good' | 'bad';
      };
      /** Brakes */
      readonly brakes: {
        /** Master cylinder leak */
        readonly masterCylinderLeak: 'none' | 'trace' | 'leak';
        /** Brake fluid leak */
        readonly fluidLeak: 'none' | 'trace' | 'leak';
        /** Brake booster */
        readonly booster: 'good' | 'bad';
      };
      /** Electrics */
      readonly electrics: {
        /** Alternator output */
        readonly alternator?: 'good' | 'bad';
        /** Starter */
        readonly starter?: 'good' | 'bad';
        /** Wiper motor */
        readonly wiper: 'good' | 'bad';
        /** Blower motor */
        readonly blower: 'good' | 'bad';
        /** Radiator fan motor */
        readonly radiatorFan?: 'good' | 'bad';
        /** Window motors */
        readonly windowMotors: 'good' | 'bad';
      };
      /** High voltage */
      readonly highVoltage?: {
        /** Charging port insulation */
        readonly chargingPort?: 'good' | 'bad';
        /** Drive battery isolation */
        readonly battery: 'good' | 'bad';
        /** High-voltage wiring */
        readonly wiring: 'good' | 'bad';
      };
      /** Fuel leak, also LPG */
      readonly fuelLeak?: 'none' | 'present';
    };
    /** Photographs */
    readonly photographs?: readonly string[];
    /** Price survey */
    readonly priceSurvey?: {
      /** Base price (won) */
      readonly basePriceWon: number;
      /** Final price (won) */
      readonly finalPriceWon: number;
      /** Remark */
      readonly remark?: string;
      /** Surveyor */
      readonly surveyor: string;
    };
    /** Remarks */
    readonly remarks?: string;
    /** Inspector */
    readonly inspector: string;
    /** Notifying dealer */
    readonly notifier?: string;
  };
};

export type VehiclesSupersedeInspectionReply = {
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesAmendSale = {
  /** Record to correct */
  readonly entryId: string;
  /** Reason for the correction */
  readonly reason: 'typing-error' | 'missing-item' | 're-examined';
  /** As it should read */
  readonly record: {
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate. For example 12가3456 */
    readonly plate: string;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Sold and delivered on */
    readonly soldOn: string;
    /** Inspection record handed over. Left empty, the newest one in force is taken. */
    readonly inspection?: string;
    /** Price (won) */
    readonly priceWon?: number;
    /** Buyer */
    readonly buyer?: {
      /** Name */
      readonly name: string;
      /** Telephone */
      readonly phone?: string;
    };
    /** Acknowledged by the buyer on */
    readonly acknowledgedOn?: string;
  };
};

export type VehiclesAmendSaleReply = {
  readonly warranty: {
    readonly untilDay: string;
    readonly untilKm: number;
  };
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesSupersedeSale = {
  /** Record to replace */
  readonly entryId: string;
  /** Reason for the replacement */
  readonly reason: 're-inspected' | 'written-anew' | 'disputed';
  /** The new record */
  readonly record: {
    /** VIN. 17 characters, never the letters I, O or Q. */
    readonly vin: string;
    /** Number plate. For example 12가3456 */
    readonly plate: string;
    /** Odometer (km) */
    readonly odometerKm: number;
    /** Sold and delivered on */
    readonly soldOn: string;
    /** Inspection record handed over. Left empty, the newest one in force is taken. */
    readonly inspection?: string;
    /** Price (won) */
    readonly priceWon?: number;
    /** Buyer */
    readonly buyer?: {
      /** Name */
      readonly name: string;
      /** Telephone */
      readonly phone?: string;
    };
    /** Acknowledged by the buyer on */
    readonly acknowledgedOn?: string;
  };
};

export type VehiclesSupersedeSaleReply = {
  readonly warranty: {
    readonly untilDay: string;
    readonly untilKm: number;
  };
  /** Recorded, but doubtful */
  readonly notices: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
};

export type VehiclesWithdraw = {
  /** Record */
  readonly entryId: string;
  /** Reason */
  readonly reason: 'wrong-vehicle' | 'issued-in-error' | 'cancelled' | 'other';
  /** Note */
  readonly note?: string;
};

export type VehiclesSuspend = {
  /** Record */
  readonly entryId: string;
  /** Reason */
  readonly reason: 'under-review' | 'other';
  /** Note */
  readonly note?: string;
};

export type VehiclesResume = {
  /** Record */
  readonly entryId: string;
  /** Reason */
  readonly reason: 'review-finished' | 'other';
  /** Note */
  readonly note?: string;
};

export type VehiclesDispute = {
  /** Record */
  readonly entryId: string;
  /** What is disputed */
  readonly reason: 'odometer' | 'accident' | 'condition' | 'wrong-vehicle' | 'other';
  /** Note */
  readonly note?: string;
};

export type VehiclesResolve = {
  /** Dispute, or record in dispute */
  readonly entryId: string;
  /** Outcome */
  readonly reason: 'upheld' | 'rejected' | 'settled' | 'taken-back';
  /** Note */
  readonly note?: string;
};

export type VehiclesAddPhotograph = {
  /** Photograph (data URL of a JPEG). JPEG without camera data (EXIF), up to 600 kB */
  readonly image: string;
};

export type VehiclesAddPhotographReply = {
  /** SHA-256 of the file */
  readonly digest: string;
};

export type VehiclesLookUpInput = {
  /** VIN */
  readonly vin?: string;
  /** Number plate */
  readonly plate?: string;
};

export type VehiclesLookUpAnswer = {
  readonly subject: Hex;
  /** With the middle hidden */
  readonly vin?: string;
  readonly modelName?: string;
  readonly inspection?: {
    readonly entryId: Hex;
    readonly inspectedOn: string;
    readonly validUntil: string;
    readonly state: 'in-force' | 'expired' | 'suspended' | 'disputed';
  };
  readonly warranty?: {
    readonly untilDay: string;
    readonly untilKm: number;
  };
  readonly odometer: {
    readonly rule: string;
    readonly verdict: 'logical' | 'illogical' | 'none';
    readonly reasons: readonly {
      readonly code: string;
      readonly details?: Readonly<Record<string, string | number>>;
    }[];
  };
  readonly alerts: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
  /** Newest first */
  readonly records: readonly {
    readonly entryId: Hex;
    readonly type: 'purchase' | 'inspection' | 'sale';
    readonly organisation: string;
    readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
    readonly status: 'active' | 'suspended' | 'disputed' | 'amended' | 'superseded' | 'revoked';
    /** Unix time in seconds */
    readonly recordedAtSec: number;
    readonly occurredOn: string;
    readonly refersTo?: Hex;
    readonly replacedBy?: Hex;
    /** Doubts of others, not yet closed */
    readonly openDisputes?: number;
    /** Its public part; null: erased, or kept by another gateway */
    readonly document: Readonly<Record<string, unknown>> | null;
  }[];
  readonly isTruncated: boolean;
  /** Unix time in seconds */
  readonly asOfSec: number;
};

export type VehiclesInspectionInput = {
  /** Entry id or record number */
  readonly id: string;
};

export type VehiclesInspectionAnswer = {
  readonly inspections: readonly {
    readonly entryId: Hex;
    readonly type: 'purchase' | 'inspection' | 'sale';
    readonly organisation: string;
    readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
    readonly status: 'active' | 'suspended' | 'disputed' | 'amended' | 'superseded' | 'revoked';
    /** Unix time in seconds */
    readonly recordedAtSec: number;
    readonly occurredOn: string;
    readonly refersTo?: Hex;
    readonly replacedBy?: Hex;
    /** Doubts of others, not yet closed */
    readonly openDisputes?: number;
    /** Its public part; null: erased, or kept by another gateway */
    readonly document: Readonly<Record<string, unknown>> | null;
    readonly subject: Hex;
    /** With the middle hidden */
    readonly vin?: string;
    readonly state:
      | 'in-force'
      | 'expired'
      | 'suspended'
      | 'disputed'
      | 'active'
      | 'amended'
      | 'superseded'
      | 'revoked';
    readonly validUntil: string;
  }[];
  /** Unix time in seconds */
  readonly asOfSec: number;
};

export type VehiclesStockInput = {
  /** State */
  readonly state?: 'in-stock' | 'sold';
  /** Continue after */
  readonly after?: string;
  /** At most */
  readonly limit?: number;
};

export type VehiclesStockAnswer = {
  readonly cars: readonly {
    readonly subject: Hex;
    readonly state: 'in-stock' | 'sold';
    /** false: accepted, not on the chain yet */
    readonly isRecorded: boolean;
    readonly purchase: Hex;
    readonly sale?: Hex;
    readonly vin?: string;
    readonly plate?: string;
    readonly modelName?: string;
    readonly purchasedOn?: string;
    readonly odometerKm?: number;
    readonly inspection?: {
      readonly entryId: Hex;
      readonly inspectedOn: string;
      readonly validUntil: string;
      readonly state: 'in-force' | 'expired' | 'suspended' | 'disputed';
    };
    readonly odometer: 'logical' | 'illogical' | 'none';
  }[];
  /** Value of `after` for the next page */
  readonly next?: string;
};

export type VehiclesWrittenInput = {
  /** Kind */
  readonly type?: 'purchase' | 'inspection' | 'sale';
  /** Continue after */
  readonly after?: string;
  /** At most */
  readonly limit?: number;
};

export type VehiclesWrittenAnswer = {
  readonly records: readonly {
    readonly entryId: Hex;
    readonly type: 'purchase' | 'inspection' | 'sale';
    readonly organisation: string;
    readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
    readonly status: 'active' | 'suspended' | 'disputed' | 'amended' | 'superseded' | 'revoked';
    /** Unix time in seconds */
    readonly recordedAtSec: number;
    readonly occurredOn: string;
    readonly refersTo?: Hex;
    readonly replacedBy?: Hex;
    /** Doubts of others, not yet closed */
    readonly openDisputes?: number;
    /** Its public part; null: erased, or kept by another gateway */
    readonly document: Readonly<Record<string, unknown>> | null;
    readonly subject: Hex;
    readonly vin?: string;
    readonly plate?: string;
  }[];
  /** Value of `after` for the next page */
  readonly next?: string;
};

export type VehiclesRecordInput = {
  /** Record */
  readonly entryId: string;
};

export type VehiclesRecordAnswer = {
  readonly entryId: Hex;
  readonly type: 'purchase' | 'inspection' | 'sale';
  readonly organisation: string;
  readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
  readonly status: 'active' | 'suspended' | 'disputed' | 'amended' | 'superseded' | 'revoked';
  /** Unix time in seconds */
  readonly recordedAtSec: number;
  readonly occurredOn: string;
  readonly refersTo?: Hex;
  readonly replacedBy?: Hex;
  /** Doubts of others, not yet closed */
  readonly openDisputes?: number;
  /** Its public part; null: erased, or kept by another gateway */
  readonly document: Readonly<Record<string, unknown>> | null;
  readonly subject: Hex;
  /** Whole for its author */
  readonly vin?: string;
  readonly isOwn: boolean;
  /** The whole document, for its author */
  readonly written: Readonly<Record<string, unknown>> | null;
  /** Oldest first */
  readonly changes: readonly {
    readonly entryId: Hex;
    readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
    readonly organisation: string;
    /** Unix time in seconds */
    readonly recordedAtSec: number;
    readonly reason?: string;
  }[];
  readonly disputes: readonly {
    readonly entryId: Hex;
    readonly organisation: string;
    /** Unix time in seconds */
    readonly openedAtSec: number;
    readonly closed?: {
      readonly by: string;
      /** Unix time in seconds */
      readonly atSec: number;
    };
    readonly reason?: string;
    /** For the two organisations and the city */
    readonly note?: string;
    readonly mayClose: boolean;
  }[];
  /** Actions that the rules allow now */
  readonly may: readonly string[];
};

export type VehiclesDisputesInput = {
  /** Continue after */
  readonly after?: string;
  /** At most */
  readonly limit?: number;
};

export type VehiclesDisputesAnswer = {
  readonly disputes: readonly {
    readonly entryId: Hex;
    readonly record: Hex;
    readonly organisation: string;
    /** Unix time in seconds */
    readonly openedAtSec: number;
    readonly reason?: string;
    readonly of: {
      readonly type: 'purchase' | 'inspection' | 'sale';
      readonly organisation: string;
      readonly occurredOn: string;
    };
  }[];
  /** Value of `after` for the next page */
  readonly next?: string;
};

export type VehiclesCarInput = {
  /** The car's reference */
  readonly subject: string;
};

export type VehiclesCarAnswer = {
  readonly subject: Hex;
  readonly vin?: string;
  readonly modelName?: string;
  readonly inspection?: {
    readonly entryId: Hex;
    readonly inspectedOn: string;
    readonly validUntil: string;
    readonly state: 'in-force' | 'expired' | 'suspended' | 'disputed';
  };
  readonly odometer: {
    readonly rule: string;
    readonly verdict: 'logical' | 'illogical' | 'none';
    readonly reasons: readonly {
      readonly code: string;
      readonly details?: Readonly<Record<string, string | number>>;
    }[];
  };
  readonly alerts: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
  /** Newest first */
  readonly records: readonly {
    readonly entryId: Hex;
    readonly type: 'purchase' | 'inspection' | 'sale';
    readonly organisation: string;
    readonly kind: 'create' | 'amend' | 'supersede' | 'revoke' | 'suspend' | 'resume' | 'dispute' | 'resolve';
    readonly status: 'active' | 'suspended' | 'disputed' | 'amended' | 'superseded' | 'revoked';
    /** Unix time in seconds */
    readonly recordedAtSec: number;
    readonly occurredOn: string;
    readonly refersTo?: Hex;
    readonly replacedBy?: Hex;
    /** Doubts of others, not yet closed */
    readonly openDisputes?: number;
    /** Its public part; null: erased, or kept by another gateway */
    readonly document: Readonly<Record<string, unknown>> | null;
  }[];
  readonly isTruncated: boolean;
  /** Unix time in seconds */
  readonly asOfSec: number;
  readonly plate?: string;
};

export type VehiclesPhotographInput = {
  /** Inspection record */
  readonly entryId: string;
  /** SHA-256 of the photograph */
  readonly digest: string;
};

export type VehiclesPhotographAnswer = {
  /** By which the city erases it */
  readonly originalId: Hex;
  /** SHA-256 of the file */
  readonly digest: string;
  /** As a data URL; null: erased, or not handed in here */
  readonly image: string | null;
};

export type CredentialsIssueResidence = {
  /** Name of the holder */
  readonly holderName: string;
  /** Date of birth */
  readonly holderBirthDate?: string;
  /** District */
  readonly district: string;
  /** Eligibility */
  readonly eligibility: 'resident' | 'family-of-resident' | 'works-in-city';
  /** Resident since */
  readonly residentSince?: string;
  /** Certificate number. Left empty, one is given. */
  readonly number?: string;
  /** Valid from. Left empty, the day of issue. */
  readonly validFrom?: string;
  /** Valid until. Valid through this day; left empty, without end. */
  readonly validUntil?: string;
};

export type CredentialsIssueResidenceReply = {
  readonly number: string;
};

export type CredentialsIssueCourse = {
  /** Name of the holder */
  readonly holderName: string;
  /** Date of birth */
  readonly holderBirthDate?: string;
  /** Course */
  readonly courseName: string;
  /** Hours */
  readonly hours: number;
  /** Completed on */
  readonly completedOn: string;
  /** Result */
  readonly result?: 'completed' | 'excellent';
  /** Certificate number. Left empty, one is given. */
  readonly number?: string;
  /** Valid from. Left empty, the day of issue. */
  readonly validFrom?: string;
  /** Valid until. Valid through this day; left empty, without end. */
  readonly validUntil?: string;
};

export type CredentialsIssueCourseReply = {
  readonly number: string;
};

export type CredentialsIssueEmployment = {
  /** Name of the holder */
  readonly holderName: string;
  /** Date of birth */
  readonly holderBirthDate?: string;
  /** Employer */
  readonly employer: string;
  /** Position */
  readonly position: string;
  /** Employed from */
  readonly employedFrom: string;
  /** Employed until */
  readonly employedUntil?: string;
  /** Certificate number. Left empty, one is given. */
  readonly number?: string;
  /** Valid from. Left empty, the day of issue. */
  readonly validFrom?: string;
  /** Valid until. Valid through this day; left empty, without end. */
  readonly validUntil?: string;
};

export type CredentialsIssueEmploymentReply = {
  readonly number: string;
};

export type CredentialsRevoke = {
  /** Credential */
  readonly entryId: string;
  /** Reason */
  readonly reason:
    | 'issued-in-error'
    | 'no-longer-entitled'
    | 'holder-asked'
    | 'lost'
    | 'under-review'
    | 'review-finished'
    | 'replaced';
  /** Note */
  readonly note?: string;
};

export type CredentialsSuspend = {
  /** Credential */
  readonly entryId: string;
  /** Reason */
  readonly reason:
    | 'issued-in-error'
    | 'no-longer-entitled'
    | 'holder-asked'
    | 'lost'
    | 'under-review'
    | 'review-finished'
    | 'replaced';
  /** Note */
  readonly note?: string;
};

export type CredentialsResume = {
  /** Credential */
  readonly entryId: string;
  /** Reason */
  readonly reason:
    | 'issued-in-error'
    | 'no-longer-entitled'
    | 'holder-asked'
    | 'lost'
    | 'under-review'
    | 'review-finished'
    | 'replaced';
  /** Note */
  readonly note?: string;
};

export type CredentialsStatusInput = {
  /** Credential */
  readonly entryId: string;
};

export type CredentialsStatusAnswer = {
  readonly state: 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet-valid' | 'unknown';
  readonly reasons: readonly {
    readonly code: string;
    readonly details?: Readonly<Record<string, string | number>>;
  }[];
  /** Unix time in seconds */
  readonly asOfSec: number;
  readonly entryId: Hex;
};

export type CredentialsLeafStatusInput = {
  /** Batch */
  readonly batchId: string;
  /** Position */
  readonly index: number;
};

export type CredentialsLeafStatusAnswer = {
  readonly batchId: Hex;
  readonly index: number;
  readonly status: 'valid' | 'suspended' | 'revoked' | 'unknown';
  /** Unix time in seconds */
  readonly asOfSec: number;
};

export type CredentialsHolderInput = {
  /** Credential */
  readonly entryId: string;
  /** Holder's key */
  readonly key: string;
};

export type CredentialsHolderAnswer = {
  readonly entryId: Hex;
  readonly document: Readonly<Record<string, unknown>>;
  readonly salt: Hex;
  /** Where it stands in its batch, once it is on the chain */
  readonly attested?: {
    readonly batchId: Hex;
    readonly index: number;
    readonly count: number;
    readonly proof: readonly Hex[];
  };
  readonly status: {
    readonly state: 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet-valid' | 'unknown';
    readonly reasons: readonly {
      readonly code: string;
      readonly details?: Readonly<Record<string, string | number>>;
    }[];
    /** Unix time in seconds */
    readonly asOfSec: number;
  };
};

export type CredentialsIssuedInput = {
  /** Continue after */
  readonly after?: string;
  /** At most */
  readonly limit?: number;
};

export type CredentialsIssuedAnswer = {
  readonly credentials: readonly {
    readonly entryId: Hex;
    readonly status: {
      readonly state: 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet-valid' | 'unknown';
      readonly reasons: readonly {
        readonly code: string;
        readonly details?: Readonly<Record<string, string | number>>;
      }[];
      /** Unix time in seconds */
      readonly asOfSec: number;
    };
    readonly schema?: string;
    readonly number?: string;
    readonly holderName?: string;
    readonly issuedOn?: string;
    readonly validFrom?: string;
    readonly validUntil?: string;
    /** Address of the holder’s page, for the holder only */
    readonly holderLink?: string;
    /** null: the original was erased */
    readonly document?: null;
  }[];
  /** Value of `after` for the next page */
  readonly next?: string;
};

export type CredentialsIssuedOneInput = {
  /** Credential */
  readonly entryId: string;
};

export type CredentialsIssuedOneAnswer = {
  readonly entryId: Hex;
  readonly status: {
    readonly state: 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet-valid' | 'unknown';
    readonly reasons: readonly {
      readonly code: string;
      readonly details?: Readonly<Record<string, string | number>>;
    }[];
    /** Unix time in seconds */
    readonly asOfSec: number;
  };
  readonly schema?: string;
  readonly number?: string;
  readonly holderName?: string;
  readonly issuedOn?: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  /** Address of the holder’s page, for the holder only */
  readonly holderLink?: string;
  readonly document?: Readonly<Record<string, unknown>>;
  readonly changes: readonly {
    readonly entryId: Hex;
    readonly state?: string;
    readonly [member: string]: unknown;
  }[];
};

export interface Services {
  /** Open polls, enrol, cast anonymous ballots, and let anybody recount. */
  readonly voting: {
    /** Create a poll. */
    readonly createPoll: Act<VotingCreatePoll, Accepted & VotingCreatePollReply>;
    /** Import enrolment codes. */
    readonly importCodes: Act<VotingImportCodes, Done & VotingImportCodesReply>;
    /** Enrol as a voter. */
    readonly enrol: Act<VotingEnrol, Done & VotingEnrolReply>;
    /** Close enrolment. */
    readonly closeEnrolment: Act<VotingCloseEnrolment, Done & VotingCloseEnrolmentReply>;
    /** Freeze the roll and open the poll. */
    readonly openPoll: Act<VotingOpenPoll, Accepted & VotingOpenPollReply>;
    /** Cast a ballot. */
    readonly cast: Act<VotingCast, Accepted>;
    /** All polls. */
    readonly polls: Question<VotingPollsInput, VotingPollsAnswer>;
    /** Polls of the own organisation. */
    readonly ownPolls: Question<VotingOwnPollsInput, VotingOwnPollsAnswer>;
    /** One poll with its live tally. */
    readonly poll: Question<VotingPollInput, VotingPollAnswer>;
    /** Pictures of the options. */
    readonly images: Question<VotingImagesInput, VotingImagesAnswer>;
    /** The frozen roll in outline. */
    readonly roll: Question<VotingRollInput, VotingRollAnswer>;
    /** One chunk of the roll (1,024 members). */
    readonly rollChunk: Question<VotingRollChunkInput, VotingRollChunkAnswer>;
    /** Public values enrolled, once enrolment is closed. */
    readonly members: Question<VotingMembersInput, VotingMembersAnswer>;
    /** Every ballot, for a recount. */
    readonly ballots: Question<VotingBallotsInput, VotingBallotsAnswer>;
  };
  /** Purchases, inspections and sales on record; anybody may look up a car. */
  readonly vehicles: {
    /** Register a purchase. */
    readonly registerPurchase: Act<VehiclesRegisterPurchase, Accepted & VehiclesRegisterPurchaseReply>;
    /** Register an inspection record. */
    readonly registerInspection: Act<VehiclesRegisterInspection, Accepted & VehiclesRegisterInspectionReply>;
    /** Register a sale. */
    readonly registerSale: Act<VehiclesRegisterSale, Accepted & VehiclesRegisterSaleReply>;
    /** Correct a purchase. */
    readonly amendPurchase: Act<VehiclesAmendPurchase, Accepted & VehiclesAmendPurchaseReply>;
    /** Replace a purchase. */
    readonly supersedePurchase: Act<VehiclesSupersedePurchase, Accepted & VehiclesSupersedePurchaseReply>;
    /** Correct an inspection record. */
    readonly amendInspection: Act<VehiclesAmendInspection, Accepted & VehiclesAmendInspectionReply>;
    /** Replace an inspection record. */
    readonly supersedeInspection: Act<
      VehiclesSupersedeInspection,
      Accepted & VehiclesSupersedeInspectionReply
    >;
    /** Correct a sale. */
    readonly amendSale: Act<VehiclesAmendSale, Accepted & VehiclesAmendSaleReply>;
    /** Replace a sale. */
    readonly supersedeSale: Act<VehiclesSupersedeSale, Accepted & VehiclesSupersedeSaleReply>;
    /** Withdraw a record. */
    readonly withdraw: Act<VehiclesWithdraw, Accepted>;
    /** Suspend a record. */
    readonly suspend: Act<VehiclesSuspend, Accepted>;
    /** Resume a record. */
    readonly resume: Act<VehiclesResume, Accepted>;
    /** Dispute a record. */
    readonly dispute: Act<VehiclesDispute, Accepted>;
    /** Resolve a dispute. */
    readonly resolve: Act<VehiclesResolve, Accepted>;
    /** Hand in a photograph. */
    readonly addPhotograph: Act<VehiclesAddPhotograph, Done & VehiclesAddPhotographReply>;
    /** Look up a vehicle. */
    readonly lookUp: Question<VehiclesLookUpInput, VehiclesLookUpAnswer>;
    /** Look up an inspection record. */
    readonly inspection: Question<VehiclesInspectionInput, VehiclesInspectionAnswer>;
    /** Cars in stock. */
    readonly stock: Question<VehiclesStockInput, VehiclesStockAnswer>;
    /** Records of the own organisation. */
    readonly written: Question<VehiclesWrittenInput, VehiclesWrittenAnswer>;
    /** One record, and what may be done with it. */
    readonly record: Question<VehiclesRecordInput, VehiclesRecordAnswer>;
    /** Open disputes. */
    readonly disputes: Question<VehiclesDisputesInput, VehiclesDisputesAnswer>;
    /** A car that the organisation traded or inspected. */
    readonly car: Question<VehiclesCarInput, VehiclesCarAnswer>;
    /** A photograph of an inspection. */
    readonly photograph: Question<VehiclesPhotographInput, VehiclesPhotographAnswer>;
  };
  /** Eligibility, course and employment certificates: issued, held, checked, revoked. */
  readonly credentials: {
    /** Issue: Residence eligibility. */
    readonly issueResidence: Act<CredentialsIssueResidence, Accepted & CredentialsIssueResidenceReply>;
    /** Issue: Course completion. */
    readonly issueCourse: Act<CredentialsIssueCourse, Accepted & CredentialsIssueCourseReply>;
    /** Issue: Employment certificate. */
    readonly issueEmployment: Act<CredentialsIssueEmployment, Accepted & CredentialsIssueEmploymentReply>;
    /** Revoke a credential. */
    readonly revoke: Act<CredentialsRevoke, Accepted>;
    /** Suspend a credential. */
    readonly suspend: Act<CredentialsSuspend, Accepted>;
    /** Resume a credential. */
    readonly resume: Act<CredentialsResume, Accepted>;
    /** Status of a credential. */
    readonly status: Question<CredentialsStatusInput, CredentialsStatusAnswer>;
    /** Status by position in a batch. */
    readonly leafStatus: Question<CredentialsLeafStatusInput, CredentialsLeafStatusAnswer>;
    /** Fetch my certificate. */
    readonly holder: Question<CredentialsHolderInput, CredentialsHolderAnswer>;
    /** What was issued. */
    readonly issued: Question<CredentialsIssuedInput, CredentialsIssuedAnswer>;
    /** One issued credential. */
    readonly issuedOne: Question<CredentialsIssuedOneInput, CredentialsIssuedOneAnswer>;
  };
}

export function bindServices({ act, question }: Calls): Services {
  return {
    voting: {
      createPoll: act('/v1/voting/create-poll'),
      importCodes: act('/v1/voting/import-codes'),
      enrol: act('/v1/voting/enrol', true),
      closeEnrolment: act('/v1/voting/close-enrolment'),
      openPoll: act('/v1/voting/open-poll'),
      cast: act('/v1/voting/cast', true),
      polls: question('GET', '/v1/voting/polls'),
      ownPolls: question('GET', '/v1/voting/own-polls'),
      poll: question('GET', '/v1/voting/polls/{pollId}'),
      images: question('GET', '/v1/voting/polls/{pollId}/images'),
      roll: question('GET', '/v1/voting/polls/{pollId}/roll'),
      rollChunk: question('GET', '/v1/voting/polls/{pollId}/roll/{chunk}'),
      members: question('GET', '/v1/voting/polls/{pollId}/members'),
      ballots: question('GET', '/v1/voting/polls/{pollId}/ballots'),
    },
    vehicles: {
      registerPurchase: act('/v1/vehicles/register-purchase'),
      registerInspection: act('/v1/vehicles/register-inspection'),
      registerSale: act('/v1/vehicles/register-sale'),
      amendPurchase: act('/v1/vehicles/amend-purchase'),
      supersedePurchase: act('/v1/vehicles/supersede-purchase'),
      amendInspection: act('/v1/vehicles/amend-inspection'),
      supersedeInspection: act('/v1/vehicles/supersede-inspection'),
      amendSale: act('/v1/vehicles/amend-sale'),
      supersedeSale: act('/v1/vehicles/supersede-sale'),
      withdraw: act('/v1/vehicles/withdraw'),
      suspend: act('/v1/vehicles/suspend'),
      resume: act('/v1/vehicles/resume'),
      dispute: act('/v1/vehicles/dispute'),
      resolve: act('/v1/vehicles/resolve'),
      addPhotograph: act('/v1/vehicles/add-photograph'),
      lookUp: question('POST', '/v1/vehicles/look-up'),
      inspection: question('GET', '/v1/vehicles/inspections/{id}'),
      stock: question('GET', '/v1/vehicles/stock'),
      written: question('GET', '/v1/vehicles/written'),
      record: question('GET', '/v1/vehicles/records/{entryId}'),
      disputes: question('GET', '/v1/vehicles/disputes'),
      car: question('GET', '/v1/vehicles/cars/{subject}'),
      photograph: question('GET', '/v1/vehicles/records/{entryId}/photographs/{digest}'),
    },
    credentials: {
      issueResidence: act('/v1/credentials/issue-residence'),
      issueCourse: act('/v1/credentials/issue-course'),
      issueEmployment: act('/v1/credentials/issue-employment'),
      revoke: act('/v1/credentials/revoke'),
      suspend: act('/v1/credentials/suspend'),
      resume: act('/v1/credentials/resume'),
      status: question('GET', '/v1/credentials/status/{entryId}'),
      leafStatus: question('GET', '/v1/credentials/leaf-status/{batchId}/{index}'),
      holder: question('POST', '/v1/credentials/holder'),
      issued: question('GET', '/v1/credentials/issued'),
      issuedOne: question('GET', '/v1/credentials/issued/{entryId}'),
    },
  };
}
