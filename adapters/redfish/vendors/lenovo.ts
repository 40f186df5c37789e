import type { Row } from './row.ts';

/** XCC. */
export const lenovo: readonly Row[] = [];
