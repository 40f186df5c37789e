import type { ChangeLogRow } from '#adapters/netbox/simulator/database.ts';
import type { CaseStage } from './stage.ts';
import { type Server, STATUS, type World } from './world.ts';

/** What the hub itself writes by way of what it makes. */
const MEANS = new Set([
  'dcim.manufacturer',
  'dcim.devicetype',
  'dcim.moduletype',
  'dcim.modulebay',
  'dcim.devicerole',
  'dcim.macaddress',
  'extras.journalentry',
]);
const FACTS = ['drive_count', 'psu_count', 'nic_count'];

/** Every row of the change log that is the hub's own, since `from`, has to be something that the model knows of. @returns those that are not */
export function unjustified({ netbox }: CaseStage, world: World, from: number): string[] {
  const wrong: string[] = [];
  const makings = new Map<Server, number>();
  for (const row of netbox.database.changeLog) {
    if (row.id <= from || row.user_name !== 'hub') continue;
    const fault = faultOf(netbox.database, world, row, makings);
    if (fault !== undefined)
      wrong.push(
        `the hub's write ${row.id}: ${row.action} ${row.changed_object_type} ${row.object_repr} (${row.changed_object_id}): ${fault}`,
      );
  }
  for (const [server, count] of makings)
    if (count > server.makings) wrong.push(`${server.name} was made there ${count} times, not ${server.makings}`);
  return wrong;
}

type Log = CaseStage['netbox']['database'];
type Columns = Record<string, unknown>;

function faultOf(database: Log, world: World, row: ChangeLogRow, makings: Map<Server, number>): string | undefined {
  const { action, changed_object_type: type } = row;
  const [before, after] = [row.prechange ?? {}, row.postchange ?? {}];
  if (type === 'dcim.device') return ofDevice(world, row, before, after, makings);
  if (type === 'dcim.module') return ofModule(database, world, row, before, after);
  if (type === 'ipam.ipaddress') return ofAddress(world, action, before, after);
  if (type === 'dcim.interface' && action === 'update') return onlyIn(before, after, ['primary_mac_address']);
  if (type === 'dcim.interface' && action === 'create') {
    const isPort =
      world.servers.some(({ bmc }) => bmc) || world.servers.some(({ ports }) => ports.some((one) => one.made));
    return isPort ? undefined : 'nobody has such a port';
  }
  if (MEANS.has(type) && action === 'create') return undefined;
  // What a removal takes along, and what names the device that it was on.
  if (type === 'dcim.macaddress' && action === 'update') return undefined;
  return 'the hub never does that';
}

function ofDevice(
  world: World,
  row: ChangeLogRow,
  before: Columns,
  after: Columns,
  makings: Map<Server, number>,
): string | undefined {
  if (row.action === 'delete') return 'no device is ever deleted by the hub';
  if (row.action === 'create') {
    const server = world.servers.find(({ serial, name }) =>
      serial === null ? after['name'] === name : after['serial'] === serial,
    );
    if (!server) return 'no server of ours is that';
    makings.set(server, (makings.get(server) ?? 0) + 1);
    return undefined;
  }
  const server = world.servers.find(
    ({ device, past }) => device?.id === row.changed_object_id || past.has(row.changed_object_id),
  );
  if (!server) return 'it is nobody’s here';
  for (const column of differing(before, after)) {
    const value = after[column];
    const said = (field: string) => server.said.get(field)?.has(String(value)) ?? false;
    if (column === 'serial' && value === server.serial) continue;
    if (column === 'asset_tag' && said('tag')) continue;
    if (column === 'status' && [...(server.said.get('state') ?? [])].some((state) => STATUS[state] === value)) continue;
    if (column === 'oob_ip') continue;
    if (column === 'tags' && (before['tags'] as unknown[]).every((tag) => (value as unknown[]).includes(tag))) continue;
    if (column === 'custom_fields' || column === 'custom_field_data') {
      const fault = ofFields(server, before[column] as Columns, value as Columns);
      if (fault === undefined) continue;
      return fault;
    }
    return `${column}: ${JSON.stringify(before[column])} → ${JSON.stringify(value)}`;
  }
  return undefined;
}

function ofFields(server: Server, before: Columns, after: Columns): string | undefined {
  for (const field of differing(before, after)) {
    const value = after[field];
    if (field === 'hub_asset_id' && value === server.assetId) continue;
    if (field === 'lifecycle_state' && server.said.get('state')?.has(String(value).toUpperCase())) continue;
    if (FACTS.includes(field) && server.said.get(field)?.has(String(value))) continue;
    return `custom field ${field}: ${JSON.stringify(before[field])} → ${JSON.stringify(value)}`;
  }
  return undefined;
}

function ofModule(database: Log, world: World, row: ChangeLogRow, before: Columns, after: Columns): string | undefined {
  const columns = row.action === 'delete' ? before : after;
  const server = world.servers.find(
    ({ device, past }) => device?.id === columns['device'] || past.has(Number(columns['device'])),
  );
  if (!server) return 'it is in nobody’s server';
  // The bay may be gone by now; what the module was called has its name.
  const [bay = ''] = row.object_repr.split(': ');
  const part = server.parts.get(bay);
  if (row.action === 'delete')
    return [...server.parts.values()].some(({ everRemoved }) => everRemoved.has(row.changed_object_id))
      ? undefined
      : 'nobody decided that';
  if (!part) return `nothing of ours was ever in ${bay}`;
  if (row.action === 'create' || before['serial'] !== after['serial'])
    if (!part.said.has(String(after['serial'])))
      return `nothing with the serial ${String(after['serial'])} was ever in ${bay}`;
  if (row.action === 'create') return undefined;
  const type = database.find('moduleType', after['module_type']);
  if (before['module_type'] !== after['module_type'] && !part.said.has(String(type?.model)))
    return `no ${String(type?.model)} was ever in ${bay}`;
  return onlyIn(before, after, ['serial', 'module_type']);
}

function ofAddress(world: World, action: string, before: Columns, after: Columns): string | undefined {
  const address = String((action === 'delete' ? before : after)['address']).replace(/\/.*$/, '');
  const owners = world.servers.filter(({ addresses }) => addresses.has(address));
  if (owners.length === 0) return 'no BMC of ours ever had it';
  return undefined;
}

function onlyIn(before: Columns, after: Columns, columns: readonly string[]): string | undefined {
  const other = differing(before, after).find((column) => !columns.includes(column));
  return other && `${other}: ${JSON.stringify(before[other])} → ${JSON.stringify(after[other])}`;
}

function differing(before: Columns, after: Columns): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) =>
      !['last_updated', 'created'].includes(name) &&
      JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null),
  );
}
