import type { SeenComponent } from '../../src/ports/bundle-format.ts';
import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { asMockup, readTrees } from './tree-kit-for-tests.ts';

/** The system and the chassis of a small machine. */
export const S = '/redfish/v1/Systems/1';
export const C = '/redfish/v1/Chassis/1';
export const link = (path: string) => ({ '@odata.id': path });
export const list = (...paths: string[]) => ({ Members: paths.map(link), 'Members@odata.count': paths.length });

export function machine(system: object, chassis: object, more: Record<string, object>): Record<string, object> {
  const all: Record<string, object> = {
    '/redfish/v1': {
      '@odata.type': '#ServiceRoot.v1_15_0.ServiceRoot',
      RedfishVersion: '1.15.0',
      Systems: link('/redfish/v1/Systems'),
      Chassis: link('/redfish/v1/Chassis'),
    },
    '/redfish/v1/Systems': list(S),
    [S]: { Id: '1', SerialNumber: 'SRV4711A', Links: { Chassis: [link(C)] }, ...system },
    '/redfish/v1/Chassis': list(C),
    [C]: { Id: '1', ...chassis },
    ...more,
  };
  return Object.fromEntries(Object.entries(all).map(([path, body]) => [path, { '@odata.id': path, ...body }]));
}

export async function partsOf(tree: Record<string, object>, kind: ComponentKind): Promise<SeenComponent[]> {
  const [reading] = await readTrees(asMockup(tree));
  return (reading?.components ?? []).filter((one) => one.kind === kind);
}
