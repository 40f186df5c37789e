import { seen } from '../json-facts.ts';
import { cardAddress, parsePciAddress } from './pci-address.ts';
import { facts, keyAndValue, linesOf, named } from './words.ts';
import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';

/** `ethtool -i`: driver, firmware and PCI address of one interface, whose name it does not print; several in a row are read too. */
export const ethtoolDriver: FileFormat = {
  id: 'ethtool-driver',
  title: 'ethtool -i',
  recognises: (file) => /^driver: \S/m.test(file.text()) && /^bus-info:/m.test(file.text()),
  read: (file) => [readDrivers(file.text())],
};

function readDrivers(text: string): FileReading {
  const reading = emptyReading('tools');
  const blocks: Map<string, string>[] = [];
  for (const line of linesOf(text)) {
    const pair = keyAndValue(line);
    if (pair === null) continue;
    if (pair.key === 'driver' || blocks.length === 0) blocks.push(new Map());
    blocks.at(-1)?.set(pair.key, pair.value);
  }
  const cards = new Map<string, SeenComponent>();
  for (const block of blocks) {
    const card = cardOf(block);
    if (card?.slot !== null && card?.slot !== undefined && !cards.has(card.slot)) cards.set(card.slot, card);
  }
  reading.components.push(...cards.values());
  return reading;
}

/** Bridges, bonds and USB networks have no PCI address, and a virtual function (`iavf`, `ixgbevf`) is part of another card. */
function cardOf(block: Map<string, string>): SeenComponent | null {
  const address = parsePciAddress(block.get('bus-info'));
  const driver = named(block.get('driver'));
  if (address === null || driver === null || /vf$/.test(driver)) return null;
  const pciAddress = cardAddress(address);
  return seen('nic', {
    slot: pciAddress,
    firmware: named(block.get('firmware-version')),
    attributes: facts({ pciAddress, driver }),
  });
}
