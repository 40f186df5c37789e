import { AsyncLocalStorage } from 'node:async_hooks';

const asked = new AsyncLocalStorage<() => Promise<void>>();

/**
 * Whatever `act` asks another system to change, `before` is waited for right before that request goes out, after all that had to be
 * looked up and waited for; where it throws, nothing goes out.
 */
export function withBeforeWrite<T>(before: () => Promise<void>, act: () => Promise<T>): Promise<T> {
  return asked.run(before, act);
}

/** For what sends requests. @throws what the one who asked for it throws */
export async function beforeWrite(): Promise<void> {
  await asked.getStore()?.();
}
