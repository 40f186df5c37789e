import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { wwnOf } from '../drives/drive-words.ts';
import { hexId } from '../drives/facts.ts';
import { facts, leadingNumber, named, said } from '../host/words.ts';
import { asInt, asList, asRecord, asText, seen } from '../json-facts.ts';
import { parseSize } from '../sizes.ts';
import { blockBytes, gigabits, makerOf, sectorBytes } from './drive-sizes.ts';
import { storcliBatteries } from './storcli-battery.ts';
import type { StorcliController } from './storcli-text.ts';

type Facts = Record<string, unknown>;

export function readStorcliController({ index, data }: StorcliController): SeenComponent[] {
  const name = `c${index ?? 0}`;
  return [...controller(name, data), ...drives(name, data), ...storcliBatteries(name, data)];
}

/** `show all` has sections; `show` has the same in one flat object with names of its own. */
function controller(name: string, data: Facts): SeenComponent[] {
  const basics = { ...data, ...asRecord(data['Basics']) };
  const version = { ...data, ...asRecord(data['Version']) };
  const bus = { ...data, ...asRecord(data['Bus']), ...asRecord(data['PCI Version']) };
  const model = named(asText(basics['Model']) ?? asText(basics['Product Name']));
  if (model === null) return [];
  const address = pciAddressOf(asText(basics['PCI Address']));
  return [
    seen('storage-controller', {
      slot: address ?? name,
      model,
      serial: said(asText(basics['Serial Number'])),
      firmware: said(asText(version['Firmware Version']) ?? asText(version['FW Version'])),
      health: controllerHealth(asText(asRecord(data['Status'])['Controller Status'])),
      attributes: facts<string | number>({
        firmwarePackage: said(asText(version['Firmware Package Build']) ?? asText(version['FW Package Build'])),
        biosVersion: said(asText(version['Bios Version']) ?? asText(version['BIOS Version'])),
        sasAddress: wwnOf(asText(basics['SAS Address'])),
        pciAddress: address,
        driver: said(asText(version['Driver Name'])),
        vendorId: hexId(bus['Vendor Id']),
        deviceId: hexId(bus['Device Id']),
        subsystemVendorId: hexId(bus['SubVendor Id']),
        subsystemDeviceId: hexId(bus['SubDevice Id']),
      }),
      readings: facts({ temperatureCelsius: asInt(asRecord(data['HwCfg'])['ROC temperature(Degree Celsius)']) }),
    }),
  ];
}

/** storcli writes domain, bus, device and function with colons throughout: `00:0a:00:00`. */
function pciAddressOf(text: string | null): string | null {
  const found = /^([0-9a-f]{2,4}):([0-9a-f]{2}):([0-9a-f]{2}):0?([0-7])$/i.exec(text ?? '');
  if (found === null) return null;
  return `${(found[1] ?? '').padStart(4, '0')}:${found[2]}:${found[3]}.${found[4]}`.toLowerCase();
}

function controllerHealth(status: string | null): string | null {
  if (status === 'Optimal' || status === 'OK') return 'OK';
  if (/Attention|Degraded/i.test(status ?? '')) return 'Warning';
  return /Fail|Dead/i.test(status ?? '') ? 'Critical' : null;
}

interface Found {
  row: Facts;
  detail: Facts;
}

function drives(name: string, data: Facts): SeenComponent[] {
  const found = new Map<string, Found>();
  const at = (slot: string): Found => {
    const one = found.get(slot) ?? { row: {}, detail: {} };
    found.set(slot, one);
    return one;
  };
  for (const [title, value] of Object.entries({ ...data, ...asRecord(data['Physical Device Information']) })) {
    const path = /^Drive \/(c\d{1,4}(?:\/e\d{1,5})?\/s\d{1,5})( - Detailed Information)?$/.exec(title);
    const slot = path?.[1];
    if (slot === undefined) continue;
    if (path?.[2] === undefined) at(slot).row = asRecord(asList(value)[0]);
    else at(slot).detail = asRecord(value);
  }
  for (const row of asList(data['PD LIST']).map(asRecord)) {
    const place = /^(\d{0,5}) ?:(\d{1,5})$/.exec(asText(row['EID:Slt']) ?? '');
    if (place === null) continue;
    const one = at(`${name}/${place[1] === '' ? '' : `e${place[1]}/`}s${place[2]}`);
    if (Object.keys(one.row).length === 0) one.row = row;
  }
  return [...found].map(([slot, one]) => drive(slot, one));
}

function drive(slot: string, { row, detail }: Found): SeenComponent {
  const state = asRecord(detail[`Drive /${slot} State`]);
  const device = asRecord(detail[`Drive /${slot} Device attributes`]);
  const logical = blockBytes(
    asText(device['Logical Sector Size']) ?? asText(device['Sector Size']) ?? asText(row['SeSz']),
  );
  const exact = sectorBytes(asText(device['Raw size']) ?? '', logical);
  return seen('drive', {
    slot,
    manufacturer: makerOf(named(asText(device['Manufacturer Id']))),
    model: named(asText(device['Model Number']) ?? asText(row['Model'])),
    serial: said(asText(device['SN'])),
    firmware: said(asText(device['Firmware Revision'])),
    health: driveHealth(asText(row['State']), state),
    attributes: facts<string | number>({
      capacityBytes: exact,
      approximateCapacityBytes: exact === null ? parseSize(asText(row['Size']) ?? '', { binary: true }) : null,
      logicalBlockBytes: logical,
      physicalBlockBytes: blockBytes(asText(device['Physical Sector Size'])),
      mediaType: said(asText(row['Med'])),
      protocol: said(asText(row['Intf'])),
      wwn: wwnOf(asText(device['WWN'])),
      interfaceSpeedGbps: gigabits(asText(device['Device Speed'])),
    }),
    readings: facts<string | number>({
      temperatureCelsius: leadingNumber(asText(state['Drive Temperature'])),
      mediaErrors: asInt(state['Media Error Count']),
      otherErrors: asInt(state['Other Error Count']),
      predictedFailures: asInt(state['Predictive Failure Count']),
      raidState: asText(row['State']),
    }),
  });
}

const GOOD = new Set(['Onln', 'UGood', 'JBOD', 'GHS', 'DHS', 'Optl', 'Conf', 'Ready']);
const LOST = new Set(['Offln', 'UBad', 'Failed', 'F', 'Msng', 'UBUnsp', 'Fail']);

/** A drive that is being rebuilt says nothing of itself. */
function driveHealth(state: string | null, counters: Facts): string | null {
  if (state !== null && LOST.has(state)) return 'Critical';
  const foreseen = asText(counters['S.M.A.R.T alert flagged by drive']) === 'Yes';
  if (foreseen || (asInt(counters['Predictive Failure Count']) ?? 0) > 0) return 'Warning';
  return state !== null && GOOD.has(state) ? 'OK' : null;
}
