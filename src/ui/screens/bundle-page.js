import { get } from './api.js';
import { bytes, UNKNOWN } from './format.js';
import { h } from './h.js';
import { saveButton } from './save-file.js';
import { snapshotLines } from './snapshot-lines.js';
import { when } from './when.js';

/** One upload: what was in it, and what was understood. @param {string} sha256 */
export async function bundlePage(sha256) {
  const bundle = await get(`/v1/bundles/${sha256}`);
  const name = bundle.file_name ?? sha256.slice(0, 12);
  return {
    title: name,
    body: h(
      'article',
      { class: 'bundle' },
      h(
        'header',
        null,
        h('p', { class: 'crumb' }, h('a', { href: '/ui/bundles' }, 'Bundles')),
        h('h1', { tabindex: -1 }, name),
        h(
          'dl',
          { class: 'facts' },
          pair('SHA-256', h('code', null, bundle.sha256)),
          pair('Came', when(bundle.received_at)),
          pair('Size', bytes(bundle.bytes, 1000)),
          pair('From', bundle.uploaded_by ?? UNKNOWN),
        ),
        h(
          'div',
          { class: 'actions' },
          saveButton({
            text: 'Download',
            title: 'The bytes as they were sent',
            path: () => `/v1/bundles/${sha256}/content`,
            name: () => bundle.file_name ?? `${sha256.slice(0, 12)}.bin`,
          }),
        ),
      ),
      h('h2', null, 'What it says'),
      bundle.snapshots.length === 0 &&
        h('p', { class: 'empty' }, 'Nothing in it was understood. It is kept: a later version of the hub may read it.'),
      snapshotLines(bundle),
      evidence(bundle.snapshots),
      files(bundle.files),
    ),
  };
}

/** @param {string} name @param {...import('./h.js').Child} value */
function pair(name, ...value) {
  return h('div', null, h('dt', null, name), h('dd', null, value));
}

/** @param {any[]} snapshots */
function evidence(snapshots) {
  const told = snapshots.filter((one) => one.evidence.length > 0 || one.scope.length > 0);
  if (told.length === 0) return null;
  return [
    h('h2', null, 'Why it was taken for that server'),
    h(
      'ul',
      { class: 'lines' },
      told.map((one) =>
        h(
          'li',
          null,
          h('b', null, one.place?.name ?? one.source),
          ' ',
          one.evidence.map((/** @type {string} */ key) => [h('code', { class: 'chip plain' }, key), ' ']),
          one.scope.length > 0 && h('span', { class: 'dim' }, `looked at completely: ${one.scope.join(', ')}`),
        ),
      ),
    ),
  ];
}

/** @param {any[]} list */
function files(list) {
  return [
    h('h2', null, 'Files ', h('small', null, list.length)),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { class: 'stack' },
        h('caption', { class: 'hidden' }, 'Files in the bundle'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            ['Path', 'Format', 'Size', 'Parts', 'With a serial', 'Warnings'].map((title, index) =>
              h('th', { scope: 'col', class: index > 1 && index < 5 ? 'number' : null }, title),
            ),
          ),
        ),
        h(
          'tbody',
          null,
          list.map((file) =>
            h(
              'tr',
              { class: file.warnings.length > 0 ? 'ill' : null },
              h('th', { scope: 'row' }, h('code', null, file.path)),
              h(
                'td',
                { 'data-title': 'Format' },
                file.format ?? h('span', { class: 'dim', title: 'No format is known for it; it is kept' }, 'not known'),
              ),
              h('td', { class: 'number', 'data-title': 'Size' }, bytes(file.bytes, 1000)),
              h('td', { class: 'number', 'data-title': 'Parts' }, file.components),
              h('td', { class: 'number', 'data-title': 'With a serial' }, file.with_serial),
              h(
                'td',
                { 'data-title': 'Warnings' },
                file.warnings.length > 0 && h('span', { class: 'why' }, file.warnings.join(' · ')),
              ),
            ),
          ),
        ),
      ),
    ),
  ];
}
