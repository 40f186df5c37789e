import { createHash } from 'node:crypto';
import type { SnapshotReport } from '../../bundles/snapshot-report.ts';
import { idFrom } from '../../core/id.ts';
import { type SeenComponent, type Source, SOURCES } from '../../ports/bundle-format.ts';
import type { ComponentKind } from '../../ports/hardware-inventory.ts';
import { REMOVAL_REASONS, type Moment, type RemovalReason } from '../derive/look.ts';
import { type Card, cardOf, cardOfLocation } from './evidence.ts';
import { familyOf, type Identity, identifyParts, normalizeSerial } from './identify.ts';
import { normalizeVendor } from '../../core/vendor.ts';

/** A snapshot in the form in which it is compared and kept. */
export interface PreparedSnapshot {
  source: Source;
  collectedAt: Moment;
  card: Card;
  /** Where it was, if not in a server. */
  locationId: string | null;
  /** Of all that it says but the time: 16 bytes of SHA-256. */
  hash: Buffer;
  scope: ComponentKind[];
  facts: SnapshotFacts;
  parts: PreparedPart[];
  absent: AbsentPart[];
  warnings: string[];
  /** What logs in it call critical; not kept. */
  critical: SnapshotReport['logEntries'];
}

/** Whose word says that it is gone. Without a vendor: whatever has this serial. */
export interface AbsentPart {
  vendor: string | null;
  serial: string;
  reason: RemovalReason;
}

export interface SnapshotFacts {
  manufacturer: string | null;
  model: string | null;
  system: SnapshotReport['system'];
  firmware: SnapshotReport['firmware'];
  neighbours: SnapshotReport['neighbours'];
}

export interface PreparedPart {
  part: SeenComponent;
  identity: Identity;
  /** All that it says but the readings, as one text. */
  text: string;
}

export function prepareSnapshot(report: SnapshotReport, collectedAt: Moment): PreparedSnapshot {
  const card = report.locationId === null ? cardOf(report.host) : cardOfLocation(report.locationId);
  const identified = identifyParts(report.components);
  const parts = identified.parts.map(({ part, identity }) => ({ part, identity, text: textOf(part, identity) }));
  parts.sort((a, b) => (a.text < b.text ? -1 : 1));
  const scope = report.scope.toSorted();
  const facts: SnapshotFacts = {
    manufacturer: report.host.manufacturer,
    model: report.host.model,
    system: Object.fromEntries(Object.entries(report.system).toSorted(byKey)),
    firmware: report.firmware.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    neighbours: report.neighbours,
  };
  const absent = report.absent.flatMap(({ manufacturer, serial, reason }) => {
    const known = normalizeSerial(serial);
    if (known === null) return [];
    return [
      {
        vendor: normalizeVendor(manufacturer, null, null),
        serial: known,
        reason: REMOVAL_REASONS.find((one) => one === reason) ?? ('unknown' as const),
      },
    ];
  });
  const hash = createHash('sha256').update(
    JSON.stringify([card.keys, report.source, report.locationId, scope, facts, absent]),
  );
  for (const { text } of parts) hash.update('\n').update(text);
  return {
    source: report.source,
    collectedAt,
    card,
    locationId: report.locationId,
    hash: hash.digest().subarray(0, 16),
    scope,
    facts,
    parts,
    absent,
    warnings: identified.warnings,
    critical: report.logEntries.filter(({ severity }) => severity === 'Critical').slice(-100),
  };
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function textOf(part: SeenComponent, identity: Identity): string {
  return JSON.stringify([
    part.kind,
    part.slot,
    part.manufacturer,
    part.model,
    part.partNumber,
    part.serial,
    part.firmware,
    part.health,
    Object.entries(part.attributes).toSorted(byKey),
    identity.by,
  ]);
}

export function serialId(vendor: string | null, serial: string, family: string): string {
  return idFrom('component', vendor ?? '', serial, family);
}

/** The id of a component as this snapshot's evidence alone gives it. */
export function componentIdOf({ part, identity }: PreparedPart, source: Source, placeId: string): string {
  if (identity.by === 'serial') return serialId(identity.vendor, identity.serial, familyOf(part.kind));
  return idFrom('positional', placeId, part.kind, source, part.slot ?? '');
}

export function observationIdOf(card: Card, source: Source, text: string): string {
  return idFrom('observation', card.id, source, text);
}

export function sourceNumber(source: Source): number {
  return SOURCES.indexOf(source);
}

export function sourceOf(number: number): Source {
  const source = SOURCES[number];
  if (source === undefined) throw new RangeError(`no source has the number ${number}`);
  return source;
}
