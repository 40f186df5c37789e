import { afterEach, describe, expect, test } from 'vitest';
import type { Poller } from './poller-for-tests.ts';
import { startPoller } from './poller-for-tests.ts';
import { PATHS, smallTree } from './tree-for-tests.ts';

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

async function start(options: { expand?: boolean } = {}): Promise<Poller> {
  poller = await startPoller({ tree: smallTree(options) });
  return poller;
}

describe('what a poll says', () => {
  test('strings are numbers, N/A and absent parts are null, limits that are not set are none', async () => {
    const { poll } = await start();
    const { sensors, complete, ...rest } = await poll(0);
    expect(rest).toMatchObject({
      power: 'On',
      system: 'OK',
      manager: 'OK',
      bootMark: '2026-01-01T00:00:00Z',
      faults: [],
    });
    expect(complete).toBe(true);
    const said = sensors.map(({ name, kind, value, unit, upperCritical, lowerCritical }) =>
      [name, kind, value, unit, upperCritical, lowerCritical].join(' '),
    );
    expect(said).toEqual([
      'Inlet temperature 21.5 Cel 42 ',
      'Odd voltage  V 13.2 ',
      'Absent temperature  Cel  ',
      'Fan fan 4200 RPM  ',
      'Fan #2 fan 4300 RPM  ',
      'Power power 312 W  ',
      'PSU 0 input power 160 W  ',
      'PSU 1 input power  W  ',
    ]);
  });

  test('a power state that nobody knows, or none, is unknown and not off', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.change(PATHS.system, { PowerState: 'Unknown' });
    expect((await poll(1)).power).toBeNull();
    bmc.change(PATHS.system, { PowerState: undefined });
    expect((await poll(1)).power).toBeNull();
  });

  test('a list that fails leaves its sensors unknown, and says so', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.addFault({ match: 'Sensors', kind: 'status', status: 500 });
    const report = await poll(1);
    expect(report.complete).toBe(false);
    expect(report.warnings.join(' ')).toContain(PATHS.sensors);
    expect(report.sensors.map(({ name }) => name)).toContain('Power');
    expect(report.sensors.map(({ name }) => name)).not.toContain('Inlet');
  });

  test('where the system does not answer, nothing is known', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.addFault({ match: 'Systems/1', kind: 'status', status: 500 });
    await expect(poll(1)).rejects.toMatchObject({ name: 'AdapterError' });
  });
});

describe('how much a poll asks', () => {
  test('system, sensors and power; the manager every five minutes', async () => {
    const { poll } = await start();
    await poll(0);
    const own = [PATHS.system, PATHS.sensors, PATHS.power].toSorted();
    expect((await poll(1)).asked.toSorted()).toEqual(own);
    expect((await poll(1)).asked).toHaveLength(3);
    expect((await poll(4)).asked).toContain(PATHS.manager);
    expect((await poll(1)).asked).toHaveLength(3);
  });

  test('without $expand each sensor is asked for', async () => {
    const { poll } = await start({ expand: false });
    const survey = await poll(0);
    const report = await poll(1);
    expect(report.sensors).toEqual(survey.sensors);
    expect(report.asked).toHaveLength(8);
  });

  test('a sensor that is listed and not there is asked for once a day', async () => {
    const { poll, bmc } = await start();
    bmc.change(`${PATHS.sensors}/Fan2`, null);
    const survey = await poll(0);
    const report = await poll(1);
    expect(survey.asked).toContain(`${PATHS.sensors}/Fan2`);
    expect(report.asked).toHaveLength(3);
    expect(report).toMatchObject({ complete: false });
    expect(report.warnings).toEqual([`${PATHS.sensors}: 1 of 5 listed cannot be read`]);
    expect((await poll(24 * 60 + 1)).asked).toContain(`${PATHS.sensors}/Fan2`);
  });

  test('what is gone is looked for anew at the next poll', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.change(PATHS.chassis, { Power: undefined });
    bmc.change(PATHS.power, null);
    expect((await poll(1)).complete).toBe(false);
    const anew = await poll(1);
    expect(anew.asked).toContain('/redfish/v1/Chassis');
    expect(anew.complete).toBe(true);
    expect((await poll(1)).asked).toHaveLength(2);
  });
});

describe('faults', () => {
  const ill = { State: 'Enabled', Health: 'Critical' };

  test('the part is looked for once when the whole turns, remembered, and dropped when all is well', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.change(`${PATHS.memory}/A2`, { Status: ill });
    bmc.change(PATHS.system, { Status: { State: 'Enabled', Health: 'OK', HealthRollup: 'Critical' } });
    const turned = await poll(6);
    expect(turned.system).toBe('Critical');
    expect(turned.faults).toMatchObject([{ path: `${PATHS.memory}/A2`, name: 'DIMM A2', health: 'Critical' }]);
    const next = await poll(1);
    expect(next.asked).toHaveLength(3);
    expect(next.faults).toEqual(turned.faults);

    bmc.change(PATHS.system, { Status: { State: 'Enabled', Health: 'OK', HealthRollup: 'OK' } });
    expect((await poll(1)).faults).toEqual([]);
    bmc.change(`${PATHS.memory}/A2`, { Status: { State: 'Enabled', Health: 'OK' } });
    bmc.change(`${PATHS.memory}/A1`, { Status: ill });
    bmc.change(PATHS.system, { Status: { State: 'Enabled', Health: 'OK', HealthRollup: 'Critical' } });
    expect((await poll(6)).faults).toMatchObject([{ path: `${PATHS.memory}/A1` }]);
  });

  test('a supply, a Dell rollup, an HPE aggregate and a Condition are found where they stand', async () => {
    const { poll, bmc } = await start();
    await poll(0);
    bmc.change(PATHS.power, {
      PowerSupplies: [
        { '@odata.id': `${PATHS.power}#/PowerSupplies/0`, Name: 'PSU', Status: ill },
        { Name: 'gone', Status: { ...ill, State: 'Absent' } },
      ],
    });
    bmc.change(PATHS.system, {
      Status: {
        ...{ State: 'Enabled', Health: 'OK' },
        Conditions: [
          {
            Severity: 'Warning',
            Message: 'CPU1 is hot',
            OriginOfCondition: { '@odata.id': `${PATHS.system}/Processors/1` },
          },
        ],
      },
      Oem: {
        Dell: { DellSystem: { FanRollupStatus: 'Degraded', SystemHealthRollupStatus: 'Error', PSRollupStatus: 'OK' } },
        Hpe: { AggregateHealthStatus: { Storage: { Status: { Health: 'Critical' } } } },
      },
    });
    const { faults } = await poll(1);
    expect(faults.map(({ path, health }) => `${health} ${path}`).toSorted()).toEqual([
      `Critical ${PATHS.power}#/PowerSupplies/0`,
      `Critical ${PATHS.system}#/Oem/Hpe/AggregateHealthStatus/Storage`,
      `Warning ${PATHS.system}#/Oem/Dell/DellSystem#/FanRollupStatus`,
      `Warning ${PATHS.system}/Processors/1`,
    ]);
  });
});
