import assert from 'node:assert/strict';
import type { RecordDraft, RecordObjects } from '#src/ports/record-objects.ts';

/** Whatever reconciling does in NetBox, with the least that its user may: each must be done, and none be refused. @throws AssertionError */
export async function reconcileAll(records: RecordObjects, serial: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const more = { key: 'least', fields: ['id', 'name'] };
  const { cursor } = await records.changes({ types: ['device', 'module'], cursor: null }, signal);
  const [device] = await records.find('device', { by: 'serial', values: [serial], fields: ['name'] }, signal);
  assert.ok(device, `there is no device ${serial}`);

  async function make(type: string, set: RecordDraft['set']): Promise<string> {
    const [made] = await records.create(type, [{ parentId: device?.id ?? null, set }], more, signal);
    assert.equal(made?.outcome, 'written', `${type}: ${JSON.stringify(made)}`);
    return made?.outcome === 'written' ? made.object.id : '';
  }
  async function change(type: string, id: string, set: RecordDraft['set']): Promise<void> {
    const [done] = await records.update(type, [{ id, version: null, set }], more, signal);
    assert.equal(done?.outcome, 'written', `${type}: ${JSON.stringify(done)}`);
  }
  async function remove(type: string, id: string): Promise<void> {
    const [gone] = await records.remove(type, [{ id, version: null }], more, signal);
    assert.equal(gone?.outcome, 'written', `${type}: ${JSON.stringify(gone)}`);
  }

  const port = await make('interface', { name: 'NIC 1', type: 'other', mac_address: '02:00:00:00:00:02' });
  await change('interface', port, { mac_address: '02:00:00:00:00:03' });
  const part = { 'module_bay.name': 'DIMM A1', 'module_type.manufacturer': 'Samsung', 'module_type.model': 'M393' };
  const module = await make('module', { ...part, serial: 'P1', status: 'active' });
  await change('module', module, { serial: 'P2', 'module_type.manufacturer': 'Micron', 'module_type.model': 'MTA36' });
  await remove('module', module);
  const oob = { status: 'active', role: 'oob', interface: { name: 'BMC' } };
  const address = await make('ip-address', { address: '10.1.1.9/32', ...oob });
  await remove('ip-address', address);
  await make('inventory-item', { name: 'Bay 0', manufacturer: { name: 'Seagate' }, serial: 'D1' });
  await change('device', device.id, {
    ...{ status: 'staged', add_tags: ['reanimator'], 'custom_fields.cpu_count': 2 },
    ...{ 'device_type.manufacturer': 'HPE', 'device_type.model': 'DL380' },
  });
  await records.note('device', device.id, { kind: 'info', text: 'least' }, 'least', signal);
  const { changes } = await records.changes({ types: ['device', 'module'], cursor }, signal);
  assert.ok(
    changes.some(({ objectId, type }) => type === 'device' && objectId === device.id),
    'the change log tells nothing of the device',
  );
}
