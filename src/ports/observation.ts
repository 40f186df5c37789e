import type { ComponentKind } from './hardware-inventory.ts';

/**
 * What an adapter saw. An observation is not a fact: the hub keeps it, derives from it and decides.
 * MACs are lower case with colons (`5c:f9:dd:fc:a6:f4`); times are ISO 8601 in UTC.
 */
export type Observation = LeaseObserved | RecordChanged | PlaybookRunChanged | TicketChanged | BmcEvent | AlertObserved;

/** A DHCP server gave, renewed or took back a lease. */
export interface LeaseObserved {
  kind: 'lease';
  /** 'commit': the client has the address now (new or renewed). 'release' | 'expire': it no longer has. */
  event: 'commit' | 'release' | 'expire';
  mac: string;
  ip: string;
  hostname: string | null;
  /** DHCP option 60, where the server hands it on (Kea's hook does not). */
  vendorClass: string | null;
  clientId: string | null;
  subnetId: string | null;
  /** Relay agent's address (giaddr); null when the client was on the link. */
  relay: string | null;
  /** Which program reported it: 'kea' | 'isc' | 'dnsmasq' | another. */
  source: string;
  observedAt: string;
}

/** An object of a system of record may have changed: read it again. Never carries the object itself. */
export interface RecordChanged {
  kind: 'record-changed';
  /** The other side's type, e.g. `dcim.device`. */
  objectType: string;
  objectId: string;
  change: 'created' | 'updated' | 'deleted';
  /** The device that the object belongs to, where the delivery says so (an interface, an IP address); else null. */
  deviceId: string | null;
  /** Of what connects devices (a cable) and now connects others than before, or none any more: the devices, as far as the delivery says. */
  deviceIds: string[];
  /** The other side's id of the write that caused it, for recognising our own. */
  requestId: string | null;
  observedAt: string;
}

/** A playbook run may have moved: read it again. */
export interface PlaybookRunChanged {
  kind: 'playbook-run-changed';
  runId: string;
  observedAt: string;
}

/** A ticket may have changed: read it again. */
export interface TicketChanged {
  kind: 'ticket-changed';
  ticketId: string;
  ticketKey: string | null;
  observedAt: string;
}

/** A BMC says that something happened to its server: look. What it says is in its logs too, and is taken from there. */
export interface BmcEvent {
  kind: 'bmc-event';
  assetId: string;
  observedAt: string;
}

/** An alert of a monitoring system as it is now. The same one is told again and again, and may come out of order. */
export interface AlertObserved {
  kind: 'alert';
  /** The same for the same labels. With `startsAt` it names one episode. */
  fingerprint: string;
  /** Microseconds. A later one than before: the episode before has ended, told or not. */
  startsAt: string;
  /** Null: not ended. */
  endsAt: string | null;
  name: string;
  severity: string | null;
  summary: string | null;
  labels: Readonly<Record<string, string>>;
  /** Where the monitoring system shows what it comes from. */
  sourceUrl: string | null;
  meaning: AlertMeaning;
  /** When it was told, which is the order in which the other side said it. */
  observedAt: string;
}

/** Which symptom it is, by the mapping of labels; or why none. `servers`: names, addresses or serials, the likeliest first. `place`: an id or `site/rack`. */
export type AlertMeaning =
  | {
      outcome: 'symptom';
      symptom: string;
      subject: { servers: string[] } | { place: string };
      component: string | null;
      componentKind: ComponentKind | null;
      serial: string | null;
      value: number | null;
    }
  | { outcome: 'ignored' | 'unmapped'; why: string };
