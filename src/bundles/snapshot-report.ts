import type { FileReading, HostEvidence, SeenComponent, Source } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** What one bundle says of one server at one moment, by one kind of source. */
export interface SnapshotReport {
  source: Source;
  /** The newest moment that its files say; null where none does. */
  collectedAt: string | null;
  host: HostEvidence;
  system: FileReading['system'];
  components: SeenComponent[];
  firmware: FileReading['firmware'];
  /** Kinds that were looked at completely. Absence is concluded from it. */
  scope: ComponentKind[];
  absent: FileReading['absent'];
  locationId: string | null;
  neighbours: FileReading['neighbours'];
  logEntries: FileReading['logEntries'];
  warnings: string[];
  /** Paths within the bundle that it comes from; a folder, ending with `/`, for a large tree. */
  files: string[];
}
