import { createHttp } from '#src/kit/http.ts';
import type { Kit, Log } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';

export interface TestKit extends Kit {
  /** Everything that was logged, as JSON lines: for asserting that no secret is among it. */
  logged: string[];
}

/** A kit for tests: real HTTP, lock-outs in memory, the log kept. */
export function testKit(): TestKit {
  const logged: string[] = [];
  const refused = new Set<string>();
  const write = (fields: object, message: string): void => void logged.push(JSON.stringify({ ...fields, message }));
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return {
    system: 'netbox',
    log,
    logged,
    now: () => new Date(),
    http: (options) => createHttp('netbox', options),
    lockouts: {
      async check(target, credential) {
        if (!refused.has(`${target} ${credential}`)) return;
        throw new AdapterError('unauthorized', `${target}: these credentials were refused before`, {
          system: 'netbox',
        });
      },
      async report(target, credential) {
        refused.add(`${target} ${credential}`);
      },
    },
  };
}
