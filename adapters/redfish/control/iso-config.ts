import type { MediaState } from '../../../src/ports/bmc-control.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { findAction } from '../action.ts';
import { asText } from '../decode.ts';
import { bodyOf, type Machine } from './machine.ts';
import type { IsoConfig } from './media-slots.ts';
import { sendPatiently } from './patience.ts';

// Supermicro X10 and X11: no InsertMedia. Host and path of the image are set in VM1/CfgCD, then IsoConfig.Mount mounts it
// (badfish #394). The path is written with backslashes where it is a share, and with slashes where it is a web server.

export function isoState({ resource }: IsoConfig): MediaState {
  const [host, path] = [asText(resource['Host']), asText(resource['Path'])];
  const image = host === null || path === null ? null : `${host}${path}`;
  return { id: asText(resource['Id']) ?? 'CfgCD', image, inserted: image === null ? false : null, mediaTypes: ['CD'] };
}

export async function insertIso(
  machine: Machine,
  config: IsoConfig,
  { image }: { image: string },
): Promise<MediaState> {
  const { bmc, system } = machine;
  const mount = findAction(bmc, config.resource, 'Mount');
  if (mount === null)
    throw new AdapterError('unsupported', `${system}: ${config.path} has no action to mount an image`, { system });
  if (!URL.canParse(image))
    throw new AdapterError('rejected', `${system}: ${image} is no address of an image`, { system });
  const { protocol, host, pathname } = new URL(image);
  if (protocol === 'https:') {
    const message = `${system}: this BMC mounts images over http and from shares only; offer ${image} there`;
    throw new AdapterError('rejected', message, { system });
  }
  const body = { Host: protocol === 'http:' ? `http://${host}` : host, Path: decodeURIComponent(pathname) };
  await sendPatiently(machine, { method: 'PATCH', link: config.path, body });
  await sendPatiently(machine, { method: 'POST', link: mount.target, body: {} });
  const shown = isoState({ path: config.path, resource: bodyOf(await bmc.read(config.path), config.path, system) });
  if (shown.image === `${body.Host}${body.Path}`) return { ...shown, inserted: true };
  const message = `${system}: the BMC was asked to mount ${image}, but its configuration shows ${shown.image ?? 'none'}`;
  throw new AdapterError('rejected', message, { system });
}

export async function ejectIso(machine: Machine, config: IsoConfig, others: MediaState[]): Promise<MediaState[]> {
  const unmount = findAction(machine.bmc, config.resource, 'UnMount');
  if (unmount === null) return [...others, isoState(config)];
  await sendPatiently(machine, { method: 'POST', link: unmount.target, body: {} });
  return [...others, { ...isoState(config), inserted: false }];
}
