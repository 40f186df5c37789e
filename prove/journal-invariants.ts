import type { Knex } from 'knex';
import type { Actor } from '#demo/cast.ts';

/** What is still under way, in words; undefined when nothing is. */
export async function whatIsLeft(db: Knex): Promise<string | undefined> {
  const [outbox] = await db('outbox').count({ n: '*' });
  const [deliveries] = await db('deliveries').where({ state: 'pending' }).count({ n: '*' });
  const jobs: { name: string; state: string; error: unknown }[] = await db('jobs')
    .whereIn('state', ['waiting', 'active'])
    .select('name', 'state', 'error');
  if (Number(outbox?.['n']) + Number(deliveries?.['n']) + jobs.length === 0) return undefined;
  return `${outbox?.['n']} events, ${deliveries?.['n']} deliveries, jobs ${jobs.map((job) => `${job.name} ${job.state} ${JSON.stringify(job.error)}`).join(', ') || 'none'}`;
}

/** For somebody who must find out why nothing moves: what is left, and what the database is at. */
export async function describeStall(db: Knex): Promise<string> {
  const [sessions] =
    await db.raw(`SELECT p.id, p.command, p.time, p.state, left(p.info, 80) AS info, t.trx_state, t.trx_started FROM information_schema.processlist p
    LEFT JOIN information_schema.innodb_trx t ON t.trx_mysql_thread_id = p.id WHERE t.trx_id IS NOT NULL OR p.command = 'Query'`);
  return `still left: ${(await whatIsLeft(db)) ?? 'nothing'}; sessions: ${JSON.stringify(sessions)}`;
}

/** What the hub itself must be able to say, whatever happened: nothing lost, nothing told twice. */
export async function brokenJournal(db: Knex, cast: Actor[]): Promise<string[]> {
  const broken: string[] = [];
  const dead: { name: string; error: unknown }[] = await db('jobs').where({ state: 'dead' }).select('name', 'error');
  for (const job of dead) broken.push(`dead job ${job.name}: ${JSON.stringify(job.error)}`);

  const [feed] = await db('events').select(
    db.raw('count(*) AS n, coalesce(max(sequence), 0) AS last, sum(sequence IS NULL) AS unplaced'),
  );
  if (Number(feed.n) !== Number(feed.last) || Number(feed.unplaced) !== 0)
    broken.push(`the feed has gaps: ${feed.n} events, last place ${feed.last}, ${feed.unplaced} without`);

  // An idempotent one that nobody heard back from is settled by the next look at the object, which writes only what still differs.
  const open: { effect_key: string; state: string }[] = await db('effects')
    .whereNot({ class: 'idempotent' })
    .whereNotIn('state', ['done'])
    .select('effect_key', 'state');
  for (const effect of open) broken.push(`effect ${effect.effect_key} is ${effect.state}`);

  const failed: { reason: string }[] = await db('deliveries')
    .whereIn('state', ['failed', 'unsupported'])
    .select('reason');
  for (const delivery of failed) broken.push(`delivery: ${delivery.reason}`);

  const assets: { id: string; name: string }[] = await db('assets').select('id', 'name');
  if (assets.length !== cast.length) broken.push(`${assets.length} assets, not ${cast.length}`);
  for (const asset of assets) {
    const rows: { type: string; n: number }[] = await db('timeline_events')
      .where({ subject_type: 'asset', subject_id: asset.id })
      .groupBy('type')
      .select('type')
      .count({ n: '*' });
    const counts = Object.fromEntries(rows.map((row) => [row.type, Number(row.n)]));
    for (const type of [
      'asset.registered',
      'asset.discovered',
      'asset.inspected',
      'asset.validated',
      'asset.hardening_started',
      'asset.hardened',
      'bmc.recognised',
    ]) {
      if (counts[type] !== 1) broken.push(`${asset.name} has ${counts[type] ?? 0} ${type}, not 1`);
    }
  }
  const doubles: { asset_id: string; n: number }[] = await db('tickets')
    .groupBy('asset_id', 'type', 'component')
    .having(db.raw('count(*) > 1'))
    .select('asset_id')
    .count({ n: '*' });
  if (doubles.length > 0) broken.push(`${doubles.length} parts have several tickets`);
  return broken;
}
