import type { Knex } from 'knex';
import { fromJson, fromJsonOrNull } from '../core/json.ts';
import { toIsoOrNull, toSql } from '../core/time.ts';

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  digest: Buffer;
  scopes: string[];
  expiresAt: string | null;
  revokedAt: string | null;
}

export async function insertApiKey(db: Knex, key: ApiKeyRow, createdAt: Date): Promise<void> {
  await db('api_keys').insert({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    digest: key.digest,
    scopes: JSON.stringify(key.scopes),
    created_at: toSql(createdAt),
    expires_at: key.expiresAt === null ? null : toSql(key.expiresAt),
  });
}

export async function findApiKey(db: Knex, prefix: string): Promise<ApiKeyRow | undefined> {
  const [row] = await db('api_keys').where({ prefix }).select('*');
  return row ? toApiKey(row) : undefined;
}

export async function listApiKeys(db: Knex): Promise<ApiKeyRow[]> {
  return (await db('api_keys').orderBy('name').select('*')).map(toApiKey);
}

export async function revokeApiKey(db: Knex, name: string, now: Date): Promise<boolean> {
  return (
    (await db('api_keys')
      .where({ name })
      .whereNull('revoked_at')
      .update({ revoked_at: toSql(now) })) === 1
  );
}

function toApiKey(row: Record<string, unknown>): ApiKeyRow {
  return {
    id: String(row['id']),
    name: String(row['name']),
    prefix: String(row['prefix']),
    digest: row['digest'] as Buffer,
    scopes: fromJson(row['scopes']),
    expiresAt: toIsoOrNull(row['expires_at'] as string | null),
    revokedAt: toIsoOrNull(row['revoked_at'] as string | null),
  };
}

export interface KeptAnswer {
  requestHash: Buffer;
  status: number | null;
  headers: Record<string, string> | null;
  body: unknown;
}

/** The first with this key inserts; a second one waits here until the first has committed, and then finds its answer. */
export async function takeIdempotencyKey(
  db: Knex.Transaction,
  key: { actor: string; key: string; requestHash: Buffer; now: Date },
): Promise<KeptAnswer | undefined> {
  const [result] = await db.raw(
    'INSERT IGNORE INTO idempotency_keys (actor, idempotency_key, request_hash, created_at) VALUES (?, ?, ?, ?)',
    [key.actor, key.key, key.requestHash, toSql(key.now)],
  );
  if (result.affectedRows === 1) return undefined;
  const [row] = await db('idempotency_keys')
    .where({ actor: key.actor, idempotency_key: key.key })
    .forUpdate()
    .select('*');
  return {
    requestHash: row.request_hash,
    status: row.status,
    headers: fromJsonOrNull(row.headers),
    body: fromJsonOrNull(row.body),
  };
}

export async function keepAnswer(
  db: Knex.Transaction,
  key: { actor: string; key: string },
  answer: { status: number; headers: Record<string, string>; body: unknown },
): Promise<void> {
  await db('idempotency_keys')
    .where({ actor: key.actor, idempotency_key: key.key })
    .update({
      status: answer.status,
      headers: JSON.stringify(answer.headers),
      body: answer.body === undefined ? null : JSON.stringify(answer.body),
    });
}

export async function findLockout(
  db: Knex,
  key: { adapter: string; target: string; digest: Buffer },
): Promise<{ reason: string; lockedAt: string } | undefined> {
  const [row] = await db('credential_lockouts')
    .where({ adapter: key.adapter, target: key.target, credential_digest: key.digest })
    .select('reason', 'locked_at');
  return row ? { reason: row.reason, lockedAt: row.locked_at } : undefined;
}

export async function insertLockout(
  db: Knex,
  lockout: { adapter: string; target: string; digest: Buffer; reason: string; now: Date },
): Promise<void> {
  await db.raw(
    'INSERT IGNORE INTO credential_lockouts (adapter, target, credential_digest, reason, locked_at) VALUES (?, ?, ?, ?, ?)',
    [lockout.adapter, lockout.target, lockout.digest, lockout.reason.slice(0, 500), toSql(lockout.now)],
  );
}

export async function listLockouts(
  db: Knex,
): Promise<{ adapter: string; target: string; reason: string; locked_at: string }[]> {
  return db('credential_lockouts').orderBy('locked_at').select('adapter', 'target', 'reason', 'locked_at');
}

/** @returns how many were cleared */
export async function clearLockouts(
  db: Knex,
  where: { adapter: string; target?: string | undefined },
): Promise<number> {
  return db('credential_lockouts')
    .where(where.target === undefined ? { adapter: where.adapter } : { adapter: where.adapter, target: where.target })
    .delete();
}
