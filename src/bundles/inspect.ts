import { stat } from 'node:fs/promises';
import type { ArchiveSource } from '#src/archives/unpack.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { readBundle, type BundleReport, type Formats } from './read-bundle.ts';
import type { SnapshotReport } from './snapshot-report.ts';

/**
 * What the hub understands of files and folders, without a hub: for people as text, for programs a line of JSON for each. Returns how
 * many could not be read; why is written in their place.
 */
export async function inspectFiles(
  paths: readonly string[],
  formats: Formats,
  output: 'table' | 'jsonl',
  write: (text: string) => void,
): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    try {
      const report = await readBundle(await sourceOf(path), formats);
      if (output === 'jsonl') write(`${JSON.stringify({ bundle: path, ...report })}\n`);
      else write(`${describe(path, report).join('\n')}\n`);
    } catch (error) {
      failed += 1;
      const message = error instanceof Error ? error.message : String(error);
      write(output === 'jsonl' ? `${JSON.stringify({ bundle: path, error: message })}\n` : `${path}: ${message}\n`);
    }
  }
  return failed;
}

async function sourceOf(path: string): Promise<ArchiveSource> {
  return (await stat(path)).isDirectory() ? { directory: path } : { path };
}

function describe(path: string, report: BundleReport): string[] {
  return [
    path,
    ...tableOf(
      ['FILE', 'FORMAT', 'BYTES', 'PARTS', 'WITH SERIAL'],
      report.files.map((file) => [
        file.path,
        file.format ?? '-',
        String(file.bytes),
        String(file.components),
        String(file.withSerial),
      ]),
    ),
    ...report.snapshots.flatMap(describeSnapshot),
    ...report.warnings.map((warning) => `  warning: ${warning}`),
    ...report.files
      .filter(({ format, readings }) => format === null || readings === 0)
      .flatMap((file) => file.warnings.map((warning) => `  warning: ${file.path}: ${warning}`)),
    '',
  ];
}

function describeSnapshot(snapshot: SnapshotReport): string[] {
  const { host } = snapshot;
  const facts: [string, string | null][] = [
    ['source', snapshot.source],
    ['collected_at', snapshot.collectedAt],
    ['product', [host.manufacturer, host.model].filter((text) => text !== null).join(' ') || null],
    ['product_serial', host.productSerial],
    ['board_serial', host.boardSerial],
    ['system_uuid', host.systemUuid],
    ['bmc_macs', host.bmcMacs.join(' ') || null],
    ['asset_tag', host.assetTag],
    ['host_name', host.hostName],
    ['asset_id', host.assetId],
    ['location_id', snapshot.locationId],
    ['scope', snapshot.scope.join(' ') || null],
    ...Object.entries(snapshot.system).map(([name, value]): [string, string | null] => [
      name,
      value === null ? null : String(value),
    ]),
    ['log_entries', snapshot.logEntries.length === 0 ? null : String(snapshot.logEntries.length)],
    [
      'neighbours',
      snapshot.neighbours
        .map((one) => `${one.interface} ${one.name ?? one.chassis ?? '?'} ${one.port ?? ''}`.trim())
        .join(', ') || null,
    ],
  ];
  const rows = snapshot.components.map(componentRow);
  const firmware = snapshot.firmware.map((one) => [one.id, one.name, one.version ?? '-']);
  return [
    '',
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(16)} ${plain(value)}`])),
    ...tableOf(['KIND', 'SLOT', 'VENDOR', 'MODEL', 'PART NUMBER', 'SERIAL', 'FIRMWARE', 'CAPACITY', 'HEALTH'], rows),
    ...tableOf(['FIRMWARE OF', 'NAME', 'VERSION'], firmware),
    ...snapshot.absent.map((one) => `  absent: ${one.manufacturer ?? '-'} ${one.serial} ${one.reason ?? ''}`.trimEnd()),
    ...snapshot.warnings.map((warning) => `  warning: ${plain(warning)}`),
  ];
}

function componentRow(part: SeenComponent): string[] {
  const device = part.attributes['device'];
  return [
    part.kind,
    part.slot ?? (typeof device === 'string' ? device : null),
    part.manufacturer,
    part.model,
    part.partNumber,
    part.serial,
    part.firmware,
    capacityOf(part),
    part.health,
  ].map((cell) => plain(cell ?? '-'));
}

/** Memory counts in powers of two, everything else of the trade in powers of ten. */
function capacityOf({ kind, attributes }: SeenComponent): string | null {
  const bytes = attributes['capacityBytes'];
  if (typeof bytes !== 'number') return null;
  const [step, units] = ['dimm', 'gpu'].includes(kind)
    ? [1024, ['KiB', 'MiB', 'GiB', 'TiB']]
    : [1000, ['kB', 'MB', 'GB', 'TB', 'PB']];
  let [value, unit] = [bytes, 'B'];
  for (const next of units as string[]) if (value >= (step as number)) [value, unit] = [value / (step as number), next];
  return `${Number(value.toFixed(2))} ${unit} (${bytes})`;
}

/** What strangers wrote must not steer the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

function tableOf(head: readonly string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const all = [[...head], ...rows.map((row) => row.map(plain))];
  const widths = head.map((title) => title.length);
  for (const row of all)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return [
    '',
    ...all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
  ];
}
