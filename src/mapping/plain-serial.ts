/** What stands where nobody wrote a serial number. It says nothing, so it is unknown, and never compared. */
const NOBODY = new Set(
  [
    'NA, N/A, N.A., NONE, NULL, NIL, UNKNOWN, UNDEFINED, UNSPECIFIED, NOT SPECIFIED, NOT AVAILABLE, NOT APPLICABLE, NOT SET, EMPTY, BLANK',
    'DEFAULT, DEFAULT STRING, TBD, TODO, SN, S/N, SERIAL, SERIAL NUMBER, NO SERIAL, SYSTEM SERIAL NUMBER, CHASSIS SERIAL NUMBER',
    'TO BE FILLED BY O.E.M., TO BE FILLED BY O.E.M, TO BE FILLED BY OEM, O.E.M., OEM, 0123456789, 1234567890, 123456789, 12345678',
  ]
    .join(', ')
    .split(', '),
);
/** Nobody prints more on a label. */
const LONGEST = 128;

/** As the hub keeps it: upper case, without blanks around it and doubled inside; `undefined` where it identifies nothing. */
export function plainSerial(text: string): string | undefined | { fault: string } {
  const serial = text.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  if (serial.length > LONGEST)
    return { fault: `has ${serial.length} characters: no serial number has more than ${LONGEST}` };
  const bare = serial.replaceAll(/[\s\-_./*#?]/g, '');
  // One letter over and over: 00000000, XXXX, a bare dash
  const isOne = bare.length <= 1 || bare.split('').every((letter) => letter === bare[0]);
  return isOne || NOBODY.has(serial) ? undefined : serial;
}
