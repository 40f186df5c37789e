/** '5 00a075 128413fa9', '500a075128413fa9' and '0x500A075128413FA9' are one name. Null where it is no NAA name or EUI. */
export function wwnOf(text: string | null): string | null {
  const digits = (text ?? '').replace(/\s/g, '').toLowerCase();
  if (/^(?:eui|uuid|nvme|t10)\./.test(digits)) return digits;
  const hex = digits.replace(/^(?:0x|naa\.)/, '');
  return /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(hex) ? `0x${hex}` : null;
}

/** smartctl and hdparm differ by an `es`; another spelling of the same size must not look like another drive. */
export function formFactorOf(text: string | null): string | null {
  return text === null ? null : text.replace(/^([\d.]+) inch$/, '$1 inches');
}

/** 'SAS (SPL-4)' is SAS, 'Fibre channel (FCP-2)' is 'Fibre Channel'; revisions of the transport are no fact of a drive. */
export function transportOf(text: string | null): string | null {
  const name = text?.split('(')[0]?.trim() ?? '';
  if (name === '') return null;
  return /^fibre channel$/i.test(name) ? 'Fibre Channel' : name;
}

/** Some drives leave rubbish in a field that their maker did not fill. */
export function printable(text: string | null): string | null {
  return text !== null && /^[\x20-\x7E]+$/.test(text) ? text : null;
}

/**
 * Disks in the system's eyes that are no part one can pull: volumes of RAID controllers, disks of hypervisors, media that a BMC plugs in.
 * They have serial numbers too, of the volume.
 */
export function isVirtualDisk(vendor: string | null, model: string | null): boolean {
  const name = `${vendor ?? ''} ${model ?? ''}`.replaceAll('_', ' ').trim();
  return VIRTUAL.some((words) => words.test(name));
}

const VIRTUAL = [
  /\b(?:PERC|MegaRAID|ServeRAID|UCSC-MRAID\w*|RAID ?\d|LOGICAL VOLUME)\b/i, // Dell, Broadcom, Lenovo, Cisco, HPE
  /\bMR9\d{3}/i, // Broadcom: 'AVAGO MR9361-8i'
  /\bARC-\d{4}.{0,9}VOL|\bASR\d{4}/i, // Areca, Adaptec
  /\b(?:DELLBOSS|BOSS) ?VD\b|\bMarvell\b.{0,20}\b(?:RAID|VD)\b/i, // the mirror on a BOSS card
  /\b(?:Virtual|VirtualDisk|Vdisk|iDRAC|LCDRIVE)\b/i, // 'VMware Virtual S', 'Msft Virtual Disk', a BMC's 'Virtual Floppy'
  /\b(?:QEMU|VBOX|Elastic Block Store|PersistentDisk)\b/i,
];
