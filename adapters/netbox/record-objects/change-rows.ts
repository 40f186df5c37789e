import type { RawRow } from 'netbox-client';
import type { RecordChangeSeen } from '#src/ports/record-objects.ts';
import { incomplete, orHidden, readIds, type Reading } from './read-rows.ts';
import { idIn, type NetboxType, typeNamed } from './record-types.ts';

type Data = Record<string, unknown>;

/** A row about an object that is part of another one, said as a change of that one. */
interface Read {
  row: RawRow;
  type: NetboxType;
  objectId: number;
  action: RecordChangeSeen['action'];
  /** Devices, before and after. */
  parents: readonly number[];
  /** Interfaces whose device has to be asked for. */
  interfaces: readonly number[];
  /** Power ports whose device has to be asked for. */
  plugs?: readonly number[];
  /** Of an end of a cable: the cable, whose other ends belong to it as well. */
  cable?: number;
}

const ACTIONS: Readonly<Record<string, RecordChangeSeen['action']>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
};

/** Rows about `types`, with the objects that each belonged to before and after. */
export async function toChanges(
  with_: Reading,
  types: readonly string[],
  rows: readonly RawRow[],
): Promise<RecordChangeSeen[]> {
  const wanted = new Map(types.map((name) => typeNamed(with_.system, name)).map((type) => [type.objectType, type]));
  const reads = rows.flatMap((row) => readRow(with_, wanted, row));
  const deviceOf = await holdersOf(
    with_,
    'interfaces',
    reads.flatMap(({ interfaces }) => interfaces),
  );
  const deviceOfPlug = await holdersOf(
    with_,
    'powerPorts',
    reads.flatMap(({ plugs = [] }) => plugs),
  );
  const devicesOf = await endsOf(
    with_,
    reads.flatMap(({ cable }) => cable ?? []),
  );
  return reads.map(({ row, type, objectId, action, parents, interfaces, plugs = [], cable }) => {
    const others = cable === undefined ? [] : (devicesOf.get(cable) ?? []);
    const holders = [...interfaces.map((id) => deviceOf.get(id)), ...plugs.map((id) => deviceOfPlug.get(id))];
    const devices = [...parents, ...holders, ...others];
    const known = devices.filter((id) => id !== undefined && id !== null);
    return {
      changeId: String(row.id),
      type: type.name,
      objectId: String(objectId),
      parentIds: [...new Set(known.map(String))],
      action,
      user: textOf(row['user_name']),
      requestId: textOf(row['request_id']),
      at: new Date(String(row['time'])).toISOString(),
    };
  });
}

/** The devices of ports; power ports may be hidden from these credentials. */
async function holdersOf(
  with_: Reading,
  resource: 'interfaces' | 'powerPorts',
  ids: readonly number[],
): Promise<Map<number, number | null>> {
  if (ids.length === 0) return new Map();
  const reading = readIds(with_, resource, [...new Set(ids)], ['id', 'device']);
  const rows = resource === 'interfaces' ? await reading : ((await orHidden(reading)) ?? []);
  return new Map(rows.map((one) => [one.id, idIn(one['device'])]));
}

/** Only the end that was moved stands in the log; who is at the other one, the cable says, as long as it is there and may be seen. */
async function endsOf(with_: Reading, ids: readonly number[]): Promise<Map<number, (number | null)[]>> {
  if (ids.length === 0) return new Map();
  const fields = ['id', 'a_terminations', 'b_terminations'];
  const cables = await orHidden(readIds(with_, 'cables', [...new Set(ids)], fields));
  const ends = (list: unknown): unknown[] => (Array.isArray(list) ? list : []);
  return new Map(
    (cables ?? []).map((one) => [
      one.id,
      [...ends(one['a_terminations']), ...ends(one['b_terminations'])].map((end) =>
        idIn((end as { object?: { device?: unknown } | null }).object?.device),
      ),
    ]),
  );
}

function readRow({ system }: Reading, wanted: ReadonlyMap<string, NetboxType>, row: RawRow): Read[] {
  const { changed_object_type: objectType, changed_object_id: objectId } = row;
  const action = ACTIONS[String((row['action'] as { value?: unknown } | null)?.value)];
  if (typeof objectType !== 'string' || typeof objectId !== 'number' || !action)
    throw incomplete(system, 'objectChanges', `the row ${row.id} names no object or no action`);
  const sides = [row['prechange_data'], row['postchange_data']].filter((data): data is Data => isData(data));
  if (objectType === 'dcim.macaddress') {
    // What an interface shows as its MAC address is an object of its own; its rows name the interface.
    const type = wanted.get('dcim.interface');
    const interfaces = idsIn(sides, 'assigned_object_id');
    return type
      ? interfaces.map((id) => ({ row, type, objectId: id, action: 'updated', parents: [], interfaces: [id] }))
      : [];
  }
  if (objectType === 'dcim.cabletermination') {
    const type = wanted.get('dcim.cable');
    // An end says the number of its port, and its type by a number that differs between installations: what is on an interface or a power port of
    // that number is meant. One device too many is read again, no harm. Which device it is on stands in no answer (its `_device` is left out).
    const ports = idsIn(sides, 'termination_id');
    const about = { row, action: 'updated', parents: [], interfaces: ports, plugs: ports } as const;
    return type ? idsIn(sides, 'cable').map((cable) => ({ ...about, type, objectId: cable, cable })) : [];
  }
  const type = wanted.get(objectType);
  if (!type) return [];
  const isAddress = type.name === 'ip-address';
  return [
    {
      ...{ row, type, objectId, action },
      parents: type.parent === null || isAddress ? [] : idsIn(sides, 'device'),
      // It may be a virtual machine's interface that has this number: then one device too many is read again, no harm.
      interfaces: isAddress ? idsIn(sides, 'assigned_object_id') : [],
    },
  ];
}

function idsIn(sides: readonly Data[], field: string): number[] {
  const ids = sides.map((data) => data[field]).filter((id): id is number => typeof id === 'number');
  return [...new Set(ids)];
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
