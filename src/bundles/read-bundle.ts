import { setImmediate as turn } from 'node:timers/promises';
import { ArchiveFault } from '#src/archives/archive-fault.ts';
import { unpack, type ArchiveSource } from '#src/archives/unpack.ts';
import type { FileFormat, FileReading, SourceFile, TreeFormat } from '#src/ports/bundle-format.ts';
import { combine, hasSerial } from './combine.ts';
import type { ReadPart } from './combine-servers.ts';
import { BUNDLE_LIMITS, shortened, shortList, withinLimits, type BundleLimits } from './read-bundle-limits.ts';
import type { SnapshotReport } from './snapshot-report.ts';
import { sourceFile } from './source-file.ts';

/** All that is understood, the most trustworthy first: where several recognise a file, the first one reads it, and is believed first. */
export interface Formats {
  files: readonly FileFormat[];
  trees: readonly TreeFormat[];
}

export interface FileReport {
  path: string;
  bytes: number;
  /** Null: kept, but nothing here reads it. */
  format: string | null;
  /** Of a tree they stand at its first file. */
  readings: number;
  components: number;
  withSerial: number;
  warnings: string[];
}

export interface BundleReport {
  files: FileReport[];
  snapshots: SnapshotReport[];
  warnings: string[];
  /** Formats that broke on a file in spite of their contract; they are among the warnings too, but are the hub's own fault. */
  defects: { path: string; format: string; message: string }[];
}

interface Pass {
  formats: Formats;
  limits: BundleLimits;
  report: BundleReport;
  /** The report of each file, until it is known which comes first. */
  parts: ReadPart[];
  components: number;
}

/** @throws ArchiveFault where the archive is hostile or damaged, or the report too large; no content of a file makes it throw. */
export async function readBundle(
  source: ArchiveSource,
  formats: Formats,
  limits: BundleLimits = BUNDLE_LIMITS,
  signal: AbortSignal = new AbortController().signal,
): Promise<BundleReport> {
  const report: BundleReport = { files: [], snapshots: [], warnings: [], defects: [] };
  const pass: Pass = { formats, limits, report, parts: [], components: 0 };
  const waiting: { file: SourceFile; report: FileReport }[] = [];
  let waitingBytes = 0;
  let early = 0;
  const warn = (sentence: string): void => void report.warnings.push(sentence);
  for await (const { path, bytes, modifiedAt, unreadable } of unpack(source, { limits, signal, warn })) {
    const file = sourceFile(path, bytes, modifiedAt);
    const fileReport: FileReport = {
      path,
      bytes: bytes.length,
      format: null,
      readings: 0,
      components: 0,
      withSerial: 0,
      warnings: [],
    };
    report.files.push(fileReport);
    if (unreadable !== null) {
      // A packed file may hold text that a format would know, of which the end is missing
      fileReport.warnings.push(unreadable);
      continue;
    }
    if (formats.trees.length > 0 && waitingBytes + bytes.length <= limits.treeBytes) {
      waiting.push({ file, report: fileReport });
      waitingBytes += bytes.length;
    } else {
      early += 1;
      readFile(pass, file, fileReport);
    }
    await turn();
  }
  if (formats.trees.length > 0 && early > 0)
    warn(`${early} files are beyond ${limits.treeBytes} bytes and were read one by one, not as a part of a tree`);
  const inTrees = await readTrees(pass, waiting, signal);
  for (const { file, report: fileReport } of waiting) {
    if (inTrees.has(file)) continue;
    signal.throwIfAborted();
    readFile(pass, file, fileReport);
    await turn();
  }
  report.snapshots = combine(pass.parts);
  if (report.snapshots.length === 0) warn('nothing in it is known to say anything of a server; it is kept as it is');
  report.warnings = shortList(report.warnings, limits);
  for (const snapshot of report.snapshots) snapshot.warnings = shortList(snapshot.warnings, limits);
  return report;
}

function readFile(pass: Pass, file: SourceFile, report: FileReport): void {
  const rank = pass.formats.files.findIndex(
    (format) => attempt(pass, report, format.id, () => format.recognises(file)) === true,
  );
  const format = pass.formats.files[rank];
  if (format === undefined) {
    report.warnings.push('no format is known for it; it is kept as it is');
    return;
  }
  report.format = format.id;
  const readings = attempt(pass, report, format.id, () => format.read(file)) ?? [];
  take(pass, report, readings, { rank: pass.formats.trees.length + rank, files: [file.path] });
}

async function readTrees(
  pass: Pass,
  waiting: readonly { file: SourceFile; report: FileReport }[],
  signal: AbortSignal,
): Promise<Set<SourceFile>> {
  const taken = new Set<SourceFile>();
  const reports = new Map(waiting.map(({ file, report }) => [file, report]));
  for (const [rank, format] of pass.formats.trees.entries()) {
    signal.throwIfAborted();
    const left = waiting.filter(({ file }) => !taken.has(file)).map(({ file }) => file);
    const home = reports.get(left[0] as SourceFile);
    if (home === undefined) break;
    for (const tree of attempt(pass, home, format.id, () => format.find(left)) ?? []) {
      const [first] = tree;
      const report = first === undefined ? undefined : reports.get(first);
      if (report === undefined) continue;
      for (const file of tree) {
        taken.add(file);
        const fileReport = reports.get(file);
        if (fileReport !== undefined) fileReport.format = format.id;
      }
      let readings: FileReading[] = [];
      try {
        readings = await format.read(tree);
      } catch (error) {
        noteDefect(pass, report, format.id, error);
      }
      take(pass, report, readings, { rank, files: shortPaths(tree) });
      await turn();
    }
  }
  return taken;
}

/** What the contract of formats forbids, done all the same, costs the one file and not the bundle. */
function attempt<T>(pass: Pass, report: FileReport, format: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    noteDefect(pass, report, format, error);
    return undefined;
  }
}

function noteDefect(pass: Pass, report: FileReport, format: string, error: unknown): void {
  const message = shortened(error instanceof Error ? error.message : String(error), 200);
  report.warnings.push(`${format} could not read ${report.path}, which is a fault of the hub: ${message}`);
  pass.report.defects.push({ path: report.path, format, message });
}

function take(
  pass: Pass,
  report: FileReport,
  readings: readonly FileReading[],
  from: { rank: number; files: string[] },
): void {
  const kept = readings.map((reading) => withinLimits(reading, pass.limits));
  const components = kept.flatMap((reading) => reading.components);
  pass.components += components.length;
  if (pass.components > pass.limits.components)
    throw new ArchiveFault('too-large', `${report.path} brings the bundle over ${pass.limits.components} components`);
  report.readings += kept.length;
  report.components += components.length;
  report.withSerial += components.filter(hasSerial).length;
  report.warnings = shortList([...report.warnings, ...kept.flatMap(({ warnings }) => warnings)], pass.limits);
  for (const reading of kept) pass.parts.push({ path: report.path, reading, ...from });
}

/** A tree may have thousands of files. */
function shortPaths(tree: readonly SourceFile[]): string[] {
  const paths = tree.map(({ path }) => path);
  if (paths.length <= 20) return paths;
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1));
  let shared = first.length;
  for (const folders of others) {
    let same = 0;
    while (same < shared && folders[same] === first[same]) same += 1;
    shared = same;
  }
  return [`${first.slice(0, shared).join('/')}/`];
}
