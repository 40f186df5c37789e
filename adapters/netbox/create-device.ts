import type { CreateBody, NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceDraft } from '#src/ports/device-records.ts';
import { findDevice } from './find-device.ts';
import { ensureDeviceType, ensureRack, ensureRole, ensureSite, ensureTag, type Ensuring } from './natural-keys.ts';
import { Device } from './schema.ts';

/**
 * Keyed by nature: serial, else (site, name). What exists is returned as it is, whoever made it, so a repeat after a lost answer
 * makes no second device. @throws AdapterError rejected where the name is taken by a device with another serial
 */
export async function createDevice(
  with_: Ensuring,
  draft: DeviceDraft,
  defaults: { tag: string; role: string },
): Promise<number> {
  const existing = await findExisting(with_, draft);
  if (existing) return existing.id;

  const site = await ensureSite(with_, draft.site);
  const rack = draft.rack === undefined ? undefined : await ensureRack(with_, site, draft.rack);
  const deviceType = await ensureDeviceType(with_, draft.manufacturer, draft.model);
  const role = await ensureRole(with_, draft.role || defaults.role);
  await ensureTag(with_, defaults.tag);
  try {
    return await post(
      with_.client,
      {
        name: draft.name,
        device_type: deviceType,
        role,
        site,
        status: draft.status,
        tags: [{ slug: defaults.tag }],
        ...(draft.serial ? { serial: draft.serial } : {}),
        ...(rack === undefined ? {} : { rack }),
        // A position without a face is refused.
        ...(rack === undefined || draft.position === undefined ? {} : { position: draft.position, face: 'front' }),
      },
      with_,
    );
  } catch (error) {
    const lost = error instanceof AdapterError && error.status === 400;
    const other = lost ? await findExisting(with_, draft) : undefined;
    if (other) return other.id;
    throw error;
  }
}

async function post(client: NetBoxClient, body: CreateBody<'devices'>, with_: Ensuring): Promise<number> {
  return (await client.create('devices', body, Device, { signal: with_.signal, message: with_.key })).value.id;
}

async function findExisting(with_: Ensuring, draft: DeviceDraft): Promise<Device | undefined> {
  const found = await findDevice(with_, draft);
  const wanted = draft.serial?.trim().toLowerCase();
  if (!found || !wanted || found.serial === '' || found.serial.toLowerCase() === wanted) return found;
  throw new AdapterError(
    'rejected',
    `${with_.system}: ${draft.name} in ${draft.site} exists (${found.id}) with the serial ${found.serial}, not ${draft.serial}`,
    { system: with_.system, detail: { device: found.id, serial: found.serial } },
  );
}
