/** Of a wait that has to end, below the limit of a test and far above what it takes: a machine may be busy with other things. */
export const LONG_MS = 240_000;
