interface Unit {
  dimension: 'size' | 'speed' | 'power' | 'frequency';
  /** How many of the smallest unit it is. */
  times: number;
}

const UNITS = {
  B: { dimension: 'size', times: 1 },
  bytes: { dimension: 'size', times: 1 },
  KB: { dimension: 'size', times: 1e3 },
  MB: { dimension: 'size', times: 1e6 },
  GB: { dimension: 'size', times: 1e9 },
  TB: { dimension: 'size', times: 1e12 },
  KiB: { dimension: 'size', times: 2 ** 10 },
  MiB: { dimension: 'size', times: 2 ** 20 },
  GiB: { dimension: 'size', times: 2 ** 30 },
  TiB: { dimension: 'size', times: 2 ** 40 },
  Mbps: { dimension: 'speed', times: 1 },
  Gbps: { dimension: 'speed', times: 1e3 },
  W: { dimension: 'power', times: 1 },
  Hz: { dimension: 'frequency', times: 1 },
  MHz: { dimension: 'frequency', times: 1e6 },
  GHz: { dimension: 'frequency', times: 1e9 },
} as const satisfies Record<string, Unit>;

export type UnitName = keyof typeof UNITS;
export const UNIT_NAMES = Object.keys(UNITS) as [UnitName, ...UnitName[]];

export function sameDimension(from: UnitName, to: UnitName): boolean {
  return UNITS[from].dimension === UNITS[to].dimension;
}

/** Without the last digits, which are the error of the calculation: 1.92 TB are 1920000000000 bytes, there and back. */
export function inUnit(amount: number, from: UnitName, to: UnitName): number {
  return Number(((amount * UNITS[from].times) / UNITS[to].times).toPrecision(15));
}
