import { emptyEvidence, type FileReading, type HostEvidence, type SeenComponent } from '#src/ports/bundle-format.ts';
import { mergeComponents } from './combine-components.ts';
import { combinedScope } from './combine-scope.ts';
import { groupByServer, fold, type ReadPart, type ServerParts } from './combine-servers.ts';
import { withoutMachineSerial } from './machine-serial.ts';
import { isPlaceholder } from '../core/placeholder.ts';
import { withPlainSerials } from './serial-spellings.ts';
import type { SnapshotReport } from './snapshot-report.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * The readings of one bundle as snapshots: what tools say of one server is one snapshot, since each shows only a part of it; a Redfish
 * crawl, a vendor's collection, an agent's report and what a person says are each one of their own. The result does not depend on the
 * order of the files.
 */
export function combine(all: readonly ReadPart[]): SnapshotReport[] {
  const plain = all.map((part) => ({ ...part, reading: withPlainSerials(part.reading) }));
  const parts = plain.toSorted((a, b) => a.rank - b.rank || compare(a.path, b.path));
  return groupByServer(parts).flatMap(snapshotsOf);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function snapshotsOf(server: ServerParts): SnapshotReport[] {
  const parts = server.parts.toSorted((a, b) => a.rank - b.rank || compare(a.path, b.path));
  const own = parts.filter(({ reading }) => reading.source !== 'tools').map((part) => snapshotOfOne(part, server));
  const tools = parts.filter(({ reading }) => reading.source === 'tools');
  return tools.length === 0 ? own : [...own, snapshotOfTools(tools, server.known ? parts : tools)];
}

function snapshotOfOne({ reading, files, path }: ReadPart, { parts, known }: ServerParts): SnapshotReport {
  const { enumerates, ...own } = reading;
  const said = { ...own, host: known && !saysWho(own.host) ? mergeEvidence(parts, () => {}) : own.host };
  void enumerates; // of one reading alone it says nothing that its scope does not
  const components = withoutMachineSerial(said.source, said.host, said.components);
  return { ...said, components, warnings: said.warnings.map((warning) => `${path}: ${warning}`), files };
}

function snapshotOfTools(tools: readonly ReadPart[], server: readonly ReadPart[]): SnapshotReport {
  const warnings = tools.flatMap(({ path, reading }) => reading.warnings.map((warning) => `${path}: ${warning}`));
  const warn = (sentence: string): void => void warnings.push(sentence);
  const merged = mergeComponents(tools, warn);
  const readings = tools.map(({ reading }) => reading);
  // what the server says elsewhere in the bundle comes after what the tools say
  const host = mergeEvidence([...tools, ...server.filter((part) => !tools.includes(part))], warn);
  return {
    source: 'tools',
    collectedAt: newest(tools, warn),
    host,
    system: firstSaid(readings.map(({ system }) => system)),
    components: withoutMachineSerial(
      'tools',
      host,
      merged.map(({ component }) => component),
    ),
    firmware: distinct(
      readings.flatMap(({ firmware }) => firmware),
      ({ id }) => id,
    ),
    scope: combinedScope(tools, merged, warn),
    absent: readings.flatMap(({ absent }) => absent),
    locationId: readings.find(({ locationId }) => locationId !== null)?.locationId ?? null,
    neighbours: distinct(
      readings.flatMap(({ neighbours }) => neighbours),
      (one) => JSON.stringify(one),
    ),
    logEntries: oldestFirst(
      distinct(
        readings.flatMap(({ logEntries }) => logEntries),
        (one) => JSON.stringify(one),
      ),
    ),
    warnings: [...new Set(warnings)],
    files: [...new Set(tools.flatMap(({ files }) => files))],
  };
}

/** Whether it says of itself which server it is. */
function saysWho({ productSerial, boardSerial, systemUuid, bmcMacs, assetId }: HostEvidence): boolean {
  const said = [productSerial, boardSerial, systemUuid, assetId].some(
    (value) => value !== null && !isPlaceholder(value),
  );
  return said || bmcMacs.length > 0;
}

function newest(parts: readonly ReadPart[], warn: (sentence: string) => void): string | null {
  const times = parts
    .flatMap(({ reading }) => (reading.collectedAt === null ? [] : [Date.parse(reading.collectedAt)]))
    .filter((time) => Number.isFinite(time))
    .toSorted((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (last - first > DAY_MS)
    warn(
      `the files were not taken at one time: the first says ${isoOf(first)}, the last ${isoOf(last)}, which is taken for all`,
    );
  return isoOf(last);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function mergeEvidence(parts: readonly ReadPart[], warn: (sentence: string) => void): HostEvidence {
  const host = emptyEvidence();
  const choose = (field: Exclude<keyof HostEvidence, 'bmcMacs'>, title: string | null): void => {
    const said = parts.flatMap(({ path, reading }) => {
      const value = reading.host[field];
      return value === null || value === '' ? [] : [{ path, value }];
    });
    const real = said.filter(({ value }) => !isPlaceholder(value));
    const first = real[0] ?? said[0];
    host[field] = first?.value ?? null;
    const other = real.find(({ value }) => first !== undefined && fold(value) !== fold(first.value));
    if (title !== null && first !== undefined && other !== undefined)
      warn(`the ${title} is ${first.value} in ${first.path} but ${other.value} in ${other.path}; the first is taken`);
  };
  choose('manufacturer', null);
  choose('model', null);
  choose('productSerial', 'serial number of the server');
  choose('boardSerial', 'serial number of the board');
  choose('systemUuid', 'system UUID');
  choose('assetTag', null);
  choose('hostName', 'host name');
  choose('assetId', 'id of the asset');
  host.bmcMacs = [...new Set(parts.flatMap(({ reading }) => reading.host.bmcMacs.map((mac) => mac.toLowerCase())))];
  return host;
}

function firstSaid(all: readonly FileReading['system'][]): FileReading['system'] {
  const merged: FileReading['system'] = {};
  for (const one of all)
    for (const [name, value] of Object.entries(one)) if (value !== null || !(name in merged)) merged[name] ??= value;
  return merged;
}

function distinct<T>(all: readonly T[], key: (one: T) => string): T[] {
  const first = new Map<string, T>();
  for (const one of all) if (!first.has(key(one))) first.set(key(one), one);
  return [...first.values()];
}

/** Entries that say no time have no place among the others: where there are such, every file keeps its order. */
function oldestFirst(entries: FileReading['logEntries']): FileReading['logEntries'] {
  const timed = entries.map((entry) => ({ entry, time: Date.parse(entry.at ?? '') }));
  if (timed.some(({ time }) => !Number.isFinite(time))) return entries;
  return timed.toSorted((a, b) => a.time - b.time).map(({ entry }) => entry);
}

/** Whether a component names one part of the world, rather than a place. */
export function hasSerial(component: SeenComponent): boolean {
  return component.serial !== null && !isPlaceholder(component.serial);
}
