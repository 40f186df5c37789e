import { ARCHIVE_LIMITS, type ArchiveLimits } from '#src/archives/archive-limits.ts';
import type { FileReading, HostEvidence, Readings, SeenComponent } from '#src/ports/bundle-format.ts';

export interface BundleLimits extends ArchiveLimits {
  /** Files that wait in memory for formats of whole trees, together. */
  treeBytes: number;
  /** Of all snapshots together. */
  components: number;
  /** Of a serial, model, slot and the like. What is longer is not cut but left out: half a serial is another serial. */
  textLength: number;
  messageLength: number;
  warningsPerFile: number;
}

export const BUNDLE_LIMITS: BundleLimits = {
  ...ARCHIVE_LIMITS,
  treeBytes: 256 * 1024 ** 2,
  components: 20_000,
  textLength: 255,
  messageLength: 2000,
  warningsPerFile: 100,
};

const COMPONENT_TEXTS = ['slot', 'manufacturer', 'model', 'partNumber', 'serial', 'firmware', 'health'] as const;
const HOST_TEXTS = [
  'manufacturer',
  'model',
  'productSerial',
  'boardSerial',
  'systemUuid',
  'assetTag',
  'hostName',
  'assetId',
] as const satisfies readonly (keyof HostEvidence)[];

/** The reading without values that are longer than any real one, each of them said. */
export function withinLimits(reading: FileReading, limits: BundleLimits): FileReading {
  const warnings = [...reading.warnings];
  const fits = (name: string, value: unknown): boolean => {
    if (typeof value !== 'string' || value.length <= limits.textLength) return true;
    warnings.push(`${name} has ${value.length} characters and was left out`);
    return false;
  };
  const text = (name: string, value: string | null): string | null => (fits(name, value) ? value : null);
  const facts = <T>(name: string, all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([key, value]) => fits(name, key) && fits(`${name} ${key}`, value)));
  const host = {
    ...reading.host,
    bmcMacs: reading.host.bmcMacs.filter((mac) => fits('host bmcMacs', mac)).slice(0, 64),
  };
  for (const field of HOST_TEXTS) host[field] = text(`host ${field}`, host[field]);
  const components = reading.components.map((one, index) => {
    const name = `${one.kind} ${index + 1}`;
    const part: SeenComponent = {
      ...one,
      attributes: attributesOf(name, one, fits),
      readings: facts<Readings[string]>(name, one.readings),
    };
    for (const field of COMPONENT_TEXTS) part[field] = text(`${name} ${field}`, part[field]);
    return part;
  });
  return {
    ...reading,
    host,
    components,
    system: facts('system', reading.system),
    firmware: reading.firmware
      .filter(({ id, name }) => fits('firmware id', id) && fits('firmware name', name))
      .map((one) => ({ ...one, version: text('firmware version', one.version) })),
    absent: reading.absent.filter(({ serial }) => fits('absent serial', serial)),
    neighbours: reading.neighbours.filter((one) =>
      Object.entries(one).every(([key, value]) => fits(`neighbour ${key}`, value)),
    ),
    logEntries: reading.logEntries.map((entry) => ({
      ...entry,
      message: shortened(entry.message, limits.messageLength),
    })),
    warnings: shortList(warnings, limits),
  };
}

function attributesOf(
  name: string,
  { attributes }: SeenComponent,
  fits: (name: string, value: unknown) => boolean,
): SeenComponent['attributes'] {
  const kept: SeenComponent['attributes'] = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (!fits(`${name} attribute`, key) || !fits(`${name} ${key}`, value)) continue;
    kept[key] = Array.isArray(value) ? value.filter((item) => fits(`${name} ${key}`, item)).slice(0, 256) : value;
  }
  return kept;
}

export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

export function shortList(warnings: readonly string[], { warningsPerFile, messageLength }: BundleLimits): string[] {
  const kept = warnings.slice(0, warningsPerFile).map((warning) => shortened(warning, messageLength));
  return warnings.length > kept.length ? [...kept, `and ${warnings.length - kept.length} more`] : kept;
}
