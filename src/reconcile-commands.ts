import { type Command, Option } from 'commander';
import { allRows, type CsvColumn, csvAnswer } from './core/csv.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { approvePlan } from './drift/commands/approve-plan.ts';
import { requestRun } from './drift/commands/request-run.ts';
import { type LookOfSwitch, releaseHold, setMode } from './drift/commands/set-mode.ts';
import { DECISIONS, type DriftDecision, type Mode, MODES, ROW_STATES, type RowState } from './drift/model.ts';
import { readSystem } from './drift/reads.ts';
import { mustReconcile, type Reconciled } from './drift/reconciled.ts';
import { listPlanRows, listRuns, readOutcome, type RunOutcome } from './drift/run-reads.ts';
import { findRun, type Run } from './drift/run-store.ts';
import { PLAN_COLUMNS, type ShownRow } from './drift/run-views.ts';
import { wouldDo } from './drift/verdicts.ts';
import { placeNames, valueCell } from './drift/views.ts';
import { concludeRun, followRun, sayRun, summaryRows } from './follow-run.ts';
import { type Format, print } from './print.ts';

/** What these commands need of a hub. */
export interface ReconcilingHub {
  ctx: Ctx;
  reconciled: Reconciled;
}
export type WithHub = (act: (hub: ReconcilingHub) => Promise<void>) => Promise<void>;

/** Taken step by step: each read sees what was committed before it. */
const LOCKING = { isolation: 'read committed' } as const;

interface PlanOptions {
  output: Format;
  object?: string;
  decision?: DriftDecision;
  state?: RowState;
  csv?: boolean;
  limit: string;
}

/** Beside what is printed: people read it, programs do not. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

export function outputFormat(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
}

/** `reconcile` on the command line. */
export function addReconcileCommands(program: Command, withHub: WithHub): void {
  const reconcile = program
    .command('reconcile')
    .description('compare the hub with other systems, and keep them in step');
  reconcile
    .command('status', { isDefault: true })
    .description('each system: mode, what holds it, when it was compared, what stands open')
    .addOption(outputFormat())
    .action((options: { output: Format }) =>
      withHub(async ({ ctx, reconciled }) => {
        const rows = [];
        for (const system of reconciled.mappings.keys()) rows.push(await statusOf(ctx, reconciled, system));
        print(options.output, rows, 'no system is configured that the hub could be compared with: set NETBOX_URL');
      }),
    );
  reconcile
    .command('run')
    .description('compare everything; a plan waits for approval unless the system applies')
    .argument('[system]', 'needed where there are several')
    .option('-r, --reason <text>', 'why', 'asked for on the command line')
    .option('--plan-only', 'write nothing, even where the system applies')
    .option('--no-wait', 'do not wait for its end')
    .addOption(outputFormat())
    .action(
      (system: string | undefined, options: { output: Format; reason: string; planOnly?: boolean; wait: boolean }) =>
        withHub(async ({ ctx, reconciled }) => {
          const which = oneSystem(reconciled, system);
          const want = {
            system: which,
            reason: options.reason,
            applies: options.planOnly === true ? false : undefined,
          };
          const run = await tx(ctx, (inside) => requestRun(inside, want), LOCKING);
          await endOf(ctx, run, options);
        }),
    );
  reconcile
    .command('plan')
    .description('the rows of a plan')
    .argument('[run]', 'its id; left out: the newest')
    .option('--object <type>', 'only of this type')
    .addOption(new Option('--decision <decision>', 'only so decided').choices([...DECISIONS]))
    .addOption(new Option('--state <state>', 'only in this state').choices([...ROW_STATES]))
    .option('--csv', 'all rows as CSV')
    .option('-n, --limit <n>', 'how many', '50')
    .addOption(outputFormat())
    .action((id: string | undefined, options: PlanOptions) =>
      withHub(async ({ ctx }) => {
        const run = await planOf(ctx, id);
        const { object, decision, state } = options;
        const filter = { runId: run.id, object, decision, state };
        const read = (after: number, limit: number): Promise<ShownRow[]> =>
          planRows(ctx, run, filter, { after, limit });
        if (options.csv)
          return writeCsv(
            ctx,
            PLAN_COLUMNS,
            allRows<ShownRow>((last) => read(last?.seq ?? 0, 1000)),
          );
        const limit = rowsWanted(options.limit);
        const rows = await read(0, limit + 1);
        const isFiltered = object !== undefined || decision !== undefined || state !== undefined;
        const none = isFiltered ? 'no row of the plan is like that' : 'the plan is empty: both sides agree';
        print(options.output, rows.slice(0, limit).map(planLine), none);
        if (rows.length > limit) tell('more rows follow: --limit, or --csv for all');
        await tellEnd(ctx, run);
      }),
    );
  reconcile
    .command('approve')
    .description('have a plan carried out that you have looked at')
    .argument('<run>')
    .requiredOption('--hash <hash>', 'of the plan that was looked at')
    .option('--accept-brakes', 'although brakes stopped it')
    .option('--no-wait', 'do not wait for its end')
    .addOption(outputFormat())
    .action((runId: string, options: { output: Format; hash: string; acceptBrakes?: boolean; wait: boolean }) =>
      withHub(async ({ ctx, reconciled }) => {
        const mappingHash = (system: string): string => reconciled.mappingHash(system);
        const want = { runId, planHash: options.hash, acceptBrakes: options.acceptBrakes === true, mappingHash };
        const run = await tx(ctx, (inside) => approvePlan(inside, want), LOCKING);
        await endOf(ctx, run, options);
      }),
    );
  reconcile
    .command('mode')
    .description('dry-run: nothing is written by itself; apply: it is, but for what brakes stop or a person decides')
    .argument('<system>')
    .argument('<mode>', MODES.join(' or '))
    .action((system: string, mode: string) =>
      withHub(async ({ ctx, reconciled }) => {
        mustReconcile(reconciled, system);
        const wanted = oneOf(MODES, mode, 'mode');
        const mappingHash = reconciled.mappingHash(system);
        const want = { system, mode: wanted, mappingHash, version: undefined };
        const look = await tx(ctx, (inside) => setMode(inside, want), LOCKING);
        print('table', [await statusOf(ctx, reconciled, system)], '');
        if (look) tell(lookWords(look));
      }),
    );
  reconcile
    .command('release')
    .description('let a system that brakes hold be written by itself again')
    .argument('<system>')
    .action((system: string) =>
      withHub(async ({ ctx, reconciled }) => {
        mustReconcile(reconciled, system);
        await tx(ctx, (inside) => releaseHold(inside, { system }), LOCKING);
        print('table', [await statusOf(ctx, reconciled, system)], '');
        tell('what was held back is looked at again, and written, now');
      }),
    );
}

function lookWords({ run, isNew }: NonNullable<LookOfSwitch>): string {
  const what = isNew ? 'a look at everything was asked for' : 'a look at everything was asked for before';
  return `${what}, run ${run.id}: it does what stands open. What came of it: reanimator reconcile plan ${run.id}`;
}

async function statusOf(ctx: Ctx, reconciled: Reconciled, system: string): Promise<object> {
  const { mode, heldReason, comparedAt, changesReadAt, mappingHash, drifts, links, notices } = await readSystem(
    ctx,
    system,
  );
  const open = drifts.filter(({ state }) => state === 'open');
  const count = (decisions: readonly string[]): number =>
    open.reduce((sum, one) => sum + (decisions.includes(one.decision) ? one.count : 0), 0);
  return {
    ...{
      system,
      mode,
      held: heldReason ?? '',
      compared: comparedAt ?? 'never',
      'change log read': changesReadAt ?? 'never',
    },
    mappings: mappingsOf(mode, mappingHash === reconciled.mappingHash(system)),
    ...{ pairs: links.reduce((sum, { pairs }) => sum + pairs, 0), 'to look at': notices },
    ...{ 'to decide': count(['review', 'conflict']), 'by itself': count(['auto']), refused: count(['refused']) },
  };
}

/** What the mappings of a system that only shows are like is nobody's trouble. */
function mappingsOf(mode: Mode, isCurrent: boolean): string {
  if (mode === 'dry-run') return '';
  return isCurrent ? 'taken on' : 'new: taken on once all was compared with them';
}

async function endOf(ctx: Ctx, run: Run, options: { output: Format; wait: boolean }): Promise<void> {
  tell(`run ${run.id} of ${run.system}`);
  if (!options.wait) return print(options.output, [{ run: run.id, state: run.state }], '');
  const ended = await followRun(ctx, run.id, tell);
  if (options.output === 'table') print('table', summaryRows(ended), sayRun(ended));
  const outcome = await tellEnd(ctx, ended);
  if (options.output === 'json') print('json', [asRecord(ended, outcome)], '');
  const isWell = ended.state === 'planned' || (ended.state === 'done' && (outcome?.failed ?? 0) === 0);
  if (!isWell) process.exitCode = 1;
}

/** For programs: what they need to approve it, and what became of it. */
function asRecord(
  { id, system, state, planHash, brakes, error, summary }: Run,
  outcome: RunOutcome | undefined,
): object {
  return {
    ...{ run: id, system, state, plan_hash: planHash, brakes: (brakes ?? []).map(({ reason }) => reason), error },
    ...{ objects: summary?.objects ?? {}, outcome: outcome ?? null },
  };
}

async function tellEnd(ctx: Ctx, run: Run): Promise<RunOutcome | undefined> {
  const outcome = run.state === 'done' && run.approvedAt !== null ? await readOutcome(ctx, run.id) : undefined;
  for (const line of concludeRun(run, outcome)) tell(line);
  return outcome;
}

/** @throws HubError invalid */
export function rowsWanted(text: string): number {
  const wanted = Number(text);
  if (Number.isInteger(wanted) && wanted > 0 && wanted <= 10_000) return wanted;
  throw new HubError('invalid', `limit: ${text} is not a number from 1 to 10000; --csv writes all of it`);
}

/** @throws HubError not-found */
async function planOf(ctx: Ctx, id: string | undefined): Promise<Run> {
  if (id === undefined) {
    const [newest] = (await listRuns(ctx, { kind: 'full', limit: 20 })).filter(({ planHash }) => planHash !== null);
    if (newest) return newest;
    throw new HubError('not-found', 'There is no plan yet: ask for one with reanimator reconcile run');
  }
  const run = await findRun(ctx.db, id);
  if (!run) throw new HubError('not-found', `There is no run ${id}`);
  return run;
}

async function planRows(
  ctx: Ctx,
  run: Run,
  filter: Parameters<typeof listPlanRows>[1],
  page: { after: number; limit: number },
) {
  const rows = (await listPlanRows(ctx, filter, page)).map((row) => ({ ...row, system: run.system }));
  const names = await placeNames(ctx, rows);
  return rows.map((row): ShownRow => ({ ...row, names }));
}

function planLine(row: ShownRow): object {
  const { object, label, field, reason, state, names } = row;
  return {
    object,
    label,
    field,
    theirs: valueCell(row.theirs, names),
    ours: valueCell(row.ours, names),
    would: wouldDo(row),
    state,
    reason,
  };
}

export async function writeCsv<T>(ctx: Ctx, columns: readonly CsvColumn<T>[], rows: AsyncIterable<T>): Promise<void> {
  const write = (chunk: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => process.stdout.write(chunk, (error) => (error ? reject(error) : resolve())));
  await csvAnswer(columns, rows).stream?.(write, ctx.signal);
}

/** @throws HubError invalid */
function oneSystem(reconciled: Reconciled, named: string | undefined): string {
  const known = [...reconciled.mappings.keys()];
  const [only] = known;
  if (named === undefined && only !== undefined && known.length === 1) return only;
  if (named === undefined)
    throw new HubError('invalid', `system: name one of ${known.join(', ') || 'those that are configured: none is'}`);
  mustReconcile(reconciled, named);
  return named;
}

/** @throws HubError invalid */
export function oneOf<W extends string>(words: readonly W[], word: string, what: string): W {
  const found = words.find((one) => one === word);
  if (found !== undefined) return found;
  throw new HubError('invalid', `${what}: unknown ${word}; there are ${words.join(', ')}`);
}
