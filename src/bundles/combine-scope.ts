import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { deviceName, type MergedPart } from './combine-components.ts';
import type { ReadPart } from './combine-servers.ts';

/** What a RAID controller shows to the system in the place of its drives. */
const RAID_VOLUME =
  /\b(?:PERC|MegaRAID|MR\d{4}\w*|LOGICAL VOLUME|Smart Array|ServeRAID\w*|RAID \d+|Virtual (?:Disk|Drive)|DELLBOSS|BOSS|AVAGO|LSI MR\w+)\b/i;

/**
 * Kinds that are shown completely: those that a reading says to be, and those of which all devices are enumerated (`lsblk`) and each was
 * looked at by itself (`smartctl`), so that a part that is not there is gone. Not so a kind of which some parts have no serial number.
 */
export function combinedScope(
  parts: readonly ReadPart[],
  merged: readonly MergedPart[],
  warn: (sentence: string) => void,
): ComponentKind[] {
  const scope = new Set(parts.flatMap(({ reading }) => reading.scope));
  const enumerated = new Map<ComponentKind, Map<string, number>>();
  for (const { reading } of parts) {
    if (reading.enumerates === null) continue;
    const { kind, devices } = reading.enumerates;
    const needed = enumerated.get(kind) ?? new Map<string, number>();
    for (const [device, times] of countNames(devices)) needed.set(device, Math.max(times, needed.get(device) ?? 0));
    enumerated.set(kind, needed);
  }
  for (const [kind, needed] of enumerated) {
    if (scope.has(kind) || needed.size === 0) continue;
    const gap = firstGap(kind, needed, merged);
    if (gap === null) scope.add(kind);
    else warn(`whether every ${kind} is shown is not certain: ${gap}`);
  }
  return [...scope].filter((kind) => NUMBERLESS.has(kind) || !merged.some((part) => isNameless(part, kind)));
}

/** Parts that tools show without a serial number as a rule: here a place that is empty now says enough. */
const NUMBERLESS: ReadonlySet<ComponentKind> = new Set(['cpu', 'fan', 'bmc', 'tpm']);

/**
 * One tool gives the serial numbers of the modules, the next one, run on another day, all modules and no numbers: any of these may be one
 * of those, and none of them is gone.
 */
function isNameless({ component, serials }: MergedPart, kind: ComponentKind): boolean {
  return component.kind === kind && serials.size === 0 && component.attributes['virtual'] !== true;
}

function countNames(devices: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const device of devices) times.set(device, (times.get(device) ?? 0) + 1);
  return times;
}

function firstGap(kind: ComponentKind, needed: Map<string, number>, merged: readonly MergedPart[]): string | null {
  for (const [device, times] of needed) {
    const shown = merged.filter(({ component, devices }) => component.kind === kind && devices.has(deviceName(device)));
    const volume = shown.find(({ component }) =>
      RAID_VOLUME.test(`${component.manufacturer ?? ''} ${component.model ?? ''}`),
    );
    if (volume !== undefined) return `${device} is a volume of a RAID controller, whose drives are not seen`;
    if (shown.filter(({ serials }) => serials.size > 0).length < times) return `no serial number is known of ${device}`;
  }
  return null;
}
