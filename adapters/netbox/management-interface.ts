import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceRecord, ManagementInterface, Written } from '#src/ports/device-records.ts';
import { primaryMac } from './device-record.ts';
import { normalMac, numericId } from './identifier.ts';
import { ensureAddress } from './management-address.ts';
import type { Ensuring } from './natural-keys.ts';
import { Assigned, Interface, MacAddress } from './schema.ts';

/** BMC ports are copper gigabit as a rule; a person may correct it, we never look at it again. */
const TYPE = '1000base-t';

/**
 * Interface, MAC and address, each found before it is made. The MAC is an object of its own since 4.2, made primary by a second
 * write: `mac_address` on the interface is ignored without an error up to 4.6, so all versions go the same way.
 */
export async function ensureManagement(
  with_: Ensuring,
  record: DeviceRecord,
  wanted: ManagementInterface,
  tag: string,
): Promise<Written> {
  const { client, system, key, signal } = with_;
  const deviceId = numericId(system, record.id);
  const mac = normalMac(wanted.macAddress);
  if (!mac) throw new AdapterError('rejected', `${system}: "${wanted.macAddress}" is not a MAC address`, { system });
  const requestIds: string[] = [];
  let changed = false;
  function wrote(requestId: string | null): void {
    changed = true;
    if (requestId) requestIds.push(requestId);
  }

  // Before any write: a MAC on another device is a question for a person.
  const macs = await client.list('macAddresses', { mac_address: [mac] }, MacAddress, { signal });
  refuseForeign(system, macs, deviceId, mac);

  const interfaces = await client.list('interfaces', { device_id: [deviceId] }, Interface, { signal });
  let target = chooseInterface(interfaces, mac, wanted.name, record.bmc?.interfaceId);
  if (!target) {
    const body = { device: deviceId, name: wanted.name, type: TYPE, mgmt_only: true };
    const made = await client.create('interfaces', body, Interface, { signal, message: key });
    wrote(made.requestId);
    target = made.value;
  } else if (!target.mgmt_only) {
    const done = await client.update('interfaces', target.id, { mgmt_only: true }, Interface, { signal, message: key });
    wrote(done.requestId);
    target = done.value;
  }

  if (primaryMac(target) !== mac || !target.primary_mac_address) {
    const macId = await placeMac(with_, target.id, macs, mac, wrote);
    const done = await client.update('interfaces', target.id, { primary_mac_address: macId }, Interface, {
      signal,
      message: key,
    });
    wrote(done.requestId);
  }
  if (wanted.ipAddress !== null)
    await ensureAddress({ ...with_, deviceId, interfaceId: target.id, tag, wrote }, wanted.ipAddress);
  return { changed, requestIds };
}

/** The one with the MAC; else the one of that name; else the one that is the management interface already, whatever it is called. */
function chooseInterface(
  interfaces: Interface[],
  mac: string,
  name: string,
  known: string | undefined,
): Interface | undefined {
  const sorted = interfaces.toSorted((a, b) => Number(b.mgmt_only) - Number(a.mgmt_only) || a.id - b.id);
  const hasMac = (one: Interface): boolean =>
    (one.mac_addresses ?? []).some((other) => normalMac(other.mac_address) === mac);
  const managing = sorted.filter((one) => one.mgmt_only);
  return (
    sorted.find((one) => primaryMac(one) === mac || hasMac(one)) ??
    sorted.find((one) => one.name.toLowerCase() === name.toLowerCase()) ??
    managing.find((one) => String(one.id) === known) ??
    (managing.length === 1 ? managing[0] : undefined)
  );
}

async function placeMac(
  with_: Ensuring,
  interfaceId: number,
  macs: MacAddress[],
  mac: string,
  wrote: (requestId: string | null) => void,
): Promise<number> {
  const { client, signal, key } = with_;
  const assignment = { assigned_object_type: 'dcim.interface', assigned_object_id: interfaceId };
  const here = macs.find(
    (one) => one.assigned_object_type === 'dcim.interface' && one.assigned_object_id === interfaceId,
  );
  if (here) return here.id;
  const free = macs.find((one) => one.assigned_object_id === null);
  if (free) {
    const done = await client.update('macAddresses', free.id, assignment, MacAddress, { signal, message: key });
    wrote(done.requestId);
    return free.id;
  }
  const made = await client.create('macAddresses', { mac_address: mac, ...assignment }, MacAddress, {
    signal,
    message: key,
  });
  wrote(made.requestId);
  return made.value.id;
}

function refuseForeign(system: string, macs: MacAddress[], deviceId: number, mac: string): void {
  for (const one of macs) {
    if (one.assigned_object_id === null) continue;
    const holder =
      one.assigned_object_type === 'dcim.interface' ? Assigned.safeParse(one.assigned_object).data : undefined;
    if (holder?.device?.id === deviceId) continue;
    const where = holder?.device
      ? `device ${holder.device.name ?? holder.device.id} (${holder.device.id}), interface ${holder.display ?? holder.id}`
      : `${one.assigned_object_type ?? 'something'} ${one.assigned_object_id}`;
    throw new AdapterError('rejected', `${system}: the MAC ${mac} (${one.id}) is on ${where}; remove it there first`, {
      system,
      detail: { macAddress: one.id, device: holder?.device?.id ?? null },
    });
  }
}
