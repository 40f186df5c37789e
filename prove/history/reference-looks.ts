import { idFrom } from '#src/core/id.ts';
import { normalizeVendor } from '#src/core/vendor.ts';
import { normalizeSerial } from '#src/history/identity/identify.ts';
import { SOURCES, type SeenComponent, type Source } from '#src/ports/bundle-format.ts';
import { COMPONENT_KINDS, type ComponentKind } from '#src/ports/hardware-inventory.ts';
import type { FleetCase } from './fleet-case.ts';
import { evidenceOf, homesOf } from './reference-homes.ts';

export interface Place {
  type: 'asset' | 'location';
  id: string;
}

/** A snapshot at its place, with its parts told apart. */
export interface PlacedSnapshot {
  place: Place;
  source: Source;
  at: string;
  /** Equal texts say the same. */
  says: string;
  scope: ComponentKind[];
  parts: NamedPart[];
  absent: { vendor: string | null; serial: string; reason: string }[];
}

export interface NamedPart {
  shown: SeenComponent;
  id: string;
  vendor: string | null;
  /** null: known by its place only. */
  serial: string | null;
  kind: ComponentKind;
  slot: string | null;
  firmware: string | null;
}

/** What one source says of one component at one moment. */
export interface Look {
  place: Place;
  source: Source;
  at: string;
  there: boolean;
  slot: string | null;
  firmware: string | null;
  /** Somebody named it as gone. */
  named: boolean;
  reason: string | null;
}

const CARDS = ['nic', 'gpu', 'storage-controller', 'pcie-device'];

export function placeSnapshots(fleet: FleetCase): PlacedSnapshot[] {
  const all = fleet.bundles.flatMap(({ snapshots }) => snapshots);
  const homeOf = homesOf(
    all.flatMap(({ report }) => (report.locationId === null ? [evidenceOf(report.host)] : [])),
    fleet.registered,
  );
  return all.flatMap(({ at, report }) => {
    const evidence = evidenceOf(report.host);
    const home = report.locationId ?? homeOf(evidence);
    if (home === null) return [];
    const place: Place = { type: report.locationId === null ? 'asset' : 'location', id: home };
    const absent = report.absent.flatMap(({ manufacturer, serial, reason }) => {
      const known = normalizeSerial(serial);
      const said = reason !== null && ['failed', 'planned', 'moved'].includes(reason) ? reason : 'unknown';
      return known === null ? [] : [{ vendor: normalizeVendor(manufacturer, null, null), serial: known, reason: said }];
    });
    const parts = nameParts(report.components, report.source, home);
    const texts = parts.map(({ shown, serial }) => JSON.stringify([{ ...shown, readings: {} }, serial])).toSorted();
    const says = JSON.stringify([evidence, report.system, report.scope.toSorted(), absent, texts]);
    return [{ place, source: report.source, at, says, scope: report.scope, parts, absent }];
  });
}

function nameParts(components: readonly SeenComponent[], source: Source, placeId: string): NamedPart[] {
  const named: NamedPart[] = [];
  const vendorOf = (part: SeenComponent) => normalizeVendor(part.manufacturer, part.model, part.partNumber);
  const familyOf = (kind: string) => (CARDS.includes(kind) ? 'card' : kind);
  for (const part of components) {
    const { kind, slot, firmware } = part;
    const serial = normalizeSerial(part.serial);
    const same = components.filter(
      (other) =>
        serial !== null &&
        normalizeSerial(other.serial) === serial &&
        vendorOf(other) === vendorOf(part) &&
        familyOf(other.kind) === familyOf(kind),
    );
    // One card that is listed under several kinds is one card; the same serial twice under one kind identifies nothing.
    const kinds = new Set(same.map((other) => other.kind));
    if (serial !== null && kinds.size === same.length) {
      const best = COMPONENT_KINDS.find((one) => kinds.has(one));
      if (kind === best)
        named.push({
          id: idFrom('component', vendorOf(part) ?? '', serial, familyOf(kind)),
          vendor: vendorOf(part),
          serial,
          kind,
          slot,
          firmware,
          shown: part,
        });
    } else if (slot !== null) {
      named.push({
        id: idFrom('positional', placeId, kind, source, slot),
        vendor: null,
        serial: null,
        kind,
        slot,
        firmware,
        shown: part,
      });
    }
  }
  return named;
}

/** All looks at a component, at the places where it was ever seen. */
export function looksAt(id: string, snapshots: readonly PlacedSnapshot[]): Look[] {
  const showing = snapshots.filter(({ parts }) => parts.some((part) => part.id === id));
  const shown = showing.flatMap(({ place, source, parts }) =>
    parts.filter((part) => part.id === id).map((part) => ({ ...part, place, source })),
  );
  const [first] = shown;
  if (first === undefined) return [];
  if (first.serial === null) {
    const rival = snapshots
      .filter(({ place, parts }) => place.id === first.place.id && parts.some(({ kind }) => kind === first.kind))
      .some(({ source }) => SOURCES.indexOf(source) < SOURCES.indexOf(first.source));
    if (rival) return [];
  }
  const looks: Look[] = [];
  for (const snapshot of snapshots) {
    const { place, source, at } = snapshot;
    const kinds = shown.filter((part) => part.place.id === place.id).map(({ kind }) => kind);
    if (kinds.length === 0) continue;
    // A place without a serial has its name from one source only.
    if (first.serial === null && source !== first.source) continue;
    const part = snapshot.parts.find((one) => one.id === id);
    const absent = snapshot.absent.find(
      ({ vendor, serial }) => serial === first.serial && (vendor === null || vendor === first.vendor),
    );
    const base = { place, source, at, slot: null, firmware: null, named: false, reason: null };
    if (part) looks.push({ ...base, there: true, slot: part.slot, firmware: part.firmware });
    else if (absent) looks.push({ ...base, there: false, named: true, reason: absent.reason });
    else if (snapshot.scope.some((kind) => kinds.includes(kind))) looks.push({ ...base, there: false });
  }
  return thereBeatsGone(looks);
}

/** At one moment of one source at one place. */
function thereBeatsGone(looks: readonly Look[]): Look[] {
  return looks.filter(
    (look) =>
      look.there ||
      !looks.some(
        (other) =>
          other.there && other.at === look.at && other.source === look.source && other.place.id === look.place.id,
      ),
  );
}
