import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { SCOPES } from '../../core/scopes.ts';
import { isDuplicate } from '../../core/tx.ts';
import { digestOf, newKey } from '../key.ts';
import { insertApiKey } from '../store.ts';

/** @returns the key's text, which is shown this once and never again */
export async function createApiKey(
  ctx: Ctx,
  secretKey: string,
  want: { name: string; scopes: string[]; expiresAt: string | null },
): Promise<{ text: string }> {
  const unknown = want.scopes.filter((scope) => scope !== '*' && !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0)
    throw new HubError('invalid', `scopes: unknown ${unknown.join(', ')}; there are ${SCOPES.join(', ')} and *`);
  const { text, prefix, secret } = newKey();
  try {
    await insertApiKey(
      ctx.db,
      {
        id: newId(),
        name: want.name,
        prefix,
        digest: digestOf(secret, secretKey),
        scopes: want.scopes,
        expiresAt: want.expiresAt,
        revokedAt: null,
      },
      ctx.now(),
    );
  } catch (error) {
    if (isDuplicate(error))
      throw new HubError('conflict', `There is an API key named ${want.name} already`, { cause: error });
    throw error;
  }
  return { text };
}
