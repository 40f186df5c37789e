import { get, Problem } from './api.js';

// The API gives ids where it means servers; people know them by name. Read once each, and kept for this tab.
/** @type {Map<string, string>} */
const names = new Map();
const AT_MOST = 5000;
let mayAsk = true;
addEventListener('reanimator:key', () => (mayAsk = true));

/** @param {string} id */
export function nameOf(id) {
  return names.get(id);
}

/** @param {any} asset */
export function keepName({ id, name, serial }) {
  if (names.size >= AT_MOST) names.clear();
  names.set(id, name ?? serial ?? id.slice(-12));
}

/** Afterwards `nameOf` knows these, as far as they can be known. @param {(string | null | undefined)[]} ids @param {AbortSignal} signal */
export async function knowNames(ids, signal) {
  const unknown = [...new Set(ids)].filter((id) => typeof id === 'string' && !names.has(id));
  await Promise.all(
    unknown.map(async (id) => {
      if (!mayAsk) return;
      try {
        keepName(await get(`/v1/assets/${id}`, signal));
      } catch (error) {
        // Without names the ids are still right.
        if (error instanceof Problem && error.status !== 404) mayAsk = false;
      }
    }),
  );
}
