/** How much is done per measure: the default takes some minutes on two cores. */
import type { Counts, NetworkCounts } from './measure.ts';

const USUAL: Counts = {
  naive: 100,
  singles: 4_000,
  batched: 12_000,
  requests: { 1: 100, 16: 1_000, 64: 2_000, 256: 2_000 },
  halfLoadSec: 5,
  throughBatches: { 100: 6_000, 1000: 12_000 },
  credentials: 20_000,
  casts: 100,
  checksInNode: 4_000,
  checksInBrowser: 400,
  proofsInBrowser: 5,
  restartsAt: [1_000, 10_000],
};

/** Enough to see every row, too little to believe its figures. */
const QUICK: Counts = {
  naive: 3,
  singles: 20,
  batched: 300,
  requests: { 1: 4, 16: 32, 64: 64, 256: 256 },
  halfLoadSec: 1,
  throughBatches: { 100: 200, 1000: 1_000 },
  credentials: 200,
  casts: 4,
  checksInNode: 20,
  checksInBrowser: 4,
  proofsInBrowser: 1,
  restartsAt: [100, 200],
};

export const MODES = {
  usual: USUAL,
  quick: QUICK,
  full: { ...USUAL, restartsAt: [1_000, 10_000, 100_000] },
} as const satisfies Record<string, Counts>;
export type Mode = keyof typeof MODES;

const USUAL_NETWORK: NetworkCounts = {
  naive: 15,
  singles: 1_000,
  batched: 9_000,
  requests: 1_500,
  halfLoadSec: 5,
  throughBatches: 12_000,
  credentials: 20_000,
  casts: 240,
  growsTo: [20_000, 30_000],
};

export const NETWORK_MODES: Readonly<Record<Mode, NetworkCounts>> = {
  usual: USUAL_NETWORK,
  quick: {
    naive: 3,
    singles: 40,
    batched: 600,
    requests: 128,
    halfLoadSec: 1,
    throughBatches: 2_000,
    credentials: 200,
    casts: 4,
    growsTo: [3_000],
  },
  full: { ...USUAL_NETWORK, growsTo: [20_000, 50_000, 100_000] },
};
