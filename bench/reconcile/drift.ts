import type { Stand } from './stand.ts';

const DEVICES = '/api/dcim/devices/';
const MODULES = '/api/dcim/modules/';

/**
 * Puts as many servers out of step in each of three ways: another serial number there, another state here, and another serial number of a part
 * there. All of it is the hub's word, so all of it has to be written there. @returns how many objects there differ then, by their list
 */
export async function drift({ hub, netbox }: Stand, servers: number): Promise<Record<string, number>> {
  const { db } = hub.ctx;
  const linked = async (object: string, from: number): Promise<{ their: number; hub: string }[]> => {
    const rows = await db('record_links')
      .where({ system_id: 'netbox', object_type: object })
      .whereNotNull('hub_id')
      .orderBy('their_key')
      .offset(from)
      .limit(servers)
      .select('their_id', 'hub_id');
    return rows.map((row) => ({ their: Number(row.their_id), hub: String(row.hub_id) }));
  };
  const theirs = await linked('device', 0);
  for (const { their } of theirs)
    await netbox.change({ model: 'device', ids: [their], body: { serial: `MISTYPED-${their}` } });
  const ours = await linked('device', servers);
  await db('assets')
    .whereIn(
      'id',
      ours.map(({ hub: id }) => id),
    )
    .update({ lifecycle_state: 'MAINTENANCE' });
  // One part of each: the parts of a server follow each other there.
  const parts = await Promise.all(
    (await linked('device', 2 * servers)).map(async ({ hub: root }) => {
      const [row] = await db('record_links')
        .where({ system_id: 'netbox', object_type: 'module', root_hub_id: root })
        .orderBy('their_key')
        .limit(1)
        .select('their_id');
      return Number(row?.their_id);
    }),
  );
  for (const part of parts) await netbox.change({ model: 'module', ids: [part], body: { serial: `MISTYPED-${part}` } });
  return { [DEVICES]: theirs.length + ours.length, [MODULES]: parts.length };
}
