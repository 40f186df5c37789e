import { createHmac } from 'node:crypto';
import type { Knex } from 'knex';
import type { Lockouts } from '../kit/kit.ts';
import { AdapterError } from '../ports/adapter-error.ts';
import { findLockout, insertLockout } from './store.ts';

/** Credentials that were refused once are not tried again, by any process, until a person clears it or sets others. */
export function createLockouts(db: Knex, adapter: string, secretKey: string, now: () => Date): Lockouts {
  const digest = (credential: string) =>
    createHmac('sha256', `reanimator lockout v1 ${secretKey}`).update(credential).digest();
  return {
    async check(target, credential) {
      const lockout = await findLockout(db, { adapter, target, digest: digest(credential) });
      if (!lockout) return;
      throw new AdapterError(
        'unauthorized',
        `${adapter}: ${target} refused these credentials at ${lockout.lockedAt} (${lockout.reason}). Set the right ones, or run: reanimator lockouts clear ${adapter} ${target}`,
        { system: adapter },
      );
    },
    async report(target, credential, reason) {
      await insertLockout(db, { adapter, target, digest: digest(credential), reason, now: now() });
    },
  };
}
