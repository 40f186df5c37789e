import type { Readings, SeenComponent } from '../../ports/bundle-format.ts';
import { asInt, asList, asNumber, asRecord, asText, seen } from '../json-facts.ts';
import { ataReadings, type AtaAttribute, type AtaStatistic } from './ata-readings.ts';
import { deviceOf, raidPlace } from './device-name.ts';
import { formFactorOf, isVirtualDisk, printable, transportOf, wwnOf } from './drive-words.ts';
import { factsOf, hexId, realSize } from './facts.ts';
import { dataUnits, healthOfWarning, warningBits } from './nvme-health.ts';

type Json = Record<string, unknown>;

/** Of SCSI's device types: disk, simplified disk (RBC), host-managed zoned disk. All others (5: CD, 13: enclosure, …) are no drives. */
const DISK_TYPES = [0, 14, 20];

/** In smartctl's exit status: the drive says of itself that it fails. */
const FAILING = 0x08;

/** The drive that a document speaks of; null where it could not be opened or is none. */
export function readSmartctlDrive(document: Json): { component: SeenComponent | null; warnings: string[] } {
  const device = asRecord(document['device']);
  const deviceType = asRecord(document['device_type']);
  const scsiType = asInt(deviceType['scsi_value']);
  if (scsiType !== null && !DISK_TYPES.includes(scsiType)) {
    return { component: null, warnings: [`${label(device)} is no drive: ${asText(deviceType['name']) ?? scsiType}.`] };
  }
  const { manufacturer, model, firmware, serial } = identityOf(document);
  const readings = readingsOfDrive(document, model);
  const health = healthOf(document);
  const named = serial !== null || model !== null;
  const known = named || (asText(device['name']) !== null && (health !== null || Object.keys(readings).length > 0));
  if (!known) return { component: null, warnings: [`Nothing is said of the drive ${label(device)}.`] };
  const warnings = serial === null ? [`The drive ${label(device)} is shown without a serial number.`] : [];
  const component = seen('drive', {
    slot: raidPlace(asText(device['type'])),
    manufacturer,
    model,
    serial,
    firmware,
    health,
    attributes: attributesOf(document, manufacturer, model),
    readings,
  });
  return { component, warnings };
}

function label(device: Json): string {
  return asText(device['info_name']) ?? asText(device['name']) ?? '(no device named)';
}

function identityOf(document: Json): Pick<SeenComponent, 'manufacturer' | 'model' | 'firmware' | 'serial'> {
  const vendor = asText(document['scsi_vendor']) ?? asText(document['vendor']);
  const product = asText(document['scsi_product']) ?? asText(document['product']);
  const revision = asText(document['scsi_revision']) ?? asText(document['revision']);
  // A SATA drive asked through SCSI has the vendor 'ATA', and of its firmware only the last four characters.
  const translated = vendor === 'ATA';
  return {
    manufacturer: translated ? null : vendor,
    model: product ?? asText(document['model_name']) ?? asText(document['scsi_model_name']),
    firmware: asText(document['firmware_version']) ?? (translated ? null : revision),
    serial: asText(document['serial_number']),
  };
}

function attributesOf(document: Json, manufacturer: string | null, model: string | null): SeenComponent['attributes'] {
  const device = asRecord(document['device']);
  const name = asText(device['name']);
  const type = asText(device['type']);
  const rotation = asInt(document['rotation_rate']);
  const protocol = protocolOf(document);
  const pci = asRecord(document['nvme_pci_vendor']);
  return factsOf({
    device: deviceOf(name, type),
    protocol,
    capacityBytes: capacityOf(document),
    logicalBlockBytes: realSize(blockBytes(document)),
    physicalBlockBytes: realSize(asInt(document['physical_block_size'])),
    mediaType: mediaTypeOf(rotation, protocol),
    rotationRpm: rotation !== null && rotation > 1 ? rotation : null,
    formFactor: formFactorOf(asText(asRecord(document['form_factor'])['name'])),
    interfaceSpeedGbps: gbpsOf(asRecord(document['interface_speed'])['max']),
    wwn: wwnOfDocument(document),
    nvmeVersion: nvmeVersionOf(document),
    vendorId: hexId(pci['id']),
    subsystemVendorId: hexId(pci['subsystem_id']),
    oemProductId: printable(asText(document['ata_additional_product_id'])),
    virtual: isVirtualDisk(manufacturer, model) ? true : null,
  });
}

function mediaTypeOf(rotation: number | null, protocol: string | null): string | null {
  if (protocol === 'NVMe') return 'SSD';
  if (rotation === null) return null;
  return rotation > 1 ? 'HDD' : 'SSD';
}

function protocolOf(document: Json): string | null {
  const said = asText(asRecord(document['device'])['protocol']);
  if (said === 'ATA') return document['sata_version'] === undefined ? 'ATA' : 'SATA';
  if (said !== 'SCSI') return said;
  const transport = asRecord(document['scsi_transport_protocol'])['name'] ?? asRecord(document['transport'])['name'];
  if (asText(document['scsi_vendor']) === 'ATA') return 'SATA';
  return transportOf(asText(transport)) ?? 'SCSI';
}

function blockBytes(document: Json): number | null {
  const namespaces = asList(document['nvme_namespaces']).map(asRecord);
  return asInt(document['logical_block_size']) ?? asInt(namespaces[0]?.['formatted_lba_size']);
}

/** Of the whole drive: an NVMe controller says its total, `user_capacity` there is of one namespace. */
function capacityOf(document: Json): number | null {
  const user = asRecord(document['user_capacity']);
  const blocks = asInt(user['blocks']);
  const block = asInt(document['logical_block_size']);
  const namespaces = asList(document['nvme_namespaces']).map(asRecord);
  return (
    realSize(asInt(document['nvme_total_capacity'])) ??
    realSize(asInt(user['bytes'])) ??
    realSize(blocks === null || block === null ? null : blocks * block) ??
    realSize(namespaces.length === 1 ? asInt(asRecord(namespaces[0]?.['size'])['bytes']) : null)
  );
}

function gbpsOf(speed: unknown): number | null {
  return asNumber(/^([\d.]{1,6}) Gb\/s/.exec(asText(asRecord(speed)['string']) ?? '')?.[1]);
}

function nvmeVersionOf(document: Json): string | null {
  const said = asText(asRecord(document['nvme_version'])['string']);
  return said !== null && /^\d/.test(said) ? said : null; // '<1.2' is no version
}

function wwnOfDocument(document: Json): string | null {
  const { naa, oui, id } = asRecord(document['wwn']);
  const [kind, maker, rest] = [asInt(naa), asInt(oui), asInt(id)];
  if (kind !== null && maker !== null && rest !== null && kind >= 0 && maker >= 0 && rest >= 0) {
    return wwnOf(`${kind.toString(16)}${maker.toString(16).padStart(6, '0')}${rest.toString(16).padStart(9, '0')}`);
  }
  const unit = wwnOf(asText(document['logical_unit_id']));
  if (unit !== null) return unit;
  const namespaces = asList(document['nvme_namespaces']).map(asRecord);
  const eui = asRecord(namespaces[0]?.['eui64']);
  const [euiOui, extension] = [asInt(eui['oui']), asInt(eui['ext_id'])];
  if (namespaces.length !== 1 || euiOui === null || extension === null || euiOui < 0 || extension < 0) return null;
  return `eui.${euiOui.toString(16).padStart(6, '0')}${extension.toString(16).padStart(10, '0')}`;
}

function healthOf(document: Json): string | null {
  const status = asRecord(document['smart_status']);
  const nvme = asRecord(document['nvme_smart_health_information_log']);
  // `passed: false` is also said of a drive that is only too hot
  const bits = warningBits(nvme['critical_warning']) ?? warningBits(asRecord(status['nvme'])['value']);
  if (bits !== null) return healthOfWarning(bits);
  if (status['passed'] === false) return 'Critical';
  if (status['passed'] === true) return 'OK';
  const exit = asInt(asRecord(document['smartctl'])['exit_status']);
  return exit !== null && (exit & FAILING) !== 0 ? 'Critical' : null;
}

function readingsOfDrive(document: Json, model: string | null): Readings {
  const nvme = asRecord(document['nvme_smart_health_information_log']);
  const endurance = asRecord(document['endurance_used']);
  const said = factsOf({
    powerOnHours: asInt(asRecord(document['power_on_time'])['hours']) ?? asInt(nvme['power_on_hours']),
    powerCycles: asInt(document['power_cycle_count']) ?? asInt(nvme['power_cycles']),
    temperatureCelsius: asInt(asRecord(document['temperature'])['current']) ?? asInt(nvme['temperature']),
    percentUsed:
      asInt(nvme['percentage_used']) ??
      asInt(endurance['current_percent']) ??
      asInt(document['scsi_percentage_used_endurance_indicator']),
    availableSparePercent: asInt(nvme['available_spare']),
    mediaErrors: asInt(nvme['media_errors']),
    errorLogEntries: asInt(nvme['num_err_log_entries']),
    unsafeShutdowns: asInt(nvme['unsafe_shutdowns']),
    bytesWritten: dataUnits(nvme['data_units_written']) ?? scsiBytes(document, 'write'),
    bytesRead: dataUnits(nvme['data_units_read']) ?? scsiBytes(document, 'read'),
    reallocatedSectors: asInt(document['scsi_grown_defect_list']),
    pendingSectors: asInt(asRecord(document['scsi_pending_defects'])['count']),
    uncorrectableErrors: scsiUncorrected(document),
    linkSpeedGbps: gbpsOf(asRecord(document['interface_speed'])['current']),
  });
  const logs = ataReadings({
    model,
    inDatabase: document['in_smartctl_database'] === true,
    logicalBlockBytes: asInt(document['logical_block_size']),
    attributes: ataAttributes(document),
    statistics: ataStatistics(document),
  });
  return factsOf({ ...logs, ...said });
}

function ataAttributes(document: Json): AtaAttribute[] {
  return asList(asRecord(document['ata_smart_attributes'])['table']).flatMap((row) => {
    const { id, name, value, raw } = asRecord(row);
    const [number, called, text] = [asInt(id), asText(name), asText(asRecord(raw)['string'])];
    return number === null || called === null || text === null
      ? []
      : [{ id: number, name: called, value: asInt(value), raw: text }];
  });
}

function ataStatistics(document: Json): AtaStatistic[] {
  const pages = asList(asRecord(document['ata_device_statistics'])['pages']);
  return pages.flatMap((page) =>
    asList(asRecord(page)['table']).flatMap((row) => {
      const { name, value, flags } = asRecord(row);
      const [called, number] = [asText(name), asInt(value)];
      const valid = asRecord(flags)['valid'] !== false;
      return called === null || number === null || !valid ? [] : [{ name: called, value: number }];
    }),
  );
}

function scsiBytes(document: Json, way: 'read' | 'write'): number | null {
  const counters = asRecord(asRecord(document['scsi_error_counter_log'])[way]);
  const gigabytes = asNumber(counters['gigabytes_processed']);
  return gigabytes === null || gigabytes < 0 ? null : Math.round(gigabytes * 1e9);
}

function scsiUncorrected(document: Json): number | null {
  const log = asRecord(document['scsi_error_counter_log']);
  const counts = ['read', 'write', 'verify'].map((way) => asInt(asRecord(log[way])['total_uncorrected_errors']));
  const said = counts.filter((count) => count !== null);
  if (said.length === 0) return null;
  let sum = 0;
  for (const count of said) sum += count;
  return sum;
}
