import assert from 'node:assert/strict';
import type { RecordObject, RecordResult } from '#src/ports/record-objects.ts';
import { byHand, makeDevices, MORE, type ScenarioLab, since, whileHeld } from './scenario-lab.ts';

const COUNT = 50;
const OURS = 'by the hub';
const THEIRS = 'by a person';

/** One of fifty was changed since it was read: that one is stale, the others are written, each once. @throws AssertionError */
export async function oneStaleOfFifty(lab: ScenarioLab): Promise<void> {
  const devices = await makeDevices(lab, 'stale', COUNT);
  const changed = devices[24];
  assert.ok(changed);
  await byHand(lab, changed, { description: THEIRS });
  const { cursor } = await since(lab, ['device'], null);
  await onlyOneIsStale(lab, { devices, changed, cursor, byHand: 0 }, await writeAll(lab, devices));
}

/** The same while the bulk write is running: it read the device before the person wrote. @throws AssertionError */
export async function oneTurnsStaleMeanwhile(lab: ScenarioLab): Promise<void> {
  const devices = await makeDevices(lab, 'turning', COUNT);
  const changed = devices[39];
  assert.ok(changed);
  const { cursor } = await since(lab, ['device'], null);
  let writing: Promise<RecordResult[]> | undefined;
  await whileHeld(lab, devices[9], async (waits) => {
    writing = writeAll(lab, devices);
    await waits();
    await byHand(lab, changed, { description: THEIRS });
  });
  await onlyOneIsStale(lab, { devices, changed, cursor, byHand: 1 }, (await writing) ?? []);
}

function writeAll({ records, signal }: ScenarioLab, devices: readonly RecordObject[]): Promise<RecordResult[]> {
  const writes = devices.map(({ id, version }) => ({ id, version, set: { description: OURS } }));
  assert.ok(writes.every(({ version }) => version !== null));
  return records.update('device', writes, MORE, signal);
}

interface Written {
  devices: readonly RecordObject[];
  changed: RecordObject;
  cursor: string;
  /** Rows in the log that are the person's. */
  byHand: number;
}

async function onlyOneIsStale(lab: ScenarioLab, written: Written, results: readonly RecordResult[]): Promise<void> {
  const { devices, changed, cursor } = written;
  const wanted = devices.map(({ id }) => (id === changed.id ? 'stale' : 'written'));
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    wanted,
  );
  const ids = devices.map(({ id }) => id);
  const now = await lab.records.readMany('device', { fields: ['description'], ids }, lab.signal);
  for (const { id, data } of now) assert.equal(data['description'], id === changed.id ? THEIRS : OURS, `device ${id}`);
  assert.equal(now.length, COUNT);
  const { seen } = await since(lab, ['device'], cursor);
  const ours = new Set(results.flatMap((result) => ('requestId' in result ? [result.requestId] : [])));
  assert.equal(seen.filter(({ requestId }) => ours.has(requestId)).length, COUNT - 1, 'each is written once');
  assert.equal(seen.length, COUNT - 1 + written.byHand);
}
