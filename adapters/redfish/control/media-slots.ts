import { z } from 'zod';
import type { MediaState } from '../../../src/ports/bmc-control.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { findAction } from '../action.ts';
import { readCollection } from '../collection.ts';
import { asLink, asList, asText, isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { bodyOf, type Machine, type Resource } from './machine.ts';
import { isRefusal } from './patience.ts';

/** A virtual drive of the BMC. */
export interface Slot {
  path: string;
  resource: Resource;
  state: MediaState;
}

/** Supermicro before X11's late firmware has one CD that is set by its own configuration. */
export interface IsoConfig {
  path: string;
  resource: Resource;
}

export interface Drives {
  /** Those of the system before those of the manager: the latter are deprecated, and on Dell other ones. */
  slots: Slot[];
  isoConfig: IsoConfig | null;
}

/** Read anew each time: Supermicro shows EjectMedia only while something is inserted. */
export async function readDrives(machine: Machine): Promise<Drives> {
  const { bmc, system } = machine;
  const links = await collectionsOf(machine);
  const slots: Slot[] = [];
  const failures: string[] = [];
  let isoConfig: IsoConfig | null = null;
  for (const link of links) {
    const fresh = { ...bmc, expand: null, get: async (path: string) => bodyOf(await bmc.read(path), path, system) };
    const found = await readCollection(fresh, link, z.record(z.string(), z.unknown()));
    failures.push(...found.failures.map((one) => `${one.path}: ${one.why}`));
    for (const resource of found.members) {
      const path = asText(resource['@odata.id']);
      if (path !== null && !slots.some((one) => fold(one.path) === fold(path)))
        slots.push({ path, resource, state: mediaStateOf(resource) });
    }
    if (found.members.length === 0 && found.failures.length === 0) isoConfig ??= await isoConfigOf(machine, link);
  }
  if (slots.length > 0 || isoConfig !== null) return { slots, isoConfig };
  if (failures.length > 0) throw new AdapterError('malformed', `${system}: ${failures.join('; ')}`, { system });
  throw new AdapterError('unsupported', `${system}: the BMC has no virtual media`, { system });
}

async function collectionsOf(machine: Machine): Promise<string[]> {
  const { bmc, found } = machine;
  const links = [asLink(found['VirtualMedia'])];
  const managedBy = isRecord(found['Links']) ? asList(found['Links']['ManagedBy']).map(asLink) : [];
  const managers = managedBy.some((one) => one !== null) ? managedBy : await allManagers(machine);
  for (const manager of managers) {
    if (manager === null) continue;
    try {
      links.push(asLink((await bmc.get(manager))['VirtualMedia']));
    } catch (error) {
      // A dangling link to a manager: the others may have it.
      if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
    }
  }
  const real = links.filter((link) => link !== null);
  return real.filter((link, index) => real.findIndex((one) => fold(one) === fold(link)) === index);
}

async function allManagers({ bmc }: Machine): Promise<(string | null)[]> {
  if (bmc.root.Managers === null) return [];
  return asList((await bmc.get(bmc.root.Managers))['Members']).map(asLink);
}

async function isoConfigOf({ bmc, system }: Machine, collection: string): Promise<IsoConfig | null> {
  const body = bodyOf(await bmc.read(collection), collection, system);
  const oem = isRecord(body['Oem']) && isRecord(body['Oem']['Supermicro']) ? body['Oem']['Supermicro'] : {};
  const path = asLink(oem['VirtualMediaConfig']);
  if (path === null) return null;
  try {
    return { path, resource: bodyOf(await bmc.read(path), path, system) };
  } catch (error) {
    // Announced, and behind a licence or not there: then there is no virtual media.
    if (!isRefusal(error)) throw error;
    return null;
  }
}

export function mediaStateOf(resource: Resource): MediaState {
  const image = asText(resource['Image']) ?? null;
  return {
    id: asText(resource['Id']) ?? asText(resource['@odata.id']) ?? '?',
    image,
    inserted: insertedOf(resource, image),
    mediaTypes: asList(Array.isArray(resource['MediaTypes']) ? resource['MediaTypes'] : []).filter(
      (one) => typeof one === 'string',
    ),
  };
}

/** Supermicro keeps the image's name after it was ejected; that it is connected to nothing is the truth (community.general #6969). */
function insertedOf(resource: Resource, image: string | null): boolean | null {
  const via = asText(resource['ConnectedVia']);
  const said = resource['Inserted'];
  if (said === false || via === 'NotConnected') return false;
  if (said === true || via !== null) return true;
  return image === null ? null : true;
}

export function takes(state: MediaState, type: 'CD' | 'USBStick'): boolean {
  const names = type === 'CD' ? ['cd', 'dvd'] : ['usbstick'];
  return state.mediaTypes.some((one) => names.includes(one.toLowerCase()));
}

/** The standard action, or the one that iLO 4 and 5 have beside it under a name of their own. */
export function mediaAction({ bmc }: Machine, { resource }: Slot, what: 'Insert' | 'Eject'): string | null {
  const standard = findAction(bmc, resource, `#VirtualMedia.${what}Media`);
  if (standard !== null) return standard.target;
  const oem = isRecord(resource['Oem']) ? Object.values(resource['Oem']).filter(isRecord) : [];
  for (const one of oem) {
    const own = findAction(bmc, one, `${what}VirtualMedia`);
    if (own !== null) return own.target;
  }
  return null;
}
