import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { findProgram } from '#setup/find-program.mjs';
import { startServer, type Hooks, type ServerKind } from './dhcp-servers.ts';
import { DHCP_NETWORK, type Lab } from './lab.ts';
import type { Relay } from './relay.ts';

export interface RealHub {
  /** The door for leases, e.g. `http://127.0.0.1:8080/hooks/dhcp`. */
  url: string;
  secret: string;
  /** What came through the door so far, oldest first: bodies as the hooks send them, or the observations made of them. */
  deliveries(): Promise<unknown[]>;
  stop(): Promise<void>;
}

export interface Bench {
  lab: Lab;
  relay: Relay;
  hub: RealHub;
  hooks: Hooks;
}

export type Check = (bench: Bench) => Promise<void>;

/** What is looked at, server by server; a check throws where something is not as it should be. */
export const SUITES: { kind: ServerKind; program: string; cases: Record<string, Check> }[] = [
  {
    kind: 'kea',
    program: 'kea-dhcp4',
    cases: {
      'a lease is committed, and released': (bench) => comeAndGo(bench, 'kea', 0x10, null),
      'a lease runs out': (bench) => runOut(bench, 'kea', 0x11),
      'a storm while the hub hangs; a restart meanwhile': storm,
    },
  },
  {
    kind: 'dnsmasq',
    program: 'dnsmasq',
    cases: {
      'a lease is committed, and released': (bench) => comeAndGo(bench, 'dnsmasq', 0x20, 'iDRAC'),
      'a restart tells the leases again': replay,
    },
  },
  {
    kind: 'isc',
    program: 'dhcpd',
    cases: {
      'a lease is committed, and released': (bench) => comeAndGo(bench, 'isc', 0x30, 'iDRAC'),
      'a lease runs out': (bench) => runOut(bench, 'isc', 0x31),
    },
  },
];

/** `vendorClass`: what of option 60 reaches the hub; Kea's hook does not get it. */
async function comeAndGo(bench: Bench, kind: ServerKind, last: number, vendorClass: string | null): Promise<void> {
  const server = await startServer(kind, bench.lab, bench.hooks);
  try {
    const client = await bench.lab.join({ mac: macOf(last), hostname: 'idrac-7ABC123', vendorClass: 'iDRAC' });
    const commit = await arrival(bench, { event: 'commit', mac: macOf(last), ip: client.ip, source: kind });
    expectSame('vendor class', commit.vendorClass ?? null, vendorClass);
    expectSame('host name', commit.hostname?.toLowerCase(), 'idrac-7abc123');
    await client.release();
    await arrival(bench, { event: 'release', mac: macOf(last), ip: client.ip, source: kind });
  } finally {
    await server.stop();
  }
}

async function runOut(bench: Bench, kind: ServerKind, last: number): Promise<void> {
  const server = await startServer(kind, bench.lab, bench.hooks, 4);
  try {
    const client = await bench.lab.join({ mac: macOf(last) });
    await client.vanish();
    await arrival(bench, { event: 'expire', mac: macOf(last), ip: client.ip, source: kind });
  } finally {
    await server.stop();
  }
}

async function replay(bench: Bench): Promise<void> {
  const wanted = { event: 'commit', mac: macOf(0x21), source: 'dnsmasq' };
  const server = await startServer('dnsmasq', bench.lab, bench.hooks);
  try {
    await (await bench.lab.join({ mac: macOf(0x21), vendorClass: 'iDRAC' })).vanish();
    await arrival(bench, wanted);
  } finally {
    await server.stop();
  }
  const before = (await leases(bench.hub)).filter((lease) => matches(lease, wanted)).length;
  const again = await startServer('dnsmasq', bench.lab, bench.hooks);
  try {
    await until(
      'the lease told again',
      async () => (await leases(bench.hub)).filter((one) => matches(one, wanted)).length > before,
    );
  } finally {
    await again.stop();
  }
}

/** 100 leases while the hub takes the connection and says nothing: Kea answers all, restarts, and nothing is lost or doubled. */
async function storm(bench: Bench): Promise<void> {
  const { lab, relay, hub, hooks } = bench;
  if (findProgram('perfdhcp') === undefined) throw new Error('perfdhcp is not installed and could not be');
  const before = (await leases(hub)).length;
  relay.mode('hang');
  let server = await startServer('kea', lab, hooks);
  try {
    const client = await lab.join({ mac: macOf(0x12) });
    await until('a request to hang in the hub', async () => relay.taken > 0);
    await client.vanish();
    const perfdhcp = [
      'perfdhcp',
      '-4',
      '-l',
      'cli0',
      '-r',
      '50',
      '-R',
      '100',
      '-n',
      '100',
      '-W',
      '2000000',
      `${DHCP_NETWORK}.1`,
    ];
    await lab.inClients(['ip', 'addr', 'replace', `${DHCP_NETWORK}.2/24`, 'dev', 'cli0']);
    const { output } = await lab.inClients(perfdhcp);
    await lab.inClients(['ip', 'addr', 'flush', 'dev', 'cli0']);
    const drops = [...output.matchAll(/^drops: (\d+)$/gm)].map((match) => match[1]);
    expectSame('drops of DISCOVER-OFFER and REQUEST-ACK', drops.join(' '), '0 0');
    expectSame('requests that reached the hub', relay.taken, 1);
    // The sender, a grandchild of the Kea that goes now, still hangs.
    await server.stop();
    server = await startServer('kea', lab, hooks);
    await (await lab.join({ mac: macOf(0x13) })).vanish();
    const spool = path.join(lab.folder, 'spool', 'new');
    await until('102 leases in the spool', async () => existsSync(spool) && readdirSync(spool).length === 102);
    relay.mode('pass');
    await until('the spool to be sent', async () => {
      await lab.serve('send', hooks.send.command, hooks.send.env).ended();
      return readdirSync(spool).length === 0;
    });
  } finally {
    await server.stop();
  }
  const arrived = (await leases(hub))
    .slice(before)
    .filter((lease) => lease.event === 'commit' && lease.source === 'kea');
  expectSame('commits that arrived', arrived.length, 102);
  expectSame('different clients among them', new Set(arrived.map((lease) => lease.mac)).size, 102);
}

const Seen = z.object({
  event: z.string(),
  ip: z.string(),
  mac: z.string(),
  source: z.string(),
  hostname: z.string().nullish(),
  vendorClass: z.string().nullish(),
});
type Seen = z.infer<typeof Seen>;

async function leases(hub: RealHub): Promise<Seen[]> {
  return z.array(Seen).parse(await hub.deliveries());
}

function matches(lease: Seen, wanted: Partial<Seen>): boolean {
  return Object.entries(wanted).every(([name, value]) => lease[name as keyof Seen] === value);
}

async function arrival(bench: Bench, wanted: Partial<Seen>): Promise<Seen> {
  let found: Seen | undefined;
  await until(`${JSON.stringify(wanted)} in the hub`, async () => {
    found = (await leases(bench.hub)).find((lease) => matches(lease, wanted));
    return found !== undefined;
  });
  return found as unknown as Seen;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let wait = 0; wait < 300; wait += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}`);
}

function expectSame(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

function macOf(last: number): string {
  return `02:0c:00:00:00:${last.toString(16).padStart(2, '0')}`;
}
