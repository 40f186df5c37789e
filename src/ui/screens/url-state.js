/** @typedef {Record<string, string>} State */

/** What the address says of the names that a screen knows; empty values count as not said. @param {string} search @param {readonly string[]} names @returns {State} */
export function readState(search, names) {
  const params = new URLSearchParams(search);
  /** @type {State} */
  const state = {};
  for (const name of names) {
    const value = params.get(name)?.trim();
    if (value) state[name] = value;
  }
  return state;
}

/** `?state=READY&site=ams1`, or nothing; always in the same order, so that equal views have equal addresses. @param {Record<string, string | undefined>} state */
export function toSearch(state) {
  const params = new URLSearchParams();
  for (const name of Object.keys(state).toSorted()) {
    const value = state[name];
    if (value) params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Another filter begins on its first page: a cursor belongs to the filter that it was made with.
 * @param {string} search @param {Record<string, string | undefined>} changes @param {string} cursor its name
 */
export function withFilter(search, changes, cursor) {
  return toSearch({ ...Object.fromEntries(new URLSearchParams(search)), ...changes, [cursor]: undefined });
}
