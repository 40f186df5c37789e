import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapRecords, findRecordFaults } from '#src/bootstrap-records.ts';
import { diagnose } from '#src/diagnose.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

let well: TestHub;
let ill: TestHub;

beforeAll(async () => {
  well = await testHub({ parts: [], machines: 1 });
  ill = await testHub({
    parts: [],
    machines: 1,
    bootstrap: false,
    env: { NETBOX_TOKEN: 'x'.repeat(40), JIRA_PROJECT: 'NOPE' },
    without: ['AWX'],
  });
});

afterAll(async () => {
  await Promise.all([well?.close(), ill?.close()]);
});

test('a hub whose systems are well has nothing to mend', async () => {
  const findings = await diagnose(well.hub);
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(findings.map(({ system }) => system)).toEqual(
    expect.arrayContaining(['hub', 'netbox', 'jira', 'awx', 'dhcp', 'redfish']),
  );
});

test('what is wrong is named with its remedy, and what is not configured is said', async () => {
  const findings = await diagnose(ill.hub);
  const faults = findings.filter(({ ok }) => !ok);
  expect(faults.map(({ system }) => system)).toEqual(expect.arrayContaining(['netbox', 'jira']));
  for (const fault of faults) expect(fault.remedy).not.toBe('');
  expect(findings).toContainEqual(expect.objectContaining({ system: 'awx', check: 'configured', ok: true }));
});

test('the bootstrap of NetBox changes nothing the second time', async () => {
  const steps = await bootstrapRecords(well.hub, false);
  expect(new Set(steps.map(({ did }) => did))).toEqual(new Set(['unchanged']));
});

test('webhooks that do not arrive are seen once they must have been sent', async () => {
  const signal = AbortSignal.timeout(60_000);
  const { netbox } = well.stage;
  const soon = new Date(Date.now() + 10 * 60_000);
  expect(await findRecordFaults(well.hub, signal, soon)).toEqual([]);
  const [site] = netbox.database.all('site');
  netbox.as('alice').change('site', site?.id ?? 0, { name: 'Moved' });
  expect(await findRecordFaults(well.hub, signal)).toEqual([]);
  expect(await findRecordFaults(well.hub, signal, soon)).toEqual([
    expect.objectContaining({
      ok: false,
      found: expect.stringMatching(/^NetBox changed dcim\.site \d+ at .*never one/),
    }),
  ]);
});
