import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { facts, named, said } from '../host/words.ts';
import { asText, seen } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { macOf } from './mac.ts';
import { elementsOf } from './xml-elements.ts';

type Element = Record<string, unknown>;

/** `/xmldata?item=all`, without a login: of an iLO its server, of an Onboard Administrator every blade of the enclosure. */
export const hpXmldata: FileFormat = {
  id: 'hp-xmldata',
  title: 'HP iLO or Onboard Administrator (xmldata)',
  recognises: (file) => /<RIMP\b/.test(file.text()) && /<(?:HSI|INFRA2|MP)\b/.test(file.text()),
  read(file) {
    const { document, fault } = parseXml(file.text());
    const server = elementsOf(document, ['RIMP', 'HSI']).map((one) => readServer(document, one));
    const blades = elementsOf(document, ['RIMP', 'INFRA2', 'BLADES', 'BLADE']).map(readBlade);
    const readings = [...server, ...blades];
    if (readings.length === 0) {
      const empty = emptyReading('tools');
      empty.warnings.push('The file names no server.');
      readings.push(empty);
    }
    if (fault !== null) readings[0]?.warnings.push(fault);
    return readings;
  },
};

function readServer(document: Element, server: Element): FileReading {
  const reading = emptyReading('tools');
  readEvidence(reading, server, 'SBSN');
  const used = new Set<string>();
  for (const one of elementsOf(server, ['NICS', 'NIC'])) {
    const mac = macOf(asText(one['MACADDR']));
    const port = asText(one['PORT']);
    if (mac === null || port === null || used.has(port)) continue;
    used.add(port);
    if (/^iLO/i.test(port) || /iLO/i.test(asText(one['DESCRIPTION']) ?? '')) reading.host.bmcMacs.push(mac);
    else reading.components.push(seen('nic', { slot: `Port ${port}`, attributes: { macAddresses: [mac] } }));
  }
  for (const manager of elementsOf(document, ['RIMP', 'MP']).slice(0, 1))
    addManager(reading, {
      model: asText(manager['PN']),
      firmware: asText(manager['FWRI']),
      serial: asText(manager['SN']),
    });
  return reading;
}

/** An enclosure's own power supplies, fans and switches belong to no one server; they are left out. */
function readBlade(blade: Element): FileReading {
  const reading = emptyReading('tools');
  readEvidence(reading, blade, 'BSN');
  reading.host.hostName = named(asText(blade['NAME']));
  for (const key of ['MGMTMACADDR', 'MGMTMAC']) {
    const mac = macOf(asText(blade[key]));
    if (mac !== null) reading.host.bmcMacs.push(mac);
  }
  addManager(reading, { model: asText(blade['MGMTPN']), firmware: asText(blade['MGMTFWVERSION']), serial: null });
  return reading;
}

function readEvidence({ host }: FileReading, one: Element, serial: string): void {
  host.manufacturer = named(asText(one['MANUFACTURER'])) ?? 'HP';
  host.model = named(asText(one['SPN']));
  host.productSerial = said(asText(one[serial]));
  host.systemUuid = said(asText(one['cUUID']))?.toLowerCase() ?? null;
}

function addManager(
  reading: FileReading,
  one: { model: string | null; firmware: string | null; serial: string | null },
): void {
  if (one.model === null && one.firmware === null) return;
  if (one.firmware !== null) reading.system['bmcFirmware'] = one.firmware;
  reading.components.push(
    seen('bmc', {
      slot: 'bmc',
      manufacturer: 'HP',
      model: named(one.model),
      firmware: said(one.firmware),
      serial: said(one.serial),
      attributes: facts({ macAddresses: reading.host.bmcMacs }),
    }),
  );
}
