import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, leadingCount, named, said } from '../host/words.ts';
import { asText, seen } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { macOf } from './mac.ts';
import { elementsOf, findElements } from './xml-elements.ts';

const ANSWERS =
  /<(?:\w{1,20}:)?(?:GetVitalProductData|GetMemoryInfo|GetHostMacAddresses|GetProcessorInfo|GetSPNameSettings)Response\b/;

/** Answers of the IMM of an IBM System x (SOAP over WS-Management). */
export const ibmSystemX: FileFormat = {
  id: 'ibm-system-x',
  title: 'IBM System x IMM (XML)',
  recognises: (file) => file.text().includes('ibm.com/iBMC') && ANSWERS.test(file.text()),
  read: (file) => [readImm(file.text())],
};

function readImm(text: string): FileReading {
  const reading = emptyReading('tools');
  const { document, fault } = parseXml(text);
  if (fault !== null) reading.warnings.push(fault);
  for (const machine of findElements(document, 'MachineLevelVPD')) readMachine(reading, machine);
  for (const part of findElements(document, 'ComponentLevelVPD')) {
    const component = powerSupply(part);
    if (component !== null) reading.components.push(component);
  }
  for (const one of findElements(document, 'VPD')) readFirmware(reading, one);
  reading.components.push(...findElements(document, 'MemoryInfo').map(memoryModule));
  reading.components.push(...findElements(document, 'ProcessorInfo').map(processor));
  for (const one of findElements(document, 'HostMaddr')) {
    const mac = macOf(asText(one['Address']));
    const slot = asText(one['Description']);
    if (mac !== null) reading.components.push(seen('nic', { slot, attributes: { macAddresses: [mac] } }));
  }
  // The IMM's name is free text; on delivery it is the machine's serial number behind this mark
  for (const one of elementsOf(document, ['Envelope', 'Body', 'GetSPNameSettingsResponse']))
    reading.host.productSerial ??= /^SN# ?(\S{1,40})$/.exec(asText(one['SPName']) ?? '')?.[1] ?? null;
  reading.components = uniquePlaces(reading);
  return reading;
}

function uniquePlaces(reading: FileReading): SeenComponent[] {
  const used = new Set<string>();
  return reading.components.filter((one) => {
    const key = `${one.kind} ${one.slot ?? ''}`;
    if (one.slot !== null && used.has(key)) {
      reading.warnings.push(`The file shows '${one.slot}' twice; the first is taken.`);
      return false;
    }
    used.add(key);
    return true;
  });
}

function readMachine({ host }: FileReading, machine: Record<string, unknown>): void {
  const model = [asText(machine['ProductName']), asText(machine['MachineTypeAndModel'])].filter((one) => one !== null);
  host.manufacturer = 'IBM';
  host.model = model.length === 0 ? null : model.join(' ');
  host.productSerial = asText(machine['SerialNumber']);
  const digits = /^([0-9A-F]{8})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{12})$/i.exec(
    asText(machine['UUID']) ?? '',
  );
  host.systemUuid = digits === null ? null : digits.slice(1).join('-').toLowerCase();
}

/** The other parts with serial numbers are backplanes, for which there is no kind. */
function powerSupply(part: Record<string, unknown>): SeenComponent | null {
  const slot = asText(part['FRUName']);
  if (slot === null || !/^Power Supply/i.test(slot)) return null;
  return seen('psu', {
    slot,
    manufacturer: named(asText(part['MfgID'])),
    partNumber: named(asText(part['FRUNumber'])),
    serial: said(asText(part['SerialNumber'])),
  });
}

function readFirmware(reading: FileReading, one: Record<string, unknown>): void {
  const name = asText(one['FirmwareName']);
  const version = asText(one['VersionString']);
  if (name === null) return;
  reading.firmware.push({ id: name, name, version, updateable: null });
  if (version === null) return;
  if (name === 'UEFI') reading.system['biosVersion'] = version;
  if (name !== 'IMM') return;
  reading.system['bmcFirmware'] = version;
  reading.components.push(seen('bmc', { slot: 'bmc', manufacturer: 'IBM', model: 'IMM', firmware: version }));
}

function memoryModule(one: Record<string, unknown>): SeenComponent {
  const gibibytes = leadingCount(asText(one['Size']));
  return seen('dimm', {
    slot: asText(one['Description']),
    model: named(asText(one['PartNumber'])),
    partNumber: named(asText(one['PartNumber'])),
    serial: said(asText(one['SerialNumber'])),
    attributes: facts<string | number>({
      capacityBytes: gibibytes === null ? null : gibibytes * 1024 ** 3,
      type: named(asText(one['Type'])),
    }),
  });
}

function processor(one: Record<string, unknown>): SeenComponent {
  return seen('cpu', {
    slot: asText(one['Description']),
    model: named(asText(one['Identifier']) ?? asText(one['Type'])),
    attributes: facts({ cores: leadingCount(asText(one['Cores'])), threads: leadingCount(asText(one['Threads'])) }),
  });
}
