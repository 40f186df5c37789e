import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LeaseVia, startDhcpSimulator, type DhcpSimulator } from './simulator.ts';
import { startStandInHub, type StandInHub } from './stand-in-hub.ts';

const secret = 'correct horse battery';
const mac = '0c:42:a1:00:00:01';
let hub: StandInHub;
let dhcp: DhcpSimulator | undefined;

beforeEach(async () => {
  hub = await startStandInHub({ secret });
});

afterEach(async () => {
  await dhcp?.close();
  await hub.stop();
});

const seen = () => hub.leases.map(({ source, event, ip, mac: whose }) => ({ source, event, ip, mac: whose }));
const eventually = { timeout: 20_000, interval: 20 };

describe.each(['http', 'kea', 'isc', 'dnsmasq'] satisfies LeaseVia[])('via %s', { timeout: 30_000 }, (via) => {
  test('a BMC appears, renews, leaves', async () => {
    dhcp = await startDhcpSimulator({ doorUrl: hub.url, secret, via });
    const lease = await dhcp.discover(mac, { hostname: 'idrac-7ABC123', vendorClass: 'iDRAC', relay: '10.99.0.1' });
    await expect.poll(() => hub.leases.length, eventually).toBe(1);
    expect((await dhcp.discover(mac)).ip).toBe(lease.ip);
    await expect.poll(() => hub.leases.length, eventually).toBe(2);
    await dhcp.end(mac, 'release');
    await expect.poll(() => hub.leases.length, eventually).toBe(3);
    await dhcp.discover(mac);
    await expect.poll(() => hub.leases.length, eventually).toBe(4);
    await dhcp.end(mac, 'expire');
    await expect.poll(() => hub.leases.length, eventually).toBe(5);
    expect(hub.leases.map((one) => one.event)).toEqual(['commit', 'commit', 'release', 'commit', 'expire']);
    expect(new Set(hub.leases.map((one) => `${one.ip} ${one.mac}`))).toEqual(new Set([`${lease.ip} ${mac}`]));
    expect(hub.leases[0]).toMatchObject({
      source: via === 'http' ? 'simulator' : via,
      relay: '10.99.0.1',
      clientId: `01:${mac}`,
      hostname: via === 'kea' ? 'idrac-7abc123' : 'idrac-7ABC123',
      vendorClass: via === 'kea' ? null : 'iDRAC',
      subnetId: via === 'kea' ? '1' : null,
    });
    expect(dhcp.leases.size).toBe(0);
  });
});

test('two clients get two addresses', async () => {
  dhcp = await startDhcpSimulator({ doorUrl: hub.url, secret, via: 'http', network: '192.0.2' });
  await dhcp.discover(mac);
  await dhcp.discover('0c:42:a1:00:00:02');
  expect(seen()).toEqual([
    { source: 'simulator', event: 'commit', ip: '192.0.2.100', mac },
    { source: 'simulator', event: 'commit', ip: '192.0.2.101', mac: '0c:42:a1:00:00:02' },
  ]);
});

test('the hub refuses: http says so, a hook keeps the lease', { timeout: 30_000 }, async () => {
  hub.server.addFault({ kind: 'status', status: 401 });
  dhcp = await startDhcpSimulator({ doorUrl: hub.url, secret, via: 'http' });
  await expect(dhcp.discover(mac)).rejects.toThrow('answered 401');
  await dhcp.close();
  dhcp = await startDhcpSimulator({ doorUrl: hub.url, secret, via: 'isc' });
  await dhcp.discover(mac);
  await expect.poll(() => dhcp?.flush(), eventually).toBe(false);
  hub.server.clearFaults();
  await expect.poll(() => dhcp?.flush(), eventually).toBe(true);
  expect(seen()).toEqual([{ source: 'isc', event: 'commit', ip: '10.99.0.100', mac }]);
});
