import assert from 'node:assert/strict';
import type { RecordObject } from '#src/ports/record-objects.ts';
import { byHand, made, makeDevices, MORE, query, type ScenarioLab, since, whileHeld } from './scenario-lab.ts';

const DEVICES = ['device'];
const BULK = 20;
const SINGLE = 12;

/** A bulk write whose rows have lower ids and earlier times than one that was read before them. @throws AssertionError */
export async function lateRowsComeOnce(lab: ScenarioLab): Promise<void> {
  const devices = await makeDevices(lab, 'late', 30);
  const [quick] = await makeDevices(lab, 'quick', 1);
  assert.ok(quick);
  const { cursor } = await since(lab, DEVICES, null);
  let slow: Promise<{ requestId: string | null }[]> | undefined;
  let before = await since(lab, DEVICES, cursor);
  await whileHeld(lab, devices[14], async (waits) => {
    slow = write(lab, devices, 'slow');
    await waits();
    await byHand(lab, quick, { description: 'quick' });
    before = await since(lab, DEVICES, cursor);
  });
  const results = await slow;
  const seen = before.seen.map(({ objectId }) => objectId);
  assert.deepEqual(seen, [quick.id], 'what is seen while the bulk write is not done');
  const late = await since(lab, DEVICES, before.cursor);
  assert.equal(late.reset, false);
  assert.deepEqual(sorted(late.seen.map(({ objectId }) => objectId)), sorted(devices.map(({ id }) => id)));
  assert.deepEqual(new Set(late.seen.map(({ requestId }) => requestId)), new Set(results?.map((one) => one.requestId)));
  const first = Number(before.seen[0]?.changeId);
  const earlier = late.seen.filter(({ changeId }) => Number(changeId) < first);
  assert.ok(earlier.length >= 10, `only ${earlier.length} rows became visible out of order: nothing was tested`);
  assert.deepEqual((await since(lab, DEVICES, late.cursor)).seen, [], 'a row came twice');
}

/** Two hubs and a person write at once while the log is followed: every row that it has in the end came, once. @throws AssertionError */
export async function followsThreeWriters(lab: ScenarioLab): Promise<void> {
  const [ours, theirs, by] = [
    await makeDevices(lab, 'ours', BULK),
    await makeDevices(lab, 'theirs', BULK),
    await makeDevices(lab, 'person', SINGLE),
  ];
  let { cursor } = await since(lab, DEVICES, null);
  const last = await query(lab, 'select max(id) from core_objectchange');
  let writing = 3;
  const done = (): void => void (writing -= 1);
  const writers = [
    rounds(2, (round) => write(lab, ours, `ours ${round}`)).finally(done),
    rounds(2, (round) => write({ ...lab, records: lab.other }, theirs, `theirs ${round}`)).finally(done),
    rounds(SINGLE, (round) => byHand(lab, by[round] ?? assert.fail(), { description: 'by a person' })).finally(done),
  ];
  const all = Promise.all(writers);
  const came: string[] = [];
  let passes = 0;
  for (let ending = false; !ending; passes += 1) {
    ending = writing === 0;
    const pass = await since(lab, DEVICES, cursor);
    assert.equal(pass.reset, false);
    came.push(...pass.seen.map(({ changeId }) => changeId));
    cursor = pass.cursor;
  }
  await all;
  const rows = await query(lab, `select id from core_objectchange where id > ${last} order by id`);
  assert.equal(rows.split('\n').length, 2 * BULK + 2 * BULK + SINGLE);
  assert.deepEqual(sorted(came), sorted(rows.split('\n')), `what came in ${passes} passes is not what the log has`);
}

async function write(
  { records, signal }: ScenarioLab,
  devices: readonly RecordObject[],
  description: string,
): Promise<{ requestId: string | null }[]> {
  const writes = devices.map(({ id }) => ({ id, version: null, set: { description } }));
  const results = await records.update('device', writes, MORE, signal);
  made(results);
  return results.map((result) => ({ requestId: 'requestId' in result ? result.requestId : null }));
}

async function rounds(count: number, act: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < count; round += 1) await act(round);
}

function sorted(ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => Number(a) - Number(b));
}
