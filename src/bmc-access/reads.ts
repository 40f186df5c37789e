import type { Ctx } from '../core/ctx.ts';
import { type CertificateState, certificateStateOf } from './certificate-store.ts';
import { accessOf, type BmcAccess, isRetired, withOldPassword } from './store.ts';

export type { BmcAccess };

export async function findCertificateState(ctx: Ctx, assetId: string): Promise<CertificateState | undefined> {
  return certificateStateOf(ctx.db, assetId);
}

export async function findBmcAccess(ctx: Ctx, assetId: string): Promise<BmcAccess | undefined> {
  return accessOf(ctx.db, assetId);
}

/**
 * Whether the hub has replaced these credentials: they held once, or were written down before the hub set its own. Whoever still has them
 * somewhere does not mean to bring them back.
 */
export async function wasReplaced(
  ctx: Ctx,
  assetId: string,
  { sealed, writtenAt }: { sealed: string; writtenAt: string | null },
): Promise<boolean> {
  const rotatedAt = (await accessOf(ctx.db, assetId))?.rotatedAt ?? null;
  if (rotatedAt !== null && writtenAt !== null && Date.parse(writtenAt) <= Date.parse(rotatedAt)) return true;
  return isRetired(ctx.db, assetId, sealed);
}

export async function findOldPasswords(
  ctx: Ctx,
  age: { days: number; askedHoursAgo: number; limit: number },
): Promise<string[]> {
  const ago = (hours: number): Date => new Date(ctx.now().getTime() - hours * 3_600_000);
  return withOldPassword(ctx.db, {
    rotatedBefore: ago(age.days * 24),
    askedBefore: ago(age.askedHoursAgo),
    limit: age.limit,
  });
}
