import { AdapterError } from '#src/ports/adapter-error.ts';

/** The numeric id that NetBox gave, from the hub's text. @throws AdapterError not-found for anything else */
export function numericId(system: string, id: string): number {
  if (/^[1-9]\d{0,15}$/.test(id)) return Number(id);
  throw new AdapterError('not-found', `${system}: "${id}" is not an id of NetBox`, { system });
}

/** Lower case with colons, as the hub writes MACs; NetBox answers upper case and takes any notation. */
export function normalMac(macAddress: string): string | undefined {
  const digits = macAddress.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
  return digits.length === 12 ? (digits.match(/../g) ?? []).join(':') : undefined;
}

/** As NetBox's forms make it: lower case, everything else becomes one hyphen. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);
  return slug === '' ? 'unnamed' : slug;
}

/** Without prefix length and in lower case: `2001:DB8::1/64` → `2001:db8::1`. */
export function hostOf(address: string): string {
  return (address.split('/')[0] ?? address).toLowerCase();
}
