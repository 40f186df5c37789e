import { AdapterError } from '../../src/ports/adapter-error.ts';

/**
 * A link of the BMC as a path on the BMC. The fragment goes: `…/Power#/PowerSupplies/0` is a part of `…/Power`.
 * @throws AdapterError malformed where the link leads off the BMC's origin or out of its Redfish tree: the token would go along
 */
export function ownPath(link: string, origin: string, system: string): string {
  let url: URL;
  try {
    url = new URL(link, origin);
  } catch (cause) {
    throw new AdapterError('malformed', `${system}: not a link: ${link.slice(0, 200)}`, { system, cause });
  }
  const foreign = url.origin !== origin || url.username !== '' || !/^\/redfish(\/|$)/i.test(url.pathname);
  if (foreign)
    throw new AdapterError('malformed', `${system}: link leads away from the BMC: ${link.slice(0, 200)}`, { system });
  return url.pathname + url.search;
}

/** Links are compared without case and trailing slash: HPE mixes `/redfish/v1/systems/1` and `/redfish/v1/Systems/1/`. */
export function fold(path: string): string {
  const [bare = '', query] = (path.split('#')[0] ?? '').split('?');
  const folded = bare.replace(/\/+$/, '').toLowerCase();
  return query === undefined ? folded : `${folded}?${query}`;
}

/**
 * A place on the BMC to push a file to. Lenovo (/mfwupdate) and HPE (/cgi-bin/uploadFile) have it outside of their Redfish tree.
 * @throws AdapterError malformed where it leads off the BMC's origin
 */
export function ownPushPath(link: string, origin: string, system: string): string {
  if (URL.canParse(link, origin)) {
    const url = new URL(link, origin);
    if (url.origin === origin && url.username === '') return url.pathname + url.search;
  }
  throw new AdapterError('malformed', `${system}: link leads away from the BMC: ${link.slice(0, 200)}`, { system });
}

/** Where a Location header points to, as a path; null where there is none. Some name another host of themselves: only the path counts. */
export function locationPath(location: string | undefined, origin: string): string | null {
  if (location === undefined || !URL.canParse(location, origin)) return null;
  const { pathname, search } = new URL(location, origin);
  return pathname + search;
}
