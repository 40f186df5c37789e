/** What firmware says where nobody wrote a value; folded as `fold` does. */
const WORDS = new Set(
  [
    '',
    'na, n/a, none, null, nil, nan, undefined, undef, unknown, unspecified, unassigned, unavailable, invalid, empty, blank, test, sample',
    'default, default string, not specified, not available, not applicable, not present, not provided, not set, notset, not settable',
    'not defined, not installed, not populated, no serial, no serial number, nosn, no dimm, no module installed, no asset tag',
    'no asset information, no value, novalue, tbd, todo, sn, s/n, serial, serial number, serialnumber, serial no, serialno',
    'to be filled by o.e.m, to be filled by oem, to be filled by o.e.m.., to be filled, filled by oem, fill by oem, to be set by oem',
    'o.e.m, oem, oem string, oem default string, system serial number, system serial, system product name, system manufacturer',
    'system version, system sku number, chassis serial number, chassis serial, chassis asset tag, base board serial number',
    'base board serial, baseboard serial number, base board asset tag, board serial number, board serial, mainboard serial number',
    'motherboard serial number, product serial number, product serial, asset tag, assettag, asset tag number, asset-1234567890',
    'mb-1234567890, ssn12345678901234567, bsn12345678901234567, csn12345678901234567, eval, out of spec, bad index',
    'redacted, removed, hidden, masked, censored, anonymized, anonymised, obfuscated, confidential',
    'module serial number, part number, partnumber, manufacturer, product name, string, no string, xxxxx, type2 - board serial number',
    'type1 - system serial number, type3 - chassis serial number, unknow, unkown, data unavailable, error, reserved, not reported',
  ]
    .join(', ')
    .split(', ')
    .map((word) => word.trim()),
);

/** Counters that vendors leave in the place of a value: `SerNum0`, `A1_AssetTagNum3`, `DIMM_A1_AssetTag`, `PartNum00`. */
const NUMBERED =
  /^(?:[a-z]{1,4}\d{1,2}_)?(?:sernum|serialnum|serial|assettagnum|assettag|asset_tag|partnum|manufacturer|array\d_partnumber|modulepartnumber)_?\d{0,2}$/;
const ASSET_TAG_OF = /^[\w-]{2,24}[_ ]assettag$/;

const DIGITS = '0123456789';
/** What a row of keys gives, forwards and backwards, over and over: `12345678`, `0123456789ABCDEF`, `9876543210`. */
const ROWS = [
  DIGITS.repeat(5),
  '1234567890'.repeat(5),
  '123456789'.repeat(5),
  '0123456789abcdef'.repeat(3),
  '123456789abcdef0'.repeat(3),
  '9876543210'.repeat(3),
  '987654321'.repeat(3),
  'abcdefghijklmnopqrstuvwxyz',
];

const UUIDS = new Set([
  '03000200040005000006000700080009',
  '00020003000400050006000700080009',
  '12345678123456789012345678901234',
  '123456781234567890abcddeefaabbcc',
  '0123456789abcdef0123456789abcdef',
  '00112233445566778899aabbccddeeff',
  '01234567891011121314151617181920',
  // Dell makes them of the service tag; these are of a blank one
  '4c4c454400002010802080c04f202020',
  '4c4c4544002020108020a0c04f202020',
  'fefefefefefefefefefefefefefefefe',
]);

/** Whether a serial number, tag or UUID is what firmware says where nobody wrote one. It identifies nothing then. */
export function isPlaceholder(value: string | null): boolean {
  if (value === null) return true;
  // longer than any placeholder, and hostile
  if (value.length > 200) return false;
  const folded = fold(value);
  if (WORDS.has(folded) || NUMBERED.test(folded) || ASSET_TAG_OF.test(folded)) return true;
  const bare = folded.replace(/^0x/, '').replaceAll(/[\s\-_.:/*#?,;|]/g, '');
  // one letter over and over: 00000000, FFFF, xxxxx, and a bare dash or star
  if (bare.length <= 1 || bare.split('').every((letter) => letter === bare[0])) return true;
  // blacked out by whoever passed the file on: `9RK1XXXX`, `Z1Z5****`
  if (/x{4}|\*{3}/i.test(folded)) return true;
  if (UUIDS.has(bare)) return true;
  return bare.length >= 5 && ROWS.some((row) => row.startsWith(bare));
}

function fold(value: string): string {
  return value
    .normalize('NFKC')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toLowerCase()
    .replaceAll(/^[<([{"']+|[>)\]}"'.#!:]+$/g, '')
    .trim();
}
