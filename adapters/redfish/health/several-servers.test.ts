import { afterEach, expect, test } from 'vitest';
import { link, list } from '../small-machine-for-tests.ts';
import { startPoller, type Poller } from './poller-for-tests.ts';

const at = (path: string): string => `/redfish/v1/${path}`;

/** Two nodes in an enclosure that holds the supplies: the first is on and well, the second off and ill. */
function enclosure(): Record<string, object> {
  const node = (name: string, power: string, health: string, celsius: number): Record<string, object> => ({
    [at(`Systems/${name}`)]: {
      Id: name,
      SerialNumber: `SN-${name}`,
      Bios: link(at(`Systems/${name}/Bios`)),
      PowerState: power,
      Status: { State: 'Enabled', Health: health, HealthRollup: health },
      Links: { Chassis: [link(at(`Chassis/${name}`))] },
    },
    [at(`Chassis/${name}`)]: { Id: name, Thermal: link(at(`Chassis/${name}/Thermal`)), Status: { Health: health } },
    [at(`Chassis/${name}/Thermal`)]: {
      Temperatures: [{ MemberId: '0', Name: 'Inlet', ReadingCelsius: celsius, Status: { State: 'Enabled' } }],
    },
    [at(`Managers/${name}BMC`)]: {
      Id: `${name}BMC`,
      Status: { State: 'Enabled', Health: health },
      LastResetTime: `2026-01-0${name.at(-1)}T00:00:00Z`,
      Links: { ManagerForServers: [link(at(`Systems/${name}`))] },
    },
  });
  const tree: Record<string, object> = {
    '/redfish/v1': {
      '@odata.type': '#ServiceRoot.v1_15_0.ServiceRoot',
      RedfishVersion: '1.15.0',
      Systems: link(at('Systems')),
      Chassis: link(at('Chassis')),
      Managers: link(at('Managers')),
      Links: { Sessions: link(at('SessionService/Sessions')) },
    },
    [at('Systems')]: list(at('Systems/Node1'), at('Systems/Node2')),
    [at('Chassis')]: list(at('Chassis/Enclosure'), at('Chassis/Node1'), at('Chassis/Node2')),
    [at('Managers')]: list(at('Managers/Node1BMC'), at('Managers/Node2BMC')),
    [at('Chassis/Enclosure')]: { Id: 'Enclosure', Power: link(at('Chassis/Enclosure/Power')) },
    [at('Chassis/Enclosure/Power')]: { PowerSupplies: [{ MemberId: '0', Status: { Health: 'Critical' } }] },
    ...node('Node1', 'On', 'OK', 21),
    ...node('Node2', 'Off', 'Critical', 55),
  };
  return Object.fromEntries(Object.entries(tree).map(([path, body]) => [path, { '@odata.id': path, ...body }]));
}

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

test('each of two servers behind one BMC is polled by itself, in turns, with what is its own', async () => {
  const { poll } = (poller = await startPoller({ tree: enclosure() }));
  const one = { serial: 'SN-Node1' };
  const two = { serial: 'SN-Node2' };
  const said = async (server: { serial: string }) => {
    const { power, system, manager, bootMark, sensors, asked } = await poll(1, server);
    return { power, system, manager, bootMark, read: sensors.map(({ value }) => value), requests: asked.length };
  };
  const first = { power: 'On', system: 'OK', manager: 'OK', bootMark: '2026-01-01T00:00:00Z', read: [21] };
  const second = {
    power: 'Off',
    system: 'Critical',
    manager: 'Critical',
    bootMark: '2026-01-02T00:00:00Z',
    read: [55],
  };
  expect(await said(one)).toMatchObject(first);
  expect(await said(two)).toMatchObject(second);
  const again = await said(one);
  expect(again).toMatchObject(first);
  expect(again.requests).toBeLessThanOrEqual(3);
  expect(await said(two)).toMatchObject(second);
});

test('what the enclosure holds is no server’s, and that is said', async () => {
  const { poll } = (poller = await startPoller({ tree: enclosure() }));
  const { faults, warnings } = await poll(0, { serial: 'SN-Node1' });
  expect(faults).toEqual([]);
  expect(warnings.join(' ')).toContain('/redfish/v1/Chassis/Enclosure: shared by several servers');
});

test('a serial that is none of theirs: refused, not answered with a neighbour’s health', async () => {
  const { poll } = (poller = await startPoller({ tree: enclosure() }));
  await expect(poll(0, { serial: 'SN-Node9' })).rejects.toThrow(/Node1, Node2.*SN-Node9 is none of them/);
});
