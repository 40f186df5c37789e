import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { linesOf } from '../host/words.ts';

const ENTRY = /^\s*([0-9a-f]{1,4}) \|\s*(\d{2}\/\d{2}\/\d{2,4}|Pre-Init)\s*\|\s*([^|]{0,40}?)\s*\|(.*)$/i;

/** `ipmitool sel list` and `elist`: the log of the BMC. */
export const ipmitoolSel: FileFormat = {
  id: 'ipmitool-sel',
  title: 'ipmitool sel list',
  recognises(file) {
    const lines = filled(file.text());
    const good = lines.filter((line) => ENTRY.test(line)).length;
    return good > 0 && good >= lines.length * 0.8;
  },
  read: (file) => [readSel(file.text())],
};

function filled(text: string): string[] {
  return text.includes('|') ? linesOf(text).filter((line) => line.trim() !== '') : [];
}

function readSel(text: string): FileReading {
  const reading = emptyReading('tools');
  let lost = 0;
  let zones = 0;
  for (const line of filled(text)) {
    const found = ENTRY.exec(line);
    if (found === null) {
      lost += 1;
      continue;
    }
    const [, , date = '', time = '', rest = ''] = found;
    const at = timeOf(date, time);
    if (at === undefined) zones += 1;
    const message = rest
      .split('|')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .join(' | ');
    reading.logEntries.push({ at: at ?? null, severity: severityOf(message), message, source: 'SEL' });
  }
  if (lost > 0) reading.warnings.push(`${lost} lines are no entry of a system event log.`);
  if (zones > 0) reading.warnings.push(`${zones} entries have a time that cannot be read.`);
  return reading;
}

/**
 * The BMC's clock has no zone and runs on UTC, as the specification wishes; newer ipmitool says the zone. Null before the clock was set;
 * undefined where the time is in a zone that is not known here.
 */
function timeOf(date: string, time: string): string | null | undefined {
  if (/pre-init/i.test(date)) return null;
  const day = /^(\d{2})\/(\d{2})\/(\d{4}|\d{2})$/.exec(date);
  const clock = /^(\d{2}):(\d{2}):(\d{2})(?: (AM|PM))?(?: (UTC|GMT))?$/i.exec(time);
  if (day === null || clock === null) return undefined;
  const year = Number(day[3]) < 100 ? 2000 + Number(day[3]) : Number(day[3]);
  const half = (clock[4] ?? '').toUpperCase();
  const hour = half === '' ? Number(clock[1]) : (Number(clock[1]) % 12) + (half === 'PM' ? 12 : 0);
  const parts = [Number(day[1]), Number(day[2]), hour, Number(clock[2]), Number(clock[3])] as const;
  const [month, dayOfMonth, , minute, second] = parts;
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  return new Date(Date.UTC(year, month - 1, dayOfMonth, hour, minute, second)).toISOString();
}

/** The log has no severities; only what the event's own words name. */
function severityOf(message: string): string | null {
  if (/\| Deasserted/i.test(message)) return 'OK';
  if (/Uncorrectable|Non-recoverable|(?:Upper|Lower) Critical|Failure detected|Bus Fatal/i.test(message))
    return 'Critical';
  if (/Correctable|Non-critical|Predictive failure|Redundancy (?:Lost|Degraded)|AC lost/i.test(message))
    return 'Warning';
  return null;
}
