import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { isPlaceholder } from '../core/placeholder.ts';
import type { BundleReport, FileReport } from './read-bundle.ts';
import type { SnapshotReport } from './snapshot-report.ts';
import { factsOf, plain, sizeOf, tableOf } from './text-table.ts';

/** What was understood of a bundle, for a person at a terminal. */
export function describeBundle(path: string, report: BundleReport): string[] {
  const { files, snapshots, warnings } = report;
  const parts = snapshots.reduce((sum, { components }) => sum + components.length, 0);
  return [
    `${plain(path)}: ${count(files.length, 'file')}, ${count(snapshots.length, 'snapshot')}, ${count(parts, 'part')}`,
    ...describeFiles(files),
    ...snapshots.flatMap((snapshot, at) => describeSnapshot(snapshot, `snapshot ${at + 1} of ${snapshots.length}`)),
    ...warnings.map((warning) => `  warning: ${plain(warning)}`),
    '',
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** More than these of a kind say nothing that their number does not. */
const SHOWN = 5;

function describeFiles(files: readonly FileReport[]): string[] {
  // a tree has thousands of files, and what it says stands at its first
  const silent = files.filter((file) => file.format !== null && file.readings === 0 && file.warnings.length === 0);
  const unknown = files.filter(({ format }) => format === null);
  const left = new Set(silent.length > SHOWN ? silent : []);
  for (const file of unknown.slice(SHOWN)) left.add(file);
  const rows = files
    .filter((file) => !left.has(file))
    .map((file) => [
      file.path,
      file.format ?? 'unknown, kept as it is',
      String(file.bytes),
      String(file.components),
      String(file.withSerial),
    ]);
  const more = (of: readonly FileReport[], what: string): string[] => {
    const hidden = of.filter((file) => left.has(file));
    const bytes = hidden.reduce((sum, file) => sum + file.bytes, 0);
    return hidden.length === 0 ? [] : [`  and ${count(hidden.length, 'file')} ${what}, ${bytes} bytes`];
  };
  const formats = [...new Set(silent.map(({ format }) => format ?? ''))].toSorted();
  return [
    ...tableOf(['FILE', 'FORMAT', 'BYTES', 'PARTS', 'WITH SERIAL'], rows),
    ...formats.flatMap((format) =>
      more(
        silent.filter((file) => file.format === format),
        `more of ${format}`,
      ),
    ),
    ...more(unknown, 'that no format is known for'),
    ...files
      .filter(({ format, readings }) => format !== null && readings === 0)
      .flatMap((file) => file.warnings.map((warning) => `  warning: ${plain(file.path)}: ${plain(warning)}`)),
  ];
}

function describeSnapshot(snapshot: SnapshotReport, title: string): string[] {
  const { host, components, files } = snapshot;
  const facts: [string, string | null][] = [
    [title, shortList(files)],
    ['source', snapshot.source],
    ['collected_at', snapshot.collectedAt ?? 'not said: the time of the upload will be taken'],
    [
      'server',
      saysWho(snapshot) ? null : 'not said: name it when you upload this (asset_id), or it waits for somebody to do so',
    ],
    ['product', [host.manufacturer, host.model].filter((text) => text !== null).join(' ') || null],
    ['product_serial', marked(host.productSerial)],
    ['board_serial', marked(host.boardSerial)],
    ['system_uuid', marked(host.systemUuid)],
    ['bmc_macs', host.bmcMacs.join(' ') || null],
    ['asset_tag', marked(host.assetTag)],
    ['host_name', host.hostName],
    ['asset_id', host.assetId],
    ['location_id', snapshot.locationId],
    ...Object.entries(snapshot.system).map(([name, value]): [string, string | null] => [name, systemFact(name, value)]),
    ['parts', components.length === 0 ? null : kindsOf(components)],
    ['scope', snapshot.scope.length === 0 ? null : `${snapshot.scope.join(' ')} (what is not shown of these is gone)`],
    ['log_entries', logsOf(snapshot)],
    [
      'neighbours',
      snapshot.neighbours
        .map((one) => `${one.interface} ${one.name ?? one.chassis ?? '?'} ${one.port ?? ''}`.trim())
        .join(', ') || null,
    ],
  ];
  const firmware = snapshot.firmware.map((one) => [one.id, one.name, one.version ?? '-']);
  return [
    '',
    ...factsOf(facts),
    ...tableOf(
      ['KIND', 'SLOT', 'VENDOR', 'MODEL', 'PART NUMBER', 'SERIAL', 'FIRMWARE', 'CAPACITY', 'HEALTH'],
      components.map(componentRow),
    ),
    ...tableOf(['FIRMWARE OF', 'NAME', 'VERSION'], firmware),
    ...snapshot.absent.map((one) =>
      `  absent: ${plain(one.manufacturer ?? '-')} ${plain(one.serial)} ${plain(one.reason ?? '')}`.trimEnd(),
    ),
    ...snapshot.warnings.map((warning) => `  warning: ${plain(warning)}`),
  ];
}

function shortList(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).join(', ');
  return paths.length > SHOWN ? `${shown} and ${paths.length - SHOWN} more` : shown;
}

/** A host name shows a person which server it was, and the hub nothing. */
function saysWho({ host, locationId }: SnapshotReport): boolean {
  const said = [host.productSerial, host.boardSerial, host.systemUuid, host.assetTag, host.assetId, locationId];
  return host.bmcMacs.length > 0 || said.some((value) => value !== null && !isPlaceholder(value));
}

function marked(value: string | null): string | null {
  return value !== null && isPlaceholder(value) ? `${value} (placeholder)` : value;
}

function systemFact(name: string, value: string | number | boolean | null): string | null {
  if (typeof value === 'number' && /Bytes$/.test(name)) return sizeOf(value, true);
  return value === null ? null : String(value);
}

function kindsOf(components: readonly SeenComponent[]): string {
  const kinds = Map.groupBy(components, ({ kind }) => kind);
  return [...kinds].map(([kind, own]) => `${own.length} ${kind}`).join(', ');
}

function logsOf({ logEntries }: SnapshotReport): string | null {
  const last = logEntries.at(-1);
  return last === undefined ? null : `${logEntries.length}, the last: ${last.at ?? 'without a time'} ${last.message}`;
}

function componentRow(part: SeenComponent): string[] {
  const { device, capacityBytes: bytes, virtual } = part.attributes;
  return [
    virtual === true ? `${part.kind} (virtual)` : part.kind,
    part.slot ?? (typeof device === 'string' ? device : null),
    part.manufacturer,
    part.model,
    part.partNumber,
    marked(part.serial),
    part.firmware,
    typeof bytes === 'number' ? sizeOf(bytes, part.kind === 'dimm' || part.kind === 'gpu') : null,
    part.health,
  ].map((cell) => cell ?? '-');
}
