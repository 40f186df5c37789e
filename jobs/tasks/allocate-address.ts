import { noteAddress } from '#src/assets/commands/note-address.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { linksByHub } from '#src/drift/link-store.ts';
import { allocateAddressJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';

/** Takes the next free address of a prefix for a BMC: one per request, whatever crashes. */
export const allocateAddressTask = handle(allocateAddressJob, async (ctx, { assetId, requestId, prefix, dnsName }) => {
  const records = ctx.adapters.use('recordObjects');
  const system = ctx.adapters.providerOf('recordObjects');
  const object = ctx.settings.reconcile.of(system).mappings.find(({ hub }) => hub === 'interface')?.object;
  const links = object === undefined ? [] : await linksByHub(ctx.db, { system, object, ids: [`${assetId}/bmc`] });
  const [link] = links;
  if (!link)
    throw new HubError(
      'conflict',
      `${system} has no interface for its BMC yet: it is made once the BMC has appeared or its MAC is entered; then replay this job`,
    );
  const key = `address-${requestId}`;
  const { id, address } = await ctx.effect({
    key,
    adapter: system,
    operation: 'allocate address',
    class: 'probe-first',
    request: { prefix, interface: link.theirId, dnsName },
    lagMs: ctx.settings.settleMs,
    probe: () => records.findAllocated(key, ctx.signal),
    act: () => records.allocateAddress({ prefix, interfaceId: link.theirId, dnsName }, key, ctx.signal),
  });
  await tx(ctx, (inside) => noteAddress(inside, { assetId, system, prefix, address, recordId: id }));
  return { outcome: 'allocated', address };
});
