import { BlockList, isIP } from 'node:net';

/** Upper case with colons, from any usual notation; undefined for what is no MAC. */
export function macOf(value: string): string | undefined {
  if (!/^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(value)) return undefined;
  const digits = value.toUpperCase().replaceAll(/[^0-9A-F]/g, '');
  return (digits.match(/../g) ?? []).join(':');
}

/** With its prefix length, a whole one where none is given; undefined for what is no address. */
export function addressOf(value: string): string | undefined {
  const [host = '', length] = value.split('/');
  const family = isIP(host);
  if (family === 0) return undefined;
  const longest = family === 4 ? 32 : 128;
  if (length === undefined) return `${host}/${longest}`;
  if (!/^\d+$/.test(length) || Number(length) > longest) return undefined;
  return `${host}/${Number(length)}`;
}

export function hostOf(address: string): string {
  return address.split('/')[0] ?? '';
}

/** Whether an address or prefix lies in a prefix. What is neither lies in none. */
export function isWithin(value: string, prefix: string): boolean {
  const [one, other] = [addressOf(value), addressOf(prefix)];
  if (one === undefined || other === undefined || !prefix.includes('/')) return false;
  const [host, family] = [hostOf(one), isIP(hostOf(one)) === 6 ? 'ipv6' : 'ipv4'] as const;
  if ((isIP(hostOf(other)) === 6 ? 'ipv6' : 'ipv4') !== family) return false;
  if (value.includes('/') && Number(one.split('/')[1]) < Number(other.split('/')[1])) return false;
  const list = new BlockList();
  list.addSubnet(hostOf(other), Number(other.split('/')[1]), family);
  return list.check(host, family);
}

/** The prefix that an address with a length lies in. */
export function networkOf(address: string): string {
  const [host = '', length] = address.split('/');
  const bits = isIP(host) === 6 ? 128 : 32;
  const free = BigInt(bits - Number(length));
  return `${toAddress((toNumber(host) >> free) << free, bits)}/${length}`;
}

export function toNumber(host: string): bigint {
  if (!host.includes(':')) return host.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...middle, ...right].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
}

export function toAddress(value: bigint, bits: number): string {
  const [size, count] = bits === 32 ? [8n, 4] : [16n, 8];
  const parts = Array.from(
    { length: count },
    (_, at) => (value >> (size * BigInt(count - 1 - at))) & ((1n << size) - 1n),
  );
  if (bits === 32) return parts.join('.');
  const text = parts.map((part) => part.toString(16)).join(':');
  return text.replace(/(^|:)(0(:|$)){2,}/, '::');
}
