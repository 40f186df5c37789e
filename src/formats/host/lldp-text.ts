import { type Heard, lldpReading, nothingHeard } from './lldp-neighbour.ts';
import { keyAndValue, wholeLinesOf } from './words.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

/** `lldpctl -f keyvalue`: `lldp.eth0.chassis.name=switch-17`. */
export const lldpKeyValue: FileFormat = {
  id: 'lldp-keyvalue',
  title: 'lldpctl -f keyvalue',
  recognises: (file) => /^lldp\.[^\s=]{1,80}\.(?:via|rid|chassis\.[a-z.-]{1,40})=/m.test(file.text()),
  read: (file) => [lldpReading(readPairs(file.text()))],
};

/** `lldpctl` as it prints for people. */
export const lldpText: FileFormat = {
  id: 'lldp-text',
  title: 'lldpctl (text)',
  recognises: (file) => /^Interface: {1,20}\S[^\n]{0,80}, via: ?\S/m.test(file.text()),
  read: (file) => [lldpReading(readText(file.text()))],
};

/** `lldptool -t -n -i eth0`: the frame of one neighbour. The interface is only in the command that nobody recorded. */
export const lldptool: FileFormat = {
  id: 'lldptool',
  title: 'lldptool -t -n',
  recognises: (file) => /^Chassis ID TLV\s*$/m.test(file.text()),
  read: (file) => [lldpReading([readFrame(file.text())])],
};

const CHASSIS_IDS = new Set(['mac', 'local', 'ip', 'ifname', 'ifalias']);

function readPairs(text: string): Heard[] {
  const all: Heard[] = [];
  let heard = nothingHeard(null);
  for (const line of wholeLinesOf(text)) {
    const pair = line.startsWith('lldp.') ? keyAndValue(line, '=') : null;
    // An interface's name may hold dots itself (`eth0.100`).
    const found = /^lldp\.(\S{1,80}?)\.(via|chassis\.\S{1,40}|port\.\S{1,40})$/.exec(pair?.key ?? '');
    if (pair === null || found === null) continue;
    const name = found[1] ?? '';
    const key = found[2] ?? '';
    // Several neighbours of one interface follow each other, each from its `via` on.
    if (key === 'via' || heard.interface !== name) {
      heard = nothingHeard(name);
      all.push(heard);
    }
    const [part, field] = key.split('.', 2);
    if (part === 'chassis' && field === 'name') heard.name = pair.value;
    else if (part === 'chassis' && CHASSIS_IDS.has(field ?? '')) heard.chassis ??= pair.value;
    else if (part === 'port' && field === 'descr') heard.portDescription = pair.value;
    else if (part === 'port' && CHASSIS_IDS.has(field ?? '')) heard.portId ??= pair.value;
  }
  return all;
}

function readText(text: string): Heard[] {
  const all: Heard[] = [];
  for (const line of wholeLinesOf(text)) {
    const pair = keyAndValue(line);
    const heard = all.at(-1);
    if (pair === null) continue;
    const { key, value } = pair;
    if (key === 'Interface') all.push(nothingHeard(value.split(',', 1)[0] ?? null));
    else if (heard === undefined) continue;
    else if (key === 'ChassisID') heard.chassis = withoutSubtype(value);
    else if (key === 'SysName') heard.name = value;
    else if (key === 'PortID') heard.portId = withoutSubtype(value);
    else if (key === 'PortDescr') heard.portDescription = value;
  }
  return all;
}

/** `mac 5c:5e:ab:68:a5:80`, `ifname swp1s0`. */
function withoutSubtype(value: string): string {
  const at = value.indexOf(' ');
  return at !== -1 && CHASSIS_IDS.has(value.slice(0, at)) ? value.slice(at + 1).trim() : value;
}

function readFrame(text: string): Heard {
  const heard = nothingHeard(null);
  let title = '';
  for (const line of wholeLinesOf(text)) {
    if (!/^\s/.test(line)) {
      title = line.trim();
      continue;
    }
    const value = line.trim();
    const pair = keyAndValue(value);
    if (title === 'Chassis ID TLV') heard.chassis ??= pair?.value ?? value;
    else if (title === 'Port ID TLV') heard.portId ??= pair?.value ?? value;
    else if (title === 'Port Description TLV') heard.portDescription ??= value;
    else if (title === 'System Name TLV') heard.name ??= value;
  }
  return heard;
}
