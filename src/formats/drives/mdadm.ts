import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';

/**
 * `mdadm --detail` and `--examine`: how the system's software RAID is. It names partitions, no parts, so nothing of it is inventory; the
 * state and the members go to the log, and the host's name to the evidence where mdadm says that the array is of this host.
 */
export const mdadm: FileFormat = {
  id: 'mdadm',
  title: 'mdadm --detail / --examine',
  recognises: (file) => {
    const text = file.text();
    if (!/^\/dev\/\S{1,80}:$/m.test(text)) return false;
    return /^ *Magic : a92b4efc/m.test(text) || /^ *Raid Level : \S/m.test(text) || /^ *MBR Magic : aa55/m.test(text);
  },
  read: (file) => parts(file.text()).map(readPart),
};

interface Part {
  device: string;
  lines: string[];
}

function parts(text: string): Part[] {
  const found: Part[] = [];
  for (const line of text.split(/\r?\n/)) {
    const device = /^(\/dev\/\S{1,80}):$/.exec(line.trimEnd())?.[1];
    if (device === undefined) found.at(-1)?.lines.push(line);
    else found.push({ device, lines: [] });
  }
  return found;
}

function readPart({ device, lines }: Part): FileReading {
  const reading = emptyReading('tools');
  const fields = new Map<string, string>();
  const members: string[] = [];
  for (const line of lines) {
    const at = line.indexOf(' : ');
    if (at > 0 && at < 60 && line.length < 1000) fields.set(line.slice(0, at).trim(), line.slice(at + 3).trim());
    // number, major, minor, place, state, device: '0  253  64  0  active sync  /dev/vde1'
    const row = /^\s{1,20}(\d{1,6}|-)\s{1,20}\d{1,6}\s{1,20}\d{1,9}\s{1,20}(\d{1,6}|-)\s{1,20}(.{1,200})$/.exec(line);
    if (row !== null) members.push(memberOf(row[3] ?? ''));
  }
  reading.host.hostName = /\(local to host (\S{1,255})\)/.exec(fields.get('Name') ?? '')?.[1] ?? null;
  const level = fields.get('Raid Level');
  if (level === undefined) return reading;
  const state = fields.get('State') ?? fields.get('Array State') ?? 'not said';
  const role = fields.get('Device Role');
  const shown =
    role === undefined
      ? `members ${members.join(', ') || 'none'}`
      : `of array ${fields.get('Array UUID') ?? ''}, ${role}`;
  const degraded = /degraded|FAILED|inactive|faulty|removed/.test(`${state} ${members.join(' ')}`);
  reading.logEntries.push({
    at: null, // mdadm prints local time without its zone
    severity: degraded ? 'Warning' : 'OK',
    message: `Software RAID ${device}: ${level}, state ${state}, ${shown}`,
    source: 'mdadm',
  });
  return reading;
}

/** 'active sync   /dev/vde1' as '/dev/vde1 (active sync)'; a place without a device is only 'removed'. */
function memberOf(text: string): string {
  const words = text.trim().split(/\s+/);
  const device = words.at(-1)?.startsWith('/dev/') === true ? words.pop() : undefined;
  const state = words.join(' ');
  if (device === undefined) return state;
  return state === '' ? device : `${device} (${state})`;
}
