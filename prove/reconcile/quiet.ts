import { setTimeout as sleep } from 'node:timers/promises';
import { tx } from '#src/core/tx.ts';
import { ask, Refused } from './observe.ts';
import type { CaseStage } from './stage.ts';

const LONGEST_MS = 60_000;
/** So many looks at everything are enough for whatever may follow from one another. */
const MOST_LOOKS = 12;

interface Run {
  id: string;
  state: string;
  plan_hash: string | null;
  brakes: unknown[] | null;
  error: string | null;
}

/** Nothing goes wrong any more, and everything is done until nothing is left to do: two looks at everything in a row find nothing to do. */
export async function comeToRest(stage: CaseStage, say: (line: string) => void): Promise<void> {
  const { netbox, proxy, workers } = stage;
  netbox.faults.clear();
  netbox.server.watch(() => {});
  netbox.releaseChangeLog();
  proxy.decide = () => 'pass';
  await workers.whole();
  const reasons: string[] = [];
  let still = 0;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await nothingUnderWay(stage);
    if (await release(stage)) say('  held; released');
    const did = await lookAtEverything(stage);
    await nothingUnderWay(stage);
    reasons.push(did ?? 'nothing');
    still = did === undefined && !(await isHeld(stage)) ? still + 1 : 0;
    if (still === 2) return;
  }
  throw new Error(`it does not come to rest: looks at everything did ${reasons.join(', ')}`);
}

/** A person asks for it, and approves what a brake stopped. @returns what it did; undefined: nothing */
export async function lookAtEverything(stage: CaseStage): Promise<string | undefined> {
  const run = await requestLook(stage);
  if (!run) {
    await nothingUnderWay(stage);
    return 'another one is under way';
  }
  let ended = await endOf(stage, run.id);
  if (ended.state === 'planned') {
    await approve(stage, ended);
    ended = await endOf(stage, run.id);
  }
  if (ended.state === 'failed' || ended.state === 'refused') return `${ended.state}: ${ended.error}`;
  const where = `/v1/reconcile/runs/${run.id}/rows?decision=auto&limit=5`;
  const { items } = await ask<{ items: Record<string, unknown>[] }>(stage, 'GET', where);
  const rows = items.filter((row) => row['action'] !== 'none');
  if (rows.length === 0) return undefined;
  return rows
    .map((row) => `${row['action']} ${row['object']} ${row['label']} ${row['field']}: ${row['state']}`)
    .join(' + ');
}

/** @returns undefined where one is under way */
export async function requestLook(stage: CaseStage): Promise<Run | undefined> {
  try {
    return await ask<Run>(stage, 'POST', '/v1/reconcile/runs', { system: 'netbox', reason: 'the proof' });
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return undefined;
    throw error;
  }
}

export async function approve(stage: CaseStage, run: Run): Promise<void> {
  await ask(stage, 'POST', `/v1/reconcile/runs/${run.id}/approve`, { plan_hash: run.plan_hash, accept_brakes: true });
}

/** The plan that waits for a person, if any. */
export async function waitingPlan(stage: CaseStage): Promise<Run | undefined> {
  const { items } = await ask<{ items: Run[] }>(stage, 'GET', '/v1/reconcile/runs?kind=full&limit=1');
  return items.find(({ state }) => state === 'planned');
}

export async function isHeld(stage: CaseStage): Promise<boolean> {
  const { held_reason: held } = await ask<{ held_reason: string | null }>(stage, 'GET', '/v1/reconcile/systems/netbox');
  return held !== null;
}

export async function release(stage: CaseStage): Promise<boolean> {
  if (!(await isHeld(stage))) return false;
  await ask(stage, 'POST', '/v1/reconcile/systems/netbox/release');
  return true;
}

async function endOf(stage: CaseStage, id: string): Promise<Run> {
  for (const end = Date.now() + LONGEST_MS; Date.now() < end;) {
    const run = await ask<Run>(stage, 'GET', `/v1/reconcile/runs/${id}`);
    if (['planned', 'done', 'failed', 'refused', 'superseded'].includes(run.state)) return run;
    await hurry(stage);
    await sleep(100);
  }
  throw new Error(`run ${id} does not end: ${(await underWay(stage)).join(', ')}`);
}

export async function nothingUnderWay(stage: CaseStage): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  for (let still = 0; still < 2;) {
    await stage.netbox.webhooksSent();
    const left = await underWay(stage);
    still = left.length === 0 ? still + 1 : 0;
    if (Date.now() > end) throw new Error(`it does not become quiet: ${left.join(', ')}`);
    await hurry(stage);
    await sleep(still === 0 ? 100 : 20);
  }
}

async function underWay({ db }: CaseStage): Promise<string[]> {
  const counts: Record<string, unknown>[][] = await Promise.all([
    db('outbox').count({ n: '*' }).select(db.raw("'events' AS what")),
    db('deliveries').where({ state: 'pending' }).count({ n: '*' }).select(db.raw("'webhooks' AS what")),
    db('reconcile_notices').count({ n: '*' }).select(db.raw("'noticed objects' AS what")),
    db('jobs')
      .whereIn('state', ['waiting', 'active'])
      .whereNot({ name: 'follow-changes' })
      .groupBy('name', 'state')
      .count({ n: '*' })
      .select(db.raw("CONCAT(name, ' ', state, ' ', COALESCE(MAX(error), '')) AS what")),
  ]);
  return counts.flat().flatMap(({ n, what }) => (Number(n) > 0 ? [`${n} ${String(what)}`] : []));
}

let hurried = 0;

/** What only waits for time to pass, need not: a burst that settles, the next try after a failure. What may still arrive is waited for all the same. */
async function hurry({ hub }: CaseStage): Promise<void> {
  const soon = new Date(Date.now() + 100).toISOString().replace('T', ' ').replace('Z', '');
  const waiting = await tx(hub.ctx, async ({ db }) => {
    await db('reconcile_notices').where('due_at', '>', soon).update({ due_at: soon });
    const late: { id: string; attempts: number }[] = await db('jobs')
      .where({ state: 'waiting' })
      .andWhere('due_at', '>', soon)
      .select('id', 'attempts');
    for (const { id } of late) await db('jobs').where({ id, state: 'waiting' }).update({ due_at: soon });
    return late;
  });
  if (waiting.length === 0) return;
  hurried += 1;
  await hub.waker.wakeJobs(
    waiting.map((job) => ({ ...job, delayMs: 110 })),
    `-hurried-${hurried}`,
  );
}
