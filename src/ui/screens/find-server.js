import { get, Problem } from './api.js';

const ROWS_AT_MOST = 50;

/**
 * Servers that a text may mean: an id, the beginning of a name, serial or asset tag, or the MAC or address of a BMC. An exact match wins.
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<{ found: any[], isComplete: boolean }>}
 */
export async function findServers(text, signal) {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    try {
      return { found: [await get(`/v1/assets/${text}`, signal)], isComplete: true };
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      return { found: [], isComplete: true };
    }
  }
  const { items, next } = await get(
    `/v1/assets?${new URLSearchParams({ q: text, limit: String(ROWS_AT_MOST) })}`,
    signal,
  );
  const wanted = text.toLowerCase();
  const exact = items.filter((/** @type {any} */ asset) =>
    [asset.name, asset.serial, asset.asset_tag].some((name) => name?.toLowerCase() === wanted),
  );
  return exact.length === 1 ? { found: exact, isComplete: true } : { found: items, isComplete: next === null };
}

/**
 * Parts whose serial, part number or model begins like this; the parts of a key that may not see them are none.
 * @param {string} text @param {AbortSignal} signal @returns {Promise<{ found: any[], isComplete: boolean }>}
 */
export async function findParts(text, signal) {
  try {
    const { items, next } = await get(
      `/v1/components?${new URLSearchParams({ q: text, limit: String(ROWS_AT_MOST) })}`,
      signal,
    );
    const exact = items.filter((/** @type {any} */ part) => part.serial?.toLowerCase() === text.toLowerCase());
    return exact.length === 1 ? { found: exact, isComplete: true } : { found: items, isComplete: next === null };
  } catch (error) {
    if (!(error instanceof Problem) || error.missingScope === null) throw error;
    return { found: [], isComplete: true };
  }
}
