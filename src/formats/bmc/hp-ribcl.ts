import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, leadingCount, named, said } from '../host/words.ts';
import { asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { parseXml, splitXmlDocuments } from '../xml.ts';
import { readIloHealth } from './hp-ribcl-health.ts';
import { macOf } from './mac.ts';
import { findElements, listOf } from './xml-elements.ts';

/** Answers of an HP iLO to RIBCL commands: a document per command, one after the other. */
export const hpRibcl: FileFormat = {
  id: 'hp-ribcl',
  title: 'HP iLO RIBCL (XML)',
  recognises: (file) => /<RIBCL\b/.test(file.text()) && /<RESPONSE\b/.test(file.text()),
  read: (file) => [readRibcl(file.text())],
};

type Element = Record<string, unknown>;

function readRibcl(text: string): FileReading {
  const reading = emptyReading('tools');
  reading.host.manufacturer = 'HP';
  for (const one of splitXmlDocuments(text)) {
    const { document, fault } = parseXml(opened(one));
    if (fault !== null) reading.warnings.push(fault);
    for (const network of findElements(document, 'GET_NETWORK_SETTINGS')) readNetwork(reading, network);
    for (const firmware of findElements(document, 'GET_FW_VERSION')) readManager(reading, firmware);
    for (const record of findElements(document, 'SMBIOS_RECORD')) readRecord(reading, record);
    for (const health of findElements(document, 'GET_EMBEDDED_HEALTH_DATA')) readIloHealth(reading, health);
    for (const name of findElements(document, 'SERVER_NAME')) reading.host.hostName ??= named(asText(name['@VALUE']));
    for (const tag of findElements(document, 'GET_ASSET_TAG'))
      for (const value of listOf(tag['ASSET_TAG'])) reading.host.assetTag ??= valueOf(value);
  }
  mergeManagers(reading);
  dropRepeats(reading);
  return reading;
}

/** iLO closes the root in its first line (`<RIBCL VERSION="2.22"/>`) and again at the end. */
function opened(text: string): string {
  return text.includes('</RIBCL>') ? text.replace(/<RIBCL\b([^<>]{0,200}?)\s?\/>/, '<RIBCL$1>') : text;
}

function valueOf(element: unknown): string | null {
  return typeof element === 'object' && element !== null ? said(asText((element as Element)['@VALUE'])) : null;
}

function readNetwork(reading: FileReading, network: Element): void {
  const mac = macOf(listOf(network['MAC_ADDRESS']).map(valueOf)[0]);
  if (mac === null) return;
  reading.host.bmcMacs = [...new Set([...reading.host.bmcMacs, mac])];
  reading.components.push(seen('bmc', { slot: 'bmc', attributes: { macAddresses: reading.host.bmcMacs } }));
}

function readManager(reading: FileReading, one: Element): void {
  const firmware = said(asText(one['@FIRMWARE_VERSION']));
  if (firmware !== null) reading.system['bmcFirmware'] = firmware;
  const model = named(asText(one['@MANAGEMENT_PROCESSOR']));
  reading.components.push(seen('bmc', { slot: 'bmc', manufacturer: 'HP', model, firmware }));
}

/** The records of `dmidecode`, as name and value pairs in the order of the file: a name comes again for the next port. */
function readRecord(reading: FileReading, record: Element): void {
  const pairs = listOf(record['FIELD']).map((field) => {
    const one = typeof field === 'object' && field !== null ? (field as Element) : {};
    return { name: asText(one['@NAME']) ?? '', value: said(asText(one['@VALUE'])) };
  });
  const first = (name: string): string | null => pairs.find((pair) => pair.name === name)?.value ?? null;
  const type = asText(record['@TYPE']);
  if (type === '0') {
    const version = [first('Family'), first('Date')].filter((one) => one !== null).join(' ');
    if (version !== '') reading.system['biosVersion'] = version;
  } else if (type === '1') {
    reading.host.model = named(first('Product Name'));
    reading.host.productSerial = first('Serial Number');
    // 'UUID' is a product and serial number in letters; cUUID is what dmidecode shows
    reading.host.systemUuid = first('cUUID')?.toLowerCase() ?? null;
  } else if (type === '4') reading.components.push(processor(first));
  else if (type === '17') {
    const module = memoryModule(first);
    if (module !== null) reading.components.push(module);
  } else if (type === '209') reading.components.push(...ports(reading, pairs));
}

function processor(first: (name: string) => string | null): SeenComponent {
  const counts = /(\d{1,3}) of (\d{1,3}) cores; (\d{1,3}) threads/.exec(first('Execution Technology') ?? '');
  return seen('cpu', {
    slot: first('Label'),
    attributes: facts({
      cores: counts === null ? null : Number(counts[2]),
      threads: counts === null ? null : Number(counts[3]),
    }),
  });
}

function memoryModule(first: (name: string) => string | null): SeenComponent | null {
  const size = parseSize(first('Size') ?? '', { binary: true });
  if (size === null || size === 0) return null;
  return seen('dimm', {
    slot: first('Label'),
    attributes: facts({ capacityBytes: size, speedMts: leadingCount(first('Speed')) }),
  });
}

function ports(reading: FileReading, pairs: { name: string; value: string | null }[]): SeenComponent[] {
  const found: SeenComponent[] = [];
  let port: string | null = null;
  for (const { name, value } of pairs) {
    if (name === 'Port') port = value;
    const mac = name === 'MAC' ? macOf(value) : null;
    if (mac === null || port === null) continue;
    if (/^iLO/i.test(port)) reading.host.bmcMacs = [...new Set([...reading.host.bmcMacs, mac])];
    else found.push(seen('nic', { slot: `Embedded NIC ${port}`, attributes: { macAddresses: [mac] } }));
  }
  return found;
}

/** Two commands tell of the iLO: one its address, the other its firmware. */
function mergeManagers(reading: FileReading): void {
  const managers = reading.components.filter((one) => one.kind === 'bmc');
  if (managers.length === 0) return;
  const firmware = managers.find((one) => one.firmware !== null);
  const macs = reading.host.bmcMacs;
  const merged = seen('bmc', {
    slot: 'bmc',
    manufacturer: 'HP',
    model: firmware?.model ?? null,
    firmware: firmware?.firmware ?? null,
    attributes: macs.length === 0 ? {} : { macAddresses: macs },
  });
  reading.components = [merged, ...reading.components.filter((one) => one.kind !== 'bmc')];
}

/** The same part stands in the SMBIOS records and in the health data, which know more of it. */
function dropRepeats(reading: FileReading): void {
  const best = new Map<string, SeenComponent>();
  for (const one of reading.components) best.set(`${one.kind} ${one.slot ?? best.size}`, one);
  reading.components = [...best.values()];
}
