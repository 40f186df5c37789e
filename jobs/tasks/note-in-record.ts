import { findConnection } from '#src/drift/connection-store.ts';
import { linksByHub } from '#src/drift/link-store.ts';
import { noteInRecordJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';
import { serverTypeIn } from '../reconcile/reconciling.ts';

/** Writes a note at the device, once per event; only where the hub may write at all, and the device is known. */
export const noteInRecordTask = handle(noteInRecordJob, async (ctx, { assetId, eventId, kind, text }) => {
  if (!ctx.adapters.has('recordObjects')) return { outcome: 'kept here: no system of record is configured' };
  const system = ctx.adapters.providerOf('recordObjects');
  const object = serverTypeIn(ctx.settings.reconcile.of(system).mappings);
  if (object === undefined) return { outcome: 'kept here: no mapping is about servers' };
  const { mode } = await findConnection(ctx.db, system);
  if (mode !== 'apply') return { outcome: `kept here: ${system} is only compared with` };
  const [link] = await linksByHub(ctx.db, { system, object, ids: [assetId] });
  if (!link) return { outcome: `kept here: ${system} does not know the server (yet)` };
  const note = { kind, text: `${text}\n\n[${ctx.settings.publicUrl}](${ctx.settings.publicUrl}/ui/assets/${assetId})` };
  const key = `event ${eventId}`;
  const records = ctx.adapters.use('recordObjects');
  const { id } = await ctx.effect({
    key: `note-${eventId}`,
    adapter: system,
    operation: 'write note',
    class: 'idempotent',
    request: { device: link.theirId, text },
    act: () => records.note(object, link.theirId, note, key, ctx.signal),
  });
  return { outcome: 'noted', note: id };
});
