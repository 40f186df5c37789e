import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Takes a name that only one living process can hold, or answers `undefined` when another holds it. It is a socket in
 * Linux's abstract name space: taking is atomic and the kernel lets go when the holder dies, however it dies, so there
 * is nothing stale to clean up. It does not keep the process alive.
 */
export function takeName(name) {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: `\0reanimator-${digest}` }, () => {
      resolve({ release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}

/** Waits until the name is free, then does the work while holding it. `onWait` is called if it has to wait. */
export async function withName(name, work, onWait) {
  let held = await takeName(name);
  if (held === undefined) onWait?.();
  while (held === undefined) {
    await sleep(250);
    held = await takeName(name);
  }
  try {
    return await work();
  } finally {
    await held.release();
  }
}
