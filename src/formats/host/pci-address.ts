/** `0000:3b:00.1`: domain of four digits at least, lower case. */
export interface PciAddress {
  /** Without the function: one card (or one chip on the board). */
  device: string;
  function: number;
}

const ADDRESS = /^(?:pci@)?(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i;

/** Takes `3b:00.1`, `0000:3b:00.1`, `00000000:3B:00.1` (NVIDIA) and lshw's `pci@0000:3b:00.1`. */
export function parsePciAddress(text: string | null | undefined): PciAddress | null {
  const found = ADDRESS.exec((text ?? '').trim());
  if (found === null) return null;
  const domain = (found[1] ?? '0000').toLowerCase().replace(/^0+(?=.{4})/, '');
  return {
    device: `${domain}:${(found[2] ?? '').toLowerCase()}:${(found[3] ?? '').toLowerCase()}`,
    function: Number(found[4]),
  };
}

/**
 * The name of the card's place: every PCI device has a function 0, so each of its functions leads to the same name. On the root bus of the
 * chipset a device is no card: disks and network stand there side by side as functions of one number.
 */
export function cardAddress(address: PciAddress): string {
  return isOnRootBus(address) ? fullAddress(address) : `${address.device}.0`;
}

export function isOnRootBus(address: PciAddress): boolean {
  return address.device.startsWith('0000:00:');
}

export function fullAddress(address: PciAddress): string {
  return `${address.device}.${address.function}`;
}
