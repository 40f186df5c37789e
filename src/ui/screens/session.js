const KEY = 'reanimator.key';
const MISSING = 'reanimator.missing-scopes';

// Another tab of this browser that is signed in lends its key to a tab that was opened from it: sessionStorage is each
// tab's own, and a key is never put where it would outlive the browser.
const channel = new BroadcastChannel('reanimator');
channel.addEventListener('message', ({ data }) => {
  const key = currentKey();
  if (data?.ask === 'key' && key !== null) channel.postMessage({ key });
  if (data?.ask === 'sign-out') forget();
});

/** @returns {string | null} */
export function currentKey() {
  return sessionStorage.getItem(KEY);
}

/** @param {string} key */
export function remember(key) {
  sessionStorage.setItem(KEY, key);
  sessionStorage.removeItem(MISSING);
  dispatchEvent(new Event('reanimator:key'));
}

export function forget() {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(MISSING);
  dispatchEvent(new Event('reanimator:key'));
}

export function signOutEverywhere() {
  channel.postMessage({ ask: 'sign-out' });
  forget();
}

/** The key of this tab, or of another one that answers at once. @returns {Promise<string | null>} */
export function findKey() {
  const own = currentKey();
  if (own !== null) return Promise.resolve(own);
  return new Promise((resolve) => {
    /** @param {MessageEvent} message */
    function take({ data }) {
      if (typeof data?.key !== 'string') return;
      if (currentKey() === null) sessionStorage.setItem(KEY, data.key);
      finish();
    }
    function finish() {
      clearTimeout(timer);
      channel.removeEventListener('message', take);
      resolve(currentKey());
    }
    const timer = setTimeout(finish, 150);
    channel.addEventListener('message', take);
    channel.postMessage({ ask: 'key' });
  });
}

/** The API says which scope a key lacks only when it is asked; what it said once is remembered for this tab. @returns {Set<string>} */
function missingScopes() {
  return new Set((sessionStorage.getItem(MISSING) ?? '').split(' ').filter(Boolean));
}

/** @param {string} scope */
export function noteMissing(scope) {
  const missing = missingScopes();
  if (missing.has(scope)) return;
  sessionStorage.setItem(MISSING, [...missing, scope].join(' '));
  dispatchEvent(new CustomEvent('reanimator:missing-scope', { detail: scope }));
}

/** Why a button for this scope cannot work, or undefined. @param {string} scope */
export function whyNotAllowed(scope) {
  return missingScopes().has(scope) ? `Your key lacks the scope ${scope}` : undefined;
}
