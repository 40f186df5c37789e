import { AdapterError } from '#src/ports/adapter-error.ts';
import { hostOf } from './identifier.ts';
import { ensureTag, type Ensuring } from './natural-keys.ts';
import { Assigned, Device, IpAddress } from './schema.ts';

export interface AddressContext extends Ensuring {
  deviceId: number;
  interfaceId: number;
  tag: string;
  /** Notes the id of each write. */
  wrote(requestId: string | null): void;
}

/**
 * The address on one of the device's interfaces and as its out-of-band address, in this order: NetBox refuses the other one. An
 * address that sits on something else is never taken from it. The previous out-of-band address is released where the hub made it:
 * a DHCP server gives it to the next machine one day, and that one must be able to have it.
 */
export async function ensureAddress(with_: AddressContext, wanted: string): Promise<void> {
  const { client, deviceId, signal, key } = with_;
  const device = await client.get('devices', deviceId, Device, { signal });
  if (!device)
    throw new AdapterError('not-found', `${with_.system}: device ${deviceId} is gone`, { system: with_.system });
  const previous = device.value.oob_ip;
  const addressId = await place(with_, wanted);
  if (previous?.id === addressId) return;
  const done = await client.update('devices', deviceId, { oob_ip: addressId }, Device, {
    signal,
    message: key,
    etag: device.etag,
  });
  with_.wrote(done.requestId);
  if (previous) await release(with_, previous.id);
}

async function place(with_: AddressContext, wanted: string): Promise<number> {
  const { client, system, signal, key } = with_;
  const assignment = { assigned_object_type: 'dcim.interface', assigned_object_id: with_.interfaceId };
  const everywhere = await client.list('ipAddresses', { address: [hostOf(wanted)] }, IpAddress, { signal });
  const addresses = everywhere.filter((one) => hostOf(one.address) === hostOf(wanted));

  const ours = addresses.find((one) => holderOf(one)?.device?.id === with_.deviceId);
  if (ours) return ours.id;

  const free = addresses.filter((one) => one.assigned_object_id === null);
  const taken = addresses.find((one) => one.assigned_object_id !== null);
  if (taken && free.length === 0) throw takenError(system, taken);
  if (free.length > 1) {
    throw new AdapterError(
      'rejected',
      `${system}: ${hostOf(wanted)} exists ${free.length} times unassigned (${free.map((one) => one.id).join(', ')})`,
      { system },
    );
  }
  const [only] = free;
  if (only) {
    const done = await client.update('ipAddresses', only.id, assignment, IpAddress, { signal, message: key });
    with_.wrote(done.requestId);
    return only.id;
  }
  await ensureTag(with_, with_.tag);
  const body = { address: wanted, status: 'active', tags: [{ slug: with_.tag }], ...assignment };
  const made = await client.create('ipAddresses', body, IpAddress, { signal, message: key });
  with_.wrote(made.requestId);
  return made.value.id;
}

async function release(with_: AddressContext, addressId: number): Promise<void> {
  const { client, signal, key } = with_;
  const found = await client.get('ipAddresses', addressId, IpAddress, { signal });
  if (!found?.value.tags.some((tag) => tag.slug === with_.tag)) return;
  if (holderOf(found.value)?.device?.id !== with_.deviceId) return;
  const nothing = { assigned_object_type: null, assigned_object_id: null };
  const done = await client.update('ipAddresses', addressId, nothing, IpAddress, {
    signal,
    message: key,
    etag: found.etag,
  });
  with_.wrote(done.requestId);
}

/** The interface (of a device) that it sits on; undefined for anything else. */
function holderOf(address: IpAddress): Assigned | undefined {
  if (address.assigned_object_type !== 'dcim.interface') return undefined;
  return Assigned.safeParse(address.assigned_object).data;
}

function takenError(system: string, address: IpAddress): AdapterError {
  const holder = holderOf(address);
  const where = holder?.device
    ? `device ${holder.device.name ?? holder.device.id} (${holder.device.id}), interface ${holder.display ?? holder.id}`
    : `${address.assigned_object_type ?? 'something'} ${address.assigned_object_id ?? ''}`;
  return new AdapterError(
    'rejected',
    `${system}: ${address.address} (${address.id}) is assigned to ${where}; unassign it there first`,
    {
      system,
      detail: { ipAddress: address.id, assignedTo: address.assigned_object_type, device: holder?.device?.id ?? null },
    },
  );
}
