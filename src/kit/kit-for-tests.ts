import { AdapterError } from '../ports/adapter-error.ts';
import { createHttp } from './http.ts';
import type { Kit, Log } from './kit.ts';
import { sharedInProcess } from './shared-in-process.ts';

export interface KitForTests extends Kit {
  /** Everything that was logged, as JSON lines: for asserting that no secret is among it. */
  logged: string[];
  /** Credentials that were reported as refused, oldest first. */
  refused: { target: string; credential: string; reason: string }[];
}

/** The hub's kit for an adapter's tests: real HTTP, the log kept, lock-outs in memory. */
export function kitForTests(system: string, now: () => Date = () => new Date()): KitForTests {
  const logged: string[] = [];
  const refused: KitForTests['refused'] = [];
  const write = (fields: object, message: string): void => void logged.push(JSON.stringify({ ...fields, message }));
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return {
    ...{ system, log, logged, refused, now },
    http: (options) => createHttp(system, options),
    shared: sharedInProcess(),
    lockouts: {
      async check(target, credential) {
        const known = refused.find((one) => one.target === target && one.credential === credential);
        if (!known) return;
        throw new AdapterError('unauthorized', `${target}: refused before: ${known.reason}`, { system });
      },
      async report(target, credential, reason) {
        refused.push({ target, credential, reason });
      },
    },
  };
}
