import { describe, expect, test } from 'vitest';
import type { WantedServer } from '../../src/ports/hardware-inventory.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { chooseServer } from './choose-server.ts';
import { readBmc } from './kit-for-tests.ts';
import { ComputerSystem } from './schema.ts';
import { startBmcSimulator } from './simulator.ts';
import { link, list, machine } from './small-machine-for-tests.ts';

const at = (path: string) => `/redfish/v1/${path}`;

/** Four blades in an enclosure that holds the supplies; each with a CPU, a card and a BMC of its own. */
function enclosure(linked: boolean): Record<string, object> {
  const names = ['Node0', 'Node1', 'Node2', 'Node3'];
  const of = (name: string): Record<string, object> => ({
    [at(`Systems/${name}`)]: {
      Id: name,
      SerialNumber: `SN-${name}`,
      UUID: `00000000-0000-0000-0000-00000000000${name.at(-1)}`,
      Bios: link(at(`Systems/${name}/Bios`)),
      Processors: link(at(`Systems/${name}/Processors`)),
      Links: linked ? { Chassis: [link(at(`Chassis/${name}`))] } : {},
    },
    [at(`Systems/${name}/Processors`)]: list(at(`Systems/${name}/Processors/1`)),
    [at(`Systems/${name}/Processors/1`)]: { Id: '1', SerialNumber: `CPU-${name}` },
    [at(`Chassis/${name}`)]: { Id: name, NetworkAdapters: link(at(`Chassis/${name}/NetworkAdapters`)) },
    [at(`Chassis/${name}/NetworkAdapters`)]: list(at(`Chassis/${name}/NetworkAdapters/HPCNet0`)),
    [at(`Chassis/${name}/NetworkAdapters/HPCNet0`)]: { Id: 'HPCNet0', SerialNumber: `NIC-${name}` },
    [at(`Managers/${name}BMC`)]: {
      Id: `${name}BMC`,
      SerialNumber: `BMC-${name}`,
      Links: { ManagerForServers: [link(at(`Systems/${name}`))] },
    },
  });
  const tree: Record<string, object> = {
    ...machine({}, {}, {}),
    [at('')]: {
      RedfishVersion: '1.15.0',
      Systems: link(at('Systems')),
      Chassis: link(at('Chassis')),
      Managers: link(at('Managers')),
      Links: { Sessions: link(at('SessionService/Sessions')) },
    },
    [at('Systems')]: list(...names.map((name) => at(`Systems/${name}`))),
    [at('Chassis')]: list(at('Chassis/Enclosure'), ...names.map((name) => at(`Chassis/${name}`))),
    [at('Managers')]: list(...names.map((name) => at(`Managers/${name}BMC`))),
    [at('Chassis/Enclosure')]: { Id: 'Enclosure', Power: link(at('Chassis/Enclosure/Power')) },
    [at('Chassis/Enclosure/Power')]: { PowerSupplies: [{ MemberId: '0', SerialNumber: 'PSU0' }] },
    ...Object.assign({}, ...names.map(of)),
  };
  return Object.fromEntries(Object.entries(tree).map(([path, body]) => [path, { ...body, '@odata.id': path }]));
}

async function readServer(tree: Record<string, object>, server?: WantedServer) {
  const bmc = await startBmcSimulator({ tree });
  try {
    const report = await readBmc(bmc, { target: { server } });
    return { serial: report.system.serial, parts: report.components.map((one) => one.serial), ...report };
  } finally {
    await bmc.close();
  }
}

describe.each([
  ['linked to their blades', true],
  ['named like their nodes, and linked nowhere (Cray)', false],
])('several servers behind one BMC, chassis %s', (_, linked) => {
  test.each([
    ['its id', { systemId: 'Node2' }],
    ['its UUID, in whatever case', { uuid: '00000000-0000-0000-0000-000000000002'.toUpperCase() }],
    ['its serial', { serial: ' sn-node2 ' }],
    ['all of them', { systemId: 'Node2', serial: 'SN-Node2', uuid: null }],
  ])('the one asked for by %s is read, with its own parts alone', async (_, server) => {
    const { serial, parts, scope, warnings } = await readServer(enclosure(linked), server);
    expect(serial).toBe('SN-Node2');
    expect(parts.toSorted()).toEqual(['BMC-Node2', 'CPU-Node2', 'NIC-Node2']);
    expect(scope).not.toContain('psu');
    expect(warnings.join()).toContain('/redfish/v1/Chassis/Enclosure: shared by several servers');
  });
});

describe('which one is not clear', () => {
  test('nothing was asked for: the first', async () => {
    expect((await readServer(enclosure(true))).serial).toBe('SN-Node0');
  });

  test('nothing is known of the wanted one: the first, and that is not certain', () => {
    const systems = ['Node0', 'Node1'].map((Id) => ComputerSystem.parse({ Id, Bios: link(at(`Systems/${Id}/Bios`)) }));
    expect(chooseServer(systems, { serial: null })).toMatchObject({ primary: { Id: 'Node0' }, isCertain: false });
    expect(chooseServer(systems, { systemId: 'Node1' })).toMatchObject({ primary: { Id: 'Node1' }, isCertain: true });
    expect(chooseServer(systems.slice(0, 1), undefined)).toMatchObject({ isCertain: true });
  });

  test.each([
    ['none of them', { serial: 'ELSEWHERE' }],
    ['signs that contradict each other', { systemId: 'Node1', serial: 'SN-Node2' }],
  ])('%s: refused, and those that are there are named', async (_, server) => {
    const error = await readServer(enclosure(true), server).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ kind: 'rejected' });
    expect(String(error)).toContain('Node0, Node1, Node2, Node3');
  });

  test('the same serial on all of them (Cray shows the card): refused, and the id asked for', async () => {
    const tree = enclosure(true);
    for (const name of ['Node0', 'Node1', 'Node2', 'Node3'])
      Object.assign(tree[at(`Systems/${name}`)] ?? {}, { SerialNumber: 'CARD' });
    await expect(readServer(tree, { serial: 'CARD' })).rejects.toThrow(/give the system id/);
    expect((await readServer(tree, { serial: 'CARD', systemId: 'Node3' })).parts).toContain('CPU-Node3');
  });

  test('one server is read whatever was asked for: who it is, the hub judges', async () => {
    const tree = machine({ SerialNumber: 'OTHER' }, {}, {});
    expect((await readServer(tree, { serial: 'WANTED' })).serial).toBe('OTHER');
  });
});

describe('a system that cannot be read', () => {
  const host = '/redfish/v1/Systems/1';
  const board = '/redfish/v1/Systems/HGX_Baseboard_0';
  const tree = (gone: string) => {
    const all = machine({ Bios: link(`${host}/Bios`), Memory: link(`${host}/Memory`) }, {}, {
      '/redfish/v1/Systems': list(host, board),
      [`${host}/Memory`]: list(`${host}/Memory/1`),
      [`${host}/Memory/1`]: { Id: '1', SerialNumber: '1A2B3C4D', CapacityMiB: 32_768 },
      [board]: { Id: 'HGX_Baseboard_0', SerialNumber: '1653125034241', Processors: link(`${board}/Processors`) },
      [`${board}/Processors`]: list(`${board}/Processors/GPU_0`),
      [`${board}/Processors/GPU_0`]: { Id: 'GPU_0', ProcessorType: 'GPU', SerialNumber: '1650000000001' },
    }); // prettier-ignore
    return Object.fromEntries(Object.entries(all).filter(([path]) => path !== gone));
  };

  test('the board: nothing that stands in systems is complete', async () => {
    expect((await readServer(tree(''))).scope).toEqual(expect.arrayContaining(['gpu', 'dimm']));
    const { serial, scope, warnings } = await readServer(tree(board));
    expect(serial).toBe('SRV4711A');
    expect(scope).not.toContain('dimm');
    expect(warnings.join()).toContain(board);
  });

  test('the host: its board is not taken for the server', async () => {
    await expect(readServer(tree(host))).rejects.toMatchObject({ kind: 'malformed' });
  });
});
