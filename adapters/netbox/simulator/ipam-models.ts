import { assignable, bool, choice, number, OWNER_SINCE, ref, tagged, text } from './field-kinds.ts';
import type { Model, ModelName } from './model-shape.ts';

/** Addresses; all of them in no VRF. */
export const IPAM_MODELS = {
  prefix: {
    name: 'prefix',
    objectType: 'ipam.prefix',
    noun: 'prefix',
    path: '/api/ipam/prefixes/',
    page: '/ipam/prefixes/',
    label: 'Prefix',
    fields: {
      prefix: { kind: 'prefix', required: true },
      scope_type: text({ nullable: true, default: null, reset: true }),
      scope_id: number({ reset: true }),
      tenant: ref('tenant', { onDelete: 'protect' }),
      status: choice(
        { container: 'Container', active: 'Active', reserved: 'Reserved', deprecated: 'Deprecated' },
        { default: 'active' },
      ),
      is_pool: bool(false),
      mark_utilized: bool(false),
      description: text(),
      comments: text({ max: 1e6 }),
      ...tagged,
    },
    brief: ['family', 'prefix', 'description', '_depth'],
    constant: { vrf: null, vlan: null, role: null, owner: null, children: 0, _depth: 0 },
    since: OWNER_SINCE,
    ordering: ['prefix'],
    journal: true,
    display: (row) => String(row.prefix),
  },
  ipAddress: {
    name: 'ipAddress',
    objectType: 'ipam.ipaddress',
    noun: 'IP address',
    path: '/api/ipam/ip-addresses/',
    page: '/ipam/ip-addresses/',
    label: 'IPAddress',
    fields: {
      address: { kind: 'address', required: true },
      tenant: ref('tenant', { onDelete: 'protect' }),
      status: choice(
        { active: 'Active', reserved: 'Reserved', deprecated: 'Deprecated', dhcp: 'DHCP', slaac: 'SLAAC' },
        { default: 'active' },
      ),
      role: choice(
        { loopback: 'Loopback', secondary: 'Secondary', anycast: 'Anycast', vip: 'VIP' },
        { nullable: true, default: null },
      ),
      dns_name: text({ max: 255 }),
      ...assignable,
      comments: text({ max: 1e6 }),
    },
    brief: ['family', 'address', 'description'],
    constant: { vrf: null, nat_inside: null, nat_outside: [], owner: null },
    since: OWNER_SINCE,
    ordering: ['address'],
    journal: true,
    display: (row) => String(row.address),
  },
} satisfies Partial<Record<ModelName, Model>>;
