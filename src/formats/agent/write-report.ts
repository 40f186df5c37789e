import type { FileReading, SeenComponent } from '../../ports/bundle-format.ts';
import { clean, FactName, Id, LIMITS, type Report, REPORT, Time } from './schema.ts';

type Part = Report['components'][number];
type Fact = string | number | boolean | null | string[];

/** Reports are what programs saw; statements are written by people, and by no function of ours. */
export type ProgramReading = FileReading & { source: Report['source'] };

/**
 * A reading as bytes that read back as the same reading; equal readings give equal bytes. What is too long for the format is left out
 * and said in the document's warnings.
 */
export function writeReport(reading: ProgramReading): Buffer {
  const fit = startFitting();
  const { host } = reading;
  const components = fit.rows(reading.components, LIMITS.components, 'components').map(partWriter(fit));
  const complete = components.length === reading.components.length;
  const body = {
    schema: REPORT,
    source: reading.source,
    collected_at: fit.time(reading.collectedAt, 'collected_at'),
    host: said({
      asset_id: Id.safeParse(host.assetId).success ? host.assetId : null,
      manufacturer: fit.text(host.manufacturer, 'host/manufacturer'),
      model: fit.text(host.model, 'host/model'),
      product_serial: fit.text(host.productSerial, 'host/product_serial'),
      board_serial: fit.text(host.boardSerial, 'host/board_serial'),
      system_uuid: fit.text(host.systemUuid, 'host/system_uuid'),
      bmc_macs: fit.texts(host.bmcMacs, 'host/bmc_macs'),
      asset_tag: fit.text(host.assetTag, 'host/asset_tag'),
      host_name: fit.text(host.hostName, 'host/host_name'),
    }),
    system: fit.facts(reading.system, 'system'),
    // Of a list that was cut, nothing may be concluded absent.
    scope: complete ? reading.scope : [],
    components,
    enumerates: devicesOf(reading, fit),
    firmware: fit.rows(reading.firmware, LIMITS.rows, 'firmware').map((one, at) =>
      said({
        id: fit.cut(one.id, LIMITS.address, `firmware/${at}/id`),
        name: fit.cut(one.name, LIMITS.address, `firmware/${at}/name`),
        version: fit.text(one.version, `firmware/${at}/version`),
        updateable: one.updateable,
      }),
    ),
    neighbours: fit.rows(reading.neighbours, LIMITS.rows, 'neighbours').map((one, at) =>
      said({
        interface: fit.cut(one.interface, LIMITS.text, `neighbours/${at}/interface`),
        chassis: fit.text(one.chassis, `neighbours/${at}/chassis`),
        port: fit.text(one.port, `neighbours/${at}/port`),
        name: fit.text(one.name, `neighbours/${at}/name`),
      }),
    ),
    log_entries: fit.rows(reading.logEntries, LIMITS.rows, 'log_entries').map((one, at) =>
      said({
        at: fit.time(one.at, `log_entries/${at}/at`),
        severity: fit.text(one.severity, `log_entries/${at}/severity`),
        message: fit.cut(one.message, LIMITS.message, `log_entries/${at}/message`),
        source: fit.cut(one.source, LIMITS.text, `log_entries/${at}/source`),
      }),
    ),
  };
  const warnings = [...reading.warnings.map((one) => clean(one).slice(0, LIMITS.value).trim()), ...fit.warnings()];
  const document = { ...said({ ...body, warnings: warnings.slice(0, LIMITS.warnings) }), components };
  return Buffer.from(`${JSON.stringify(document)}\n`);
}

function partWriter(fit: Fitting): (part: SeenComponent, at: number) => object {
  const taken = new Set<string>();
  return (part, at) => {
    const path = `components/${at}`;
    let slot = fit.text(part.slot, `${path}/slot`);
    if (slot !== null && taken.has(`${part.kind} ${slot}`)) {
      fit.warn(`/${path}/slot: another part of this kind has this place; left out`);
      slot = null;
    }
    if (slot !== null) taken.add(`${part.kind} ${slot}`);
    return said({
      kind: part.kind,
      slot,
      manufacturer: fit.text(part.manufacturer, `${path}/manufacturer`),
      model: fit.text(part.model, `${path}/model`),
      part_number: fit.text(part.partNumber, `${path}/part_number`),
      serial: fit.text(part.serial, `${path}/serial`),
      firmware: fit.text(part.firmware, `${path}/firmware`),
      health: fit.health(part.health, `${path}/health`),
      attributes: fit.facts(part.attributes, `${path}/attributes`),
      readings: fit.facts(part.readings, `${path}/readings`),
    } satisfies Record<keyof Part, unknown>);
  };
}

/** A list of devices that was cut would not be all there are any more. */
function devicesOf({ enumerates }: FileReading, fit: Fitting): FileReading['enumerates'] {
  if (enumerates === null) return null;
  const devices = fit.rows(enumerates.devices, LIMITS.rows, 'enumerates/devices');
  if (devices.length < enumerates.devices.length) return null;
  return { kind: enumerates.kind, devices: devices.map((one) => fit.cut(one, LIMITS.text, 'enumerates/devices')) };
}

interface Fitting {
  text(value: string | null, path: string): string | null;
  cut(value: string, max: number, path: string): string;
  texts(values: readonly string[], path: string): string[];
  time(value: string | null, path: string): string | null;
  health(value: string | null, path: string): string | null;
  facts(all: Record<string, Fact>, path: string): Record<string, Fact>;
  rows<T>(all: readonly T[], max: number, path: string): T[];
  warn(warning: string): void;
  warnings(): string[];
}

function startFitting(): Fitting {
  const warnings: string[] = [];
  const warn = (warning: string) => void warnings.push(warning);

  function text(value: string | null, path: string): string | null {
    const cleaned = clean(value ?? '');
    if (cleaned.length <= LIMITS.text) return cleaned === '' ? null : cleaned;
    warn(`/${path}: has ${cleaned.length} characters, more than ${LIMITS.text}; left out`);
    return null;
  }

  function cut(value: string, max: number, path: string): string {
    const cleaned = clean(value);
    if (cleaned.length <= max) return cleaned;
    warn(`/${path}: has ${cleaned.length} characters; cut to ${max}`);
    return clean(cleaned.slice(0, max));
  }

  function rows<T>(all: readonly T[], max: number, path: string): T[] {
    if (all.length > max) warn(`/${path}: has ${all.length} entries; the first ${max} were kept`);
    return all.slice(0, max);
  }

  function fact(value: Fact, path: string): Fact | undefined {
    if (Array.isArray(value)) return rows(value, LIMITS.listed, path).map((one) => cut(one, LIMITS.text, path));
    if (typeof value === 'string') return cut(value, LIMITS.value, path);
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    warn(`/${path}: is no finite number; left out`);
    return undefined;
  }

  return {
    text,
    cut,
    rows,
    warn,
    texts: (values, path) => rows(values, LIMITS.listed, path).map((one) => cut(one, LIMITS.text, path)),
    time(value, path) {
      if (value === null) return null;
      const at = new Date(value);
      const canonical = Number.isNaN(at.getTime()) ? '' : at.toISOString();
      if (Time.safeParse(canonical).success) return canonical;
      warn(`/${path}: is not a time; left out`);
      return null;
    },
    health(value, path) {
      if (value === null || ['OK', 'Warning', 'Critical'].includes(value)) return value;
      warn(`/${path}: is none of OK, Warning, Critical; left out`);
      return null;
    },
    facts(all, path) {
      const kept: Record<string, Fact> = {};
      const names = Object.keys(all).toSorted();
      const fitting = names.filter((name) => FactName.safeParse(name).success);
      if (fitting.length < names.length)
        warn(`/${path}: ${names.length - fitting.length} entries without a camelCase name; left out`);
      for (const name of rows(fitting, LIMITS.facts, path)) {
        const value = fact(all[name] ?? null, `${path}/${name}`);
        if (value !== undefined) kept[name] = value;
      }
      return kept;
    },
    warnings: () => warnings,
  };
}

/** Without what says nothing: nulls, and empty lists and records. A null among the facts of `system` is kept: asked, and not known. */
function said(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
