import type { Row } from './row.ts';

const vendor = /^super ?micro/i;

export const supermicro: readonly Row[] = [
  {
    vendor,
    why: 'Oem.Supermicro.BoardSerialNumber of the chassis (X11 and later)',
    quirks: { board: 'supermicro-chassis' },
  },
  { vendor, redfishBelow: '1.7', why: 'X10: one request at a time', quirks: { maxInFlight: 1 } },
];
