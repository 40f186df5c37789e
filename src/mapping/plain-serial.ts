import { isPlaceholder } from '../core/placeholder.ts';

/** Nobody prints more on a label. */
const LONGEST = 128;

/**
 * As the hub keeps it: upper case, without blanks around it and doubled inside; `undefined` where it identifies nothing, as what stands there
 * where nobody wrote a serial number: it says nothing, and is never compared.
 */
export function plainSerial(text: string): string | undefined | { fault: string } {
  const serial = text.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  if (serial.length > LONGEST)
    return { fault: `has ${serial.length} characters: no serial number has more than ${LONGEST}` };
  return isPlaceholder(serial) ? undefined : serial;
}
