import { authorization, Problem } from './api.js';
import { currentKey } from './session.js';
import { createSseParser } from './sse-parser.js';

/** The hub says something every 15 seconds: silence for three times as long is a dead connection. */
const SILENCE_MS = 45_000;
const HIDDEN_MS = 30_000;
/** After this long in the background the screen is read anew instead of caught up event by event. */
const FORGET_MS = 10 * 60_000;

/** @typedef {{ kind: 'connecting' | 'live' | 'stale' | 'paused' | 'refused', since: number, why: string }} LiveState */

/**
 * The feed of events over fetch, because EventSource cannot send the key. Reconnects from where it stopped. A tab in
 * the background lets go of its connection: a browser has only six to a host over HTTP/1.1, for all its tabs.
 * @param {{ onEvent(event: any): void, onState(state: LiveState): void, onGap(): void }} listener onGap: the stream is open (again); what was read before may be old
 */
export function createLive({ onEvent, onState, onGap }) {
  /** @type {string | undefined} */
  let place;
  let turn = 0;
  let heardAt = Date.now();
  /** @type {AbortController | undefined} */
  let running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;
  let pausedAt = 0;
  /** @type {() => void} */
  let wake = () => {};
  /** @type {(isOpen: boolean) => void} */
  let opened = () => {};

  /** @param {LiveState['kind']} kind @param {string} [why] */
  function say(kind, why = '') {
    onState({ kind, since: kind === 'stale' || kind === 'paused' ? heardAt : Date.now(), why });
  }

  /** @param {number} mine */
  async function run(mine) {
    for (let failures = 0; mine === turn && currentKey() !== null;) {
      const why = await connect(mine, () => (failures = 0));
      if (mine !== turn || why === undefined) return;
      say('stale', why);
      failures += 1;
      // Not all screens at the same moment when the hub comes back.
      const pause = Math.min(15_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => (clearTimeout(timer), resolve(undefined));
      });
    }
  }

  /** @param {number} mine @param {() => void} onOpen @returns {Promise<string | undefined>} why it ended; undefined: do not try again */
  async function connect(mine, onOpen) {
    const control = new AbortController();
    running = control;
    let silence = setTimeout(() => control.abort(), SILENCE_MS);
    try {
      const answer = await fetch('/v1/events/stream', {
        cache: 'no-store',
        signal: control.signal,
        headers: { ...authorization(), ...(place === undefined ? {} : { 'last-event-id': place }) },
      });
      if (answer.status === 401 || answer.status === 403) return await refuse(answer, mine);
      if (!answer.ok || !answer.body) return `the hub answered ${answer.status}`;
      const parser = createSseParser({
        onComment(text) {
          // The stream begins with the place where it starts: a reconnect before the first event goes on from there too.
          const from = /^from (\d+)$/.exec(text)?.[1];
          if (from === undefined) return;
          place ??= String(Number(from));
          onOpen();
          say('live');
          // A screen that could not read while the hub was away reads now, and jobs are not in the feed at all.
          onGap();
          opened(true);
        },
        onMessage({ data, id }) {
          if (id !== undefined) place = id;
          onEvent(JSON.parse(data));
        },
      });
      for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
        const { done, value } = await reader.read();
        if (done || mine !== turn) return 'the hub ended the connection';
        heardAt = Date.now();
        clearTimeout(silence);
        silence = setTimeout(() => control.abort(), SILENCE_MS);
        parser.push(value);
      }
    } catch {
      return control.signal.aborted ? 'nothing was heard for too long' : 'no connection to the hub';
    } finally {
      clearTimeout(silence);
      control.abort();
    }
  }

  /** @param {Response} answer @param {number} mine @returns {Promise<undefined>} */
  async function refuse(answer, mine) {
    const said = await answer.json().catch(() => ({}));
    const problem = new Problem({
      status: answer.status,
      title: said.title ?? 'Refused',
      detail: said.detail ?? 'The hub refused the key',
    });
    opened(false);
    if (mine !== turn) return;
    say(
      'refused',
      problem.missingScope === null ? problem.message : `your key lacks the scope ${problem.missingScope}`,
    );
    if (answer.status === 401) dispatchEvent(new CustomEvent('reanimator:refused', { detail: problem }));
  }

  function start() {
    turn += 1;
    running?.abort();
    say('connecting');
    void run(turn);
  }

  function stop() {
    turn += 1;
    running?.abort();
    wake();
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => {
        pausedAt = Date.now();
        stop();
        say('paused', 'this tab is in the background');
      }, HIDDEN_MS);
    } else if (pausedAt > 0) {
      if (Date.now() - pausedAt > FORGET_MS) place = undefined;
      pausedAt = 0;
      if (currentKey() !== null) start();
    } else {
      wake();
    }
  });
  addEventListener('online', () => wake());

  return {
    /** Begins anew, e.g. with another key. Resolves when the stream is open or cannot be, or after `waitMs`. @param {number} waitMs @returns {Promise<void>} */
    async begin(waitMs) {
      place = undefined;
      const isOpen = new Promise((resolve) => (opened = resolve));
      start();
      await Promise.race([isOpen, new Promise((resolve) => setTimeout(resolve, waitMs))]);
    },
    stop,
    /** Place in the feed as far as it was heard. */
    place: () => (place === undefined ? undefined : Number(place)),
  };
}
