import type { BmcTarget } from './hardware-inventory.ts';
import type { PowerState } from './bmc-control.ts';

/** Redfish's words, worst last. What is said in other words is unknown: null. */
export type HealthWord = 'OK' | 'Warning' | 'Critical';

/** One measured value. Chassis, name and kind together are unique in a report and stable for one BMC; paths are not (Dell renumbered them). */
export interface SensorReading {
  /** Id of the chassis that it stands in. */
  chassis: string;
  name: string;
  kind: 'temperature' | 'fan' | 'power' | 'voltage' | 'current' | 'energy' | 'humidity' | 'percent' | 'other';
  /** Null: the sensor is there and says nothing (host off, absent part). */
  value: number | null;
  /** UCUM as Redfish has it: Cel, RPM, W, V, A, %, J, kW.h; empty: not said. */
  unit: string;
  upperCaution: number | null;
  upperCritical: number | null;
  lowerCaution: number | null;
  lowerCritical: number | null;
  health: HealthWord | null;
  /** Which of the report's `turns` it comes from; left out where there are none. */
  place?: string;
}

/** Something that is not OK. */
export interface HealthFault {
  /** Of the resource, or of the place in it (`…#/Oem/…`). */
  path: string;
  name: string;
  health: 'Warning' | 'Critical';
  state: string | null;
  message: string | null;
  /** When it was read: parts are not read at each poll, only when what the BMC says of the whole changes. */
  seenAt: string;
  /** As a sensor's. */
  place?: string;
}

/** A place of a BMC whose sensors stand in more places than one poll asks. */
export interface HealthTurn {
  /** Its path; stable until the BMC is surveyed anew. */
  place: string;
  /** Null: it was not its turn. */
  readAt: string | null;
  /** Whether all of it could be read, when it was. */
  complete: boolean;
}

export interface HealthReport {
  collectedAt: string;
  power: PowerState | null;
  /** The worse one of Status.Health and HealthRollup; null: neither is said. */
  system: HealthWord | null;
  /** Of the managers; at most five minutes old. */
  manager: HealthWord | null;
  faults: HealthFault[];
  sensors: SensorReading[];
  /** Where a few places of many are read at a time; of the others there are neither sensors nor faults in what was asked now. Empty: all were read. */
  turns: HealthTurn[];
  /** Whether the sensors were all read; a list that failed is said in warnings, and its sensors are unknown, not gone. */
  complete: boolean;
  /** Of the BMC's own boot (its last reset): another one means that subscriptions may be gone. Null: it does not say. */
  bootMark: string | null;
  warnings: string[];
  requests: number;
  /** Of the certificate that answered; null over plain HTTP. */
  fingerprint256: string | null;
}

export interface LogEntry {
  /** Unique over all logs and wraps of this BMC: log, id and a digest of what it says. */
  key: string;
  /** Path of the log's entries. */
  log: string;
  id: string;
  /** As the BMC's clock said; null where it said nothing. */
  at: string | null;
  severity: HealthWord | null;
  message: string;
  messageId: string | null;
  messageArgs: string[];
  /** What it is about: a path of the BMC, or its word for the part. */
  origin: string | null;
}

export interface LogsSince {
  /** Per log in the order in which they were written. */
  entries: LogEntry[];
  /** Opaque; pass it the next time, once `entries` are kept. */
  cursor: string;
  /** A log was cleared, wrapped past the cursor, or the BMC replaced: entries may be missing, and it is said which log. */
  gaps: string[];
  /** There is more; ask again at once. */
  more: boolean;
  warnings: string[];
  requests: number;
}

export interface BmcHealth {
  /**
   * With the fewest requests that this BMC allows; what it allows is learnt and remembered for a day.
   * @throws AdapterError where the system itself cannot be read: then nothing is known, and nothing is off
   */
  readHealth(target: BmcTarget, signal: AbortSignal): Promise<HealthReport>;
  /**
   * SEL, IML, lifecycle and other logs; not audit logs, consoles, journals and dumps. No entry twice, none lost while the log holds it.
   * Without a cursor: the newest ones of each log, as a beginning.
   */
  readLogs(target: BmcTarget, cursor: string | null, signal: AbortSignal): Promise<LogsSince>;
}
