import { asMac, asMacs, isVirtual } from './mac-address.ts';
import { isAbsent, type Reading } from './reading.ts';
import { EthernetInterface, NetworkAdapter, NetworkEnd, type Chassis, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/**
 * Network cards with their MACs (NetworkAdapters of the chassis); then the system's EthernetInterfaces whose MAC is on none of them,
 * each as a `nic` of its own: onboard ports, and all there is on BMCs without NetworkAdapters.
 */
export async function readNetwork(
  reading: Reading,
  systems: readonly ComputerSystem[],
  chassis: readonly Chassis[],
): Promise<void> {
  const taken = new Set<string>();
  const links = new Set(chassis.map((one) => one.NetworkAdapters).filter((link) => link !== null));
  const lists = await Promise.all([...links].map((link) => reading.many(link, NetworkAdapter, 'nic')));
  const adapters = lists.flat().toSorted((a, b) => ((a['@odata.id'] ?? '') < (b['@odata.id'] ?? '') ? -1 : 1));
  if (adapters.length > 0) reading.looked('nic');
  const macs = await Promise.all(adapters.map(async (one) => (isAbsent(one.Status) ? [] : readMacs(reading, one))));
  for (const [at, adapter] of adapters.entries()) {
    const macAddresses = macs[at] ?? [];
    // BlueField shows its one adapter under two chassis.
    if (macAddresses.length > 0 && macAddresses.every((mac) => taken.has(mac))) continue;
    for (const mac of macAddresses) taken.add(mac);
    reportAdapter(reading, adapter, macAddresses);
  }
  for (const system of systems) {
    if (system.EthernetInterfaces === null) continue;
    for (const one of await reading.many(system.EthernetInterfaces, EthernetInterface, 'nic')) {
      reading.looked('nic');
      const mac = asMac(one.PermanentMACAddress) ?? asMac(one.MACAddress);
      if (mac === null || taken.has(mac) || isVirtual(one)) continue;
      taken.add(mac);
      reading.found({
        kind: 'nic',
        slot: slotSigns(one, null),
        status: one.Status,
        attributes: { macAddresses: [mac], speedMbps: one.SpeedMbps, linkStatus: one.LinkStatus },
      });
    }
  }
}

function reportAdapter(reading: Reading, adapter: NetworkAdapter, macAddresses: string[]): void {
  const controller = adapter.Controllers[0];
  for (const one of adapter.Controllers) reading.claim(...one.Links.PCIeDevices);
  const place = adapter.Location.PartLocation.ServiceLabel === null ? (controller?.Location ?? null) : adapter.Location;
  reading.found({
    kind: 'nic',
    slot: slotSigns(adapter, place),
    status: adapter.Status,
    manufacturer: adapter.Manufacturer,
    model: adapter.Model,
    partNumber: adapter.PartNumber,
    serial: adapter.SerialNumber,
    firmware: controller?.FirmwarePackageVersion ?? null,
    attributes: { macAddresses },
  });
}

/** From the first place that has some: functions name the permanent MAC; ports and the older ports (with GUIDs on iLO 5) follow. */
async function readMacs(reading: Reading, adapter: NetworkAdapter): Promise<string[]> {
  for (const link of [adapter.NetworkDeviceFunctions, adapter.Ports, adapter.NetworkPorts]) {
    if (link === null) continue;
    const ends = await reading.many(link, NetworkEnd, 'nic');
    const macs = asMacs(
      ends.flatMap(({ Ethernet, AssociatedNetworkAddresses }) => [
        Ethernet.PermanentMACAddress ?? Ethernet.MACAddress,
        ...Ethernet.AssociatedMACAddresses,
        ...AssociatedNetworkAddresses,
      ]),
    );
    if (macs.length > 0) return macs;
  }
  return [];
}
