import type { CaseStage } from './stage.ts';
import type { World } from './world.ts';

const MOST = 3;

/** For whoever has to find out why: what the hub and people did about the servers that these lines are about. */
export async function tellDeeds({ db, netbox }: CaseStage, world: World, lines: readonly string[]): Promise<string[]> {
  const meant = world.servers.filter(({ name, assetId }) =>
    lines.some((line) => line.includes(assetId) || line.includes(`${name} `) || line.includes(`${name}:`)),
  );
  const told: string[] = [];
  for (const server of meant.slice(0, MOST)) {
    const rows: Record<string, unknown>[] = await db('plan_rows')
      .join('reconcile_runs', 'reconcile_runs.id', 'plan_rows.run_id')
      .where('plan_rows.root_hub_id', server.assetId)
      .orderBy(['plan_rows.run_id', 'plan_rows.seq'])
      .select('plan_rows.*', 'reconcile_runs.kind AS run_kind', 'reconcile_runs.state AS run_state');
    told.push(`${server.name} ${server.assetId}, device ${server.device?.id}:`);
    for (const row of rows)
      told.push(
        `  ${String(row['run_id']).slice(-6)} ${row['run_kind']} (${row['run_state']}) ${String(row['sent_at'] ?? '').slice(11, 23)} ${row['object_type']} ${row['field'] || '-'} ${row['kind']} ${row['action']} ${row['decision']}: ${row['state']} ${row['state_reason'] ?? row['reason']} | ${row['theirs']} there, ${row['ours']} here, agreed ${row['agreed']}`,
      );
    const log = netbox.database.changeLog.filter(
      (row) => row.changed_object_type === 'dcim.device' && row.changed_object_id === server.device?.id,
    );
    for (const row of log)
      told.push(
        `  there: ${row.id} ${row.time.slice(11, 23)} ${row.user_name} ${row.action} ${differing(row.prechange, row.postchange)}`,
      );
    const links: Record<string, unknown>[] = await db('record_links')
      .where({ object_type: 'device', hub_id: server.assetId })
      .select('*');
    for (const link of links)
      told.push(
        `  link ${link['their_id']}, agreed ${link['agreed']}, ${link['fingerprint'] === null ? 'to be looked at' : 'settled'}`,
      );
  }
  return told;
}

function differing(before: Record<string, unknown> | null, after: Record<string, unknown> | null): string {
  return Object.keys({ ...before, ...after })
    .filter((name) => name !== 'last_updated' && JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .map((name) => `${name}: ${JSON.stringify(before?.[name])} → ${JSON.stringify(after?.[name])}`)
    .join(', ');
}
