import { dropBundles } from './drop-bundles.js';
import { bytes } from './format.js';
import { h } from './h.js';
import { createList } from './list.js';
import { placeLink } from './place-link.js';
import { when } from './when.js';

const PLACES_SHOWN = 3;

/** Uploads go on while somebody looks at another screen, and end with the key. */
/** @type {{ drop: ReturnType<typeof dropBundles>, control: AbortController } | undefined} */
let uploads;
let onUploaded = () => {};
addEventListener('reanimator:key', () => {
  uploads?.control.abort();
  uploads = undefined;
});
addEventListener('beforeunload', (event) => uploads?.drop.isBusy() && event.preventDefault());

function keptUploads() {
  if (uploads) return uploads.drop;
  const control = new AbortController();
  uploads = { control, drop: dropBundles({ signal: control.signal, onDone: () => onUploaded() }) };
  return uploads.drop;
}

/** What was uploaded, and where more of it is put in. */
export async function bundlesPage() {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/bundles',
    title: 'Bundles',
    filters: [],
    columns: [
      {
        title: 'File',
        head: true,
        cell: (bundle) =>
          h(
            'a',
            { href: `/ui/bundles/${bundle.sha256}`, title: bundle.sha256 },
            h('span', { class: 'clip long' }, bundle.file_name ?? bundle.sha256.slice(0, 12)),
          ),
      },
      { title: 'Came', cell: (bundle) => when(bundle.received_at) },
      { title: 'Size', number: true, cell: (bundle) => bytes(bundle.bytes, 1000) },
      { title: 'Of', cell: (bundle) => places(bundle.snapshots) },
      {
        title: 'Sources',
        wide: true,
        cell: (bundle) => [...new Set(bundle.snapshots.map((/** @type {any} */ one) => one.source))].join(', '),
      },
      { title: 'Parts', number: true, cell: (bundle) => total(bundle.snapshots) },
      { title: 'Warnings', number: true, cell: (bundle) => warningsOf(bundle) || '' },
      { title: 'From', wide: true, cell: (bundle) => bundle.uploaded_by ?? '' },
    ],
    key: (bundle) => bundle.sha256,
    empty: h(
      'p',
      null,
      'Nothing was uploaded yet. What a bundle says goes into the history of the servers that it is of.',
    ),
  });
  onUploaded = list.refresh;
  await list.update();
  return {
    title: 'Bundles',
    body: h('div', null, h('h1', { tabindex: -1 }, 'Bundles'), keptUploads().node, list.node),
    update: list.update,
    refresh: list.refresh,
    onEvent: (/** @type {any} */ event) => event.subject.startsWith('/v1/bundles/') && list.refresh(),
    leave() {
      onUploaded = () => {};
      list.stop();
    },
  };
}

/** @param {any[]} snapshots */
function places(snapshots) {
  const found = [...new Map(snapshots.map(({ place }) => [place?.id ?? '', place])).values()];
  if (found.length === 0) return h('span', { class: 'dim' }, 'nothing understood');
  const links = found.slice(0, PLACES_SHOWN).flatMap((place, index) => {
    const link = place === null ? h('span', { class: 'chip warn' }, 'whose?') : placeLink(place);
    return index === 0 ? [link] : [', ', link];
  });
  return [
    ...links,
    found.length > PLACES_SHOWN && h('span', { class: 'dim' }, ` and ${found.length - PLACES_SHOWN} more`),
  ];
}

/** @param {any[]} snapshots */
function total(snapshots) {
  return snapshots.map(({ components }) => components).reduce((sum, count) => sum + count, 0);
}

/** @param {any} bundle */
function warningsOf({ warnings, snapshots, files }) {
  const lists = [
    warnings,
    ...snapshots.map((/** @type {any} */ one) => one.warnings),
    ...files.map((/** @type {any} */ one) => one.warnings),
  ];
  return new Set(lists.flat()).size;
}
