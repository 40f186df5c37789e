import { createHttp } from '#src/kit/http.ts';
import type { Kit, Log } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';

/** A kit for tests: real HTTP, no log, lockouts in memory. */
export function createTestKit(system: string): Kit {
  const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  const refused = new Set<string>();
  return {
    system,
    log,
    now: () => new Date(),
    http: (options) => createHttp(system, options),
    lockouts: {
      async check(target, credential) {
        if (refused.has(`${target} ${credential}`))
          throw new AdapterError('unauthorized', `${system}: these credentials were refused before`, { system });
      },
      async report(target, credential) {
        refused.add(`${target} ${credential}`);
      },
    },
  };
}
