import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** 12 hex digits in any of the usual spellings → lower case with colons; undefined where it is no Ethernet address. */
export function normaliseMac(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase();
  const hex = /[:-]/.test(trimmed) ? joinOctets(trimmed.split(/[:-]/)) : trimmed.replaceAll('.', '');
  if (!/^[0-9a-f]{12}$/.test(hex) || /^0+$/.test(hex) || /^f+$/.test(hex)) return undefined;
  return hex.match(/../g)?.join(':');
}

/** Some programs drop leading zeros (ISC dhcpd's binary-to-ascii: `0:c:29:1:2:3`). */
function joinOctets(octets: string[]): string {
  if (octets.length !== 6 || octets.includes('')) return '';
  return octets.map((octet) => octet.padStart(2, '0')).join('');
}

/** Left out, null and empty mean the same: not known. */
const Text = z
  .string()
  .max(1024)
  .nullish()
  .transform((text) => (text === undefined || text === '' ? null : text));

const Address = z.string().refine((text) => isIPv4(text) && text !== '0.0.0.0', 'is not an IPv4 address');

const Mac = z.string().transform((text, context) => {
  const mac = normaliseMac(text);
  if (mac !== undefined) return mac;
  context.addIssue({ code: 'custom', message: 'is not an Ethernet address' });
  return z.NEVER;
});

/** The words that DHCP servers have for it. dnsmasq replays every lease it knows as `old` when it starts. */
const EVENTS = {
  commit: 'commit',
  add: 'commit',
  old: 'commit',
  renew: 'commit',
  release: 'release',
  decline: 'release',
  expire: 'expire',
  expiry: 'expire',
} as const;

const Event = z.string().transform((word, context) => {
  const event = Object.hasOwn(EVENTS, word) ? EVENTS[word as keyof typeof EVENTS] : undefined;
  if (event !== undefined) return event;
  context.addIssue({ code: 'custom', message: `is none of ${Object.keys(EVENTS).join(', ')}` });
  return z.NEVER;
});

/** One lease as the hooks report it. */
export const Lease = z
  .object({
    source: z.string().min(1).max(64),
    event: Event,
    ip: Address,
    /** Null only where a server no longer knew whose it was (ISC dhcpd's release and expiry). */
    mac: Mac.nullish().transform((mac) => mac ?? null),
    clientId: Text,
    hostname: Text,
    vendorClass: Text,
    subnetId: z.union([Text, z.number().int().transform(String)]),
    /** 0.0.0.0 is DHCP's word for none. */
    relay: z
      .union([z.literal(['', '0.0.0.0']).transform(() => null), Address])
      .nullish()
      .transform((relay) => relay ?? null),
    at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  })
  .refine((lease) => lease.mac !== null || lease.event !== 'commit', { path: ['mac'], message: 'a commit needs it' });
export type Lease = z.infer<typeof Lease>;
