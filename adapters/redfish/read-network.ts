import { asMac, asMacs, isVirtual } from './mac-address.ts';
import { readHpeAdapters } from './read-hpe-devices.ts';
import { readPortModules, reportModules, tellAllModules } from './read-transceivers.ts';
import { linkAttributes } from './pcie-link.ts';
import { isAbsent } from './found-part.ts';
import type { Reading } from './reading.ts';
import { EthernetInterface, NetworkAdapter, NetworkEnd, type Chassis, type ComputerSystem } from './schema.ts';
import { slotSigns } from './slots.ts';

/** A card, and what was read of its functions and ports. */
interface Card {
  adapter: NetworkAdapter;
  ends: NetworkEnd[];
  /** Of the ends, and whatever is found to belong to them later. */
  macAddresses: string[];
  /** Where it may stand what is plugged in; null: that is among the ends, or nowhere. */
  modules: string | null;
  /** Lists of ports that did not have to be read. */
  unread: string[];
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
  const links = new Set(chassis.map((one) => one.NetworkAdapters).filter((link) => link !== null));
  const lists = await Promise.all([...links].map((link) => reading.many(link, NetworkAdapter, 'nic')));
  const adapters = lists.flat().toSorted((a, b) => ((a['@odata.id'] ?? '') < (b['@odata.id'] ?? '') ? -1 : 1));
  if (adapters.length > 0) reading.looked('nic');
  const all = await Promise.all(adapters.map(async (one) => readCard(reading, one)));
  const cards = all.filter((card, at) => !isShown(card, all.slice(0, at)));
  const taken = new Set(cards.flatMap((card) => card.macAddresses));
  for (const { adapter, macAddresses, ends } of cards) {
    reportAdapter(reading, adapter, macAddresses, speedOf(ends));
    reportModules(reading, adapter, ends);
  }
  await readPortModules(
    reading,
    cards.flatMap(({ adapter, modules }) => (modules === null ? [] : [{ adapter, ports: modules }])),
  );
  for (const system of systems) {
    if (system.EthernetInterfaces === null) continue;
    const interfaces = await reading.many(system.EthernetInterfaces, EthernetInterface, 'nic');
    if (interfaces.length > 0) reading.looked('nic');
    const untold = () =>
      interfaces.flatMap((one) => {
        const mac = asMac(one.PermanentMACAddress) ?? asMac(one.MACAddress);
        return mac === null || taken.has(mac) || isVirtual(one) ? [] : [{ one, mac }];
      });
    if (untold().length > 0) await readHpeAdapters(reading, system, taken);
    if (untold().length > 0) {
      const macs = new Set(untold().map(({ mac }) => mac));
      for (const mac of await addPortMacs(reading, cards, macs)) taken.add(mac);
    }
    for (const { one, mac } of untold()) {
      if (taken.has(mac)) continue;
      taken.add(mac);
      reportInterface(reading, one, mac);
    }
  }
}

/** BlueField shows its one adapter under two chassis. Cards with serials of their own are two, whatever MACs they have. */
function isShown({ adapter, macAddresses }: Card, before: readonly Card[]): boolean {
  return (
    macAddresses.length > 0 &&
    macAddresses.every((mac) =>
      before.some((card) => {
        const serials = [card.adapter.SerialNumber, adapter.SerialNumber].filter((serial) => serial !== null);
        return card.macAddresses.includes(mac) && new Set(serials).size < 2;
      }),
    )
  );
}

/** Whether this BMC's ports have MACs that neither functions nor HPE's lists have. */
const PORTS_HAVE_MACS = 'ports-have-macs';

/**
 * The functions of Cisco's cards have MACs of their own making; those of the sockets, which the interfaces have, stand in the ports.
 * @returns which of these belong to a card
 */
async function addPortMacs(reading: Reading, cards: readonly Card[], macs: ReadonlySet<string>): Promise<string[]> {
  const unread = cards.filter(({ unread: lists }) => lists.length > 0);
  if (unread.length === 0 || reading.bmc.learnt(PORTS_HAVE_MACS) === 'no') return [];
  const found: string[] = [];
  for (const card of unread) {
    for (const link of card.unread) {
      const told = macsOf(await reading.many(link, NetworkEnd, 'nic'));
      const own = told.filter((mac) => macs.has(mac) && !card.macAddresses.includes(mac));
      card.macAddresses.push(...own);
      found.push(...own);
      if (told.length > 0) break;
    }
  }
  reading.bmc.learn(PORTS_HAVE_MACS, found.length > 0 ? 'yes' : 'no');
  return found;
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
async function readCard(reading: Reading, adapter: NetworkAdapter): Promise<Card> {
  const card: Card = { adapter, ends: [], macAddresses: [], modules: adapter.Ports, unread: [] };
  if (isAbsent(adapter.Status)) return { ...card, modules: null };
  for (const link of [adapter.NetworkDeviceFunctions, adapter.Ports, adapter.NetworkPorts]) {
    if (link === null) continue;
    if (card.macAddresses.length > 0) {
      card.unread.push(link);
      continue;
    }
    const ends = await reading.many(link, NetworkEnd, 'nic');
    card.ends.push(...ends);
    card.macAddresses = macsOf(card.ends);
    const dells = ends.filter(
      ({ Oem: { Dell } }) => (Dell.DellNIC.Id ?? Dell.DellFC.Id ?? Dell.DellInfiniBand.Id) !== null,
    );
    if (link === adapter.Ports || (dells.length > 0 && tellAllModules(dells))) card.modules = null;
    else if (dells.length > 0) card.modules = adapter.NetworkPorts ?? adapter.Ports;
  }
  return card;
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
