import { z } from 'zod';
import { readCsv } from '../core/csv.ts';
import type { TxCtx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { type Answer, get, invalid, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams } from '../core/schemas.ts';
import { countsOf, importTable, LINES_AT_MOST } from './commands/import-table.ts';
import { requestSync } from './commands/request-sync.ts';
import { Source } from './model.ts';
import { findSync } from './sync-store.ts';
import { ColumnMapping } from './table-rows.ts';
import { SyncView, viewSync } from './views.ts';

const tag = 'Cases';

const Table = {
  system: Source.meta({ description: 'Where they come from, e.g. servicenow: a case is kept once per system and id' }),
  columns: ColumnMapping.default({}),
};
const FromTable = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('csv'), csv: z.string().min(1), ...Table }),
  z.strictObject({ source: z.literal('json'), cases: z.array(z.unknown()).min(1).max(LINES_AT_MOST), ...Table }),
]);
const FromQuery = z.strictObject({
  source: z.string().meta({ description: 'A ticket system that the hub is connected with, e.g. jira' }),
  jql: z.string().trim().min(1).max(4_000).meta({ description: "The system's own query" }),
});

const LineResult = z.object({
  line: z.int().meta({ description: 'From 1; the header of a CSV is none' }),
  did: z.enum(['created', 'updated', 'unchanged', 'refused']),
  id: z.string().nullable(),
  field: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Why it was refused' }),
  links: z.int().meta({ description: 'How many things it is about' }),
});
const Imported = z
  .object({ results: z.array(LineResult), counts: z.record(z.string(), z.int()) })
  .meta({ id: 'ImportedCases' });

/** @param ticketSystem id of the connected one; undefined where there is none */
export function caseSyncRoutes(ticketSystem: () => string | undefined): Route[] {
  return [
    post(
      {
        id: 'syncTickets',
        path: '/v1/connectors/tickets/sync',
        summary: 'Import cases by a query of the connected ticket system, or up to 1,000 from a table (CSV, JSON)',
        tag,
        scope: 'tickets:write',
        body: z.union([FromTable, FromQuery]),
        isolation: 'read committed',
        answers: {
          200: { says: 'What became of each line of the table', schema: Imported },
          202: { says: 'On its way', schema: Accepted.extend({ sync: z.string() }).meta({ id: 'SyncAccepted' }) },
        },
      },
      async (tx, { body }) => {
        if (!('jql' in body)) return takeTable(tx, body);
        const system = ticketSystem();
        if (body.source !== system) {
          const there = system === undefined ? 'no ticket system is connected' : `connected is ${system}`;
          throw invalid('/source', `${there}; a table is sent with source csv or json`);
        }
        const { eventId, syncId } = await requestSync(tx, { source: body.source, query: body.jql });
        const answer = accepted(eventId);
        return { ...answer, body: { ...answer.body, sync: `/v1/connectors/tickets/syncs/${syncId}` } };
      },
    ),
    get(
      {
        id: 'getTicketSync',
        path: '/v1/connectors/tickets/syncs/{id}',
        summary: 'How far an import is',
        tag,
        scope: 'tickets:read',
        params: IdParams,
        answers: { 200: { says: 'The import', schema: SyncView } },
      },
      async (ctx, { params }) => {
        const sync = await findSync(ctx.db, params.id);
        if (!sync) throw new HubError('not-found', `There is no import ${params.id}`);
        return { status: 200, body: viewSync(sync) };
      },
    ),
  ];
}

async function takeTable(tx: TxCtx, body: z.output<typeof FromTable>): Promise<Answer> {
  const lines: unknown[] = body.source === 'csv' ? readCsv(body.csv) : body.cases;
  if (lines.length === 0 || lines.length > LINES_AT_MOST)
    throw invalid(
      '/csv',
      `between 1 and ${LINES_AT_MOST} lines, not ${lines.length}: send the rest in another request`,
    );
  const results = await importTable(tx, { system: body.system, columns: body.columns, lines });
  return { status: 200, body: { results, counts: countsOf(results) } };
}
