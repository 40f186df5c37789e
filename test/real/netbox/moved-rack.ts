import assert from 'node:assert/strict';
import { idIn } from '#adapters/netbox/record-objects/record-types.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import { made, makeDevices, MORE, type ScenarioLab, since } from './scenario-lab.ts';

const TYPES = ['rack', 'device', 'location'];

/**
 * NetBox moves what stands in a rack with the rack, past its change log and past `last_updated`: only reading the devices
 * again tells. @throws AssertionError
 */
export async function movedRackIsSeenInPages(lab: ScenarioLab): Promise<void> {
  const { records, signal } = lab;
  const devices = await makeDevices(lab, 'moved', 3);
  const before = siteOf(devices[0]);
  const draft = (name: string, set: object) => [{ parentId: null, set: { name, status: 'active', ...set } }];
  const [site] = made(await records.create('site', draft('Moved to', {}), MORE, signal));
  const [rack] = made(await records.create('rack', draft('Moving', { site: { id: before } }), MORE, signal));
  assert.ok(site && rack);
  const into = devices.map(({ id, version }) => ({ id, version, set: { rack: { id: rack.id } } }));
  made(await records.update('device', into, MORE, signal));
  const { cursor } = await since(lab, TYPES, null);

  made(await records.update('rack', [{ id: rack.id, version: null, set: { site: { id: site.id } } }], MORE, signal));
  const { seen } = await since(lab, TYPES, cursor);
  assert.deepEqual(
    seen.map(({ type, objectId, action }) => [type, objectId, action]),
    [['rack', rack.id, 'updated']],
    'what the change log tells',
  );
  const ids = new Set(devices.map(({ id }) => id));
  const read = (await everyDevice(lab)).filter(({ id }) => ids.has(id));
  assert.deepEqual(
    read.map(siteOf),
    devices.map(() => Number(site.id)),
  );
  const many = await records.readMany('device', { fields: ['site'], ids: [...ids] }, signal);
  assert.deepEqual(
    many.map(siteOf),
    devices.map(() => Number(site.id)),
  );
}

async function everyDevice({ records, signal }: ScenarioLab): Promise<RecordObject[]> {
  const all: RecordObject[] = [];
  for (let after: string | null = null; ;) {
    const page = await records.page('device', { fields: ['site'], after }, signal);
    all.push(...page.objects);
    if (page.next === null) return all;
    after = page.next;
  }
}

function siteOf(device: RecordObject | undefined): number | null {
  return idIn(device?.data['site']);
}
