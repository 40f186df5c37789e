import { normalizeVendor } from '#src/core/vendor.ts';
import type { FileReading, SeenComponent } from '#src/ports/bundle-format.ts';

/**
 * The same serial number as every source is to write it. Each of these is one part under two numbers otherwise: whoever reads it from
 * the host gives one of them, and whoever asks a BMC or a controller the other.
 */
export function withPlainSerials(reading: FileReading): FileReading {
  return {
    ...reading,
    host: { ...reading.host, boardSerial: plainBoard(reading.host.boardSerial) },
    components: reading.components.map(withPlainSerial),
  };
}

function withPlainSerial(component: SeenComponent): SeenComponent {
  // The chip in a battery pack counts in 16 bits: in a fleet of a few hundred two have the same number
  if (component.kind === 'battery' && /^\s*\d{1,5}\s*$/.test(component.serial ?? ''))
    return {
      ...component,
      serial: null,
      attributes: { ...component.attributes, packNumber: Number(component.serial) },
    };
  const plain = plainSerial(component);
  return plain === component.serial ? component : { ...component, serial: plain };
}

function plainSerial({ kind, serial, manufacturer, model, partNumber }: SeenComponent): string | null {
  if (serial === null) return null;
  if (kind === 'mainboard') return plainBoard(serial);
  if (kind === 'dimm') return plainModule(serial);
  const isSeagate = kind === 'drive' && normalizeVendor(manufacturer, model, partNumber) === 'seagate';
  return isSeagate ? plainSeagate(serial) : serial;
}

/** Dell's SMBIOS has the service tag around the serial of the board: `.2J4QXYZ.CN701634560AB1.`, `..CN701634560AB1.` */
function plainBoard(serial: string | null): string | null {
  return /^\.[A-Z0-9]{0,7}\.([A-Z0-9]{12,20})\.$/i.exec(serial?.trim() ?? '')?.[1] ?? serial;
}

/**
 * Supermicro's Redfish gives the whole number of JEDEC's SPD: maker, site, year and week, and only then the serial of the module, which is
 * all that SMBIOS shows. Cisco's gives year and week before it: `2102-23ECEA4E`. Old SMBIOS tables write it with `0x`.
 */
function plainModule(serial: string): string {
  const text = serial.trim();
  const forms = [/^[08][0-9A-F]{5}\d{2}[0-5]\d([0-9A-F]{8})$/i, /^\d{2}[0-5]\d-([0-9A-F]{8})$/i, /^0x([0-9A-F]{8})$/i];
  return forms.map((form) => form.exec(text)?.[1]).find((found) => found !== undefined) ?? serial;
}

/** SAS drives give the number of their electronics behind their own: `ZC10ABCD0000C812XY9Z`. On the label are the first eight. */
function plainSeagate(serial: string): string {
  return /^([A-Z0-9]{8})0000[A-Z0-9]{8}$/i.exec(serial.trim())?.[1] ?? serial;
}
