import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceDraft, DeviceRecord, DeviceRecords } from '#src/ports/device-records.ts';
import type { RecordChanged } from '#src/ports/observation.ts';
import { bootstrapNetbox, type BootstrapOptions } from './bootstrap.ts';
import { openNetboxClient } from './client.ts';
import { netboxAdapter } from './index.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { Device, EventRule, Interface, IpAddress, MacAddress } from './schema.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';
import { startReceiver, type Receiver } from './test-receiver.ts';
import { webhookDoor } from './webhook.ts';

const ChangeRow = z.object({ id: z.number(), changed_object_id: z.number() });

export interface Target {
  url: string;
  token: string;
  /** Whether its webhooks reach this process on 127.0.0.1. */
  reachesLoopback: boolean;
  close(): Promise<void>;
}

/**
 * What deviceRecords promises, against whatever speaks NetBox's API: the simulator on every run, a real NetBox where there is one.
 * It only adds objects with names of its own, so it can run against a NetBox that holds others.
 */
export function describeDeviceRecords(name: string, connect: () => Promise<Target>): void {
  describe(`deviceRecords against ${name}`, { timeout: 60_000 }, () => {
    const run = Math.random().toString(36).slice(2, 8);
    const signal = AbortSignal.timeout(300_000);
    const tag = `suite-${run}`;
    const secret = `secret-${run}`;
    let receiver: Receiver;
    let count = 0;
    let target: Target;
    let records: DeviceRecords;
    let client: NetBoxClient;
    let close: () => Promise<void>;
    const unique = (prefix: string): string => `${prefix}-${run}-${(count += 1)}`;
    const uniqueMac = (): string =>
      `02:${[...Buffer.from(run)]
        .slice(0, 4)
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(':')}:${(count += 1).toString(16).padStart(2, '0')}`;
    const net = `10.${Math.floor(Math.random() * 200) + 20}.${Math.floor(Math.random() * 250)}`;
    const uniqueIp = (): string => `${net}.${(count += 1)}/24`;
    const draft = (more: Partial<DeviceDraft> = {}): DeviceDraft => ({
      name: unique('srv'),
      manufacturer: `Maker ${run}`,
      model: `Model ${run}`,
      site: `Site ${run}`,
      serial: unique('SN'),
      role: 'server',
      status: 'planned',
      ...more,
    });
    const create = (more: Partial<DeviceDraft> = {}): Promise<DeviceRecord> =>
      records.create('suite', draft(more), signal);
    async function reread(record: DeviceRecord): Promise<DeviceRecord> {
      const found = await records.read(record.id, signal);
      if (!found) throw new Error('gone');
      return found;
    }
    async function failure(work: Promise<unknown>): Promise<AdapterError> {
      const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(AdapterError);
      return error as AdapterError;
    }

    beforeAll(async () => {
      target = await connect();
      receiver = await startReceiver();
      const settings = netboxAdapter.Settings.parse({
        ...{ url: target.url, token: target.token, tag },
        requestsPerSecond: 1_000,
      });
      const kit = kitForTests('netbox');
      const connection = netboxAdapter.connect(settings, kit);
      if (!connection.provides.deviceRecords) throw new Error('no deviceRecords');
      records = connection.provides.deviceRecords;
      const open = openNetboxClient(settings, kit);
      client = open.client;
      close = async () => {
        await open.close();
        await connection.close?.();
      };
      await bootstrapNetbox(client, bootstrapOptions());
    });
    afterAll(async () => {
      // Ours would go on calling a receiver that is gone.
      const [rule] = await client.list('eventRules', { name: [tag] }, EventRule, { signal });
      if (rule)
        await client.update('eventRules', rule.id, { enabled: false }, EventRule, { signal, message: 'suite is over' });
      await close();
      await receiver.close();
      await target.close();
    });

    function bootstrapOptions(): BootstrapOptions {
      return {
        hubUrl: receiver.url,
        webhookSecret: secret,
        tag,
        lifecycle: loadLifecycleMapping(),
        key: 'suite bootstrap',
        signal,
      };
    }

    test('bootstrap is idempotent', async () => {
      const again = await bootstrapNetbox(client, bootstrapOptions());
      expect(again.map((step) => step.did)).toEqual(again.map(() => 'unchanged'));
      expect(again.length).toBeGreaterThan(5);
    });

    test('creates the device with all that it needs on the way', async () => {
      const rack = unique('R');
      const record = await create({ rack, position: 12, serial: ` ${unique('SN')}`.trim() });
      expect(record).toMatchObject({
        status: 'planned',
        manufacturer: `Maker ${run}`,
        model: `Model ${run}`,
        site: `Site ${run}`,
        rack,
        position: 12,
        face: 'front',
        bmc: null,
      });
      expect(record.tags).toContain(tag);
      expect(record.url).toMatch(/^https?:.*\/dcim\/devices\/\d+\/$/);
    });

    test('a repeated create makes no second device, by serial or by name', async () => {
      const wanted = draft();
      const first = await records.create('suite', wanted, signal);
      const second = await records.create('suite', wanted, signal);
      const renamed = await records.create('suite', { ...wanted, name: unique('other') }, signal);
      const { serial: _, ...withoutSerial } = wanted;
      const byName = await records.create('suite', { ...withoutSerial, name: wanted.name.toUpperCase() }, signal);
      expect([second.id, renamed.id, byName.id]).toEqual([first.id, first.id, first.id]);
    });

    test('a name that another serial holds is refused', async () => {
      const first = await create();
      const error = await failure(create({ name: first.name ?? '' }));
      expect(error).toMatchObject({ kind: 'rejected', detail: { device: Number(first.id), serial: first.serial } });
    });

    test('finds by serial, by name and site whatever their case, and nothing else', async () => {
      const record = await create();
      expect((await records.find({ serial: record.serial ?? '' }, signal))?.id).toBe(record.id);
      expect((await records.find({ name: record.name?.toUpperCase() ?? '', site: `site ${run}` }, signal))?.id).toBe(
        record.id,
      );
      expect(await records.find({ serial: unique('none') }, signal)).toBeUndefined();
      expect(await records.find({ name: record.name ?? '', site: unique('nowhere') }, signal)).toBeUndefined();
      expect(await records.find({ serial: '', name: '' }, signal)).toBeUndefined();
      expect(await records.findByMac(uniqueMac(), signal)).toBeUndefined();
    });

    test('several devices with one serial are a question, not an answer', async () => {
      const [one, two] = [await create(), await create()];
      await records.update('suite', two, { serial: one.serial }, signal);
      expect(await failure(records.find({ serial: one.serial ?? '' }, signal))).toMatchObject({ kind: 'rejected' });
    });

    test('what is not there is undefined; what is no id is an error', async () => {
      expect(await records.read('999999999', signal)).toBeUndefined();
      expect(await failure(records.read('nonsense', signal))).toMatchObject({ kind: 'not-found' });
    });

    test('update writes what differs, reads back, and then writes nothing', async () => {
      const record = await create();
      const fields = {
        status: 'staged',
        assetTag: unique('A'),
        customFields: { lifecycle_state: 'racked', memory_gib: 512, bios_version: '2.1', cpu_model: '' },
        addTags: [unique('tag')],
      };
      const written = await records.update('suite', record, fields, signal);
      expect(written.changed).toBe(true);
      expect(written.requestIds).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      const after = await reread(record);
      expect(after).toMatchObject({
        status: 'staged',
        assetTag: fields.assetTag,
        customFields: { lifecycle_state: 'racked', memory_gib: 512, bios_version: '2.1' },
      });
      expect(after.tags).toEqual(expect.arrayContaining([tag, ...fields.addTags]));
      expect(await records.update('suite', after, fields, signal)).toEqual({ changed: false, requestIds: [] });
      expect((await reread(record)).lastUpdated).toBe(after.lastUpdated);
    });

    test('null clears, undefined leaves', async () => {
      const record = await create();
      await records.update(
        'suite',
        record,
        { assetTag: unique('A'), customFields: { memory_gib: 8, nic_count: 2 } },
        signal,
      );
      await records.update(
        'suite',
        await reread(record),
        { serial: null, assetTag: null, customFields: { memory_gib: null } },
        signal,
      );
      expect(await reread(record)).toMatchObject({
        serial: null,
        assetTag: null,
        customFields: { memory_gib: null, nic_count: 2 },
      });
    });

    test('a value that NetBox refuses is rejected with its words', async () => {
      const record = await create();
      const unknown = await failure(
        records.update('suite', record, { customFields: { lifecycle_state: 'no_such_state' } }, signal),
      );
      expect(unknown.kind).toBe('rejected');
      expect(JSON.stringify(unknown.detail)).toContain('no_such_state');
      const missing = await failure(records.update('suite', record, { customFields: { no_such_field: 1 } }, signal));
      expect(JSON.stringify(missing.detail)).toContain('no_such_field');
    });

    test('another hand on other fields does not stop ours; on ours it does, and is said so that the job tries again', async () => {
      const record = await create();
      await client.update('devices', Number(record.id), { asset_tag: unique('A') }, Device, {
        signal,
        message: 'somebody',
      });
      expect((await records.update('suite', record, { customFields: { memory_gib: 64 } }, signal)).changed).toBe(true);
      const seen = await reread(record);
      await client.update('devices', Number(record.id), { status: 'offline' }, Device, { signal, message: 'somebody' });
      // Before 4.6 there is no etag, and the last one wins.
      if (seen.etag === null)
        return expect((await records.update('suite', seen, { status: 'active' }, signal)).changed).toBe(true);
      const error = await failure(records.update('suite', seen, { status: 'active' }, signal));
      expect(error).toMatchObject({ kind: 'throttled', status: 412, retry: 'later' });
      expect((await reread(record)).status).toBe('offline');
    });

    test('management interface: interface, primary MAC, address, out-of-band address; then nothing', async () => {
      const record = await create();
      const wanted = { name: 'BMC', macAddress: uniqueMac(), ipAddress: uniqueIp() };
      const written = await records.ensureManagementInterface('suite', record, wanted, signal);
      expect(written.changed).toBe(true);
      expect(written.requestIds.length).toBeGreaterThanOrEqual(5);
      const after = await reread(record);
      expect(after.bmc).toMatchObject({ name: 'BMC', macAddress: wanted.macAddress, ipAddress: wanted.ipAddress });
      expect((await records.findByMac(wanted.macAddress.toUpperCase().replaceAll(':', '-'), signal))?.id).toBe(
        record.id,
      );
      expect(await records.ensureManagementInterface('suite', after, wanted, signal)).toEqual({
        changed: false,
        requestIds: [],
      });
      expect(await records.ensureManagementInterface('suite', after, { ...wanted, ipAddress: null }, signal)).toEqual({
        changed: false,
        requestIds: [],
      });
    });

    test('a management interface that is there already is used, whatever it is called; a new board keeps it', async () => {
      const record = await create();
      const port = await client.create(
        'interfaces',
        { device: Number(record.id), name: 'iDRAC', type: '1000base-t', mgmt_only: true },
        Interface,
        { signal, message: 'person' },
      );
      const [first, second] = [uniqueMac(), uniqueMac()];
      await records.ensureManagementInterface(
        'suite',
        await reread(record),
        { name: 'BMC', macAddress: first, ipAddress: null },
        signal,
      );
      await records.ensureManagementInterface(
        'suite',
        await reread(record),
        { name: 'BMC', macAddress: second, ipAddress: null },
        signal,
      );
      expect((await reread(record)).bmc).toMatchObject({
        interfaceId: String(port.value.id),
        name: 'iDRAC',
        macAddress: second,
      });
      expect(await client.list('interfaces', { device_id: [Number(record.id)] }, Interface, { signal })).toHaveLength(
        1,
      );
    });

    test('a MAC and an address that exist unassigned are taken, not doubled', async () => {
      const record = await create();
      const wanted = { name: 'BMC', macAddress: uniqueMac(), ipAddress: uniqueIp() };
      await client.create('macAddresses', { mac_address: wanted.macAddress }, MacAddress, {
        signal,
        message: 'person',
      });
      await client.create('ipAddresses', { address: wanted.ipAddress }, IpAddress, { signal, message: 'person' });
      await records.ensureManagementInterface('suite', record, wanted, signal);
      expect((await reread(record)).bmc).toMatchObject({ macAddress: wanted.macAddress, ipAddress: wanted.ipAddress });
      expect(
        await client.list('macAddresses', { mac_address: [wanted.macAddress] }, MacAddress, { signal }),
      ).toHaveLength(1);
    });

    test('an address or a MAC of another device is not taken from it, and the error names it', async () => {
      const [one, two] = [await create(), await create()];
      const theirs = { name: 'BMC', macAddress: uniqueMac(), ipAddress: uniqueIp() };
      await records.ensureManagementInterface('suite', one, theirs, signal);
      const address = await failure(
        records.ensureManagementInterface('suite', two, { ...theirs, macAddress: uniqueMac() }, signal),
      );
      expect(address).toMatchObject({ kind: 'rejected', detail: { device: Number(one.id) } });
      expect(address.message).toContain(one.name);
      const mac = await failure(
        records.ensureManagementInterface('suite', two, { ...theirs, ipAddress: uniqueIp() }, signal),
      );
      expect(mac).toMatchObject({ kind: 'rejected', detail: { device: Number(one.id) } });
      expect((await reread(one)).bmc).toMatchObject({ macAddress: theirs.macAddress, ipAddress: theirs.ipAddress });
    });

    test('an address that the hub made is released when the machine has another one', async () => {
      const [one, two] = [await create(), await create()];
      const first = { name: 'BMC', macAddress: uniqueMac(), ipAddress: uniqueIp() };
      await records.ensureManagementInterface('suite', one, first, signal);
      const moved = uniqueIp();
      await records.ensureManagementInterface('suite', await reread(one), { ...first, ipAddress: moved }, signal);
      expect((await reread(one)).bmc?.ipAddress).toBe(moved);
      await records.ensureManagementInterface('suite', two, { ...first, macAddress: uniqueMac() }, signal);
      expect((await reread(two)).bmc?.ipAddress).toBe(first.ipAddress);
    });

    test('the write stands in the change log under its key, and the ids of the writes are those of the log', async () => {
      const record = await create();
      const { requestIds } = await records.update(
        `key-${run}-${'x'.repeat(300)}`,
        record,
        { status: 'active' },
        signal,
      );
      const id = requestIds[0] ?? '';
      const rows = await client.list('objectChanges', { request_id: id }, ChangeRow, { signal });
      expect(rows.map((row) => row.changed_object_id)).toEqual([Number(record.id)]);
    });

    test('each write comes back as a webhook that our door takes and that names the device', async (context) => {
      if (!target.reachesLoopback) return context.skip('its webhooks do not reach 127.0.0.1');
      const door = webhookDoor({ webhookSecret: secret, maxDeliveryAgeMs: 600_000 });
      const record = await create();
      const { requestIds } = await records.ensureManagementInterface(
        'suite',
        record,
        { name: 'BMC', macAddress: uniqueMac(), ipAddress: uniqueIp() },
        signal,
      );
      const expected = ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress'];
      const seen = (): RecordChanged[] =>
        receiver.deliveries
          .map((one) => (door.verify(one).ok ? door.translate(one) : undefined))
          .flatMap((one) => (one?.result === 'observed' ? one.observations : []))
          .filter((one) => one.kind === 'record-changed')
          .filter((one) => requestIds.includes(one.requestId ?? ''));
      await expect
        .poll(() => new Set(seen().map((one) => one.objectType)), { timeout: 30_000 })
        .toEqual(new Set(expected));
      expect(new Set(seen().map((one) => one.deviceId))).toEqual(new Set([record.id]));
    });
  });
}
