import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { type HealthRules, logRuleOf } from './poll-rules.ts';
import type { TelemetryEvent } from './symptom.ts';

/** What one look at a server shows of it, as bundles, vetting reports and crawls tell it. */
export interface SeenServer {
  assetId: string;
  /** ISO 8601. */
  at: string;
  source: string;
  parts: readonly {
    kind: ComponentKind;
    slot: string | null;
    serial: string | null;
    health: string | null;
    readings: Record<string, string | number | boolean>;
  }[];
  log: readonly { at: string | null; severity: string | null; message: string; source: string }[];
}

/** By kind: critical, and well again. A drive's own tool knows by SMART. */
const OF_KIND: Partial<Record<ComponentKind, readonly [string, string]>> = {
  drive: ['DRIVE_FAIL', 'DRIVE_OK'],
  dimm: ['MEMORY_FAIL', 'MEMORY_OK'],
  cpu: ['PROCESSOR_FAIL', 'PROCESSOR_OK'],
  psu: ['PSU_FAIL', 'PSU_OK'],
  fan: ['FAN_FAIL', 'FAN_OK'],
  gpu: ['GPU_FAIL', 'GPU_OK'],
};
const OF_SMART = ['SMART_FAIL', 'SMART_OK'] as const;
const OF_OTHERS = ['HARDWARE_CRITICAL', 'HARDWARE_OK'] as const;

/** Counters, and from which value on they say something. */
const OF_READING = [
  { kind: 'drive', reading: 'percentUsed', type: 'DRIVE_WEAR', from: 80 },
  { kind: 'drive', reading: 'reallocatedSectors', type: 'DRIVE_REALLOCATED', from: 1 },
  { kind: 'drive', reading: 'pendingSectors', type: 'DRIVE_PENDING', from: 1 },
  { kind: 'gpu', reading: 'volatileUncorrectableErrors', type: 'GPU_ECC_UNCORRECTABLE', from: 1 },
] as const;

const MOST = 200;
/** How the log of a test is called. */
const TEST_LOG = /^test /;

/**
 * The bad facts of a look, and the good ones of parts of which something is raised: whoever replaced a drive wants to hear that the new one is
 * well. Each has the look's own time, or that of its log entry, so that the same bundle again says nothing new.
 * @param raised components of this server of which an episode is raised
 */
export function judgeSnapshot(rules: HealthRules, seen: SeenServer, raised: ReadonlySet<string>): TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  const common = { asset: seen.assetId, source: `bundle ${seen.source}` };
  for (const { kind, slot, serial, health, readings } of seen.parts) {
    const component = (slot ?? serial)?.trim().slice(0, 100);
    if (component === undefined || component === '') continue;
    const part = {
      ...{ ...common, occurred_at: seen.at, component, component_kind: kind },
      serial: serial?.trim().slice(0, 100) || null,
    };
    const byTool = kind === 'drive' && seen.source === 'tools';
    const [bad, well] = byTool ? OF_SMART : (OF_KIND[kind] ?? OF_OTHERS);
    if (health === 'Critical') events.push({ ...part, type: bad, message: `${kind} ${component} is Critical` });
    else if (health === 'OK' && raised.has(component)) events.push({ ...part, type: well });
    for (const { kind: of, reading, type, from } of OF_READING) {
      const value = readings[reading];
      if (kind !== of || typeof value !== 'number' || (value < from && !raised.has(component))) continue;
      events.push({ ...part, type, value, message: `${reading} ${value}` });
    }
  }
  for (const entry of seen.log) {
    const type = typeOfEntry(rules, entry);
    if (type === null) continue;
    events.push({ ...common, type, occurred_at: momentOf(entry.at) ?? seen.at, message: entry.message.slice(0, 1000) });
  }
  return events.slice(0, MOST);
}

/** Logs name no zone where the machine has none: UTC. Null: none, or none that can be read. */
function momentOf(said: string | null): string | null {
  if (said === null) return null;
  const at = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(said) ? said : `${said}Z`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** What a test found is told as that; the rest as if the BMC had told it. */
function typeOfEntry(rules: HealthRules, entry: SeenServer['log'][number]): string | null {
  const { severity, message, source } = entry;
  if (TEST_LOG.test(source)) return severity === 'Critical' ? 'VETTING_FAILED' : null;
  if (severity !== 'Critical') return null;
  return logRuleOf(rules, { messageId: null, severity, message })?.type ?? null;
}
