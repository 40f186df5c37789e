import type { Row } from './row.ts';

/** Server boards with Intel's own BMC. */
export const intel: readonly Row[] = [];
