import { hostOf } from '../identifier.ts';

/** The address without its prefix length, as NetBox writes it: IPv6 in lower case with the longest run of zeros left out. */
export function canonicalHost(address: string): string {
  const host = hostOf(address.trim());
  if (!host.includes(':')) return host;
  return URL.parse(`http://[${host}]`)?.hostname.slice(1, -1) ?? host;
}
