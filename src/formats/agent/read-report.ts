import {
  emptyEvidence,
  emptyReading,
  type FileFormat,
  type FileReading,
  type SourceFile,
} from '../../ports/bundle-format.ts';
import { seen } from '../json-facts.ts';
import { checkOne, schemaOf, type Misfit } from './check-report.ts';
import type { Report, Statement } from './schema.ts';

/** The hub's own JSON: reports of programs and statements of people; one, an array, or one a line. */
export const reanimatorJson: FileFormat = {
  id: 'reanimator-json',
  title: "Reanimator's own reports and statements",
  recognises: (file) => documentsIn(file) !== null,
  read(file) {
    const found = documentsIn(file);
    if (found === null) return [];
    const readings = found.documents.map(({ json, at }) => readDocument(json, at));
    if (found.unread.length === 0) return readings;
    const shown = found.unread.slice(0, 5).join(', ');
    const warning = `${found.unread.length} lines are not JSON (line ${shown}): they were left out`;
    return [...readings, { ...emptyReading('agent'), warnings: [warning] }];
  },
};

interface Found {
  /** `at`: where in the file, as the beginning of a JSON pointer or a line. */
  documents: { json: unknown; at: string }[];
  /** Lines that are no JSON. */
  unread: number[];
}

function documentsIn(file: SourceFile): Found | null {
  const first = file.bytes.find((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0x00, 0xef, 0xbb, 0xbf, 0xfe, 0xff].includes(byte));
  if (first !== 0x7b && first !== 0x5b) return null;
  const json = file.json();
  if (json !== undefined) {
    const all: unknown[] = Array.isArray(json) ? json : [json];
    if (!all.some(isOurs)) return null;
    return { documents: all.map((one, at) => ({ json: one, at: Array.isArray(json) ? `/${at}` : '' })), unread: [] };
  }
  const text = file.text();
  const begins = /"schema"\s{0,20}:\s{0,20}"reanimator\.(?:report|statement)\//.test(text.slice(0, 1_000));
  return begins ? linesOf(text) : null;
}

function isOurs(json: unknown): boolean {
  return /^reanimator\.(report|statement)\//.test(schemaOf(json) ?? '');
}

function linesOf(text: string): Found {
  const found: Found = { documents: [], unread: [] };
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      found.documents.push({ json: JSON.parse(line) as unknown, at: `line ${at + 1}: ` });
    } catch {
      found.unread.push(at + 1);
    }
  }
  return found;
}

function readDocument(json: unknown, at: string): FileReading {
  const { report, statement, misfits } = checkOne(json);
  if (report !== null) return reportReading(report);
  if (statement !== null) return statementReading(statement);
  // Nothing of it is taken: who writes our own format can mend it, and half of it could look like a removal.
  const source = /statement/.test(schemaOf(json) ?? '') ? 'person' : 'agent';
  return { ...emptyReading(source), warnings: misfits.map((misfit) => sentence(misfit, at)) };
}

function sentence({ field, message }: Misfit, at: string): string {
  return `${at}${field === '' ? 'the document' : field}: ${message}; nothing of this document was taken`;
}

function reportReading(report: Report): FileReading {
  const { host = {}, enumerates = null } = report;
  return {
    ...emptyReading(report.source),
    collectedAt: asInstant(report.collected_at),
    host: {
      manufacturer: orNull(host.manufacturer),
      model: orNull(host.model),
      productSerial: orNull(host.product_serial),
      boardSerial: orNull(host.board_serial),
      systemUuid: orNull(host.system_uuid),
      bmcMacs: (host.bmc_macs ?? []).filter((mac) => mac !== '').map(asMac),
      assetTag: orNull(host.asset_tag),
      hostName: orNull(host.host_name),
      assetId: host.asset_id ?? null,
    },
    system: { ...report.system },
    components: report.components.map((one) => ({
      kind: one.kind,
      slot: orNull(one.slot),
      manufacturer: orNull(one.manufacturer),
      model: orNull(one.model),
      partNumber: orNull(one.part_number),
      serial: orNull(one.serial),
      firmware: orNull(one.firmware),
      health: one.health ?? null,
      attributes: { ...one.attributes },
      readings: { ...one.readings },
    })),
    firmware: (report.firmware ?? []).map((one) => ({
      id: one.id,
      name: one.name,
      version: orNull(one.version),
      updateable: one.updateable ?? null,
    })),
    scope: [...new Set(report.scope)],
    enumerates: enumerates === null ? null : { kind: enumerates.kind, devices: [...enumerates.devices] },
    neighbours: (report.neighbours ?? []).map((one) => ({
      interface: one.interface,
      chassis: orNull(one.chassis),
      port: orNull(one.port),
      name: orNull(one.name),
    })),
    logEntries: (report.log_entries ?? []).map((one) => ({
      at: asInstant(one.at),
      severity: orNull(one.severity),
      message: one.message,
      source: one.source,
    })),
    warnings: [...(report.warnings ?? [])],
  };
}

function statementReading(statement: Statement): FileReading {
  const { where, present = [], absent = [] } = statement;
  return {
    ...emptyReading('person'),
    collectedAt: asInstant(statement.observed_at),
    host: { ...emptyEvidence(), assetId: where.asset_id ?? null },
    locationId: where.location_id ?? null,
    system: { observedBy: statement.by, method: statement.method, confidence: statement.confidence },
    components: present.map((one) =>
      seen(one.kind, {
        slot: orNull(one.slot),
        manufacturer: orNull(one.manufacturer),
        model: orNull(one.model),
        partNumber: orNull(one.part_number),
        serial: one.serial,
      }),
    ),
    absent: absent.map((one) => ({
      manufacturer: orNull(one.manufacturer),
      serial: one.serial,
      reason: one.reason,
    })),
  };
}

function orNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function asInstant(text: string | null | undefined): string | null {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Lower case with colons, where it is one; what else is reported stays as it is. */
function asMac(text: string): string {
  const digits = text.replaceAll(/[:.-]/g, '').toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits.replaceAll(/(..)(?!$)/g, '$1:') : text;
}
