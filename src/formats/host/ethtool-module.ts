import { seen } from '../json-facts.ts';
import { facts, keyAndValue, leadingCount, leadingNumber, named, said, wholeLinesOf } from './words.ts';
import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';

/** `ethtool -m`: what the EEPROM of a transceiver or cable says. It does not name the interface it is plugged into. */
export const ethtoolModule: FileFormat = {
  id: 'ethtool-module',
  title: 'ethtool -m',
  recognises: (file) => /^[ \t]*Identifier[ \t]+: 0x[0-9a-f]{2} \(/im.test(file.text()),
  read: (file) => [readModules(file.text())],
};

function readModules(text: string): FileReading {
  const reading = emptyReading('tools');
  const blocks: Map<string, string[]>[] = [];
  // A last line without an end may hold half of the serial number.
  for (const line of wholeLinesOf(text)) {
    const pair = keyAndValue(line);
    if (pair === null) continue;
    if (pair.key === 'Identifier') blocks.push(new Map());
    const block = blocks.at(-1);
    const values = block?.get(pair.key);
    if (values === undefined) block?.set(pair.key, [pair.value]);
    else if (values.length < 64) values.push(pair.value);
  }
  for (const block of blocks) {
    const module = moduleOf(block);
    if (module === null) reading.warnings.push('A transceiver says neither its maker nor its serial number.');
    else reading.components.push(module);
  }
  return reading;
}

function moduleOf(block: Map<string, string[]>): SeenComponent | null {
  const value = (name: string): string | null => block.get(name)?.[0] ?? null;
  const manufacturer = named(value('Vendor name'));
  const serial = said(value('Vendor SN'));
  if (manufacturer === null && serial === null) return null;
  return seen('transceiver', {
    manufacturer,
    partNumber: named(value('Vendor PN')),
    serial,
    attributes: facts<string | number | string[]>({
      formFactor: inBrackets(value('Identifier')),
      connector: inBrackets(value('Connector')),
      standards: block.get('Transceiver type') ?? null,
      wavelengthNm: leadingCount(value('Laser wavelength')?.replace('nm', '')),
      bitRateMbd: leadingCount(value('BR, Nominal')?.replace(/MBd$/i, '')),
      copperLengthMeters: leadingCount(value('Length (Copper)')?.replace(/m$/, '')),
      vendorOui: named(value('Vendor OUI')),
      revision: named(value('Vendor rev')),
      dateCode: named(value('Date code')),
    }),
    readings: facts({
      temperatureCelsius: leadingNumber(value('Module temperature')),
      supplyVolts: leadingNumber(value('Module voltage')),
      txPowerDbm: decibelsOf(value('Laser output power')),
      rxPowerDbm: decibelsOf(value('Receiver signal average optical power')),
    }),
  });
}

/** `0x03 (SFP)`, `0x11 (QSFP28)`. */
function inBrackets(text: string | null): string | null {
  return named(/^0x[0-9a-f]{2} \(([^()]{1,80})\)/i.exec(text ?? '')?.[1]);
}

/** `0.8183 mW / -0.87 dBm`. */
function decibelsOf(text: string | null): number | null {
  const at = (text ?? '').indexOf('/');
  return at === -1 ? null : leadingNumber((text ?? '').slice(at + 1));
}
