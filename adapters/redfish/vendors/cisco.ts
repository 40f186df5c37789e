import type { Row } from './row.ts';

/** Cisco's UCS with its CIMC. */
export const cisco: readonly Row[] = [
  {
    vendor: /^cisco/i,
    why: 'CapacityBytes of the drives of an S3260 (CIMC 4.1) are mebibytes: 3815447 for 4 TB',
    quirks: { smallDriveSizes: 'mebibytes' },
  },
];
