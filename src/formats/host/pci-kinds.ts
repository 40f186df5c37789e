import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** Chips that draw the console of a server: part of its board. */
const CONSOLE_CHIPS =
  /\b(?:ASPEED|Matrox|ES1000|Rage XL|Rage Mobility|SiS|XGI|Silicon Motion|Cirrus|VMware|QXL|Red Hat|Hi1710|Hi171x|Huawei|HiSilicon|Bochs)\b/i;
const ACCELERATOR_MAKERS = /\b(?:NVIDIA|Advanced Micro Devices|AMD|ATI)\b/i;

/** Of a display device, by its names: `drawn` where it is a VGA controller, which any board may have. */
export function isGraphicsOfTheBoard(names: string, drawn: boolean): boolean {
  // Without a list of PCI names nothing tells an accelerator from a console.
  if (names.trim() === '' || CONSOLE_CHIPS.test(names)) return true;
  return drawn && !ACCELERATOR_MAKERS.test(names);
}

export interface PciFunctionClass {
  /** Four hexadecimal digits, lower case; null where lspci printed names only. */
  classId: string | null;
  className: string;
  /** Of vendor and device. */
  names: string;
  vendorId: string | null;
  onRootBus: boolean;
}

/** The class names of pci.ids, for output without numbers. Only those that decide anything. */
const CLASS_IDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:Ethernet|Network|Token ring|FDDI|ATM|ISDN) controller|^Infiniband controller|^Fabric controller/i, '0200'],
  [/^Fibre Channel|^InfiniBand$/i, '0c04'],
  [/^Non-Volatile memory controller/i, '0108'],
  [/^(?:SCSI storage|IDE interface|Floppy disk|IPI bus|RAID bus|ATA|SATA|Serial Attached SCSI|Mass storage)/i, '0100'],
  [/^VGA compatible/i, '0300'],
  [/^(?:3D|Display|XGA compatible) controller/i, '0302'],
  [/^Processing accelerators/i, '1200'],
  [/bridge$|^Bridge|^PCI bridge/i, '0680'],
];

export function pciClassOf(one: PciFunctionClass): string {
  return one.classId ?? CLASS_IDS.find(([name]) => name.test(one.className))?.[1] ?? 'ffff';
}

/**
 * The kind of part that a function belongs to; null for what is part of the board or the processor, and for drives: lspci knows neither
 * their serial nor their size, and would show each a second time.
 */
export function pciKindOf(one: PciFunctionClass, onCard: boolean): ComponentKind | null {
  const id = pciClassOf(one);
  if (/\bVirtual Function\b/i.test(one.names)) return null;
  if (id.startsWith('02') || id === '0c04' || id === '0c06') return 'nic';
  if (id === '0108') return null;
  if (id.startsWith('01')) return 'storage-controller';
  if (id.startsWith('03')) return graphicsKindOf(one, id);
  if (id === '1200') return 'gpu';
  // Bridges, timers, interrupt controllers, management buses and dummy functions are part of something else.
  if (/^(?:06|08|13|0c05)/.test(id) || one.onRootBus) return null;
  return onCard ? 'pcie-device' : null;
}

function graphicsKindOf(one: PciFunctionClass, id: string): ComponentKind | null {
  if (CONSOLE_CHIPS.test(one.names) || one.onRootBus) return null;
  if (id !== '0300') return 'gpu';
  const known = one.vendorId === '10de' || one.vendorId === '1002';
  return known || (one.vendorId === null && ACCELERATOR_MAKERS.test(one.names)) ? 'gpu' : null;
}
