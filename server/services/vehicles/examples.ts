/** One filled-in input of each action: shown in the API description and sent by the tests. The VIN is the well-known check-digit sample. */
import type { Hex } from '../../core/bytes.ts';

const car = { vin: '1M8GDM9AXKP042788', plate: '12가3456' } as const;

const purchase = {
  ...car,
  modelName: '모터코치 MC-9',
  modelYear: 1989,
  odometerKm: 81_200,
  purchasedOn: '2026-03-02',
  priceWon: 7_400_000,
  listingNumber: 'A-1042',
  seller: { name: '김보기', phone: '010-0000-0000' },
};

const inspection = {
  number: '04-26-001234',
  ...car,
  modelName: '모터코치 MC-9',
  modelYear: 1989,
  firstRegisteredOn: '1989-06-01',
  transmission: 'automatic',
  fuel: 'diesel',
  warrantyBy: 'insurer',
  inspectedOn: '2026-03-04',
  odometerKm: 81_230,
  overall: {
    instrument: 'good',
    mileageBand: 'low',
    vinMarking: 'good',
    smokePercent: 8,
    tuning: 'none',
    specialHistory: 'none',
    useChange: 'none',
    colour: 'achromatic',
    repaint: 'none',
    recall: 'none',
  },
  accident: 'none',
  simpleRepair: 'yes',
  body: [
    { position: 'front-fender-left', codes: ['X'] },
    { position: 'door-rear-right', codes: ['A', 'U'] },
  ],
  condition: {
    selfDiagnosis: { engine: 'good', gearbox: 'good' },
    engine: {
      idle: 'good',
      cylinderCoverOilLeak: 'none',
      cylinderHeadOilLeak: 'trace',
      cylinderBlockOilLeak: 'none',
      oilLevel: 'right',
      cylinderHeadCoolantLeak: 'none',
      waterPumpCoolantLeak: 'none',
      radiatorCoolantLeak: 'none',
      coolantLevel: 'right',
      commonRail: 'good',
    },
    automaticGearbox: { oilLeak: 'none', oilLevel: 'right', idle: 'good' },
    drive: { cvJoint: 'good', differential: 'good' },
    steering: {
      fluidLeak: 'none',
      pump: 'good',
      gear: 'good',
      joint: 'good',
      pressureHose: 'good',
      tieRod: 'good',
    },
    brakes: { masterCylinderLeak: 'none', fluidLeak: 'none', booster: 'good' },
    electrics: {
      alternator: 'good',
      starter: 'good',
      wiper: 'good',
      blower: 'good',
      radiatorFan: 'good',
      windowMotors: 'good',
    },
    fuelLeak: 'none',
  },
  inspector: '이점검',
} as const;

const sale = {
  ...car,
  odometerKm: 81_240,
  soldOn: '2026-03-20',
  priceWon: 8_900_000,
  buyer: { name: '박구매', phone: '010-0000-0001' },
  acknowledgedOn: '2026-03-20',
};

const entryId: Hex = `0x${'5a'.repeat(32)}`;

/** One grey point. */
const photograph =
  'data:image/jpeg;base64,/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxD/2Q==';

export const EXAMPLES = { ...car, purchase, inspection, sale, entryId, photograph } as const;
