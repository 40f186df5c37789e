import { elementsOf, findElements } from '../bmc/xml-elements.ts';
import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { fullAddress, parsePciAddress } from '../host/pci-address.ts';
import { facts, leadingCount, leadingNumber, named, said } from '../host/words.ts';
import { asInt, asRecord, asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { parseXml } from '../xml.ts';

type Element = Record<string, unknown>;

/** `nvidia-smi -q -x`, of drivers since 2019. A GPU that has left the bus is not in it, so that it covers no kind. */
export const nvidiaSmi: FileFormat = {
  id: 'nvidia-smi-xml',
  title: 'nvidia-smi -q -x',
  recognises: (file) => /<nvidia_smi_log\b/.test(file.text()),
  read: (file) => [readLog(file.text())],
};

function readLog(text: string): FileReading {
  const reading = emptyReading('tools');
  const { document, fault } = parseXml(text);
  if (fault !== null) reading.warnings.push(fault);
  const log = elementsOf(document, ['nvidia_smi_log'])[0] ?? {};
  reading.system = facts({ nvidiaDriver: said(asText(log['driver_version'])) });
  const gpus = elementsOf(log, ['gpu']).map(gpu);
  const attached = asInt(log['attached_gpus']);
  if (attached !== null && attached !== gpus.length)
    reading.warnings.push(`${attached} GPUs are attached, ${gpus.length} are described.`);
  const used = new Set<string>();
  for (const one of gpus) {
    if (one.slot !== null && used.has(one.slot)) continue;
    used.add(one.slot ?? '');
    reading.components.push(one);
  }
  return reading;
}

function gpu(one: Element): SeenComponent {
  const pci = asRecord(one['pci']);
  const address = parsePciAddress(asText(pci['pci_bus_id']) ?? asText(one['@id']));
  const link = asRecord(pci['pci_gpu_link_info']);
  const memory = asRecord(one['fb_memory_usage']);
  const errors = errorCounts(one);
  // 20B210DE: device before vendor
  const ids = /^([0-9A-F]{4})([0-9A-F]{4})$/i.exec(asText(pci['pci_device_id'])?.replace(/^0x/i, '') ?? '');
  const board = /^([0-9A-F]{4})([0-9A-F]{4})$/i.exec(asText(pci['pci_sub_system_id'])?.replace(/^0x/i, '') ?? '');
  const hex = (digits: string | undefined): string | null =>
    digits === undefined ? null : `0x${digits.toLowerCase()}`;
  return seen('gpu', {
    slot: address === null ? null : fullAddress(address),
    manufacturer: 'NVIDIA',
    model: named(asText(one['product_name'])),
    // Before driver 520 the board's number stood under the name of the chip's
    partNumber: named(asText(one['board_part_number']) ?? asText(one['gpu_part_number'])),
    serial: said(asText(one['serial'])),
    firmware: said(asText(one['vbios_version'])),
    health: healthOf(one, errors),
    attributes: facts<string | number>({
      uuid: said(asText(one['uuid'])),
      vbios: said(asText(one['vbios_version'])),
      capacityBytes: parseSize(asText(memory['total']) ?? '', { binary: true }),
      architecture: named(asText(one['product_architecture'])),
      vendorId: hex(ids?.[2]),
      deviceId: hex(ids?.[1]),
      subsystemVendorId: hex(board?.[2]),
      subsystemDeviceId: hex(board?.[1]),
      pcieGeneration: leadingCount(asText(asRecord(link['pcie_gen'])['max_link_gen'])),
      pcieLanes: leadingCount(asText(asRecord(link['link_widths'])['max_link_width'])?.replace('x', '')),
    }),
    readings: facts({
      temperatureCelsius: leadingNumber(asText(asRecord(one['temperature'])['gpu_temp'])),
      ...errors,
    }),
  });
}

interface ErrorCounts extends Record<string, number | null> {
  volatileUncorrectableErrors: number | null;
  uncorrectableErrors: number | null;
  retiredPages: number | null;
  remappedRows: number | null;
}

/** What ECC counts is called differently by each generation; null where the card does not count. */
function errorCounts(one: Element): ErrorCounts {
  const retired = findElements(asRecord(one['retired_pages']), 'multiple_single_bit_retirement')
    .concat(findElements(asRecord(one['retired_pages']), 'double_bit_retirement'))
    .map((cause) => asInt(cause['retired_count']) ?? asInt(cause['retired_page_count']));
  const rows = asRecord(one['remapped_rows']);
  return {
    volatileUncorrectableErrors: uncorrectable(asRecord(asRecord(one['ecc_errors'])['volatile'])),
    uncorrectableErrors: uncorrectable(asRecord(asRecord(one['ecc_errors'])['aggregate'])),
    retiredPages: sum(retired),
    remappedRows: sum([asInt(rows['remapped_row_corr']), asInt(rows['remapped_row_unc'])]),
  };
}

function uncorrectable(counts: Element): number | null {
  const told = Object.entries(counts).flatMap(([name, value]) =>
    name.includes('uncorrectable') ? [asInt(value)] : [],
  );
  return sum([...told, asInt(asRecord(counts['double_bit'])['total'])]);
}

function sum(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((one) => one !== null);
  let total = 0;
  for (const one of known) total += one;
  return known.length === 0 ? null : total;
}

/** Memory that was lost and is not yet replaced is a warning; a remap that failed, or too many errors, calls for another card. */
function healthOf(one: Element, errors: ErrorCounts): string | null {
  const rows = asRecord(one['remapped_rows']);
  const pages = asRecord(one['retired_pages']);
  const ecc = asRecord(one['ecc_errors']);
  const yes = (value: unknown): boolean => asText(value) === 'Yes';
  const threshold = asRecord(ecc['aggregate'])['sram_threshold_exceeded'];
  if (yes(rows['remapped_row_failure']) || yes(threshold) || yes(ecc['unrepairable_memory'])) return 'Critical';
  const pending = [
    rows['remapped_row_pending'],
    pages['pending_retirement'],
    pages['pending_blacklist'],
    ecc['channel_repair_pending'],
    ecc['tpc_repair_pending'],
  ];
  if (pending.some(yes) || (errors.volatileUncorrectableErrors ?? 0) > 0) return 'Warning';
  const told = errors.volatileUncorrectableErrors !== null || asText(rows['remapped_row_failure']) === 'No';
  return told ? 'OK' : null;
}
