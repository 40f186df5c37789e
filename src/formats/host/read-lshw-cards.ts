import { seen } from '../json-facts.ts';
import { normalizeMac } from '#src/core/mac.ts';
import { isGraphicsOfTheBoard } from './pci-kinds.ts';
import type { LshwNode, Placed } from './lshw-node.ts';
import { cardAddress, isOnRootBus, parsePciAddress } from './pci-address.ts';
import { isNvmeController } from './read-lshw-drives.ts';
import { addTo } from './slot-names.ts';
import { facts, named } from './words.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** Network cards, storage controllers and accelerators: a component per PCI device, whatever number of functions it has. */
export function readLshwCards(nodes: readonly Placed[]): SeenComponent[] {
  const cards = new Map<string, SeenComponent>();
  for (const { node } of nodes) {
    const address = parsePciAddress(node.values.get('businfo'));
    const kind = address === null ? null : kindOf(node, isOnRootBus(address));
    if (address === null || kind === null) continue;
    const place = cardAddress(address);
    const card = cards.get(place);
    // Two functions of different kinds (a converged adapter's Ethernet and Fibre Channel) are one card, named after the first.
    if (card === undefined) cards.set(place, cardOf(node, kind, place));
    else if (card.kind === kind) addPort(card, node);
  }
  return [...cards.values()];
}

function kindOf(node: LshwNode, onRootBus: boolean): ComponentKind | null {
  const product = node.values.get('product') ?? '';
  if (node.class === 'network') return /\bVirtual Function\b/i.test(product) ? null : 'nic';
  if (node.class === 'storage') return isNvmeController(node) ? null : 'storage-controller';
  if (node.class !== 'display' || onRootBus) return null;
  const vendor = node.values.get('vendor') ?? '';
  const drawn = /^VGA/i.test(node.values.get('description') ?? '');
  return isGraphicsOfTheBoard(`${vendor} ${product}`, drawn) ? null : 'gpu';
}

function cardOf(node: LshwNode, kind: ComponentKind, place: string): SeenComponent {
  const product = named(node.values.get('product'));
  const ids = / \[([0-9a-f]{4}):([0-9a-f]{4})\]$/i.exec(product ?? '');
  const card = seen(kind, {
    slot: place,
    manufacturer: named((node.values.get('vendor') ?? '').replace(/ \[[0-9a-f]{4}\]$/i, '')),
    model: ids === null ? product : named((product ?? '').slice(0, ids.index)),
    firmware: kind === 'nic' ? named(node.settings.get('firmware')) : null,
    attributes: facts({
      pciAddress: place,
      // Only with -numeric.
      vendorId: ids === null ? null : `0x${(ids[1] ?? '').toLowerCase()}`,
      deviceId: ids === null ? null : `0x${(ids[2] ?? '').toLowerCase()}`,
      driver: named(node.settings.get('driver')),
    }),
  });
  addPort(card, node);
  return card;
}

function addPort(card: SeenComponent, node: LshwNode): void {
  if (card.kind !== 'nic') return;
  const { attributes } = card;
  const name = node.logicalNames[0];
  if (name !== undefined) {
    attributes['device'] ??= name;
    addTo(attributes, 'interfaces', name);
  }
  // A member of a bond shows the bond's address, which is that of another port.
  const mac = node.settings.get('slave') === 'yes' ? undefined : normalizeMac(node.values.get('serial') ?? '');
  if (mac !== undefined && mac !== '00:00:00:00:00:00') addTo(attributes, 'macAddresses', mac);
  const link = node.settings.get('link');
  if (name === undefined || link === undefined) return;
  const before = card.readings['linkStatus'];
  const status = `${name} ${link === 'yes' ? 'up' : 'down'}`;
  if (before === undefined) card.readings['linkStatus'] = status;
  else if (String(before).length < 500) card.readings['linkStatus'] = `${String(before)}, ${status}`;
}
