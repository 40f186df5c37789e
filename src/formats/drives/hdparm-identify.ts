import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';
import { asInt, asNumber, seen } from '../json-facts.ts';
import { driveDevice } from './device-name.ts';
import { formFactorOf, isVirtualDisk, wwnOf } from './drive-words.ts';
import { factsOf, realSize } from './facts.ts';

/** `hdparm -I`, of one drive or several: each part begins with `/dev/sda:` in a line of its own. */
export const hdparmIdentify: FileFormat = {
  id: 'hdparm-identify',
  title: 'hdparm -I',
  recognises: (file) => {
    const text = file.text();
    return /^(?:non-removable )?ATAP?I? device, with /m.test(text) || /^ATAPI .{1,60}, with /m.test(text);
  },
  read: (file) => parts(file.text()).map(readPart),
};

interface Part {
  device: string | null;
  lines: string[];
}

function parts(text: string): Part[] {
  const found: Part[] = [];
  let part: Part = { device: null, lines: [] };
  for (const line of text.split(/\r?\n/)) {
    const device = /^(\/dev\/\S{1,80}):$/.exec(line.trimEnd())?.[1];
    if (device !== undefined) {
      part = { device, lines: [] };
      found.push(part);
    } else if (found.length === 0 && line.trim() !== '') {
      found.push(part); // without the line that names the device
    }
    part.lines.push(line);
  }
  return found;
}

function readPart({ device, lines }: Part): FileReading {
  const reading = emptyReading('tools');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0 || colon > 60 || line.length > 1000) continue;
    const name = line.slice(0, colon).trim().replace(/\s+/g, ' ').toLowerCase();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  const label = device ?? 'the drive';
  if (lines.some((line) => /^ATAPI .{1,60}, with /.test(line))) {
    reading.warnings.push(`No drive: ${label} is an ATAPI device.`);
    return reading;
  }
  const model = fields.get('model number') || null;
  const serial = fields.get('serial number') || null;
  if (model === null && serial === null) {
    reading.warnings.push(`hdparm shows no model and no serial number of ${label}.`);
    return reading;
  }
  if (serial === null) reading.warnings.push(`hdparm shows no serial number of ${label}.`);
  const rotation = fields.get('nominal media rotation rate') ?? '';
  const rpm = asInt(/^\d{3,6}$/.exec(rotation)?.[0]);
  const solid = /^Solid State/i.test(rotation) ? 'SSD' : null;
  reading.components.push(
    seen('drive', {
      model,
      serial,
      firmware: fields.get('firmware revision') || null,
      attributes: factsOf({
        device: device === null ? null : driveDevice(device),
        protocol: protocolOf(fields.get('transport') ?? ''),
        capacityBytes: capacityOf(fields),
        logicalBlockBytes: leading(fields.get('logical sector size') ?? fields.get('logical/physical sector size')),
        physicalBlockBytes: leading(fields.get('physical sector size') ?? fields.get('logical/physical sector size')),
        mediaType: rpm === null ? solid : 'HDD',
        rotationRpm: rpm,
        formFactor: formFactorOf(fields.get('form factor') ?? null),
        interfaceSpeedGbps: speedOf(lines),
        wwn: wwnOf(fields.get('logical unit wwn device identifier') ?? null),
        virtual: isVirtualDisk(null, model) ? true : null,
      }),
    }),
  );
  return reading;
}

function leading(text: string | undefined): number | null {
  return realSize(asInt(/^\d{1,15}(?![\dx])/.exec(text ?? '')?.[0]));
}

/** To the byte from the sectors; LBA28 counts end at 128 GiB, so the larger one is the drive's. */
function capacityOf(fields: ReadonlyMap<string, string>): number | null {
  const block = leading(fields.get('logical sector size') ?? fields.get('logical/physical sector size'));
  const sectors =
    leading(fields.get('lba48 user addressable sectors')) ?? leading(fields.get('lba user addressable sectors'));
  return realSize(sectors === null ? null : sectors * (block ?? 512)); // what is not said is 512 in ATA
}

function protocolOf(transport: string): string | null {
  if (/^Serial\b/i.test(transport)) return 'SATA';
  return /^Parallel\b/i.test(transport) ? 'ATA' : null;
}

/** The fastest of '   *	Gen3 signaling speed (6.0Gb/s)'. */
function speedOf(lines: readonly string[]): number | null {
  let best: number | null = null;
  for (const line of lines) {
    const speed = asNumber(/Gen\d signaling speed \(([\d.]{1,5})Gb\/s\)/.exec(line)?.[1]);
    if (speed !== null && (best === null || speed > best)) best = speed;
  }
  return best;
}
