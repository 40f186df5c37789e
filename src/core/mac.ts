/**
 * Any usual writing of a 48-bit MAC (`5C-F9-DD-FC-A6-F4`, `5cf9.ddfc.a6f4`, `5cf9ddfca6f4`, `1:5c:f9:…` is not one)
 * → `5c:f9:dd:fc:a6:f4`; undefined where it is none.
 */
export function normalizeMac(text: string): string | undefined {
  const groups = text.trim().toLowerCase().split(/[:-]/);
  const hex =
    groups.length === 6
      ? groups.map((group) => group.padStart(2, '0')).join('')
      : text.trim().toLowerCase().replaceAll(/[:.-]/g, '');
  if (!/^[0-9a-f]{12}$/.test(hex)) return undefined;
  return hex.replaceAll(/(..)(?!$)/g, '$1:');
}
