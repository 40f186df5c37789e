/**
 * Erasures in words.
 * @typedef {{ slot: string | null, serial: string | null, model: string | null }} Drive
 * @typedef {{ id: string, slot: string, serial: string, state: string, why: string | null, requested_at: string, sent_at: string | null, [other: string]: any }} Erasure
 */

/** An end without a proof counts as not erased. @type {Record<string, { text: string, tone: string }>} */
export const ERASURE_WORDS = {
  requested: { text: 'asked for', tone: 'wait' },
  starting: { text: 'starting', tone: 'busy' },
  following: { text: 'under way', tone: 'busy' },
  done: { text: 'erased', tone: 'good' },
  failed: { text: 'not erased', tone: 'bad' },
  unknown: { text: 'not proven: take it for not erased', tone: 'warn' },
};

/** @type {[string, string][]} */
export const METHOD_CHOICES = [
  ['drive-secure-erase', 'Each drive by itself'],
  ['dell-system-erase', 'All drives at once (Dell system erase)'],
  ['dell-decommission', 'All drives of a controller (Dell decommission)'],
  ['hpe-secure-system-erase', 'All drives at once (HPE secure system erase)'],
];

/** @param {{ state: string }} erasure */
export function isErasing({ state }) {
  return state === 'requested' || state === 'starting' || state === 'following';
}

/**
 * Why an erasure cannot be cancelled; undefined: nothing of it was sent. The API has the last word.
 * @param {{ sent_at: string | null }} erasure
 */
export function whyNoCancel({ sent_at }) {
  return sent_at === null ? undefined : 'It was sent, and no BMC lets go of an erasure that it has taken';
}

/**
 * Drives that are there, then those that were erased and are not there any more; each with its last erasure and its last proof.
 * @param {Drive[]} drives
 * @param {Erasure[]} erasures latest first
 */
export function driveRows(drives, erasures) {
  const of = (/** @type {string | null} */ serial) =>
    erasures.filter((one) => serial !== null && one.serial === serial);
  const there = new Set(drives.map(({ serial }) => serial));
  const gone = new Map(
    erasures
      .filter(({ serial }) => !there.has(serial))
      .map(({ slot, serial }) => [serial, { slot, serial, model: null }]),
  );
  return [
    ...drives.map((drive) => ({ drive, isThere: true })),
    ...[...gone.values()].map((drive) => ({ drive, isThere: false })),
  ].map(({ drive, isThere }) => ({
    drive,
    isThere,
    last: of(drive.serial)[0] ?? null,
    proof: of(drive.serial).find(({ state }) => state === 'done') ?? null,
  }));
}

/** @param {string | null} typed @param {Drive} drive @returns {string | undefined} why this drive is not erased */
export function whyNotThis(typed, { serial }) {
  return typed === serial && serial !== null ? undefined : 'this is not its serial, to the letter';
}

/**
 * Drives by the serials that somebody typed, one per line.
 * @param {string | null} typed
 * @param {Drive[]} drives
 * @returns {{ drives: { slot: string, serial: string }[] } | { fault: string }}
 */
export function typedDrives(typed, drives) {
  const serials = [...new Set((typed ?? '').split(/\s+/).filter(Boolean))];
  /** @type {{ slot: string, serial: string }[]} */
  const named = [];
  for (const serial of serials) {
    const drive = drives.find((one) => one.serial === serial);
    if (drive === undefined || drive.slot === null) return { fault: `no drive here has the serial ${serial}` };
    named.push({ slot: drive.slot, serial });
  }
  return named.length === 0 ? { fault: 'type the serial of each drive, one per line' } : { drives: named };
}
