import { atLeast } from 'netbox-client';
import { z } from 'zod';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { type Asking, askPage, notTold } from './probe-ask.ts';

const DAY = 86_400_000;
/** Earlier than this an expiry is nobody's worry yet. */
const SOON = 14 * DAY;

const Grant = z.object({ id: z.number(), name: z.string() });
const Who = z.object({ id: z.number(), username: z.string(), groups: z.array(Grant).default([]) });
const Keyless = z.object({
  id: z.number(),
  display: z.string(),
  expires: z.string().nullable(),
  write_enabled: z.boolean(),
});
const Token = Keyless.extend({ key: z.string().nullish() });

export interface AskedToken {
  /** From 4.5 on. */
  user?: { id: number; username: string; groups: number[] };
  /** Undefined: not to be found out. */
  readOnly?: boolean;
  /** Who may everything, and is asked no permission. */
  superuser: boolean;
  checks: ProbeCheck[];
}

/** Whose token it is, of which kind, and for how long. @throws AdapterError */
export async function askToken(
  asking: Asking,
  { token, version, now }: { token: string; version: string; now: Date },
): Promise<AskedToken> {
  const who = await askUser(asking, version);
  const own = await findOwn(asking, token);
  const failedJobs = await askFailedJobs(asking);
  const superuser = failedJobs !== undefined;
  const user = who && { id: who.id, username: who.username, groups: who.groups.map(({ id }) => id) };
  const found = user ? `user ${user.username}` : 'the token is accepted';
  const checks: ProbeCheck[] = [{ name: 'authorised', ok: true, found }];
  if (own && !own.write_enabled) {
    checks.push({
      name: 'authorised',
      ok: false,
      found: 'the token may only read: nothing is written, whatever its user may do',
      remedy: 'switch on "write enabled" of this token in NetBox',
    });
  }
  checks.push(...kindChecks(token, version), ...expiryChecks(own?.expires ?? null, now));
  if (superuser) {
    checks.push({
      name: 'authorised',
      ok: true,
      found: "the token is a superuser's: it may far more than the hub needs",
      remedy: 'make a user with the permissions that `reanimator netbox permissions` prints, and use its token',
    });
  }
  if (failedJobs !== undefined && failedJobs > 0) {
    checks.push({
      name: 'configuration',
      ok: true,
      found: `${failedJobs} background jobs of NetBox failed; webhooks that the hub did not take are among them, and are never sent again`,
      remedy: 'see System > Background Tasks > Failed in NetBox; requeue or delete them there',
    });
  }
  return { ...(user ? { user } : {}), ...(own ? { readOnly: !own.write_enabled } : {}), superuser, checks };
}

async function askUser({ client, signal }: Asking, version: string): Promise<z.infer<typeof Who> | undefined> {
  // It came with 4.5; before it, an answered /api/status/ is proof enough that the token is taken.
  if (!atLeast(version, '4.5')) return undefined;
  const path = '/api/authentication-check/';
  const answer = await client.ask({ method: 'GET', path, signal });
  if (answer.status !== 200) throw notTold(`GET ${path}`, answer);
  return answer.json(Who);
}

/**
 * Users may see their own tokens unless DEFAULT_PERMISSIONS says otherwise. Version 2 tokens have a public key; of a version 1 token
 * NetBox shows the last six characters.
 */
async function findOwn({ client, signal }: Asking, token: string): Promise<z.infer<typeof Keyless> | undefined> {
  try {
    const key = /^nbt_([^.]+)\./.exec(token)?.[1];
    if (key !== undefined) {
      const tokens = await client.list('tokens', {}, Token, { signal });
      return tokens.find((one) => one.key === key);
    }
    // Before 4.5 the key is the token itself, which nobody has to send around.
    const tokens = await client.list('tokens', {}, Keyless, { signal });
    const alike = tokens.filter((one) => one.display.endsWith(token.slice(-6)));
    return alike.length === 1 ? alike[0] : undefined;
  } catch (error) {
    if (error instanceof AdapterError && error.kind === 'rejected') return undefined;
    throw error;
  }
}

function kindChecks(token: string, version: string): ProbeCheck[] {
  if (token.startsWith('nbt_') || !atLeast(version, '4.5')) return [];
  return [
    {
      name: 'authorised',
      ok: true,
      found: 'the token is of version 1, which NetBox deprecates with 4.6 and drops with 5.0',
      remedy: 'make a version 2 token in NetBox (needs API_TOKEN_PEPPERS) and set NETBOX_TOKEN to nbt_<key>.<token>',
    },
  ];
}

function expiryChecks(expires: string | null, now: Date): ProbeCheck[] {
  if (expires === null) return [];
  const left = Date.parse(expires) - now.getTime();
  if (!(left < SOON)) return [];
  return [
    {
      name: 'authorised',
      ok: true,
      found: `the token expires in ${Math.max(0, Math.floor(left / DAY))} days, at ${expires}`,
      remedy: 'move its expiry in NetBox, or make another one and set NETBOX_TOKEN',
    },
  ];
}

const Queue = z.object({ failed_jobs: z.number() });

/** Of all queues. Only superusers may see them, so that an answer also tells that it is one; undefined: it is not. */
async function askFailedJobs(asking: Asking): Promise<number | undefined> {
  const page = await askPage(asking, '/api/core/background-queues/', {});
  if (typeof page === 'string') return undefined;
  let failed = 0;
  for (const queue of page.results) failed += Queue.safeParse(queue).data?.failed_jobs ?? 0;
  return failed;
}
