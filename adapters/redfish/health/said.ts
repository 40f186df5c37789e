import type { PowerState } from '../../../src/ports/bmc-control.ts';
import type { HealthWord } from '../../../src/ports/bmc-health.ts';
import { asText, isRecord } from '../decode.ts';

export type Resource = Record<string, unknown>;

// Dell's Oem rollups say Error and Degraded where Redfish says Critical and Warning; HPE's say Ok, and Failed for a part.
const WORDS: Record<string, HealthWord> = {
  ok: 'OK',
  warning: 'Warning',
  degraded: 'Warning',
  critical: 'Critical',
  error: 'Critical',
  failed: 'Critical',
};
const RANK = { OK: 0, Warning: 1, Critical: 2 } as const;
const POWER: readonly PowerState[] = ['On', 'Off', 'PoweringOn', 'PoweringOff', 'Paused'];

export function healthOf(value: unknown): HealthWord | null {
  return WORDS[(asText(value) ?? '').toLowerCase()] ?? null;
}

function worse(a: HealthWord | null, b: HealthWord | null): HealthWord | null {
  if (a === null || b === null) return a ?? b;
  return RANK[a] >= RANK[b] ? a : b;
}

export function worst(words: readonly (HealthWord | null)[]): HealthWord | null {
  let found: HealthWord | null = null;
  for (const word of words) found = worse(found, word);
  return found;
}

/** What a resource says of itself and of what is below it. */
export function rollupOf(resource: Resource): HealthWord | null {
  const status = resource['Status'];
  if (!isRecord(status)) return null;
  return worse(healthOf(status['Health']), healthOf(status['HealthRollup']));
}

export function powerOf(value: unknown): PowerState | null {
  const said = (asText(value) ?? '').toLowerCase();
  return POWER.find((one) => one.toLowerCase() === said) ?? null;
}

export function isAbsent(resource: Resource): boolean {
  const status = resource['Status'];
  return isRecord(status) && asText(status['State'])?.toLowerCase() === 'absent';
}
