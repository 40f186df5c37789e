export interface Inquiry {
  vendor: string | null;
  model: string;
  firmware: string;
  serial: string;
}

/**
 * The drive's INQUIRY in columns: SAS has vendor (8), model (16), firmware (4), serial (20); SATA has serial (20), model (40), firmware (8).
 * Some models fill their column, so that no blank parts them from what follows. The firmware is said a second time: where it is not in its
 * column, the columns were lost on the way, and a serial cut from them would be a wrong one. Null then.
 */
export function readInquiry(text: string, sata: boolean, firmware: string | null): Inquiry | null {
  const cut = (start: number, end: number): string => text.slice(start, end).trim();
  const one = sata
    ? { serial: cut(0, 20), vendor: null, model: cut(20, 60), firmware: cut(60, 68) }
    : { vendor: cut(0, 8), model: cut(8, 24), firmware: cut(24, 28), serial: cut(28, 48) };
  if (one.serial === '' || one.model === '') return null;
  if (firmware === null) return null;
  if (!sata) return one.firmware === firmware ? one : null;
  // SATA's eight characters are repeated in SCSI's four. A text that moved to the left has a letter of the firmware before its column.
  const repeated = one.firmware.endsWith(firmware) || one.firmware.startsWith(firmware);
  return repeated && text.charAt(59) === ' ' && text.trimEnd().length <= 68 ? one : null;
}
