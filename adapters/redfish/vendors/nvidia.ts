import type { Row } from './row.ts';

/** HGX, DGX and Grace machines, BlueField. */
export const nvidia: readonly Row[] = [];
