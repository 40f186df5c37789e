import path from 'node:path';

/** Where the hook programs are. */
export const HOOKS_FOLDER = path.resolve(import.meta.dirname, '../../deploy/dhcp');

/** What a DHCP server knows when it calls its hook. */
export interface SimulatedLease {
  event: 'commit' | 'release' | 'expire';
  ip: string;
  /** Lower case with colons; each server spells it its own way from there. */
  mac: string;
  hostname?: string | undefined;
  /** DHCP option 60. Kea does not hand it on. */
  vendorClass?: string | undefined;
  /** Kea only. */
  subnetId?: string | undefined;
  relay?: string | undefined;
}

export type DhcpServer = 'kea' | 'isc' | 'dnsmasq';

export interface HookCall {
  script: string;
  argv: string[];
  env: Record<string, string>;
}

/** How each server calls its hook for this lease. */
export function hookCall(via: DhcpServer, lease: SimulatedLease): HookCall {
  if (via === 'kea') return keaCall(lease);
  if (via === 'isc') return iscCall(lease);
  return dnsmasqCall(lease);
}

/** Kea: one argument, the lease in the environment; host names in lower case, no vendor class. */
function keaCall(lease: SimulatedLease): HookCall {
  const script = path.join(HOOKS_FOLDER, 'reanimator-kea.sh');
  const fields = (prefix: string): Record<string, string> => ({
    [`${prefix}ADDRESS`]: lease.ip,
    [`${prefix}HWADDR`]: lease.mac,
    [`${prefix}CLIENT_ID`]: `01:${lease.mac}`,
    [`${prefix}HOSTNAME`]: (lease.hostname ?? '').toLowerCase(),
    [`${prefix}SUBNET_ID`]: lease.subnetId ?? '1',
    [`${prefix}STATE`]: 'default',
  });
  if (lease.event === 'expire') return { script, argv: ['lease4_expire'], env: fields('LEASE4_') };
  const given = lease.event === 'commit';
  return {
    script,
    argv: ['leases4_committed'],
    env: {
      LEASES4_SIZE: given ? '1' : '0',
      DELETED_LEASES4_SIZE: given ? '0' : '1',
      ...fields(given ? 'LEASES4_AT0_' : 'DELETED_LEASES4_AT0_'),
      QUERY4_GIADDR: lease.relay ?? '0.0.0.0',
      QUERY4_RELAYED: String(lease.relay !== undefined),
    },
  };
}

/** ISC dhcpd: the arguments of our dhcpd.conf; binary-to-ascii drops leading zeros. */
function iscCall(lease: SimulatedLease): HookCall {
  const mac = lease.mac
    .split(':')
    .map((octet) => Number.parseInt(octet, 16).toString(16))
    .join(':');
  const script = path.join(HOOKS_FOLDER, 'reanimator-isc-dhcpd.sh');
  if (lease.event !== 'commit') return { script, argv: [lease.event, lease.ip, mac], env: {} };
  return {
    script,
    argv: [
      'commit',
      lease.ip,
      mac,
      lease.vendorClass ?? '',
      lease.hostname ?? '',
      `1:${mac}`,
      lease.relay ?? '0.0.0.0',
    ],
    env: {},
  };
}

/** dnsmasq: the vendor class only with `add`; `del` for both ways a lease can end. */
function dnsmasqCall(lease: SimulatedLease): HookCall {
  const ending = lease.event === 'commit' ? 'add' : 'del';
  const expires = Math.floor(Date.now() / 1000) + (lease.event === 'expire' ? -1 : 3600);
  return {
    script: path.join(HOOKS_FOLDER, 'reanimator-dnsmasq.sh'),
    argv: [ending, lease.mac, lease.ip, ...(lease.hostname ? [lease.hostname] : [])],
    env: {
      DNSMASQ_CLIENT_ID: `01:${lease.mac}`,
      DNSMASQ_LEASE_EXPIRES: String(expires),
      ...(lease.vendorClass && ending === 'add' ? { DNSMASQ_VENDOR_CLASS: lease.vendorClass } : {}),
      ...(lease.relay ? { DNSMASQ_RELAY_ADDRESS: lease.relay } : {}),
    },
  };
}
