import type { Row } from './row.ts';

/** Stock OpenBMC, and what says no more of itself. */
export const openbmc: readonly Row[] = [];
