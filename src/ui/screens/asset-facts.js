import { chip } from './chip.js';
import { duration, UNKNOWN } from './format.js';
import { h, outside } from './h.js';
import { isStuck } from './lifecycle.js';
import { when } from './when.js';

/** Who and where a server is: the head of its page. @param {any} asset */
export function assetFacts(asset) {
  const place = [asset.site, asset.rack && `rack ${asset.rack}`, asset.position !== null && `U${asset.position}`]
    .filter(Boolean)
    .join(' / ');
  return h(
    'dl',
    { class: 'facts' },
    pair(
      'State',
      chip(asset.state),
      ' ',
      when(asset.state_since),
      due(asset),
      asset.state_reason && h('span', { class: 'reason' }, ` ${asset.state_reason}`),
    ),
    pair('Serial', h('code', null, asset.serial ?? UNKNOWN), asset.asset_tag && ` (tag ${asset.asset_tag})`),
    pair('Model', [asset.manufacturer, asset.model].filter(Boolean).join(' ') || UNKNOWN),
    pair(
      'Place',
      asset.location
        ? h(
            'a',
            { href: `/ui/registry/locations/${asset.location.id}`, title: place || null },
            asset.location.path,
            asset.position !== null && ` / U${asset.position}`,
          )
        : place || UNKNOWN,
    ),
    asset.project &&
      pair(
        'For',
        h('a', { href: `/ui/?project=${asset.project.id}` }, asset.project.name),
        h('span', { class: 'dim' }, ` of ${asset.project.customer}`),
      ),
    pair(
      'BMC',
      h('code', null, asset.bmc.address ?? UNKNOWN),
      ' ',
      h('code', { class: 'dim' }, asset.bmc.mac ?? ''),
      pinned(asset.bmc.fingerprint256),
    ),
    pair('Record', record(asset.record)),
    pair('Looked into', when(asset.inspected_at)),
    pair('UUID', h('code', null, asset.system_uuid ?? UNKNOWN)),
  );
}

/** @param {string} name @param {...import('./h.js').Child} value */
function pair(name, ...value) {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

/** @param {any} asset */
function due(asset) {
  if (asset.state_due === null) return null;
  const now = Date.now();
  const until = when(asset.state_due, { only: 'age' });
  if (!isStuck(asset, now)) return h('span', { class: 'dim' }, ' · due ', until);
  return h('span', { class: 'chip bad' }, `stuck: ${duration(now - Date.parse(asset.state_due))} over its time`);
}

/** @param {string | null} fingerprint */
function pinned(fingerprint) {
  if (fingerprint === null) return null;
  return h(
    'span',
    { class: 'dim', title: `Only this certificate is taken from it: SHA-256 ${fingerprint}` },
    ' pinned',
  );
}

/** @param {{ id: string, url: string | null, written_at: string | null } | null} record */
function record(record) {
  if (record === null) return h('span', { class: 'dim' }, 'not recorded yet');
  return [
    outside(record.url, `device ${record.id}`),
    record.written_at !== null && h('span', { class: 'dim' }, ' written ', when(record.written_at, { only: 'age' })),
  ];
}
