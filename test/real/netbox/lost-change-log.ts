import assert from 'node:assert/strict';
import { byHand, makeDevices, query, type ScenarioLab, since } from './scenario-lab.ts';

const DEVICES = ['device'];

/** NetBox is put back to a dump, and writes again under the ids that it had given to rows which are lost. @throws AssertionError */
export async function restoredLogResets(lab: ScenarioLab): Promise<void> {
  const [device] = await makeDevices(lab, 'restored', 1);
  assert.ok(device);
  const kept = await since(lab, DEVICES, null);
  const restore = await lab.netbox.backUp();
  for (const description of ['lost 1', 'lost 2']) await byHand(lab, device, { description });
  const ahead = await since(lab, DEVICES, kept.cursor);
  assert.deepEqual([ahead.seen.length, ahead.reset], [2, false]);
  await restore();
  const emptied = await since(lab, DEVICES, ahead.cursor);
  assert.deepEqual([emptied.seen, emptied.reset], [[], true], 'right after the restore');
  for (const description of ['new 1', 'new 2', 'new 3']) await byHand(lab, device, { description });
  const again = await since(lab, DEVICES, ahead.cursor);
  assert.deepEqual([again.seen, again.reset], [[], true], 'once there are other rows under those ids');
  assert.deepEqual((await since(lab, DEVICES, again.cursor)).seen, []);
  const after = await since(lab, DEVICES, emptied.cursor);
  assert.deepEqual([after.seen.length, after.reset], [3, false], 'what was done since the restore');
  const old = await since(lab, DEVICES, kept.cursor);
  assert.deepEqual([old.seen.length, old.reset], [3, false], 'a cursor of before the dump is as good as ever');
}

/** NetBox throws old rows away: harmless as long as the one that we stopped at is there. @throws AssertionError */
export async function expiredLogResets(lab: ScenarioLab): Promise<void> {
  const [device] = await makeDevices(lab, 'expired', 1);
  assert.ok(device);
  await byHand(lab, device, { description: 'the last one that is read' });
  const { cursor } = await since(lab, DEVICES, null);
  const last = Number(await query(lab, 'select max(id) from core_objectchange'));
  await query(lab, `delete from core_objectchange where id < ${last}`);
  await byHand(lab, device, { description: 'read as usual' });
  const usual = await since(lab, DEVICES, cursor);
  assert.deepEqual([usual.seen.length, usual.reset], [1, false]);
  await byHand(lab, device, { description: 'thrown away before it was read' });
  await query(lab, 'delete from core_objectchange');
  const nothing = await since(lab, DEVICES, usual.cursor);
  assert.deepEqual([nothing.seen, nothing.reset], [[], true], 'with an empty log');
  await byHand(lab, device, { description: 'kept' });
  const reset = await since(lab, DEVICES, usual.cursor);
  assert.deepEqual([reset.seen, reset.reset], [[], true]);
  await byHand(lab, device, { description: 'after' });
  const after = await since(lab, DEVICES, reset.cursor);
  assert.deepEqual([after.seen.length, after.reset], [1, false]);
}
