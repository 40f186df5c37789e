import { emptyReading, type FileFormat, type FileReading, type SourceFile } from '#src/ports/bundle-format.ts';
import { linesOf } from '../host/words.ts';
import { asList, asRecord, asText } from '../json-facts.ts';
import { type Hardware, hardwareOf, partsOf } from './ocp-diag-hardware.ts';

/** A test's output by the OCP's specification: one JSON object per line. Also the older dialect that Google's tests write. */
export const ocpDiag: FileFormat = {
  id: 'ocp-diag',
  title: 'OCP diagnostics (JSON lines)',
  recognises(file) {
    const first = firstObjects(file);
    return first.some((one) => 'testRunArtifact' in one || 'testStepArtifact' in one || isSchemaVersion(one));
  },
  read: readRuns,
};

function isSchemaVersion(one: Record<string, unknown>): boolean {
  return 'schemaVersion' in one && 'sequenceNumber' in one && 'timestamp' in one;
}

function firstObjects(file: SourceFile): Record<string, unknown>[] {
  const start = file.text().slice(0, 512 * 1024);
  if (!start.trimStart().startsWith('{')) return [];
  return linesOf(start)
    .slice(0, 6)
    .map(parseLine)
    .filter((one) => one !== null);
}

function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return asRecord(JSON.parse(line));
  } catch {
    return null;
  }
}

interface Run {
  name: string;
  /** One per machine under test; log entries go to the first. */
  readings: FileReading[];
  hardware: Map<string, Hardware>;
}

function readRuns(file: SourceFile): FileReading[] {
  const runs: Run[] = [];
  const before = newRun();
  let lost = 0;
  for (const line of linesOf(file.text())) {
    if (line.trim() === '') continue;
    const one = parseLine(line.trim());
    if (one === null) lost += 1;
    else readObject(one, runs, before);
  }
  // What was said before the start of the first run belongs to it
  const early = before.readings[0];
  const first = runs[0]?.readings[0];
  if (early !== undefined && first !== undefined) first.logEntries.unshift(...early.logEntries);
  const readings = (runs.length > 0 ? runs : [before]).flatMap((run) => run.readings);
  if (lost > 0) readings[0]?.warnings.push(`${lost} lines are no JSON object.`);
  return readings;
}

function newRun(): Run {
  return { name: 'test', readings: [emptyReading('tools')], hardware: new Map() };
}

function readObject(one: Record<string, unknown>, runs: Run[], before: Run): void {
  const at = timeOf(one['timestamp']);
  const run = asRecord(one['testRunArtifact']);
  const step = asRecord(one['testStepArtifact']);
  if ('testRunStart' in run) {
    runs.push(startRun(asRecord(run['testRunStart']), at));
    return;
  }
  const current = runs.at(-1) ?? before;
  const reading = current.readings[0];
  if (reading === undefined) return;
  reading.collectedAt ??= at;
  for (const artifact of [run, step]) {
    const entry = entryOf(artifact, current);
    if (entry !== null) reading.logEntries.push({ at, ...entry, source: `test ${current.name}` });
  }
}

function startRun(start: Record<string, unknown>, at: string | null): Run {
  const run = newRun();
  run.name = asText(start['name']) ?? 'test';
  const machines = Array.isArray(start['dutInfo']) ? asList(start['dutInfo']) : [start['dutInfo']];
  run.readings = machines.map((machine) => {
    const reading = emptyReading('tools');
    reading.collectedAt = at;
    readMachine(reading, asRecord(machine), run.hardware);
    return reading;
  });
  if (run.readings.length === 0) run.readings.push({ ...emptyReading('tools'), collectedAt: at });
  return run;
}

function readMachine(reading: FileReading, machine: Record<string, unknown>, known: Map<string, Hardware>): void {
  reading.host.hostName = asText(machine['hostname'] ?? machine['name']);
  const hardware = asList(machine['hardwareInfos'] ?? machine['hardwareComponents']).map(hardwareOf);
  for (const one of hardware) if (one.id !== null) known.set(one.id, one);
  const { parts, warnings } = partsOf(hardware);
  reading.components.push(...parts);
  reading.warnings.push(...warnings);
  for (const software of asList(machine['softwareInfos']).map(asRecord)) {
    const name = asText(software['name']);
    const id = asText(software['softwareInfoId']) ?? name;
    if (name === null || id === null || asText(software['softwareType'])?.toUpperCase() !== 'FIRMWARE') continue;
    reading.firmware.push({ id, name, version: asText(software['version']), updateable: null });
  }
}

interface Entry {
  severity: string | null;
  message: string;
}

/** Findings, errors, warnings and the result. Measurements and chatter are left in the file. */
function entryOf(artifact: Record<string, unknown>, run: Run): Entry | null {
  if ('diagnosis' in artifact) return diagnosis(asRecord(artifact['diagnosis']), run);
  if ('error' in artifact) {
    const error = asRecord(artifact['error']);
    return { severity: 'Critical', message: joined(['Error', error['symptom'], error['message'] ?? error['msg']]) };
  }
  if ('log' in artifact) {
    const log = asRecord(artifact['log']);
    const severity = { WARNING: 'Warning', ERROR: 'Critical', FATAL: 'Critical' }[asText(log['severity']) ?? ''];
    return severity === undefined ? null : { severity, message: joined([log['message'] ?? log['text']]) };
  }
  if (!('testRunEnd' in artifact)) return null;
  const end = asRecord(artifact['testRunEnd']);
  return {
    severity: severityOf(asText(end['result'])),
    message: joined([`${run.name} ended`, end['status'], end['result']]),
  };
}

function diagnosis(one: Record<string, unknown>, run: Run): Entry {
  const ids = asList(one['hardwareInfoId']);
  const hardware = (ids.length > 0 ? ids : [one['hardwareInfoId']]).map((id) => run.hardware.get(asText(id) ?? ''));
  const places = hardware.flatMap((part) => (part === undefined ? [] : [part.serial ?? part.place ?? part.name ?? '']));
  return {
    severity: severityOf(asText(one['type'])),
    message: joined([
      one['type'],
      one['verdict'] ?? one['symptom'],
      one['message'] ?? one['msg'],
      places.length === 0 ? null : `(${places.join(', ')})`,
    ]),
  };
}

function severityOf(result: string | null): string | null {
  if (result === null) return null;
  if (result === 'PASS') return 'OK';
  return result === 'FAIL' || result === 'ERROR' ? 'Critical' : 'Warning';
}

function joined(parts: readonly unknown[]): string {
  return parts
    .map(asText)
    .filter((part) => part !== null)
    .join(' ');
}

function timeOf(value: unknown): string | null {
  const text = asText(value) ?? '';
  const time = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
