import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, linesOf, named, said } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { macOf } from './mac.ts';

/** `ipmitool lan print`. The SNMP community in it is a secret and is not taken over. */
export const ipmitoolLan: FileFormat = {
  id: 'ipmitool-lan',
  title: 'ipmitool lan print',
  recognises: (file) => /^MAC Address {1,40}:/m.test(file.text()) && /^IP Address Source {1,40}:/m.test(file.text()),
  read(file) {
    const reading = emptyReading('tools');
    // `lan print` of several channels, one after the other
    const macs = linesOf(file.text()).flatMap((line) => {
      const pair = keyAndValue(line);
      return pair?.key === 'MAC Address' ? (macOf(pair.value) ?? []) : [];
    });
    reading.host.bmcMacs = [...new Set(macs)];
    if (macs.length === 0) reading.warnings.push('The BMC shows no MAC address of its own.');
    else reading.components.push(seen('bmc', { slot: 'bmc', attributes: { macAddresses: reading.host.bmcMacs } }));
    return [reading];
  },
};

/** `ipmitool mc info` (or `bmc info`). */
export const ipmitoolMcInfo: FileFormat = {
  id: 'ipmitool-mc-info',
  title: 'ipmitool mc info',
  recognises: (file) => /^Firmware Revision {1,40}:/m.test(file.text()) && /^IPMI Version {1,40}:/m.test(file.text()),
  read: (file) => [readMcInfo(file.text())],
};

function readMcInfo(text: string): FileReading {
  const reading = emptyReading('tools');
  const fields = fieldsOf(text);
  const firmware = said(fields.get('Firmware Revision'));
  // 'Unknown (0x100)' is ipmitool's own table that lacks the number
  const known = (name: string) => (/^Unknown/i.test(fields.get(name) ?? '') ? null : named(fields.get(name)));
  reading.system = facts({ bmcFirmware: firmware, ipmiVersion: said(fields.get('IPMI Version')) });
  reading.components.push(
    seen('bmc', { slot: 'bmc', manufacturer: known('Manufacturer Name'), model: known('Product Name'), firmware }),
  );
  return reading;
}

/** `ipmicfg -summary` of Supermicro. */
export const supermicroIpmicfg: FileFormat = {
  id: 'supermicro-ipmicfg',
  title: 'ipmicfg -summary',
  recognises: (file) => /^BMC MAC Address {0,40}:/m.test(file.text()) && /^Summary\s*$/m.test(file.text()),
  read: (file) => [readIpmicfg(file.text())],
};

function readIpmicfg(text: string): FileReading {
  const reading = emptyReading('tools');
  const fields = fieldsOf(text);
  const mac = macOf(fields.get('BMC MAC Address'));
  const firmware = said(fields.get('Firmware Revision'));
  reading.host.bmcMacs = mac === null ? [] : [mac];
  reading.system = facts({
    bmcFirmware: firmware,
    biosVersion: said(fields.get('BIOS Version')),
    cpldVersion: said(fields.get('CPLD Version')),
  });
  reading.components.push(
    seen('bmc', {
      slot: 'bmc',
      manufacturer: 'Supermicro',
      firmware,
      attributes: facts({ macAddresses: reading.host.bmcMacs }),
    }),
  );
  for (const [key, value] of fields) {
    const port = /^System (LAN\d{1,2}) MAC Address$/.exec(key)?.[1];
    const own = macOf(value);
    if (port === undefined || own === null) continue;
    reading.components.push(seen('nic', { slot: `System ${port}`, attributes: { macAddresses: [own] } }));
  }
  return reading;
}

function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of linesOf(text)) {
    const pair = keyAndValue(line);
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  return fields;
}
