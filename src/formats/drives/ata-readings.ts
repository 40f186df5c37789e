import type { Readings } from '../../ports/bundle-format.ts';
import { asInt } from '../json-facts.ts';

/** A row of the SMART attribute table. `raw` is what stands in the last column: '36 (Min/Max 34/38)', '0 (2000 0)', '23651h+12m+05.880s'. */
export interface AtaAttribute {
  id: number;
  name: string;
  value: number | null;
  raw: string;
}

/** A named value of the device statistics log, whose units the standard fixes; better evidence than an attribute of the vendor. */
export interface AtaStatistic {
  name: string;
  value: number;
}

const GIB = 1024 ** 3;

/** Intel drives with Dell's firmware: the database calls `Total_LBAs_Written` what counts larger units. */
const LARGER_UNITS = /^SSDS/;

/** Attributes whose normalised value counts down from 100 to 0 as the drive wears. With other makers the same names mean other things. */
const WEAR = [
  { name: 'Media_Wearout_Indicator', models: /^INTEL/i },
  { name: 'Wear_Leveling_Count', models: /^SAMSUNG/i },
  { name: 'Percent_Lifetime_Remain', models: /^(?:Micron|Crucial|MTFD|CT\d)/i },
];

interface AtaLogs {
  model: string | null;
  /** smartctl has the drive in its database; else the names of the less common attributes are a guess. */
  inDatabase: boolean;
  logicalBlockBytes: number | null;
  attributes: readonly AtaAttribute[];
  statistics: readonly AtaStatistic[];
}

/**
 * Attributes are the vendor's own: one number means another thing elsewhere, so only those are read whose name (which smartctl gives from
 * its database of drives) says the meaning.
 */
export function ataReadings(logs: AtaLogs): Readings {
  const readings: Readings = {};
  for (const attribute of logs.attributes) readAttribute(readings, attribute);
  if (logs.inDatabase) for (const attribute of logs.attributes) readWear(readings, attribute, logs);
  for (const statistic of logs.statistics) readStatistic(readings, statistic, logs.logicalBlockBytes);
  return readings;
}

function countOf(raw: string): number | null {
  return asInt(/^\d{1,19}(?![\dx])/.exec(raw.trim())?.[0]);
}

function readAttribute(readings: Readings, { id, name, raw }: AtaAttribute): void {
  const count = countOf(raw);
  if (count === null) return;
  if (id === 5 && /^(?:Realloc|Retired_Block)/i.test(name)) readings['reallocatedSectors'] = count;
  if (id === 9 && /^Power_On_Hours/i.test(name)) readings['powerOnHours'] = count;
  if (id === 12 && /^Power_Cycle/i.test(name)) readings['powerCycles'] = count;
  if (id === 187 && /Uncorrect/i.test(name)) readings['uncorrectableErrors'] = count;
  if (id === 194 && /^Temperature/i.test(name) && count < 200) readings['temperatureCelsius'] ??= count;
  if (id === 197 && /Pending/i.test(name)) readings['pendingSectors'] = count;
  if (id === 198 && /Offline_Uncorrect/i.test(name)) readings['offlineUncorrectableSectors'] = count;
  if (id === 199 && /CRC/i.test(name)) readings['crcErrors'] = count;
}

function readWear(readings: Readings, { name, value, raw }: AtaAttribute, logs: AtaLogs): void {
  const count = countOf(raw);
  if (count === null) return;
  const model = logs.model ?? '';
  const block = LARGER_UNITS.test(model) ? null : logs.logicalBlockBytes;
  const written = writtenBytes(name, count, block);
  if (written !== null) readings['bytesWritten'] ??= written;
  const read = readBytes(name, count, block);
  if (read !== null) readings['bytesRead'] ??= read;
  const wears = WEAR.some((known) => known.name === name && known.models.test(model));
  if (wears && value !== null && value >= 0 && value <= 100) readings['percentUsed'] ??= 100 - value;
}

function writtenBytes(name: string, count: number, block: number | null): number | null {
  if (/^(?:Total_LBAs_Written|Total_Host_Sector_Write)$/.test(name)) return block === null ? null : count * block;
  if (name === 'Host_Writes_32MiB') return count * 32 * 1024 ** 2;
  return /^(?:Host_Writes_GiB|Lifetime_Writes_GiB|Total_Writes_GiB)$/.test(name) ? count * GIB : null;
}

function readBytes(name: string, count: number, block: number | null): number | null {
  if (name === 'Total_LBAs_Read') return block === null ? null : count * block;
  if (name === 'Host_Reads_32MiB') return count * 32 * 1024 ** 2;
  return /^(?:Host_Reads_GiB|Lifetime_Reads_GiB|Total_Reads_GiB)$/.test(name) ? count * GIB : null;
}

function readStatistic(readings: Readings, { name, value }: AtaStatistic, block: number | null): void {
  if (name === 'Percentage Used Endurance Indicator') readings['percentUsed'] = value;
  if (name === 'Number of Reported Uncorrectable Errors') readings['uncorrectableErrors'] = value;
  if (name === 'Number of Reallocated Logical Sectors') readings['reallocatedSectors'] ??= value;
  if (block === null) return;
  if (name === 'Logical Sectors Written') readings['bytesWritten'] = value * block;
  if (name === 'Logical Sectors Read') readings['bytesRead'] = value * block;
}
