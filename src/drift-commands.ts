import { type Command, Option } from 'commander';
import { allSorted, orderOf } from './core/sorted-list.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { decideDrift } from './drift/commands/decide-drift.ts';
import { decideDrifts } from './drift/commands/decide-drifts.ts';
import type { Saying } from './drift/commands/rule-drifts.ts';
import {
  countDrifts,
  DRIFT_ORDER,
  type DriftFilter,
  type DriftGroup,
  findDrift,
  groupDrifts,
  listDrifts,
  withChanges,
} from './drift/drift-reads.ts';
import type { Drift } from './drift/drift-store.ts';
import { type DriftKind, KINDS, VERDICTS } from './drift/model.ts';
import { readSystem } from './drift/reads.ts';
import { mappingOf, mustReconcile } from './drift/reconciled.ts';
import { verdictsOf, wouldDo } from './drift/verdicts.ts';
import { driftColumns, placeNames, type ShownDrift, valueCell } from './drift/views.ts';
import { type Format, print } from './print.ts';
import {
  addReconcileCommands,
  oneOf,
  outputFormat,
  type ReconcilingHub,
  rowsWanted,
  tell,
  type WithHub,
  writeCsv,
} from './reconcile-commands.ts';

/** `reconcile` and `drift` on the command line. */
export function addDriftCommands(program: Command, withHub: WithHub): void {
  addReconcileCommands(program, withHub);
  addDrift(program, withHub);
}

interface FilterOptions {
  system?: string;
  object?: string;
  field?: string;
  kind?: DriftKind;
  q?: string;
}
interface ListOptions extends FilterOptions {
  output: Format;
  state?: DriftFilter['state'];
  groups?: boolean;
  csv?: boolean;
  limit: string;
}
interface DecideOptions extends FilterOptions {
  output: Format;
  reason?: string;
  until?: string;
  expect?: string;
}

function addDrift(program: Command, withHub: WithHub): void {
  const drift = program.command('drift').description('what disagrees between the hub and other systems');
  withFilters(drift.command('list', { isDefault: true }))
    .description('what disagrees, one by one, or by what is alike')
    .addOption(new Option('--state <state>').choices(['open', 'decided', 'ignored', 'resolved', 'all']))
    .option('--groups', 'by what is alike: what can be decided at once')
    .option('--csv', 'all of it as CSV')
    .option('-n, --limit <n>', 'how many', '50')
    .addOption(outputFormat())
    .action((options: ListOptions) =>
      withHub(async (hub) => {
        const { ctx, reconciled } = hub;
        const filter: DriftFilter = { ...filterOf(hub, options), state: options.state };
        const limit = rowsWanted(options.limit);
        if (options.groups) {
          const groups = await groupDrifts(ctx, { filter: { ...filter, state: filter.state ?? 'open' }, limit });
          return print(options.output, options.output === 'json' ? groups.map(asJson) : groups.map(groupLine), AGREE);
        }
        const order = orderOf(DRIFT_ORDER, '-first_seen', undefined);
        if (options.csv) {
          const rows = allSorted(order, async (after, limit) =>
            shown(ctx, await listDrifts(ctx, { filter, order: after, limit })),
          );
          return writeCsv(ctx, driftColumns(reconciled), rows);
        }
        const drifts = await shown(ctx, await listDrifts(ctx, { filter, order, limit: limit + 1 }));
        print(options.output, drifts.slice(0, limit).map(driftLine), AGREE);
        if (drifts.length > limit) tell('more follow: --limit, --csv for all, or --groups by what is alike');
      }),
    );
  drift
    .command('show')
    .argument('<id>')
    .addOption(outputFormat())
    .action((id: string, options: { output: Format }) =>
      withHub(async ({ ctx, reconciled }) => {
        const found = await findDrift(ctx, id);
        if (!found) throw new HubError('not-found', `There is no drift ${id}`);
        const [one] = await shown(ctx, [found]);
        if (!one) return;
        const { names: _, ...plain } = one;
        const can = verdictsOf(one, mappingOf(reconciled, one.system, one.object));
        const fields = {
          ...plain,
          ...Object.fromEntries(can.map(({ verdict, whyNot }) => [verdict, whyNot ?? 'possible'])),
        };
        if (options.output === 'json') return print('json', [fields], '');
        print(
          'table',
          Object.entries(fields).map(([name, value]) => ({ name, value: value === null ? '' : value })),
          '',
        );
      }),
    );
  withFilters(drift.command('decide'))
    .description('say what is to be done: of some by id, or of all that a filter lets through')
    .argument('<verdict>', `${VERDICTS.join(', ')}, or undo to take back what was said`)
    .argument('[ids...]', 'as drift list shows them; left out: all that the filter lets through')
    .option('-e, --expect <n>', 'without ids: how many they are, as drift list --groups counts them')
    .option('-r, --reason <text>', 'why; needed to ignore')
    .option('-u, --until <time>', 'ignore until then; ISO 8601')
    .addOption(outputFormat())
    .action((word: string, ids: string[], options: DecideOptions) =>
      withHub(async (hub) => {
        const verdict = word === 'undo' ? null : oneOf(VERDICTS, word, 'verdict');
        const saying = { verdict, reason: options.reason ?? null, until: momentOf(options.until) };
        const systems =
          ids.length > 0 ? await decideByIds(hub, ids, saying, options) : await decideAll(hub, saying, options);
        for (const system of systems) {
          const { mode } = await readSystem(hub.ctx, system);
          if (verdict !== null && verdict !== 'ignore' && mode === 'dry-run')
            tell(
              `${system} is in dry-run: it is done once a plan is approved; make one: reanimator reconcile run ${system}`,
            );
        }
      }),
    );
}

const AGREE = 'nothing disagrees';

function withFilters(command: Command): Command {
  return command
    .option('--system <system>')
    .option('--object <type>', 'their type, e.g. device')
    .option('--field <name>', '-: the object as a whole')
    .addOption(new Option('--kind <kind>', 'what disagrees').choices([...KINDS]))
    .option('-q, --q <text>', 'stands in what the object is called');
}

/** @throws HubError not-found */
function filterOf({ reconciled }: ReconcilingHub, { system, object, field, kind, q }: FilterOptions): DriftFilter {
  if (system !== undefined) mustReconcile(reconciled, system);
  return { system, object, kind, q, field: field === '-' ? '' : field };
}

/** @returns the systems that they are of */
async function decideByIds(
  { ctx, reconciled }: ReconcilingHub,
  ids: readonly string[],
  saying: Saying,
  { output }: DecideOptions,
): Promise<Set<string>> {
  const decided = [];
  for (const id of ids)
    decided.push(await tx(ctx, (inside) => decideDrift(inside, reconciled, { id, version: undefined, ...saying })));
  const rows = decided.map(({ id, label, field, state, verdict }) => ({ id, label, field, state, verdict }));
  print(output, rows, '');
  return new Set(decided.map(({ system }) => system));
}

/** @throws HubError invalid without a filter or a count */
async function decideAll(hub: ReconcilingHub, saying: Saying, options: DecideOptions): Promise<Set<string>> {
  const { ctx, reconciled } = hub;
  const chosen = filterOf(hub, options);
  if (Object.values(chosen).every((value) => value === undefined))
    throw new HubError('invalid', 'name ids, or what all of them have in common: --object, --field, --kind, -q');
  const filter: DriftFilter = { ...chosen, state: saying.verdict === null ? undefined : 'open' };
  const groups = await groupDrifts(ctx, { filter, limit: 1000 });
  const { count } = await countDrifts(ctx, filter);
  if (options.expect === undefined || !/^\d+$/.test(options.expect)) {
    for (const group of groups) tell(Object.values(groupLine(group)).join('  '));
    throw new HubError('invalid', `there are ${count} of them: if those are meant, say --expect ${count}`);
  }
  const done = await decideDrifts(ctx, reconciled, { filter, ...saying, expect: Number(options.expect) });
  const { decided, refused, reasons } = done;
  print(options.output, options.output === 'json' ? [done] : [{ decided, refused }], '');
  for (const { reason, count: some, example } of reasons) tell(`${some} not: ${reason} (e.g. ${example.label})`);
  if (refused > 0) process.exitCode = 1;
  return decided > 0 ? new Set(groups.map(({ system }) => system)) : new Set();
}

/** As people read a time in UTC: `2026-11-21 10:00`. */
function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function asJson(group: DriftGroup): object {
  return { ...group, would: wouldDo(group) };
}

function groupLine({ system, object, field, kind, decision, action, count, firstSeenAt, example }: DriftGroup) {
  const who = { auto: 'by itself', review: 'to decide', conflict: 'to decide', refused: 'cannot be done' };
  return {
    ...{ count, system, object, field, kind, would: wouldDo({ action, decision }) },
    decided: decision === 'ignored' ? 'left as it is' : who[decision],
    ...{ since: minuteOf(firstSeenAt), 'for example': example.label },
  };
}

async function shown(ctx: Ctx, drifts: readonly Drift[]): Promise<ShownDrift[]> {
  const names = await placeNames(ctx, drifts);
  return (await withChanges(ctx, drifts)).map((drift) => ({ ...drift, names }));
}

function driftLine(drift: ShownDrift): object {
  const { id, object, label, field, kind, names, state, firstSeenAt, changed } = drift;
  return {
    ...{ id, object, label, field, kind, theirs: valueCell(drift.theirs, names), ours: valueCell(drift.ours, names) },
    ...{ would: wouldDo(drift), state, since: minuteOf(firstSeenAt), 'changed by': changed?.user ?? '' },
  };
}

/** @throws HubError invalid */
function momentOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new HubError('invalid', `until: ${text} is no time: write e.g. 2027-01-31T12:00:00Z`);
  return new Date(ms).toISOString();
}
