import { Argument, type Command, Option } from 'commander';
import { orderOf } from './core/sorted-list.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { serverNamed } from './follow-job.ts';
import { listLocations, LOCATION_ORDER } from './locations/reads.ts';
import { type Format, print } from './print.ts';
import { commentTicket } from './tickets/commands/comment-ticket.ts';
import { moveTicket } from './tickets/commands/move-ticket.ts';
import { endMaintenance, planMaintenance } from './tickets/commands/plan-maintenance.ts';
import { TicketMove, TicketPriority, TicketState } from './tickets/model.ts';
import {
  findTicket,
  listSuppressions,
  listTickets,
  SUPPRESSION_ORDER,
  TICKET_ORDER,
  type Ticket,
} from './tickets/reads.ts';
import { showTicket } from './tickets/show-ticket.ts';
import { viewSuppression, viewTicket, viewWindow } from './tickets/views.ts';
import { listWindows, WINDOW_ORDER } from './tickets/window-reads.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;

const output = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
const limit = (): Option => new Option('-n, --limit <n>', 'how many').default('50');
const ticketArgument = (): Argument => new Argument('<ticket>', 'its id, or its key outside such as HW-17');

/** `reanimator ticket …`: what is to be repaired, and why some alerts opened nothing. */
export function addTicketCommands(program: Command, withHub: WithHub): void {
  const ticket = program
    .command('ticket')
    .description('tickets: what is to be repaired, and why some alerts opened none');
  ticket
    .command('list')
    .description('tickets, latest opened first')
    .addOption(new Option('-s, --state <state>').choices(TicketState.options))
    .option('--open', 'OPEN and IN_PROGRESS only')
    .option('-t, --type <kind>', 'kind of work, e.g. REPLACE_DISK')
    .addOption(new Option('-p, --priority <priority>').choices(TicketPriority.options))
    .option('--site <name>')
    .option('--server <server>', 'about it, or linked to it: its id, serial, name or asset tag')
    .option('--unproven', 'done, and no new part was seen in time')
    .addOption(limit())
    .addOption(output())
    .action((options: ListOptions) =>
      withHub(async ({ ctx }) => {
        const assetId = options.server === undefined ? undefined : (await serverNamed(ctx, options.server)).id;
        const { state, type, priority, site } = options;
        const order = orderOf(TICKET_ORDER, '-opened_at', undefined);
        const flags = { open: options.open, unproven: options.unproven };
        const tickets = await listTickets(ctx, {
          ...{ state, type, priority, site, assetId, ...flags, order, limit: numberOf('--limit', options.limit) },
        });
        print(options.output, options.output === 'json' ? tickets.map(viewTicket) : tickets.map(row), 'no tickets');
      }),
    );
  ticket
    .command('show')
    .description('one ticket with all that is known of it')
    .addArgument(ticketArgument())
    .addOption(output())
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const found = await ticketNamed(ctx, name);
        const whole = await showTicket(ctx, found);
        if (options.output === 'json') return print('json', [whole], '');
        print('table', [row(found)], '');
        print('table', factsOf(found, whole), '');
        const happened = whole.timeline.map(({ timestamp, sentence, actor }) => ({
          at: timestamp,
          what: sentence,
          by: actor,
        }));
        print('table', happened, 'nothing happened');
        const why = whole.suppressed.map(({ occurred_at: at, symptom, subject_id: of, why: text }) => ({
          at,
          symptom,
          of,
          why: text,
        }));
        if (why.length > 0) print('table', why, '');
      }),
    );
  ticket
    .command('move')
    .description('start, finish, refuse or open a ticket again; its counterpart outside follows')
    .addArgument(ticketArgument())
    .addArgument(new Argument('<move>').choices(TicketMove.options))
    .option('-r, --reason <text>', 'why; stands on the timeline and outside')
    .addOption(output())
    .action((name: string, move: TicketMove, options: { reason?: string; output: Format }) =>
      withHub(async ({ ctx }) => {
        const { id: ticketId } = await ticketNamed(ctx, name);
        const reason = options.reason ?? null;
        print(options.output, [row(await tx(ctx, (inside) => moveTicket(inside, { ticketId, move, reason })))], '');
      }),
    );
  ticket
    .command('comment')
    .description('say something on a ticket, here and outside')
    .addArgument(ticketArgument())
    .argument('<text>')
    .action((name: string, text: string) =>
      withHub(async ({ ctx }) => {
        const { id: ticketId } = await ticketNamed(ctx, name);
        await tx(ctx, (inside) => commentTicket(inside, { ticketId, text }));
      }),
    );
  ticket
    .command('suppressed')
    .description('alerts that opened no ticket of their own, with why; latest first')
    .option('--rule <rule>', 'cause, maintenance, state, flapping, being_repaired, wont_fix, late or cleared')
    .option('--server <server>', 'its id, serial, name or asset tag')
    .option('--ticket <ticket>', 'that explains them')
    .addOption(limit())
    .addOption(output())
    .action((options: { rule?: string; server?: string; ticket?: string; limit: string; output: Format }) =>
      withHub(async ({ ctx }) => {
        const subjectId = options.server === undefined ? undefined : (await serverNamed(ctx, options.server)).id;
        const ticketId = options.ticket === undefined ? undefined : (await ticketNamed(ctx, options.ticket)).id;
        const order = orderOf(SUPPRESSION_ORDER, '-created_at', undefined);
        const want = { rule: options.rule, subjectId, ticketId, order, limit: numberOf('--limit', options.limit) };
        const all = (await listSuppressions(ctx, want)).map(viewSuppression);
        const rows = all.map(({ occurred_at: at, symptom, component, type, rule, why, until }) => ({
          ...{ at, symptom, component, type, rule, why, until },
        }));
        print(options.output, options.output === 'json' ? all : rows, 'nothing was suppressed');
      }),
    );
}

/** `reanimator maintenance …`: when somebody works on a server or a place. */
export function addMaintenanceCommands(program: Command, withHub: WithHub): void {
  const maintenance = program
    .command('maintenance')
    .description('when somebody works on a server or a place: what shows then opens no ticket');
  maintenance
    .command('plan')
    .description('plan the maintenance of a server, or of a place and all in it')
    .option('--server <server>', 'its id, serial, name or asset tag')
    .option('--place <path>', 'e.g. "ams1 / r12"')
    .option('--from <time>', 'ISO 8601 with a zone; left out: from now on')
    .requiredOption('--until <time>', 'ISO 8601 with a zone')
    .requiredOption('-r, --reason <text>', 'why')
    .addOption(output())
    .action((options: PlanOptions) =>
      withHub(async ({ ctx }) => {
        const subject = await subjectOf(ctx, options);
        const startsAt = options.from === undefined ? ctx.now().toISOString() : timeOf('--from', options.from);
        const window = { subject, startsAt, endsAt: timeOf('--until', options.until), reason: options.reason };
        print(options.output, [viewWindow(await tx(ctx, (inside) => planMaintenance(inside, window)))], '');
      }),
    );
  maintenance
    .command('list')
    .description('maintenance windows, those that end last first')
    .option('--now', 'only those that are now')
    .addOption(limit())
    .addOption(output())
    .action((options: { now?: boolean; limit: string; output: Format }) =>
      withHub(async ({ ctx }) => {
        const at = options.now === true ? ctx.now().toISOString() : undefined;
        const order = orderOf(WINDOW_ORDER, '-until', undefined);
        const windows = await listWindows(ctx, { at, order, limit: numberOf('--limit', options.limit) });
        print(options.output, windows.map(viewWindow), 'no maintenance is planned');
      }),
    );
  maintenance
    .command('end')
    .description('end one before its time')
    .argument('<window>', 'its id')
    .addOption(output())
    .action((id: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        print(options.output, [viewWindow(await tx(ctx, (inside) => endMaintenance(inside, id)))], '');
      }),
    );
}

interface ListOptions {
  state?: TicketState;
  open?: boolean;
  type?: string;
  priority?: TicketPriority;
  site?: string;
  server?: string;
  unproven?: boolean;
  limit: string;
  output: Format;
}

interface PlanOptions {
  server?: string;
  place?: string;
  from?: string;
  until: string;
  reason: string;
  output: Format;
}

function row(ticket: Ticket) {
  const { id, externalKey: key, state, priority, summary, occurrences, openedAt: opened, assignee, unproven } = ticket;
  return { id, key, state: unproven ? `${state}, unproven` : state, priority, summary, occurrences, opened, assignee };
}

/** @throws HubError not-found; invalid where several have that key */
async function ticketNamed(ctx: Ctx, name: string): Promise<Ticket> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name)) {
    const ticket = await findTicket(ctx, name);
    if (ticket) return ticket;
  } else {
    const order = orderOf(TICKET_ORDER, '-opened_at', undefined);
    const [ticket] = await listTickets(ctx, { externalKey: name, order, limit: 1 });
    if (ticket) return ticket;
  }
  throw new HubError('not-found', `There is no ticket ${name}`);
}

/** @throws HubError invalid where not exactly one is named; not-found */
async function subjectOf(
  ctx: Ctx,
  { server, place }: PlanOptions,
): Promise<{ type: 'asset' | 'location'; id: string }> {
  if ((server === undefined) === (place === undefined)) throw new HubError('invalid', 'say either --server or --place');
  if (server !== undefined) return { type: 'asset', id: (await serverNamed(ctx, server)).id };
  const names = String(place)
    .split('/')
    .map((name) => name.trim());
  let parentId: string | null = null;
  for (const name of names) {
    const order = orderOf(LOCATION_ORDER, 'name', undefined);
    const all = await listLocations(ctx, { parentId, q: name, archived: 'false', order, limit: 1000 });
    const found = all.find((one) => one.name === name);
    if (found === undefined)
      throw new HubError('not-found', `There is no place ${name} in ${parentId ?? 'the registry'}`);
    parentId = found.id;
  }
  return { type: 'location', id: String(parentId) };
}

/** @throws HubError invalid */
function timeOf(option: string, text: string): string {
  if (/(z|[+-]\d\d:?\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new HubError('invalid', `${option}: a time with its zone is needed, e.g. 2026-11-22T04:00:00Z`);
}

/** @throws HubError invalid */
function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0 && number <= 1000) return number;
  throw new HubError('invalid', `${option}: a whole number from 1 to 1000 is needed`);
}

/** What whoever goes there asks first; what nobody knows is said to be unknown. */
function factsOf(ticket: Ticket, whole: Awaited<ReturnType<typeof showTicket>>): { what: string; is: string }[] {
  const { spare, proof, fed } = whole;
  const kept = spare && [spare.lot, spare.serial ?? spare.barcode].filter((text) => text !== null).join(' ');
  const isRepair = ticket.type.startsWith('REPLACE_') && ticket.assetId !== null;
  const onIt = [...new Set(fed.map(({ name, asset_id: id }) => name ?? id))];
  return [
    { what: 'why', is: ticket.reason },
    { what: 'part', is: [ticket.component, ticket.serial].filter(Boolean).join(', ') || 'unknown' },
    ...(isRepair || spare !== null
      ? [
          {
            what: 'spare',
            is: spare === null ? 'none is kept' : `${kept}, ${spare.state}, at ${spare.place ?? 'unknown'}`,
          },
        ]
      : []),
    ...(proof === null
      ? []
      : [{ what: 'proof', is: `${proof.old_serial} → ${proof.new_serial}, seen ${proof.seen_at}` }]),
    ...(onIt.length === 0 ? [] : [{ what: 'on it', is: onIt.join(', ') }]),
  ];
}
