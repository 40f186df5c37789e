import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketRecord, Tickets } from '#src/ports/tickets.ts';
import { attachOnce } from './attach.ts';
import { toCase } from './cases.ts';
import { createIssue, type CreateOptions } from './create-issue.ts';
import { EFFECT_PROPERTY, effectLabel, keyOf } from './effect-label.ts';
import type { FoundIssue, Issue, SlaPage } from './schema.ts';
import { toTime } from './time.ts';
import { moveIssue } from './transition.ts';

export interface JiraTicketsOptions extends CreateOptions {
  /** Without a trailing slash: the pages that people open are below it. */
  siteUrl: string;
  searchLagMs: number;
}

export function createTickets(options: JiraTicketsOptions): Tickets {
  const { client, system } = options;

  function toRecord(issue: Issue): TicketRecord {
    const { fields } = issue;
    return {
      id: issue.id,
      key: issue.key,
      url: `${options.siteUrl}/browse/${issue.key}`,
      summary: fields.summary,
      status: fields.status.name,
      statusCategory: fields.status.statusCategory.key,
      assignee: fields.assignee?.displayName ?? fields.assignee?.name ?? null,
      resolution: fields.resolution?.name ?? null,
      priority: fields.priority?.name ?? null,
      updatedAt: toTime(fields.updated),
    };
  }

  function gone(id: string): AdapterError {
    return new AdapterError('not-found', `${system}: there is no issue ${id}, or this account may not see it`, {
      system,
    });
  }

  return {
    searchLagMs: options.searchLagMs,

    async create(key, draft, signal) {
      const created = await createIssue(options, key, draft, signal);
      try {
        const issue = await client.getIssue(created.id, signal);
        if (issue !== undefined) return toRecord(issue);
      } catch {
        // The ticket exists: an error now would let the caller believe that it does not.
      }
      return {
        id: created.id,
        key: created.key,
        url: `${options.siteUrl}/browse/${created.key}`,
        summary: created.summary,
        status: 'unknown',
        statusCategory: 'undefined', // Jira's own word for "no category"
        ...{ assignee: null, resolution: null, priority: null, updatedAt: null },
      };
    },

    async findByKey(key, signal) {
      const label = effectLabel(key);
      const candidates = (await client.searchByLabel(label, signal)).filter((issue) =>
        issue.fields.labels.includes(label),
      );
      const exact = candidates.filter((issue) => propertyOf(issue) === key);
      // A clone carries the labels and not the property. A ticket that lost its property (an import) is older than its clones.
      const found = exact[0] ?? candidates.find((issue) => propertyOf(issue) === undefined);
      return found === undefined ? undefined : toRecord(found);
    },

    async read(id, signal) {
      const issue = await client.getIssue(id, signal);
      return issue === undefined ? undefined : toRecord(issue);
    },

    async comment(key, id, paragraphs, signal) {
      const there = await client.findComment(id, key, signal);
      return { id: there ?? (await client.addComment(id, key, paragraphs, signal)) };
    },

    async findComment(key, id, signal) {
      const there = await client.findComment(id, key, signal);
      return there === undefined ? undefined : { id: there };
    },

    async transition(id, to, { resolution }, signal) {
      const issue = await moveIssue(client, system, id, { to, resolution }, signal);
      if (issue === undefined) throw gone(id);
      return toRecord(issue);
    },

    retitle: (id, summary, signal) => client.setSummary(id, summary, signal),

    attach: (key, id, file, signal) => attachOnce(client, key, id, file, signal),

    linkPage: (id, page, signal) => client.putRemoteLink(id, page, signal),

    async readSla(id, signal) {
      return ((await client.sla(id, signal)) ?? []).flatMap(toSla);
    },

    async search(query, page, signal) {
      const { issues, names, next } = await client.searchCases(ordered(query), page, signal);
      return { cases: issues.map((issue) => toCase(issue, names, client, options.siteUrl)), next };
    },
  };
}

/** Oldest first where the query says nothing else: what is made meanwhile comes at the end and moves no page. */
function ordered(jql: string): string {
  const outside = jql.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return /\border\s+by\b/i.test(outside) ? jql : `${jql} ORDER BY created ASC`;
}

/** The cycle that runs; else the last one that ended. One that never began promises nothing yet. */
function toSla(sla: SlaPage['values'][number]): Awaited<ReturnType<Tickets['readSla']>> {
  const { name, ongoingCycle } = sla;
  const last = sla.completedCycles?.at(-1);
  const cycle = ongoingCycle ?? last;
  if (cycle === undefined || cycle === null) return [];
  return [
    {
      name,
      goalMs: cycle.goalDuration.millis,
      remainingMs: ongoingCycle ? (ongoingCycle.remainingTime?.millis ?? null) : null,
      breached: cycle.breached ?? false,
      paused: ongoingCycle?.paused ?? false,
    },
  ];
}

function propertyOf(issue: FoundIssue): string | undefined {
  return keyOf(issue.properties?.[EFFECT_PROPERTY]);
}
