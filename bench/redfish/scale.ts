/** What of it to measure. */
export const REDFISH_PARTS = ['trees', 'fleet'] as const;
export type RedfishPart = (typeof REDFISH_PARTS)[number];

export interface RedfishWishes {
  only?: string | undefined;
  bmcs?: string | undefined;
  atOnce?: string | undefined;
  heap?: string | undefined;
}

export interface RedfishScale {
  only: readonly RedfishPart[];
  bmcs: number;
  /** Polled at a time by the worker. */
  atOnce: number;
  /** Of the worker, in MB; what is beyond it is code, buffers and stacks. */
  heapMb: number;
}

/** What the goals are about. */
export const GOAL_BMCS = 10_000;
const SMALL_BMCS = 200;

export function redfishScale(wishes: RedfishWishes): RedfishScale {
  const only = wishes.only?.split(',') ?? [...REDFISH_PARTS];
  const unknown = only.filter((part) => !REDFISH_PARTS.some((one) => one === part));
  if (unknown.length > 0) throw new Error(`--only takes ${REDFISH_PARTS.join(', ')} here; not ${unknown.join(', ')}`);
  const [bmcs, atOnce] = [Number(wishes.bmcs ?? SMALL_BMCS), Number(wishes.atOnce ?? 100)];
  const heapMb = Number(wishes.heap ?? 256);
  if (!Number.isInteger(heapMb) || heapMb < 64) throw new Error(`--heap takes 64 and more, not ${wishes.heap}`);
  if (!Number.isInteger(bmcs) || bmcs < 1 || bmcs > 60_000)
    throw new Error(`--bmcs takes 1 to 60000, not ${wishes.bmcs}`);
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new Error(`--at-once takes a count, not ${wishes.atOnce}`);
  return { only: only as RedfishPart[], bmcs, atOnce, heapMb };
}
