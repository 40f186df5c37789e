import type { SnapshotReport } from '#src/bundles/snapshot-report.ts';

/** A fleet's life as bundles tell it: all that the history is a function of. */
export interface FleetCase {
  seed: number;
  /** Begins every serial, UUID, MAC and name, so that many cases share one database and never meet. */
  namespace: string;
  locations: { id: string; name: string }[];
  registered: RegisteredServer[];
  failures: { componentId: string; at: string; confidence: number }[];
  bundles: CaseBundle[];
}

/** A server that somebody registered before any bundle spoke of it. */
export interface RegisteredServer {
  id: string;
  name: string;
  serial: string | null;
  uuid: string | null;
  bmcMac: string | null;
  tag: string | null;
}

export interface CaseBundle {
  name: string;
  snapshots: CaseSnapshot[];
}

export interface CaseSnapshot {
  /** `2026-03-01 05:00:00.000000`: text compares as time does. */
  at: string;
  report: SnapshotReport;
}
