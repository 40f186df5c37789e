import { z } from 'zod';
import { defineAdapter } from '../../src/ports/adapter.ts';
import { dhcpDoor } from './webhook.ts';

const DAY_MS = 24 * 60 * 60_000;

const Settings = z.object({
  secret: z.string().min(16).meta({
    secret: true,
    description: 'Shared with the hooks on the DHCP servers (SECRET_FILE there); 16 characters or more.',
  }),
  maxAgeMs: z
    .number()
    .int()
    .positive()
    .default(7 * DAY_MS)
    .meta({ description: 'Leases that waited in a spool for longer than this are ignored, in milliseconds.' }),
});

/** DHCP servers tell the hub about leases, through the hooks in deploy/dhcp. Nothing is asked of them. */
export const dhcpAdapter = defineAdapter({
  id: 'dhcp',
  title: 'DHCP (Kea, ISC dhcpd, dnsmasq)',
  testedWith: ['Kea 2.2.0', 'ISC dhcpd 4.4.3-P1', 'dnsmasq 2.90'],
  capabilities: [],
  hasWebhook: true,
  Settings,
  connect(settings) {
    return {
      provides: {},
      webhook: dhcpDoor(settings),
      async probe() {
        return [{ name: 'configuration', ok: true, found: 'waits for leases at its door; there is nothing to ask' }];
      },
    };
  },
});
