import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { correctLink, subjectNamed } from './cases/commands/correct-link.ts';
import { countsOf, importTable, type LineResult, LINES_AT_MOST } from './cases/commands/import-table.ts';
import { requestSync } from './cases/commands/request-sync.ts';
import { CASE_SUBJECTS, type CaseSubject, Source, SURENESS, type Sureness } from './cases/model.ts';
import { CASE_ORDER, findCase, type LinkedCase, listCases } from './cases/reads.ts';
import { namedLinks } from './cases/subject-reads.ts';
import { ColumnMapping, COLUMNS } from './cases/table-rows.ts';
import { aboutInWords, viewCase, viewWholeCase } from './cases/views.ts';
import { readCsv } from './core/csv.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { orderOf } from './core/sorted-list.ts';
import { tx } from './core/tx.ts';
import { followJob, jobRow } from './follow-job.ts';
import type { Adapters } from './ports/adapters.ts';
import { type Format, print } from './print.ts';

interface CaseHub {
  ctx: Ctx;
  adapters: Pick<Adapters, 'has' | 'providerOf'>;
}
type WithHub = (act: (hub: CaseHub) => Promise<void>) => Promise<void>;
interface Output {
  output: Format;
}

/** As long as somebody looks at it; the import itself goes on. */
const PATIENCE_MS = 3_600_000;
const output = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
const caseArgument = (): Argument => new Argument('<case>', 'its id, its key, or source:key where several have it');
const type = (): Argument => new Argument('<type>', 'what it is about').choices([...CASE_SUBJECTS]);
const name = (): Argument =>
  new Argument('<name>', 'its id, serial, name or asset tag; the code or name of a project; the key of a ticket');

/** `reanimator case …`: tickets that others made, and what they are about. */
export function addCaseCommands(program: Command, withHub: WithHub): void {
  const cases = program.command('case').description('tickets that others made, and what they are about');
  cases
    .command('list')
    .description('cases, latest changed first')
    .option('--source <name>', 'where they come from, e.g. jira')
    .addOption(new Option('--category <category>', 'of the state').choices(['new', 'indeterminate', 'done']))
    .addOption(new Option('--linked <yes or no>', 'whether anything is known that it is about').choices(['yes', 'no']))
    .addOption(new Option('--confidence <sureness>', 'with a link that is so sure').choices([...SURENESS]))
    .option('-q, --search <text>', 'stands in the key or in the summary')
    .option('--server <server>', 'about it: its id, serial, name or asset tag')
    .option('-n, --limit <n>', 'how many', '50')
    .addOption(output())
    .action((options: ListOptions) =>
      withHub(async ({ ctx }) => {
        const { source, category: statusCategory, confidence: sureness, search: q, server } = options;
        const about = server === undefined ? undefined : await subjectNamed(ctx, { type: 'asset', name: server });
        const linked = options.linked === undefined ? undefined : options.linked === 'yes';
        const want = { source, statusCategory, sureness, q, about, linked, limit: numberOf(options.limit) };
        const found = await listCases(ctx, { ...want, order: orderOf(CASE_ORDER, '-changed_at', undefined) });
        print(options.output, options.output === 'json' ? found.map(viewCase) : found.map(row), 'no cases');
      }),
    );
  cases
    .command('show')
    .description('one case with its text and what it is about')
    .addArgument(caseArgument())
    .addOption(output())
    .action((named: string, options: Output) =>
      withHub(async ({ ctx }) => show(ctx, await caseNamed(ctx, named), options.output)),
    );
  cases
    .command('sync')
    .description('import the cases that a query of the connected ticket system finds; a worker does it')
    .argument('<query>', "the system's own, e.g. 'project = HW AND updated >= -7d'")
    .option('--no-wait', 'only ask for it')
    .addOption(output())
    .action((query: string, options: Output & { wait: boolean }) =>
      withHub(async ({ ctx, adapters }) => {
        if (!adapters.has('tickets'))
          throw new HubError('invalid', 'no ticket system is connected: set JIRA_URL, or use reanimator case import');
        const source = adapters.providerOf('tickets');
        const { eventId, syncId } = await tx(ctx, (inside) => requestSync(inside, { source, query }));
        if (!options.wait) return print(options.output, [{ sync: syncId, jobs: `/v1/jobs?cause=${eventId}` }], '');
        const job = await followJob(ctx, { eventId, name: 'sync-cases', patienceMs: PATIENCE_MS });
        print(options.output, [jobRow(job)], '');
        if (job.state !== 'done') process.exitCode = 1;
      }),
    );
  cases
    .command('import')
    .description('import cases from a table: CSV with a header, or a JSON list of objects')
    .argument('<file>', 'ends with .csv or .json')
    .requiredOption(
      '-s, --system <name>',
      'where they come from, e.g. servicenow: a case is kept once per system and id',
    )
    .option(
      '-c, --column <ours=theirs>',
      `what their column is called; ours: ${COLUMNS.join(', ')}; may be said often`,
      (said: string, before: string[]) => [...before, said],
      [],
    )
    .addOption(output())
    .action((file: string, options: Output & { system: string; column: string[] }) =>
      withHub(async ({ ctx }) => {
        const system = Source.safeParse(options.system);
        if (!system.success) throw new HubError('invalid', `--system: ${system.error.issues[0]?.message ?? ''}`);
        const columns = columnsOf(options.column);
        const results = await importLines(ctx, { system: system.data, columns, lines: linesOf(file) });
        const refused = results.filter(({ did }) => did === 'refused');
        if (options.output === 'json') print('json', results, '');
        else {
          print('table', [countsOf(results)], '');
          print(
            'table',
            refused.map(({ line, field, reason }) => ({ line, field, refused: reason })),
            '',
          );
        }
        if (refused.length > 0) process.exitCode = 1;
      }),
    );
  for (const [verb, isRight, says] of [
    ['link', true, 'say what a case is about; imports leave it so'],
    ['unlink', false, 'say what a case is not about; imports leave it so'],
  ] as const)
    cases
      .command(verb)
      .description(says)
      .addArgument(caseArgument())
      .addArgument(type())
      .addArgument(name())
      .addOption(output())
      .action((named: string, subjectType: CaseSubject, subject: string, options: Output) =>
        withHub(async ({ ctx }) => {
          const caseId = await caseNamed(ctx, named);
          const about = await subjectNamed(ctx, { type: subjectType, name: subject });
          await tx(ctx, (inside) => correctLink(inside, { caseId, subject: about, isRight }));
          await show(ctx, caseId, options.output);
        }),
      );
}

interface ListOptions {
  source?: string;
  category?: string;
  linked?: string;
  confidence?: Sureness;
  search?: string;
  server?: string;
  limit: string;
  output: Format;
}

function row(one: LinkedCase) {
  const { id, source, key, status, summary, changedAt: changed, assignee } = one;
  return { id, source, key, status, summary, about: aboutInWords(one.links), changed, assignee };
}

async function show(ctx: Ctx, id: string, format: Format): Promise<void> {
  const one = await findCase(ctx, id);
  if (!one) throw new HubError('not-found', `There is no case ${id}`);
  const links = (await namedLinks(ctx, [id])).get(id) ?? [];
  if (format === 'json') return print('json', [viewWholeCase({ ...one, links })], '');
  const { source, key, status, priority, assignee, openedAt: opened, changedAt: changed, url } = one;
  print('table', [{ id, source, key, status, priority, assignee, opened, changed, url }], '');
  process.stdout.write(`\n${one.summary}\n${one.text === '' ? '' : `\n${one.text}\n`}\n`);
  const about = links.map(({ subject, name: called, confidence, verdict, why, foundBy: by }) => ({
    ...{ about: subject.type, name: called ?? subject.id, confidence, verdict, why, by },
  }));
  print('table', about, 'nothing is known that it is about');
}

/** @throws HubError not-found; invalid where several sources have that key */
async function caseNamed(ctx: Ctx, named: string): Promise<string> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(named)) return named.toLowerCase();
  const order = orderOf(CASE_ORDER, '-changed_at', undefined);
  const at = named.indexOf(':');
  const both =
    at < 1 ? [] : await listCases(ctx, { source: named.slice(0, at), key: named.slice(at + 1), order, limit: 2 });
  const found = both.length > 0 ? both : await listCases(ctx, { key: named, order, limit: 2 });
  const [first, second] = found;
  if (first === undefined) throw new HubError('not-found', `There is no case ${named}`);
  if (second !== undefined)
    throw new HubError(
      'invalid',
      `several cases have the key ${named}: say source:key or the id, as case list shows them`,
    );
  return first.id;
}

/** A transaction for each thousand lines: a table may be long. */
async function importLines(
  ctx: Ctx,
  { system, columns, lines }: { system: string; columns: ColumnMapping; lines: readonly unknown[] },
): Promise<LineResult[]> {
  const results: LineResult[] = [];
  for (let from = 0; from < lines.length; from += LINES_AT_MOST) {
    const part = { system, columns, lines: lines.slice(from, from + LINES_AT_MOST), firstLine: from + 1 };
    results.push(...(await tx(ctx, (inside) => importTable(inside, part), { isolation: 'read committed' })));
  }
  return results;
}

/** @throws HubError invalid */
function linesOf(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HubError('invalid', `${file}: cannot be read: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  const lines = path.extname(file).toLowerCase() === '.json' ? jsonOf(file, text) : readCsv(text);
  if (lines.length === 0) throw new HubError('invalid', `${file}: has no cases in it`);
  return lines;
}

function jsonOf(file: string, text: string): unknown[] {
  try {
    const said: unknown = JSON.parse(text);
    if (Array.isArray(said)) return said;
  } catch (cause) {
    throw new HubError('invalid', `${file}: not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  throw new HubError('invalid', `${file}: a list of objects is needed: [{"id": "1", "summary": "…"}]`);
}

/** @throws HubError invalid */
function columnsOf(said: readonly string[]): ColumnMapping {
  const pairs = said.map((text) => {
    const at = text.indexOf('=');
    return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)] as const;
  });
  const read = ColumnMapping.safeParse(Object.fromEntries(pairs));
  if (read.success) return read.data;
  throw new HubError('invalid', `--column: say ours=theirs, where ours is one of ${COLUMNS.join(', ')}`);
}

/** @throws HubError invalid */
function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0 && number <= 1000) return number;
  throw new HubError('invalid', '--limit: a whole number from 1 to 1000 is needed');
}
