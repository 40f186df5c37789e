import type { z } from 'zod';
import type { Kit } from '../kit/kit.ts';
import type { BmcAccounts } from './bmc-accounts.ts';
import type { BmcControl } from './bmc-control.ts';
import type { BmcEvents } from './bmc-events.ts';
import type { BmcFirmware } from './bmc-firmware.ts';
import type { BmcHealth } from './bmc-health.ts';
import type { DeviceRecords } from './device-records.ts';
import type { DriveErase } from './drive-erase.ts';
import type { HardwareInventory } from './hardware-inventory.ts';
import type { ObjectStore } from './object-store.ts';
import type { Observation } from './observation.ts';
import type { Playbooks } from './playbooks.ts';
import type { RecordObjects } from './record-objects.ts';
import type { Silences } from './silences.ts';
import type { Tickets } from './tickets.ts';

/** Everything that an adapter can provide; the keys are the hub's list of features. */
export interface Capabilities {
  bmcAccounts: BmcAccounts;
  bmcControl: BmcControl;
  bmcEvents: BmcEvents;
  bmcFirmware: BmcFirmware;
  bmcHealth: BmcHealth;
  deviceRecords: DeviceRecords;
  driveErase: DriveErase;
  hardwareInventory: HardwareInventory;
  objectStore: ObjectStore;
  playbooks: Playbooks;
  recordObjects: RecordObjects;
  silences: Silences;
  tickets: Tickets;
}
export type Capability = keyof Capabilities;

/** A webhook delivery exactly as it arrived. Header names are lower case. */
export interface Delivery {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  receivedAt: Date;
}

/** `reason` is for the log and the answer: it never repeats a secret or a signature. */
export type Verdict = { ok: true } | { ok: false; reason: string };

/** 'ignored': understood, and nothing to do. 'unsupported': not understood; kept, counted and shown. */
export type Translated =
  /** `note`: what was missing or could not be read, to be kept and shown. */
  | { result: 'observed'; observations: Observation[]; note?: string }
  | { result: 'ignored'; reason: string }
  | { result: 'unsupported'; reason: string };

export interface WebhookDoor {
  /** The same bytes later may say that something is so again; left out: they are the same delivery, sent again. */
  sameBytesAreNews?: boolean;
  /** Authenticates the raw bytes. Constant time. Also refuses stale deliveries where the format carries a signed time. */
  verify(delivery: Delivery): Verdict;
  /**
   * What the sender calls this delivery, the same in every try, whatever bytes the try has; undefined where it calls it nothing: then
   * the bytes are its name. Asked after `verify`.
   */
  identify?(delivery: Delivery): string | undefined;
  /** Pure: the same delivery always gives the same observations. Called after `verify`, later, in a worker. Never throws on foreign input. */
  translate(delivery: Delivery): Translated;
}

export interface ProbeCheck {
  name: 'reachable' | 'authorised' | 'version' | 'permissions' | 'configuration';
  ok: boolean;
  /** What was found, e.g. `NetBox 4.7.3`. */
  found: string;
  /** What to do about it, where not ok: the exact setting, permission or command. */
  remedy?: string;
}

export interface Connection {
  provides: Partial<Capabilities>;
  webhook?: WebhookDoor;
  /** Asks the other side: reachable, authorised, right version, right permissions. Never throws for what it finds out. */
  probe(signal: AbortSignal): Promise<ProbeCheck[]>;
  close?(): Promise<void>;
}

export interface AdapterDefinition<S extends z.ZodType = z.ZodType> {
  id: string;
  title: string;
  /** Versions of the other side that fixtures, simulator or real tests come from. */
  testedWith: readonly string[];
  /** What `connect` may provide. */
  capabilities: readonly Capability[];
  /** Used with its defaults where nothing is set and nothing else provides what it can. */
  standsIn?: boolean;
  /** Whether `connect` opens a webhook door at `/hooks/<id>`. */
  hasWebhook: boolean;
  /**
   * Whoever sends to that door takes every 4xx for final, and what it said is lost: whatever a person may still mend (a wrong token, missing
   * settings) is answered with 503.
   */
  losesRefused?: boolean;
  /** Every call goes to a system of its own (a BMC), which has its own fate: there is no breaker for all of them. */
  isMany?: boolean;
  Settings: S;
  /** Types of objects whose mappings these settings do without. */
  leavesAside?(settings: z.output<S>): readonly string[];
  connect(settings: z.output<S>, kit: Kit): Connection;
}

export function defineAdapter<S extends z.ZodType>(definition: AdapterDefinition<S>): AdapterDefinition<S> {
  return definition;
}
