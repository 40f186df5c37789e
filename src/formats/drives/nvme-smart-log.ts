import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';
import { asInt, asRecord, seen } from '../json-facts.ts';
import { driveDevice } from './device-name.ts';
import { factsOf } from './facts.ts';
import { jsonDocuments } from './json-documents.ts';
import { dataUnits, healthOfWarning, warningBits } from './nvme-health.ts';

type Json = Record<string, unknown>;

const HEADER = /^Smart Log for NVME device: ?(\S{1,60})/;

/**
 * `nvme smart-log`, as text or JSON: how a drive is, without its serial number. The text says the device, by which it joins what else
 * was collected; the JSON says nothing of whose log it is, so its figures belong to no part.
 */
export const nvmeSmartLog: FileFormat = {
  id: 'nvme-smart-log',
  title: 'nvme smart-log',
  recognises: (file) =>
    /^Smart Log for NVME device:/m.test(file.text()) ||
    jsonDocuments(file).documents.some((one) => isLog(asRecord(one))),
  read(file) {
    const documents = jsonDocuments(file).documents.map(asRecord).filter(isLog);
    return documents.length > 0 ? documents.map(readNameless) : textBlocks(file.text()).map(readBlock);
  },
};

function isLog(document: Json): boolean {
  return ['critical_warning', 'avail_spare', 'data_units_written'].every((name) => document[name] !== undefined);
}

function readNameless(document: Json): FileReading {
  const reading = emptyReading('tools');
  const bits = warningBits(document['critical_warning']);
  const state =
    bits === null || bits === 0 ? 'The drive reports no critical warning' : `Critical warning bits: ${bits}`;
  reading.warnings.push(`nvme smart-log as JSON names no drive, so its figures belong to none. ${state}.`);
  return reading;
}

interface Block {
  device: string;
  values: Map<string, string>;
}

function textBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.split(/\r?\n/)) {
    const device = HEADER.exec(line)?.[1];
    if (device !== undefined) blocks.push({ device, values: new Map() });
    const block = blocks.at(-1);
    const colon = line.indexOf(':');
    if (device !== undefined || block === undefined || colon <= 0 || colon > 60 || line.length > 500) continue;
    // 1.x writes `percentage_used`, 2.x 'Data Units Read' for what was `data_units_read`
    const name = line.slice(0, colon).trim().toLowerCase().replaceAll(' ', '_');
    if (!block.values.has(name)) block.values.set(name, line.slice(colon + 1).trim());
  }
  return blocks;
}

function readBlock({ device, values }: Block): FileReading {
  const reading = emptyReading('tools');
  const first = (name: string): number | null =>
    asInt(/^\d[\d,.'’\u00a0\u202f]{0,40}(?!\d)/.exec(values.get(name) ?? '')?.[0].replace(/[^\d]/g, ''));
  reading.components.push(
    seen('drive', {
      health: healthOfWarning(warningBits(values.get('critical_warning'))),
      attributes: factsOf({ device: driveDevice(device), protocol: 'NVMe', mediaType: 'SSD' }),
      readings: factsOf({
        temperatureCelsius: celsiusOf(values.get('temperature')),
        availableSparePercent: first('available_spare'),
        percentUsed: first('percentage_used'),
        bytesRead: dataUnits(first('data_units_read')),
        bytesWritten: dataUnits(first('data_units_written')),
        powerCycles: first('power_cycles'),
        powerOnHours: first('power_on_hours'),
        unsafeShutdowns: first('unsafe_shutdowns'),
        mediaErrors: first('media_errors'),
        errorLogEntries: first('num_err_log_entries'),
      }),
    }),
  );
  return reading;
}

/** '37 C', '37 °C (310 K)', '37°C (310 Kelvin)', and '310 K' of some builds. */
function celsiusOf(text: string | undefined): number | null {
  const found = /^(-?\d{1,3}) ?(°?C|K)\b/.exec(text ?? '');
  const degrees = asInt(found?.[1]);
  if (degrees === null) return null;
  return found?.[2] === 'K' ? degrees - 273 : degrees;
}
