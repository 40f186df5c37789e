import type { Row } from './row.ts';

/** MegaRAC, also under the names of Gigabyte, ASRock Rack and others. */
export const ami: readonly Row[] = [];
