import type { Quirks } from './standard.ts';

/** What is known of a BMC from its root, its manager and its server. Null: not said. */
export interface Evidence {
  vendor: string | null;
  managerModel: string | null;
  redfishVersion: string | null;
  /** As the manager says it, with whatever words stand around the number. */
  managerFirmware?: string | null;
  systemModel?: string | null;
}

/** One difference and the evidence by which it is chosen. All that is named must fit. */
export interface Row<Q = Quirks> {
  vendor: RegExp;
  managerModel?: RegExp;
  systemModel?: RegExp;
  /** Dotted numbers: applies below this version. */
  redfishBelow?: string;
  firmwareFrom?: string;
  firmwareBelow?: string;
  /** Where it is known from. */
  why: string;
  quirks: Partial<Q>;
}

export function fits(row: Omit<Row<never>, 'quirks'>, bmc: Evidence): boolean {
  const { managerModel, systemModel, redfishBelow, firmwareFrom, firmwareBelow } = row;
  if (!row.vendor.test(bmc.vendor ?? '')) return false;
  // Early iLO 5 has no model there, and begins its version with its name
  if (managerModel !== undefined && !managerModel.test(bmc.managerModel ?? bmc.managerFirmware ?? '')) return false;
  if (systemModel !== undefined && !systemModel.test(bmc.systemModel ?? '')) return false;
  if (redfishBelow !== undefined && !isBelow(bmc.redfishVersion, redfishBelow)) return false;
  if (firmwareBelow !== undefined && !isBelow(bmc.managerFirmware, firmwareBelow)) return false;
  // A version that is not said is neither below nor above.
  if (firmwareFrom === undefined) return true;
  return numbersIn(bmc.managerFirmware) !== null && !isBelow(bmc.managerFirmware, firmwareFrom);
}

/** Later rows win. */
export function compose<Q extends object>(standard: Q, rows: readonly Row<Q>[], bmc: Evidence): Q {
  return Object.assign({ ...standard }, ...rows.filter((row) => fits(row, bmc)).map((row) => row.quirks)) as Q;
}

function isBelow(version: string | null | undefined, limit: string): boolean {
  const [ours, theirs] = [numbersIn(version), numbersIn(limit)];
  if (ours === null || theirs === null) return false;
  for (const [at, number] of theirs.entries()) {
    const own = ours[at] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}

/** `iLO 5 v2.72` is 2.72: the first number with a dot in it. */
function numbersIn(version: string | null | undefined): number[] | null {
  const dotted = /\d+(?:\.\d+)+/.exec(version ?? '')?.[0];
  return dotted === undefined ? null : dotted.split('.').map(Number);
}
