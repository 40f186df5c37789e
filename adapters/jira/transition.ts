import { AdapterError } from '#src/ports/adapter-error.ts';
import type { StatusCategory } from '#src/ports/tickets.ts';
import { z } from 'zod';
import type { IssueFields, JiraClient } from './client.ts';
import type { Issue, Transition } from './schema.ts';

/** Transitions that one call may go through. Workflows have two or three between new and done; more is a search gone astray. */
const STEPS_AT_MOST = 5;

/** A way out of a status: what it is, what it needs, where it leads. */
interface Way {
  transition: Transition;
  fields: IssueFields;
}
/** What was seen of the workflow so far, by status. Jira shows only the transitions of where an issue stands. */
type Seen = Map<string, Way[]>;

export interface TransitionWanted {
  to: StatusCategory;
  resolution: string | null;
}

/**
 * Moves an issue into a status category over the transitions that its workflow has. Where none leads there directly, it goes one
 * step at a time, always to the nearest status whose ways out are not known yet, and looks again. Ids of transitions are per workflow, so
 * none is known beforehand.
 *
 * @returns the issue as it stands then; undefined when there is none
 * @throws AdapterError rejected with `detail.possible` where there is no way; the issue may stand nearer by then
 */
export async function moveIssue(
  client: JiraClient,
  system: string,
  id: string,
  wanted: TransitionWanted,
  signal: AbortSignal,
): Promise<Issue | undefined> {
  const seen: Seen = new Map();
  for (let step = 0; ; step += 1) {
    const issue = await client.getIssue(id, signal);
    if (issue === undefined || issue.fields.status.statusCategory.key === wanted.to) return issue;
    const here = statusKey(issue.fields.status);
    const all = (await client.transitions(id, signal)).filter((one) => one.isAvailable !== false);
    const needs = new Map<string, string[]>();
    const ways = all.flatMap((transition): Way[] => {
      const filled = fillFields(transition, wanted);
      if (filled.missing.length === 0) return [{ transition, fields: filled.fields }];
      needs.set(transition.name, filled.missing);
      return [];
    });
    seen.set(here, ways);
    const way = step < STEPS_AT_MOST ? nextWay(seen, here, wanted) : undefined;
    if (way === undefined) throw noWay(system, issue, wanted, all, needs);
    await client.doTransition(id, way.transition.id, way.fields, signal);
  }
}

function statusKey(status: Transition['to']): string {
  return status.id ?? status.name;
}

function categoryOf(way: Way): string {
  return way.transition.to.statusCategory.key;
}

/** First step of the shortest known path into the category; else to the nearest status that was never looked at, the likeliest first. */
function nextWay(seen: Seen, from: string, wanted: TransitionWanted): Way | undefined {
  const reached = new Set([from]);
  let frontier: { first: Way; at: Way }[] = (seen.get(from) ?? []).map((way) => ({ first: way, at: way }));
  while (frontier.length > 0) {
    const arriving = frontier.filter(({ at }) => categoryOf(at) === wanted.to);
    const best = arriving.toSorted((a, b) => taste(b.at, wanted) - taste(a.at, wanted))[0];
    if (best !== undefined) return best.first;
    const fresh = frontier.filter(({ at }) => !seen.has(statusKey(at.transition.to)) && mayPass(at, wanted));
    const likeliest = fresh.toSorted((a, b) => likelihood(b.at) - likelihood(a.at))[0];
    if (likeliest !== undefined) return likeliest.first;
    const next: typeof frontier = [];
    for (const { first, at } of frontier) {
      const key = statusKey(at.transition.to);
      if (reached.has(key)) continue;
      reached.add(key);
      for (const way of seen.get(key) ?? []) next.push({ first, at: way });
    }
    frontier = next;
  }
  return undefined;
}

/** A ticket on its way to work is not closed and opened again. */
function mayPass(way: Way, wanted: TransitionWanted): boolean {
  return !(wanted.to === 'indeterminate' && categoryOf(way) === 'done');
}

function likelihood(way: Way): number {
  return categoryOf(way) === 'indeterminate' ? 1 : 0;
}

const REFUSAL = /won.?t|cancel|reject|declin|duplicat|abandon|invalid|withdraw/i;

/** "Done" and "Rejected" are both of category done: the resolution says which one is meant. */
function taste(way: Way, wanted: TransitionWanted): number {
  const words = `${way.transition.name} ${way.transition.to.name}`;
  const refused = wanted.resolution !== null && REFUSAL.test(wanted.resolution);
  return REFUSAL.test(words) === refused ? 1 : 0;
}

const Choice = z.looseObject({
  id: z.string().optional(),
  name: z.string().optional(),
  value: z.string().optional(),
});
type Choice = z.infer<typeof Choice>;

function choicesOf(field: { allowedValues?: unknown[] | null | undefined }): Choice[] {
  return (field.allowedValues ?? []).flatMap((one) => {
    const choice = Choice.safeParse(one);
    return choice.success ? [choice.data] : [];
  });
}

/** What the screen of a transition asks for, as far as it can be given. */
function fillFields(transition: Transition, wanted: TransitionWanted): { fields: IssueFields; missing: string[] } {
  const fields: IssueFields = {};
  const missing: string[] = [];
  for (const [id, field] of Object.entries(transition.fields ?? {})) {
    const needed = field.required && field.hasDefaultValue !== true;
    const choices = choicesOf(field);
    const choice = id === 'resolution' ? resolutionOf(choices, wanted, needed) : onlyOne(choices, needed);
    if (choice !== undefined) fields[id] = asValue(choice);
    else if (needed) missing.push(field.name ?? id);
  }
  return { fields, missing };
}

/** The one that was asked for; where one has to be given, the first that does not say the opposite. */
function resolutionOf(choices: Choice[], wanted: TransitionWanted, needed: boolean): Choice | undefined {
  const word = wanted.resolution?.toLowerCase();
  const named = choices.find((choice) => choice.name?.toLowerCase() === word);
  if (named !== undefined || !needed) return named;
  const refused = wanted.resolution !== null && REFUSAL.test(wanted.resolution);
  return choices.find((choice) => REFUSAL.test(choice.name ?? '') === refused) ?? choices[0];
}

function onlyOne(choices: Choice[], needed: boolean): Choice | undefined {
  return needed && choices.length === 1 ? choices[0] : undefined;
}

function asValue(choice: Choice): Record<string, string> {
  if (choice.id !== undefined) return { id: choice.id };
  return choice.name === undefined ? { value: choice.value ?? '' } : { name: choice.name };
}

function noWay(
  system: string,
  issue: Issue,
  wanted: TransitionWanted,
  all: readonly Transition[],
  needs: ReadonlyMap<string, string[]>,
): AdapterError {
  const possible = all.map((one) => one.name);
  const asked = [...needs].map(([name, fields]) => `"${name}" needs ${fields.join(', ')}`);
  const found = possible.length === 0 ? 'no transition is open to this account' : `possible: ${possible.join(', ')}`;
  return new AdapterError(
    'rejected',
    `${system}: the workflow of ${issue.key} has no way from "${issue.fields.status.name}" to ${wanted.to}; ${[found, ...asked].join('; ')}`,
    {
      system,
      detail: {
        possible,
        status: issue.fields.status.name,
        ...(needs.size > 0 ? { needs: Object.fromEntries(needs) } : {}),
      },
    },
  );
}
