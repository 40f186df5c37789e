import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import type { Caller, Doorman } from '../core/route.ts';
import { digestOf, isSame, splitKey } from './key.ts';
import { findApiKey } from './store.ts';

const REMEMBER_MS = 5_000;

/** API keys: `Authorization: Bearer hub_….…`. A revoked key is refused within five seconds everywhere. */
export function createDoorman(secretKey: string): Doorman {
  const remembered = new Map<string, { caller: Caller; until: number }>();
  return {
    async authenticate(ctx: Ctx, headers) {
      const token = /^(?:Bearer|Token) (\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
      if (token === undefined) throw new HubError('unauthenticated', 'Send an API key: Authorization: Bearer hub_…');
      const known = remembered.get(token);
      if (known && known.until > Date.now()) return known.caller;
      const caller = await check(ctx, token, secretKey);
      if (remembered.size > 1000) remembered.clear();
      remembered.set(token, { caller, until: Date.now() + REMEMBER_MS });
      return caller;
    },
  };
}

async function check(ctx: Ctx, token: string, secretKey: string): Promise<Caller> {
  const parts = splitKey(token);
  const row = parts && (await findApiKey(ctx.db, parts.prefix));
  if (!parts || !row || !isSame(row.digest, digestOf(parts.secret, secretKey))) {
    throw new HubError('unauthenticated', 'This API key is not known');
  }
  if (row.revokedAt !== null) throw new HubError('unauthenticated', `The API key ${row.name} was revoked`);
  if (row.expiresAt !== null && row.expiresAt < ctx.now().toISOString())
    throw new HubError('unauthenticated', `The API key ${row.name} has expired`);
  return { actor: `api-key:${row.name}`, scopes: row.scopes };
}
