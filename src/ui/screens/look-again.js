const EVERY_MS = 3000;

/**
 * Looks at something again while it is under way: how far it is comes in no event. Not while nobody looks.
 * @param {{ look(): Promise<void>, fault(error: unknown): void }} what
 * @param {AbortSignal} signal
 */
export function lookAgain({ look, fault }, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  signal.addEventListener('abort', () => clearTimeout(timer));

  /** @param {boolean} isOpen */
  function next(isOpen) {
    clearTimeout(timer);
    if (isOpen && !signal.aborted) timer = setTimeout(() => void again(), EVERY_MS);
  }

  async function again() {
    if (document.hidden) return next(true);
    try {
      await look();
    } catch (error) {
      if (signal.aborted) return;
      fault(error);
      next(true);
    }
  }

  return next;
}
