import { UNKNOWN } from './format.js';
import { h } from './h.js';

/** A server or a location, as a link to its screen. @param {{ type: string, id: string, name: string | null } | null} place */
export function placeLink(place) {
  if (place === null) return h('span', { class: 'dim' }, UNKNOWN);
  const isServer = place.type === 'asset';
  const href = `/ui/${isServer ? 'assets' : 'registry/locations'}/${encodeURIComponent(place.id)}`;
  return h('a', { href, title: place.id }, place.name ?? `${isServer ? 'server' : 'place'} ${place.id.slice(-12)}`);
}

/** @param {any} part with kind and serial */
export function componentLink(part) {
  const text = part.serial ?? 'passport';
  return h(
    'a',
    {
      href: `/ui/components/${encodeURIComponent(part.component_id ?? part.id)}`,
      title: `Where this ${part.kind} was`,
    },
    h('code', { class: 'clip' }, text),
  );
}
