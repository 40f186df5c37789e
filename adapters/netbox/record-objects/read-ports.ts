import type { RecordObject, RecordPort } from '#src/ports/record-objects.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { readOf } from './read-records.ts';
import { orHidden, type Reading } from './read-rows.ts';
import { idIn, typeNamed } from './record-types.ts';

const ENDS = ['name', 'connected_endpoints', 'connected_endpoints_type'];

/** Power ports or interfaces of devices, with what NetBox traces their cables to. */
export async function readPorts(
  with_: Reading,
  level: RecordPort['level'],
  deviceIds: readonly string[],
): Promise<RecordPort[]> {
  const [name, fields] = level === 'pdu' ? ['power-port', ENDS] : ['interface', [...ENDS, 'mgmt_only']];
  const { system } = with_;
  const found = await orHidden(readOf(with_, typeNamed(system, name), { fields, parentIds: deviceIds }));
  if (!found) {
    const why = `${system}: the token's user may not view ${name}s; \`reanimator netbox permissions\` says what it needs`;
    throw new AdapterError('unauthorized', why, { system, status: 403 });
  }
  return found.flatMap((one) => portsIn(level, one));
}

/** A cable that splits has several ends: the port is told once for each. */
export function portsIn(level: RecordPort['level'], { parentId, data }: RecordObject): RecordPort[] {
  if (parentId === null) return [];
  const ends = Array.isArray(data['connected_endpoints']) ? data['connected_endpoints'] : [];
  const fed = ends.flatMap((end) => feederIn(String(data['connected_endpoints_type']), end, parentId) ?? []);
  const port = { parentId, level, port: String(data['name']), management: data['mgmt_only'] === true };
  return fed.length === 0 ? [{ ...port, on: null }] : fed.map((on) => ({ ...port, on }));
}

function feederIn(type: string, end: unknown, parentId: string): RecordPort['on'] {
  const { name, device } = (end ?? {}) as { name?: unknown; device?: { name?: unknown; display?: unknown } };
  if (typeof name !== 'string') return null;
  // A feed of a panel, without a PDU in between: it lives when the PDUs are dead.
  if (type === 'dcim.powerfeed') return { name: `power feed ${name}`, outlet: null };
  if (type !== 'dcim.poweroutlet' && type !== 'dcim.interface') return null;
  const called = device?.name ?? device?.display;
  // A cable back into the device itself feeds nothing.
  if (typeof called !== 'string' || String(idIn(device)) === parentId) return null;
  return { name: called, outlet: name };
}
