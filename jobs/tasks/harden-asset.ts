import { finishHardening } from '#src/assets/commands/finish-hardening.ts';
import { startHardening } from '#src/assets/commands/start-hardening.ts';
import { lifecycle } from '#src/assets/model.ts';
import { findAsset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import { whyNot } from '#src/core/moves.ts';
import { tx } from '#src/core/tx.ts';
import { Later } from '#src/journal/effect.ts';
import { handle } from '../job-ctx.ts';
import { wasIntended } from '#src/journal/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { hardenAssetJob } from '../catalogue.ts';

/** Launches the hardening playbook for this one host, follows it to its end, and moves the server on. */
export const hardenAssetTask = handle(hardenAssetJob, async (ctx, { assetId }) => {
  const asset = await findAsset(ctx, assetId);
  if (!asset) throw new HubError('not-found', `there is no asset ${assetId}`);
  if (!ctx.adapters.has('playbooks')) return { outcome: 'left as it is: no playbook system is configured' };
  const playbooks = ctx.adapters.use('playbooks');
  const adapter = ctx.adapters.providerOf('playbooks');
  const template = ctx.settings.hardenTemplate;
  const host = asset.name ?? asset.serial ?? asset.id;
  const key = `harden-${ctx.job.id}`;
  if (!(await wasIntended(ctx, key))) {
    const reason = whyNot(lifecycle, 'harden', asset.state);
    if (reason !== undefined) return { outcome: `not hardened: ${reason}` };
  }

  await ctx.effect({
    key: `${key}-host`,
    adapter,
    operation: 'ensure host',
    class: 'keyed',
    request: { host, address: asset.bmcAddress },
    act: () => playbooks.ensureHost(`${key}-host`, { name: host, address: null, instanceId: asset.id }, ctx.signal),
  });
  const launched = await ctx.effect({
    key,
    adapter,
    operation: 'launch playbook',
    class: 'probe-first',
    request: { template, limit: host },
    lagMs: playbooks.searchLagMs + ctx.settings.settleMs,
    probe: () => playbooks.findByKey(key, ctx.signal),
    act: () =>
      playbooks.launch(
        key,
        { template, limit: host, extraVars: { asset_id: asset.id, serial: asset.serial } },
        ctx.signal,
      ),
  });
  const run = { assetId, runId: launched.id, runUrl: launched.url, template };
  await tx(ctx, (inside) => startHardening(inside, run));

  const now = await playbooks.read(launched.id, ctx.signal);
  if (!now)
    throw new AdapterError(
      'not-found',
      `${adapter}: run ${launched.id} is gone; look for it there and replay this job`,
      { system: adapter },
    );
  if (now.status !== 'succeeded' && now.status !== 'failed' && now.status !== 'cancelled') {
    throw new Later(ctx.settings.followMs, `run ${now.id} is ${now.rawStatus}`, {
      step: 'following',
      run: now.id,
      url: now.url,
      status: now.rawStatus,
    });
  }
  const { status, explanation } = now;
  await tx(ctx, (inside) => finishHardening(inside, { ...run, status, explanation }));
  return { outcome: status, run: now.id, url: now.url };
});
