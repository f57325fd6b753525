/** What the tests of log, receipts and witness share. */

/** Of every random choice; set SILLOK_TEST_SEED to repeat a run with another. */
export const SEED = Number(process.env.SILLOK_TEST_SEED ?? 20_251_120);
