import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetBoxClient } from 'netbox-client';
import type { DeviceRecords } from '#src/ports/device-records.ts';
import type { RecordChanged } from '#src/ports/observation.ts';
import { bootstrapNetbox, type BootstrapOptions } from './bootstrap.ts';
import { openNetboxClient } from './client.ts';
import { deviceRecords } from './device-records.ts';
import { netboxAdapter } from './index.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { createLab } from './record-objects/suite-lab.ts';
import { EventRule } from './schema.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';
import { startReceiver, type Receiver } from './test-receiver.ts';
import { webhookDoor } from './webhook.ts';

export interface Target {
  url: string;
  token: string;
  /** Whether its webhooks reach this process on 127.0.0.1. */
  reachesLoopback: boolean;
  close(): Promise<void>;
}

/**
 * What deviceRecords, bootstrap and webhooks promise, against whatever speaks NetBox's API: the simulator on every run, a real NetBox where
 * there is one. It only adds objects with names of its own, so it can run against a NetBox that holds others.
 */
export function describeDeviceRecords(name: string, connect: () => Promise<Target>): void {
  describe(`deviceRecords against ${name}`, { timeout: 60_000 }, () => {
    let reachesLoopback = false;
    let receiver: Receiver;
    let client: NetBoxClient;
    let records: DeviceRecords;
    let closeClient: () => Promise<void>;
    const lab = createLab(async () => {
      const target = await connect();
      ({ reachesLoopback } = target);
      receiver = await startReceiver();
      const settings = netboxAdapter.Settings.parse({ url: target.url, token: target.token, requestsPerSecond: 1_000 });
      ({ client, close: closeClient } = openNetboxClient(settings, kitForTests('netbox')));
      records = deviceRecords(client, 'netbox');
      return target;
    });
    const { signal, tag, run } = lab;
    const webhookSecret = `secret-${run}`;

    beforeAll(async () => {
      await lab.begin();
      await bootstrapNetbox(client, bootstrapOptions());
    });
    afterAll(async () => {
      // Ours would go on calling a receiver that is gone.
      const [rule] = await client.list('eventRules', { name: [tag] }, EventRule, { signal });
      if (rule)
        await client.update('eventRules', rule.id, { enabled: false }, EventRule, { signal, message: 'suite is over' });
      await closeClient();
      await receiver.close();
      await lab.end();
    });

    function bootstrapOptions(): BootstrapOptions {
      const lifecycle = loadLifecycleMapping();
      return { hubUrl: receiver.url, webhookSecret, tag, lifecycle, key: 'suite bootstrap', signal };
    }

    test('bootstrap is idempotent', async () => {
      const again = await bootstrapNetbox(client, bootstrapOptions());
      expect(again.map((step) => step.did)).toEqual(again.map(() => 'unchanged'));
      expect(again.length).toBeGreaterThan(5);
    });

    test('finds a device by the MAC of any of its interfaces, however it is written, and where it stands', async () => {
      const place = { parentId: null, set: { name: lab.unique('R'), site: { id: lab.site }, status: 'active' } };
      const rack = lab.only(await lab.records.create('rack', [place], lab.more('name'), signal));
      const set = { asset_tag: lab.unique('A'), rack: { id: rack.id }, position: 12, face: 'front' };
      const made = await lab.device(set);
      const [nic, bmc] = [lab.uniqueMac(), lab.uniqueMac()];
      await lab.port(made.id, { mac_address: nic });
      await lab.port(made.id, { mac_address: bmc, mgmt_only: true });
      for (const mac of [nic, bmc, bmc.toUpperCase().replaceAll(':', '-')])
        expect(await records.findByMac(mac, signal)).toEqual({
          id: made.id,
          url: expect.stringContaining(`/dcim/devices/${made.id}/`),
          name: made.data['name'],
          serial: made.data['serial'],
          assetTag: set.asset_tag,
          manufacturer: `Maker ${run}`,
          model: `Model ${run}`,
          site: `Site ${run}`,
          rack: place.set.name,
          position: 12,
        });
    });

    test('a device without serial, tag and rack is one whose serial, tag and rack are not known', async () => {
      const made = await lab.device({ serial: '' });
      const mac = lab.uniqueMac();
      await lab.port(made.id, { mac_address: mac });
      const nothing = { serial: null, assetTag: null, rack: null, position: null };
      expect(await records.findByMac(mac, signal)).toMatchObject({ id: made.id, ...nothing });
    });

    test('a MAC of nobody, of two devices, and what is no MAC', async () => {
      const [one, two, mac] = [await lab.device(), await lab.device(), lab.uniqueMac()];
      expect(await records.findByMac(mac, signal)).toBeUndefined();
      for (const { id } of [one, two]) {
        const port = Number((await lab.port(id)).id);
        const on = { assigned_object_type: 'dcim.interface', assigned_object_id: port };
        await lab.raw('POST', 'dcim/mac-addresses/', { mac_address: mac, ...on });
      }
      const doubled = await lab.failure(records.findByMac(mac, signal));
      expect(doubled).toMatchObject({
        kind: 'rejected',
        detail: { devices: expect.arrayContaining([Number(one.id)]) },
      });
      expect(doubled.message).toContain(String(two.data['name']));
      expect(await lab.failure(records.findByMac('5c:f9', signal))).toMatchObject({ kind: 'rejected' });
    });

    test('each write comes back as a webhook that our door takes and that names the device', async (context) => {
      if (!reachesLoopback) return context.skip('its webhooks do not reach 127.0.0.1');
      const door = webhookDoor({ webhookSecret, maxDeliveryAgeMs: 600_000 });
      const made = await lab.device();
      const bmc = await lab.port(made.id, { mac_address: lab.uniqueMac(), mgmt_only: true });
      const address = { address: lab.uniqueIp(), status: 'active', interface: { name: bmc.data['name'] } };
      const drafts = [{ parentId: made.id, set: address }];
      lab.only(await lab.records.create('ip-address', drafts, lab.more('address'), signal));
      const seen = (): RecordChanged[] =>
        receiver.deliveries
          .map((one) => (door.verify(one).ok ? door.translate(one) : undefined))
          .flatMap((one) => (one?.result === 'observed' ? one.observations : []))
          .filter((one) => one.kind === 'record-changed')
          .filter((one) => one.deviceId === made.id);
      const expected = ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress'];
      await expect
        .poll(() => new Set(seen().map((one) => one.objectType)), { timeout: 30_000 })
        .toEqual(new Set(expected));
    });
  });
}
