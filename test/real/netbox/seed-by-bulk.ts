import { fleetDevice, fleetMac, fleetPart } from '#adapters/netbox/simulator/seed-fleet.ts';
import { send, type Server } from './doctor-lab.ts';

const BULK = 100;

type Made = Record<string, unknown> & { id: number };

/** The fleet that `seedFleet` puts into the simulator, through the API: with one interface, the BMC's, and few parts. */
export async function seedByBulk(
  netbox: Server,
  { devices, parts, log }: { devices: number; parts: number; log(line: string): void },
): Promise<void> {
  const many = async (path: string, bodies: readonly object[], method = 'POST'): Promise<Made[]> => {
    const started = performance.now();
    const made = await inBulks(netbox, method, path, bodies);
    log(`${method} ${made.length} ${path} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return made;
  };
  const [sites, racks] = [2, Math.max(2, Math.ceil(devices / 40))];
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
  const idAt = (list: readonly Made[], at: number): number => list[at]?.id ?? 0;

  const siteRows = await many(
    'dcim/sites/',
    numbers(sites).map((at) => ({ name: `Site ${at + 1}`, slug: `site-${at + 1}`, status: 'active' })),
  );
  const rackRows = await many(
    'dcim/racks/',
    numbers(racks).map((at) => ({ name: `R${at + 1}`, site: idAt(siteRows, at % sites), u_height: 48 })),
  );
  const [role] = await many('dcim/device-roles/', [{ name: 'Server', slug: 'server' }]);
  const kinds = new Map(numbers(parts).map((at) => [fleetPart(0, at).model, fleetPart(0, at).manufacturer]));
  const names = [...new Set(['Dell Inc.', ...kinds.values()])];
  const makers = await many(
    'dcim/manufacturers/',
    names.map((name) => ({ name, slug: name.toLowerCase().replaceAll(/[^a-z]+/g, '-') })),
  );
  const makerOf = (name: string): number => idAt(makers, names.indexOf(name));
  const [type] = await many('dcim/device-types/', [
    { manufacturer: makerOf('Dell Inc.'), model: 'PowerEdge R650', slug: 'poweredge-r650', u_height: 1 },
  ]);
  const types = await many(
    'dcim/module-types/',
    [...kinds].map(([model, maker]) => ({ manufacturer: makerOf(maker), model })),
  );
  const deviceRows = await many(
    'dcim/devices/',
    numbers(devices).map((n) => ({
      ...{ name: fleetDevice(n).name, serial: fleetDevice(n).serial, asset_tag: fleetDevice(n).assetTag },
      ...{ device_type: type?.id, role: role?.id, status: 'active', site: idAt(siteRows, (n % racks) % sites) },
      ...{ rack: idAt(rackRows, n % racks), position: Math.floor(n / racks) + 1, face: 'front' },
    })),
  );
  const ports = await many(
    'dcim/interfaces/',
    deviceRows.map(({ id: device }) => ({ device, name: 'BMC', type: '1000base-t', mgmt_only: true })),
  );
  const macs = await many(
    'dcim/mac-addresses/',
    ports.map(({ id }, n) => ({
      mac_address: fleetMac(n, 0),
      assigned_object_type: 'dcim.interface',
      assigned_object_id: id,
    })),
  );
  await many(
    'dcim/interfaces/',
    ports.map(({ id }, n) => ({ id, primary_mac_address: idAt(macs, n) })),
    'PATCH',
  );
  const wanted = deviceRows.flatMap(({ id: device }, n) =>
    numbers(parts).map((at) => ({ device, part: fleetPart(n, at) })),
  );
  const bays = await many(
    'dcim/module-bays/',
    wanted.map(({ device, part: { bay: name } }) => ({ device, name })),
  );
  const models = [...kinds.keys()];
  await many(
    'dcim/modules/',
    wanted.map(({ device, part: { serial, model } }, at) => ({
      ...{ device, serial, status: 'active', module_bay: idAt(bays, at) },
      module_type: idAt(types, models.indexOf(model)),
    })),
  );
}

async function inBulks(netbox: Server, method: string, path: string, bodies: readonly object[]): Promise<Made[]> {
  const made: Made[] = [];
  for (let at = 0; at < bodies.length; at += BULK) {
    const answer: unknown = await send(netbox, method, path, bodies.slice(at, at + BULK));
    made.push(...(answer as Made[]));
  }
  return made;
}
