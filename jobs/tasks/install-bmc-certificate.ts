import { setBmcFingerprint } from '#src/assets/commands/set-bmc-fingerprint.ts';
import { findAsset } from '#src/assets/reads.ts';
import {
  dropCertificate,
  finishCertificate,
  noteCertificateFailure,
  noteCertificateSent,
} from '#src/bmc-access/commands/replace-certificate.ts';
import { mustBeReachable } from '#src/bmc-access/model.ts';
import { findCertificateState } from '#src/bmc-access/reads.ts';
import { tx } from '#src/core/tx.ts';
import { Later } from '#src/journal/effect.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcAccounts } from '#src/ports/bmc-accounts.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import { installBmcCertificateJob } from '../catalogue.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';

/** A BMC restarts its web server, some themselves, before they show it. */
const SHOWN_WITHIN_MS = 15 * 60_000;

/** Installs a certificate and expects it from the moment at which it is shown, and not before. Run again from any point, it looks first. */
export const installBmcCertificateTask = handle(installBmcCertificateJob, async (ctx, { assetId, requestId }) => {
  const asset = await findAsset(ctx, assetId);
  mustBeReachable(asset, assetId);
  const state = await findCertificateState(ctx, assetId);
  const { pendingPem: pem, pendingFingerprint256: fingerprint256 } = state ?? {};
  if (typeof pem !== 'string' || typeof fingerprint256 !== 'string') return { outcome: 'nothing to install' };
  const accounts = ctx.adapters.use('bmcAccounts');
  const current = targetOf(ctx, asset);
  const next = { ...current, fingerprint256 };
  let sentAt = state?.sentAt ?? null;
  if (sentAt !== null && (await isShown(ctx, accounts, next))) return finish(ctx, assetId, fingerprint256);
  if (sentAt === null) {
    await install(ctx, accounts, current, { assetId, requestId, pem, fingerprint256 });
    sentAt = ctx.now().toISOString();
    if (await isShown(ctx, accounts, next)) return finish(ctx, assetId, fingerprint256);
  }
  if (ctx.now().getTime() - Date.parse(sentAt) < SHOWN_WITHIN_MS)
    throw new Later(ctx.settings.followMs, 'the BMC has the certificate and does not show it yet');
  const system = ctx.adapters.providerOf('bmcAccounts');
  const message = `${system}: the BMC took the certificate ${SHOWN_WITHIN_MS / 60_000} minutes ago and does not show it; restart the BMC, then replay this job`;
  await tx(ctx, (inside) => noteCertificateFailure(inside, assetId, message));
  throw new AdapterError('rejected', message, { system });
});

async function install(
  ctx: JobCtx,
  accounts: BmcAccounts,
  current: BmcTarget,
  wish: { assetId: string; requestId: string; pem: string; fingerprint256: string },
): Promise<void> {
  const { assetId, requestId, pem, fingerprint256 } = wish;
  try {
    await ctx.effect({
      key: `bmc-certificate-${requestId}`,
      adapter: ctx.adapters.providerOf('bmcAccounts'),
      operation: 'install a certificate at a BMC',
      class: 'idempotent',
      request: { assetId, fingerprint256 },
      async act() {
        await accounts.installCertificate(current, pem, ctx.signal);
        return {};
      },
    });
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    if (error.kind === 'rejected') await tx(ctx, (inside) => dropCertificate(inside, assetId, error.message));
    // Lost with the web server that restarts: what is shown tells.
    if (error.kind !== 'unreachable' || error.detail?.['sent'] !== true) throw error;
  }
  await tx(ctx, (inside) => noteCertificateSent(inside, assetId));
}

/** With the new one pinned nothing else is let in. */
async function isShown(ctx: JobCtx, accounts: BmcAccounts, next: BmcTarget): Promise<boolean> {
  try {
    return (await accounts.readCertificate(next, ctx.signal)) !== null;
  } catch (error) {
    if (error instanceof AdapterError && ['unreachable', 'throttled', 'malformed'].includes(error.kind)) return false;
    throw error;
  }
}

async function finish(ctx: JobCtx, assetId: string, fingerprint256: string): Promise<JobResult> {
  await tx(ctx, async (inside) => {
    const before = await setBmcFingerprint(inside, assetId, fingerprint256);
    await finishCertificate(inside, { assetId, fingerprint256, before });
  });
  return { outcome: 'installed', fingerprint256 };
}
