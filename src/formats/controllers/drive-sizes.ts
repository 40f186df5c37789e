import { parseSize } from '../sizes.ts';

const SECTORS = /\[0x([0-9a-f]{1,13}) Sectors\]/i;

/**
 * `14.552 TB [0x746c00000 Sectors]` in bytes, exactly. The sectors are of 512 bytes or of the drive's own size, by the firmware: the rounded
 * figure (in powers of 1024, whatever its unit says) tells which. HBA firmware in IT mode gives the last sector's number in place of their
 * count; drives have a multiple of eight.
 */
export function sectorBytes(text: string, sectorSize: number | null): number | null {
  const digits = SECTORS.exec(text)?.[1];
  if (digits === undefined) return null;
  const given = Number.parseInt(digits, 16);
  const sectors = given % 8 === 7 ? given + 1 : given;
  const rounded = parseSize(text, { binary: true });
  const sizes = [...new Set([512, sectorSize ?? 512])];
  const fitting = sizes.find((size) => rounded === null || Math.abs(sectors * size - rounded) <= rounded * 0.02);
  const bytes = sectors * (fitting ?? Number.NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** `512B`, `4 KB`, `4096`, `512 Bytes`. */
export function blockBytes(text: string | null | undefined): number | null {
  const found = /^(\d{1,5})(?:\.0{1,3})? ?(KB|B|Bytes)?$/i.exec((text ?? '').trim());
  if (found === null) return null;
  const bytes = Number(found[1]) * (found[2]?.toUpperCase() === 'KB' ? 1024 : 1);
  return bytes === 0 ? null : bytes;
}

/** `12.0Gb/s` */
export function gigabits(text: string | null | undefined): number | null {
  const found = /^(\d{1,3}(?:\.\d{1,2})?) ?Gb(?:\/s|ps)/i.exec((text ?? '').trim())?.[1];
  return found === undefined ? null : Number(found);
}

/** SATA drives have the transport in place of a maker. */
export function makerOf(vendor: string | null): string | null {
  return vendor === null || /^(?:ATA|NVMe|LSI|VENDOR|GENERIC)$/i.test(vendor) ? null : vendor;
}
