import { asMac, asMacs, isVirtual } from './mac-address.ts';
import { readHpeAdapters } from './read-hpe-devices.ts';
import { readPortModules, reportModules } from './read-transceivers.ts';
import { linkAttributes } from './pcie-link.ts';
import { isAbsent } from './found-part.ts';
import type { Reading } from './reading.ts';
import { EthernetInterface, NetworkAdapter, NetworkEnd, type Chassis, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

interface Ends {
  ends: NetworkEnd[];
  /** What the Ports could tell is among them. */
  ports: boolean;
}

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
  const ends = await Promise.all(
    adapters.map(async (one) => (isAbsent(one.Status) ? { ends: [], ports: true } : readEnds(reading, one))),
  );
  const unread: NetworkAdapter[] = [];
  for (const [at, adapter] of adapters.entries()) {
    const { ends: ownEnds, ports } = ends[at] ?? { ends: [], ports: true };
    const macAddresses = macsOf(ownEnds);
    // BlueField shows its one adapter under two chassis.
    if (macAddresses.length > 0 && macAddresses.every((mac) => taken.has(mac))) continue;
    for (const mac of macAddresses) taken.add(mac);
    reportAdapter(reading, adapter, macAddresses, speedOf(ownEnds));
    reportModules(reading, adapter, ownEnds);
    if (!ports) unread.push(adapter);
  }
  await readPortModules(reading, unread);
  for (const system of systems) {
    if (system.EthernetInterfaces === null) continue;
    const all = await reading.many(system.EthernetInterfaces, EthernetInterface, 'nic');
    if (all.length > 0) reading.looked('nic');
    const untold = () =>
      all.flatMap((one) => {
        const mac = asMac(one.PermanentMACAddress) ?? asMac(one.MACAddress);
        return mac === null || taken.has(mac) || isVirtual(one) ? [] : [{ one, mac }];
      });
    if (untold().length > 0) await readHpeAdapters(reading, system, taken);
    for (const { one, mac } of untold()) {
      if (taken.has(mac)) continue;
      taken.add(mac);
      reportInterface(reading, one, mac);
    }
  }
}

export function reportInterface(reading: Reading, one: EthernetInterface, mac: string): void {
  reading.found({
    kind: 'nic',
    slot: slotSigns(one, null),
    status: one.Status,
    attributes: { macAddresses: [mac], speedMbps: one.SpeedMbps, linkStatus: one.LinkStatus },
  });
}

export function reportAdapter(
  reading: Reading,
  adapter: NetworkAdapter,
  macAddresses: string[],
  maxSpeedMbps: number | null = null,
): void {
  const controller = adapter.Controllers[0];
  const place = adapter.Location.PartLocation.ServiceLabel === null ? (controller?.Location ?? null) : adapter.Location;
  reading.found({
    kind: 'nic',
    slot: slotSigns(adapter, place),
    status: adapter.Status,
    devices: adapter.Controllers.flatMap((one) => one.Links.PCIeDevices),
    manufacturer: adapter.Manufacturer,
    model: adapter.Model,
    partNumber: adapter.PartNumber,
    serial: adapter.SerialNumber,
    firmware: controller?.FirmwarePackageVersion ?? null,
    attributes: {
      macAddresses,
      maxSpeedMbps,
      ...(controller === undefined ? {} : linkAttributes(controller.PCIeInterface)),
    },
  });
}

/** Of the first place that names MACs: functions name the permanent ones; ports and the older ports (with GUIDs on iLO 5) follow. */
async function readEnds(reading: Reading, adapter: NetworkAdapter): Promise<Ends> {
  const all: NetworkEnd[] = [];
  let ports = adapter.Ports === null;
  for (const link of [adapter.NetworkDeviceFunctions, adapter.Ports, adapter.NetworkPorts]) {
    if (link === null) continue;
    const ends = await reading.many(link, NetworkEnd, 'nic');
    all.push(...ends);
    if (link === adapter.Ports || ends.some((one) => one.Oem.Dell.DellNIC.Id !== null)) ports = true;
    if (macsOf(ends).length > 0) break;
  }
  return { ends: all, ports };
}

function macsOf(ends: readonly NetworkEnd[]): string[] {
  return asMacs(
    ends.flatMap(({ Ethernet, AssociatedNetworkAddresses }) => [
      Ethernet.PermanentMACAddress ?? Ethernet.MACAddress,
      ...Ethernet.AssociatedMACAddresses,
      ...AssociatedNetworkAddresses,
    ]),
  );
}

/** What the fastest port can do, not what it does. */
function speedOf(ends: readonly NetworkEnd[]): number | null {
  const speeds = ends.flatMap(({ MaxSpeedGbps, SupportedLinkCapabilities }) => [
    (MaxSpeedGbps ?? 0) * 1000,
    ...SupportedLinkCapabilities.flatMap((one) => [...one.CapableLinkSpeedMbps, one.LinkSpeedMbps ?? 0]),
  ]);
  let best = 0;
  for (const speed of speeds) best = Math.max(best, speed);
  return best > 0 ? best : null;
}
