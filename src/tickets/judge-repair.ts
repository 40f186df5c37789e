/** What is in the slot of a ticket now. Times are ISO 8601. */
export interface PartThere {
  componentId: string;
  serial: string | null;
  /** As its source says it: `OK`, `Warning`, `Critical`; null: it does not say. */
  health: string | null;
  /** When it was first seen there. */
  installedAt: string;
}

export interface RepairWanted {
  serial: string | null;
  partId: string | null;
  /** When the ticket opened, or was opened again. */
  since: string;
  lastEventAt: string;
  clearedAt: string | null;
}

export type RepairVerdict =
  | { state: 'same' | 'empty' | 'unknown'; why: string }
  | { state: 'replaced'; part: PartThere & { serial: string }; healthy: boolean; why: string };

/** Without a word of its health, a new part that shows nothing for so long is well. */
const QUIET_MS = 86_400_000;

/**
 * Whether the part that a ticket is about was replaced, and whether the new one is well. What is not known is neither.
 * @param there what is believed to be in the slot; several: two sources do not agree
 */
export function judgeRepair(want: RepairWanted, there: readonly PartThere[], now: Date): RepairVerdict {
  if (want.serial === null && want.partId === null)
    return { state: 'unknown', why: 'nobody knows which part was there when it opened' };
  const [part] = there;
  if (part === undefined) return { state: 'empty', why: 'nothing is seen in the slot' };
  if (there.length > 1) return { state: 'unknown', why: 'two sources show different parts in the slot' };
  const { serial } = part;
  if (serial === null) return { state: 'unknown', why: 'what is in the slot has no serial' };
  const isSame = part.componentId === want.partId || (want.serial !== null && asKept(serial) === asKept(want.serial));
  if (isSame) return { state: 'same', why: `${serial} is still there` };
  if (part.installedAt <= want.since)
    return { state: 'unknown', why: `${serial} was there before the ticket opened: the alert named another part` };
  return { state: 'replaced', part: { ...part, serial }, ...judgeNew(want, part, now) };
}

function judgeNew(want: RepairWanted, part: PartThere, now: Date): { healthy: boolean; why: string } {
  const isCleared = want.clearedAt !== null && want.clearedAt >= want.lastEventAt;
  if (want.lastEventAt > part.installedAt && !isCleared)
    return { healthy: false, why: `it was reported again at ${want.lastEventAt}, after the new part was there` };
  if (part.health === 'OK') return { healthy: true, why: 'the new part is OK' };
  if (part.health !== null) return { healthy: false, why: `the new part is ${part.health}` };
  if (want.clearedAt !== null && want.clearedAt >= part.installedAt)
    return { healthy: true, why: 'the symptom is over' };
  const quiet = now.getTime() - Date.parse(part.installedAt) >= QUIET_MS;
  if (quiet) return { healthy: true, why: 'nothing was reported of the new part for a day' };
  return { healthy: false, why: 'nobody says how the new part is; it is watched for a day' };
}

function asKept(serial: string): string {
  return serial.trim().replaceAll(/\s+/g, ' ').toUpperCase();
}
