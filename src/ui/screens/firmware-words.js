/** Firmware updates in words. @typedef {{ text: string, tone: string }} Word */

/** @type {Record<string, Word>} */
export const UPDATE_WORDS = {
  requested: { text: 'asked for', tone: 'wait' },
  running: { text: 'under way', tone: 'busy' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
};

/** @type {Record<string, Word>} */
export const STEP_WORDS = {
  planned: { text: 'to do', tone: 'wait' },
  starting: { text: 'starting', tone: 'busy' },
  following: { text: 'under way', tone: 'busy' },
  'going-back': { text: 'going back', tone: 'warn' },
  done: { text: 'done', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
};

/** What is installed, against what the policy wants. @type {Record<string, Word>} */
export const VERDICT_WORDS = {
  differs: { text: 'differs', tone: 'warn' },
  unknown: { text: 'unknown', tone: 'plain' },
  'as-wanted': { text: 'as wanted', tone: 'good' },
  'not-in-policy': { text: 'not in the policy', tone: 'plain' },
};

/** @param {{ state: string } | undefined} update */
export function isOpen(update) {
  return update !== undefined && (update.state === 'requested' || update.state === 'running');
}

/** @param {{ name: string, from: string | null, to: string }} step */
export function stepText({ name, from, to }) {
  return `${name} ${from ?? 'unknown'} → ${to}`;
}

/**
 * Why an update cannot be cancelled just now; undefined: nothing of its next step was sent, or its BMC may let go of it. The API has the last word.
 * @param {{ steps: { name: string, from: string | null, to: string, state: string, sent_at: string | null, withdrawable: boolean }[] }} update
 */
export function whyNoCancel({ steps }) {
  const sent = steps.find(
    ({ state, sent_at }) =>
      state === 'following' || state === 'going-back' || (state === 'starting' && sent_at !== null),
  );
  if (sent === undefined || sent.withdrawable) return undefined;
  return `${stepText(sent)} is under way, and goes to its end first`;
}

/** @param {{ components: { component: string, version: string }[] }} update */
export function wantedText({ components }) {
  if (components.length === 0) return 'all to the baseline';
  return components.map(({ component, version }) => `${component} to ${version}`).join(', ');
}

/** To choose from. @param {{ name: string, version: string | null, updateable: boolean | null }} row */
export function componentText({ name, version, updateable }) {
  return `${name} ${version ?? '(unknown version)'}${updateable === false ? ', not by the BMC itself' : ''}`;
}

/** Why an update to the baseline cannot be asked for; undefined: it can. @param {{ plan: unknown[], plan_failure: string | null }} installed */
export function whyNoBaseline({ plan, plan_failure }) {
  if (plan_failure !== null) return plan_failure;
  return plan.length === 0 ? 'All that the baseline names is as wanted' : undefined;
}

/** What differs first, then what is unknown. @template {{ verdict: string }} T @param {T[]} components @returns {T[]} */
export function differingFirst(components) {
  const order = Object.keys(VERDICT_WORDS);
  return components.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

/** @param {{ verdict: string }[]} components */
export function policyText(components) {
  const count = (/** @type {string} */ verdict) => components.filter((one) => one.verdict === verdict).length;
  const judged = components.length - count('not-in-policy');
  if (judged === 0) return `${components.length} listed; the policy says nothing of them`;
  const parts = [`${count('as-wanted')} of ${judged} as the policy wants`];
  if (count('differs') > 0) parts.push(`${count('differs')} differ`);
  if (count('unknown') > 0) parts.push(`${count('unknown')} unknown`);
  return parts.join(', ');
}

/**
 * What the form says, as the API takes it. An image goes in whole or not at all; the API says what is missing.
 * @param {Record<string, any>} values
 */
export function updateBody({ component, version, uri, sha256, size_bytes, may_reset, reason }) {
  const hasImage = [uri, sha256, size_bytes].some((value) => value !== null);
  const image = hasImage ? { uri, sha256, size_bytes: size_bytes === null ? null : Number(size_bytes) } : null;
  return { components: [{ component, version, image }], may_reset: may_reset === 'yes', reason };
}
