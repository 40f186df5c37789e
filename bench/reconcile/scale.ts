/** What of it to measure. */
export const RECONCILE_PARTS = ['look', 'memory', 'storm', 'real'] as const;
export type ReconcilePart = (typeof RECONCILE_PARTS)[number];

export interface ReconcileScale {
  only: readonly ReconcilePart[];
  devices: number;
  /** Of each server. */
  parts: number;
  /** Fleets of servers with few parts, smallest first: what a look holds in memory must not grow with them. */
  fleets: readonly number[];
  /** Devices that somebody changes in a hurry. */
  storm: number;
}

export interface ReconcileWishes {
  only?: string | undefined;
  devices?: string | undefined;
  parts?: string | undefined;
  fleets?: string | undefined;
}

/** What the goals are about. Smaller ones say whether it works, in a minute or two. */
export const GOAL_SCALE = { devices: 10_000, parts: 40, fleets: [10_000, 30_000, 100_000] };
const SMALL = { devices: 300, parts: 40, fleets: [300, 1000] };
const STORM = 500;

export function reconcileScale(wishes: ReconcileWishes): ReconcileScale {
  const only = wishes.only?.split(',') ?? [...RECONCILE_PARTS];
  const unknown = only.filter((part) => !RECONCILE_PARTS.some((one) => one === part));
  if (unknown.length > 0) throw new Error(`--only takes ${RECONCILE_PARTS.join(', ')} here; not ${unknown.join(', ')}`);
  const devices = numberOf(wishes.devices, SMALL.devices);
  return {
    only: only as ReconcilePart[],
    devices,
    parts: numberOf(wishes.parts, SMALL.parts),
    fleets: wishes.fleets?.split(',').map((text) => numberOf(text, 1)) ?? SMALL.fleets,
    storm: Math.min(STORM, devices),
  };
}

function numberOf(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no count`);
  return number;
}
