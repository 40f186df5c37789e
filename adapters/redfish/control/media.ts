import type { MediaState } from '../../../src/ports/bmc-control.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcWrite } from '../client.ts';
import { ejectIso, insertIso, isoState } from './iso-config.ts';
import { type Machine, type Resource } from './machine.ts';
import { mediaAction, readDrives, type Slot, takes } from './media-slots.ts';
import { idsOf, isRefusal, sendPatiently } from './patience.ts';
import { lookUntil } from './waits.ts';

export interface Media {
  image: string;
  type: 'CD' | 'USBStick';
}

const LEARNT = { insert: 'media-insert', eject: 'media-eject' } as const;

export async function insertMedia(machine: Machine, media: Media): Promise<MediaState> {
  const { system } = machine;
  const { slots, isoConfig } = await readDrives(machine);
  const fitting = slots.filter(({ state }) => takes(state, media.type));
  const there = fitting.find(({ state }) => state.inserted === true && isImage(state.image, media.image));
  if (there !== undefined) return there.state;
  if (fitting.length === 0 && isoConfig !== null && media.type === 'CD') return insertIso(machine, isoConfig, media);
  const free = fitting.filter(({ state }) => state.inserted !== true);
  // GB300 lists drives that can only be ejected.
  const slot = free.find((one) => mediaAction(machine, one, 'Insert') !== null) ?? free.find((one) => !hasActions(one));
  if (slot === undefined) throw nowhere(system, media, slots);
  await send(machine, insertForms(machine, slot, media), LEARNT.insert).catch((error: unknown) => {
    // Drives for the remote console alone (Cisco's vKVM) have no action, and take no PATCH either.
    const isClosed = !hasActions(slot) && isRefusal(error) && (error.status === 405 || error.status === 501);
    throw isClosed ? nowhere(system, media, slots, error) : error;
  });
  const seen = await stateUntil(machine, slot, (state) => state.inserted === true);
  if (seen.inserted === true && (seen.image === null || isImage(seen.image, media.image))) return seen;
  const shows = seen.inserted === true ? `${seen.image} in it` : 'nothing in it';
  const message = `${system}: the BMC took ${media.image} for its drive ${seen.id}, but shows ${shows}: can the BMC itself reach that address?`;
  throw new AdapterError('rejected', message, { system, detail: { shown: seen } });
}

export async function ejectMedia(machine: Machine): Promise<MediaState[]> {
  const { system } = machine;
  const { slots, isoConfig } = await readDrives(machine);
  const states: MediaState[] = [];
  for (const slot of slots) {
    if (slot.state.inserted !== true) {
      states.push(slot.state);
      continue;
    }
    await send(machine, ejectForms(machine, slot), LEARNT.eject);
    const seen = await stateUntil(machine, slot, (state) => state.inserted !== true);
    if (seen.inserted === true) {
      const message = `${system}: the BMC took the request to eject, but still shows ${seen.image ?? 'an image'} in its drive ${seen.id}`;
      throw new AdapterError('rejected', message, { system, detail: { shown: seen } });
    }
    states.push(seen);
  }
  if (isoConfig === null) return states;
  // What was mounted by configuration shows as a drive of its own, and goes with it.
  return isoState(isoConfig).inserted === false
    ? [...states, isoState(isoConfig)]
    : ejectIso(machine, isoConfig, states);
}

/** A way to say it, by name, so that the one that works is remembered. */
interface Form {
  name: string;
  write: BmcWrite;
}

/** Four ways are in the field: X11/X12 and iLO 4 take the image alone, others want its protocol told, Lenovo SD530 a PATCH. */
function insertForms(machine: Machine, slot: Slot, { image }: Media): Form[] {
  const target = mediaAction(machine, slot, 'Insert');
  const protocol = /^[a-z]+/i.exec(image)?.[0]?.toUpperCase() ?? 'HTTP';
  const flags = { Inserted: true, WriteProtected: true };
  const told = { TransferMethod: 'Stream', TransferProtocolType: protocol };
  const patch: Form = {
    name: 'patch',
    write: { method: 'PATCH', link: slot.path, body: { Image: image, Inserted: true } },
  };
  if (target === null) return [patch];
  const post = (name: string, body: Resource): Form => ({ name, write: { method: 'POST', link: target, body } });
  return [
    post('flags', { Image: image, ...flags }),
    post('image', { Image: image }),
    post('protocol', { Image: image, ...flags, ...told }),
    patch,
  ];
}

function ejectForms(machine: Machine, slot: Slot): Form[] {
  const target = mediaAction(machine, slot, 'Eject');
  const patch: Form = {
    name: 'patch',
    write: { method: 'PATCH', link: slot.path, body: { Image: null, Inserted: false } },
  };
  if (target === null) return [patch];
  return [
    // HPE wants a body, be it an empty one (sushy); others want none.
    { name: 'empty', write: { method: 'POST', link: target, body: {} } },
    { name: 'none', write: { method: 'POST', link: target } },
    patch,
  ];
}

/** Form by form, until one is taken. A refusal for another reason than the form (no licence, no such image) ends it. */
async function send(machine: Machine, forms: Form[], learnt: string): Promise<void> {
  const { bmc } = machine;
  const known = bmc.learnt(learnt);
  const refused: AdapterError[] = [];
  for (const { name, write } of forms.toSorted((a, b) => Number(b.name === known) - Number(a.name === known))) {
    try {
      await sendPatiently(machine, write);
      bmc.learn(learnt, name);
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push(error);
      if (!mayBeTheForm(error)) break;
    }
  }
  // The reason why the form was right and the image was not is worth more than that a fourth form was none.
  throw refused.find((error) => !mayBeTheForm(error)) ?? refused[0] ?? new Error('no form to send');
}

function mayBeTheForm(error: AdapterError): boolean {
  const ids = idsOf(error);
  if (ids.length === 0 || error.status === 404 || error.status === 405 || error.status === 501) return true;
  return ids.some((id) =>
    /property|parameter|malformed|unrecognized|GeneralError|QueryNotSupported|body|InternalError/i.test(id),
  );
}

async function stateUntil(machine: Machine, slot: Slot, isIt: (state: MediaState) => boolean): Promise<MediaState> {
  const { waits, signal } = machine;
  const look = async (): Promise<MediaState> => {
    const { slots } = await readDrives(machine);
    return slots.find((one) => one.path === slot.path)?.state ?? { ...slot.state, image: null, inserted: false };
  };
  return lookUntil(look, isIt, { forMs: waits.mediaMs, everyMs: waits.lookMs, signal });
}

/** Some show the name alone, or without the protocol. */
function isImage(shown: string | null, wanted: string): boolean {
  if (shown === null) return false;
  const bare = (text: string): string => text.replace(/^[a-z]+:\/\//i, '').toLowerCase();
  const name = (text: string): string => bare(text).split(/[/\\]/).at(-1) ?? '';
  return bare(shown) === bare(wanted) || (!/[/\\]/.test(shown) && name(shown) === name(wanted));
}

function hasActions({ resource }: Slot): boolean {
  return resource['Actions'] !== undefined;
}

function nowhere(system: string, media: Media, slots: Slot[], cause?: AdapterError): AdapterError {
  const fitting = slots.filter(({ state }) => takes(state, media.type));
  const taken = fitting.filter(({ state }) => state.inserted === true);
  if (taken.length > 0) {
    const what = taken.map(({ state }) => `${state.id} holds ${state.image ?? 'an image'}`).join(', ');
    return new AdapterError('rejected', `${system}: no free drive for a ${media.type}: ${what}; eject it first`, {
      system,
    });
  }
  const has = slots.map(({ state }) => `${state.id} (${state.mediaTypes.join(', ') || 'kind not said'})`).join(', ');
  const message = `${system}: no virtual drive of this BMC takes a ${media.type}; it has ${has || 'none'}`;
  return new AdapterError(fitting.length > 0 ? 'unsupported' : 'rejected', message, { system, cause });
}
