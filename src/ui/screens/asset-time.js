import { momentForm } from './moment-form.js';
import { readState, toSearch } from './url-state.js';

const NAMES = ['as_of', 'known_at', 'from'];

/** The moments from which a server is looked at: all of its page but who it is now. */
export function assetTime() {
  return momentForm({
    label: 'Time machine',
    fields: [
      { name: 'as_of', label: 'As of', hint: 'What was in it then; empty: now' },
      {
        name: 'known_at',
        label: 'As we knew it on',
        hint: 'What the hub believed then, without what became known later; empty: now',
      },
      { name: 'from', label: 'Compared with', hint: 'Shows what differs between that moment and the one before' },
    ],
    action: 'Show',
  });
}

/** What the address says of them. @returns {{ asOf: string | undefined, knownAt: string | undefined, from: string | undefined }} */
export function momentsSaid() {
  const state = readState(location.search, NAMES);
  return { asOf: state['as_of'], knownAt: state['known_at'], from: state['from'] };
}

/** For the API. @param {string} path of the server @param {ReturnType<typeof momentsSaid>} moments */
export function partsAddress(path, { asOf, knownAt, from }) {
  if (from === undefined) return withQuery(`${path}/inventory`, { as_of: asOf, known_at: knownAt });
  return withQuery(`${path}/diff`, { from, to: asOf, known_at: knownAt });
}

/** @param {string} path @param {Record<string, string | undefined>} query */
function withQuery(path, query) {
  return path + toSearch(query);
}
