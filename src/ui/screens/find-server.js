import { get, pages, Problem } from './api.js';

const ROWS_AT_MOST = 20_000;

/**
 * Servers that a text may mean: an id, a serial, or (by looking through the list, for the API filters by serial only)
 * a name, an asset tag or a MAC. An exact match wins over parts of names.
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
  const bySerial = await get(`/v1/assets?${new URLSearchParams({ serial: text, limit: '10' })}`, signal);
  if (bySerial.items.length > 0) return { found: bySerial.items, isComplete: true };
  const wanted = text.toLowerCase();
  const parts = [];
  let rows = 0;
  for await (const items of pages('/v1/assets', {}, signal)) {
    for (const asset of items) {
      const names = [asset.name, asset.serial, asset.asset_tag, asset.bmc.mac, asset.bmc.address]
        .filter((name) => name !== null)
        .map((name) => name.toLowerCase());
      if (names.includes(wanted)) return { found: [asset], isComplete: true };
      if (names.some((name) => name.includes(wanted))) parts.push(asset);
    }
    rows += items.length;
    if (rows >= ROWS_AT_MOST) return { found: parts, isComplete: false };
  }
  return { found: parts, isComplete: true };
}
