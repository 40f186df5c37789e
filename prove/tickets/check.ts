import { keyOf, EFFECT_PROPERTY } from '#adapters/jira/effect-label.ts';
import type { SimulatedIssue } from '#adapters/jira/simulator/store.ts';
import type { ModelTicket } from './model.ts';
import type { TicketStage } from './stage.ts';

interface TicketRow {
  id: string;
  state: string;
  type: string;
  component: string;
  external_id: string | null;
  external_key: string | null;
}

/** What is wrong, once nothing is left to do: here and there against the model. `before`: how many issues there were. */
export async function broken(stage: TicketStage, model: readonly ModelTicket[], before: number): Promise<string[]> {
  const wrong: string[] = [];
  const issues = stage.jira.issues().slice(before);
  if (issues.length !== model.length) wrong.push(`${issues.length} issues there, not ${model.length}`);
  for (const wanted of model) wrong.push(...(await brokenTicket(stage, wanted, issues)));
  const dead: { name: string; error: unknown }[] = await stage
    .db('jobs')
    .where({ state: 'dead' })
    .select('name', 'error');
  for (const job of dead) wrong.push(`dead job ${job.name}: ${JSON.stringify(job.error)}`);
  const open: { effect_key: string; state: string }[] = await stage
    .db('effects')
    .whereNotIn('state', ['done'])
    .whereNot({ class: 'idempotent' })
    .select('effect_key', 'state');
  for (const effect of open) wrong.push(`effect ${effect.effect_key} is ${effect.state}`);
  const [feed] = await stage
    .db('events')
    .select(stage.db.raw('count(*) AS n, coalesce(max(sequence), 0) AS last, sum(sequence IS NULL) AS unplaced'));
  if (Number(feed.n) !== Number(feed.last) || Number(feed.unplaced) !== 0)
    wrong.push(`the feed has gaps: ${feed.n} events, last place ${feed.last}, ${feed.unplaced} without`);
  return wrong;
}

async function brokenTicket(
  stage: TicketStage,
  wanted: ModelTicket,
  issues: readonly SimulatedIssue[],
): Promise<string[]> {
  const { db } = stage;
  const { assetId, type, component } = wanted.fault;
  const name = `${type} ${component}`;
  const rows: TicketRow[] = await db('tickets').where({ asset_id: assetId, type, component }).select('*');
  const [row, ...others] = rows;
  if (row === undefined) return [`${name}: no ticket`];
  const wrong: string[] = [];
  if (others.length > 0) wrong.push(`${name}: ${rows.length} tickets`);
  if (row.state !== wanted.state) wrong.push(`${name}: is ${row.state}, not ${wanted.state}`);
  const own = issues.filter((issue) => keyOf(issue.properties.get(EFFECT_PROPERTY)) === `ticket-${row.id}`);
  const [issue] = own;
  if (own.length !== 1 || issue === undefined)
    return [...wrong, `${name}: ${own.length} issues of ticket ${row.id} (${await told(stage, row.id)})`];
  if (row.external_id !== issue.id || row.external_key !== issue.key)
    wrong.push(`${name}: is ${row.external_key} here and ${issue.key} there`);
  if (issue.status.category !== wanted.category)
    wrong.push(`${name}: ${issue.key} is ${issue.status.category}, not ${wanted.category}`);
  wrong.push(...brokenComments(name, issue, wanted));
  for (const [event, count] of Object.entries(wanted.events)) {
    const told = await db('events').where({ type: event, subject_id: row.id }).select('id');
    if (told.length !== count) wrong.push(`${name}: ${told.length} × ${event}, not ${count}`);
  }
  return wrong;
}

/** For who looks for the fault: when Jira was asked to make it, and when it was made. */
async function told({ db, jira }: TicketStage, ticketId: string): Promise<string> {
  const [effect] = await db('effects')
    .where({ effect_key: `ticket-${ticketId}` })
    .select('sends', 'intended_at', 'sent_at');
  const clock = (ms: number): string => new Date(ms).toISOString().slice(14, 23);
  const asked = jira.requests.filter(({ path, body }) => /\/issue$/.test(path) && body.includes(`ticket-${ticketId}`));
  const made = jira.issues().filter((one) => keyOf(one.properties.get(EFFECT_PROPERTY)) === `ticket-${ticketId}`);
  return `intended at ${effect.intended_at}, sent ${effect.sends} times, last at ${effect.sent_at}; asked at ${asked.map(({ at }) => clock(at)).join(', ')}; made at ${made.map(({ created }) => clock(created)).join(', ')}`;
}

/** What people said, each once and in their order; what the hub says beside it is its own. */
function brokenComments(name: string, issue: SimulatedIssue, wanted: ModelTicket): string[] {
  const texts = issue.comments.map(({ body }) => JSON.stringify(body));
  const places = wanted.comments.map((text) => texts.flatMap((found, at) => (found.includes(text) ? [at] : [])));
  const wrong = places.flatMap((at, index) =>
    at.length === 1 ? [] : [`${name}: "${wanted.comments[index]}" is there ${at.length} times`],
  );
  const order = places.flatMap(([first]) => (first === undefined ? [] : [first]));
  if (order.some((at, index) => index > 0 && at < (order[index - 1] ?? 0)))
    wrong.push(`${name}: comments in the order ${order.join(', ')}`);
  const twice = texts.filter((text, at) => texts.indexOf(text) !== at);
  return [...wrong, ...twice.map((text) => `${name}: a comment twice: ${text.slice(0, 200)}`)];
}
