/**
 * Calls of one thing that come in crowds become one call, and never two at a time.
 * @param {() => Promise<void>} work must not throw
 * @param {number} [everyMs] at most once in this time
 */
export function soon(work, everyMs = 1500) {
  let last = 0;
  let isRunning = false;
  let isWanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function run() {
    timer = undefined;
    isWanted = false;
    isRunning = true;
    await work();
    isRunning = false;
    last = Date.now();
    if (isWanted) ask();
  }

  function ask() {
    isWanted = true;
    if (isRunning || timer !== undefined) return;
    timer = setTimeout(() => void run(), Math.max(120, last + everyMs - Date.now()));
  }

  return { ask, stop: () => clearTimeout(timer) };
}
