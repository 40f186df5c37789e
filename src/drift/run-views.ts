import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { Brake, BrakeKind } from '../mapping/mapping.ts';
import { DECISIONS, KINDS, MODES, RowState, RUN_KINDS, RunState } from './model.ts';
import { type ObjectResult, OUTCOMES } from './object-result.ts';
import type { PlanRow } from './plan-store.ts';
import type { Reconciled } from './reconciled.ts';
import type { SystemOverview } from './reads.ts';
import type { RunOutcome } from './run-reads.ts';
import type { Run } from './run-store.ts';
import { rowShape, valueCell, viewRow } from './views.ts';
import { aboutOf, wouldDo } from './verdicts.ts';

const ObjectSummary = z
  .object({
    ...{ scanned: z.int(), unchanged: z.int(), created: z.int(), updated: z.int(), removed: z.int() },
    ...{ conflicts: z.int(), reviews: z.int(), refused: z.int(), failed: z.int() },
  })
  .meta({ id: 'ReconcileObjectSummary' });

export const RunView = z
  .object({
    id: z.string(),
    system: z.string(),
    kind: z.enum(RUN_KINDS).meta({ description: 'full: everything was looked at; objects: what was noticed' }),
    state: RunState,
    applies: z.boolean().meta({ description: 'Writes by itself once it is planned, unless a brake stops it' }),
    reason: z.string(),
    requested_by: z.string(),
    requested_at: Time,
    started_at: Nullable.time,
    planned_at: Nullable.time,
    finished_at: Nullable.time,
    mapping_hash: Nullable.text,
    plan_hash: Nullable.text.meta({ description: 'Name it to approve the plan' }),
    progress: z.object({ step: z.string(), object: Nullable.text, done: z.int(), of: z.int().nullable() }).nullable(),
    summary: z
      .object({
        objects: z.record(z.string(), ObjectSummary),
        unmapped: z
          .record(z.string(), z.array(z.string()))
          .optional()
          .meta({ description: 'Names that their objects have and no mapping speaks of' }),
      })
      .nullable(),
    brakes: z
      .array(
        z.object({
          ...{ object: z.string(), kind: z.string(), field: Nullable.text },
          ...{ count: z.int(), limit: z.int(), of: z.int(), reason: z.string() },
        }),
      )
      .nullable()
      .meta({ description: 'What stopped it; null: not looked at yet' }),
    approved_by: Nullable.text,
    approved_at: Nullable.time,
    outcome: z
      .object({ confirmed: z.int(), failed: z.int(), stale: z.int() })
      .nullable()
      .optional()
      .meta({ description: 'Rows of one that was carried out and has ended; not said in lists' }),
    error: Nullable.text,
  })
  .meta({ id: 'ReconcileRun' });

export function viewRun(run: Run, outcome?: RunOutcome | null): z.input<typeof RunView> {
  return {
    ...{ id: run.id, system: run.system, kind: run.kind, state: run.state, applies: run.applies, reason: run.reason },
    requested_by: run.requestedBy,
    requested_at: run.requestedAt,
    started_at: run.startedAt,
    planned_at: run.plannedAt,
    finished_at: run.finishedAt,
    mapping_hash: run.mappingHash,
    plan_hash: run.planHash,
    progress: run.progress,
    summary: run.summary,
    brakes: run.brakes,
    approved_by: run.approvedBy,
    approved_at: run.approvedAt,
    outcome,
    error: run.error,
  };
}

export const PlanRowView = z
  .object({
    seq: z.int().meta({ description: 'Its place in the plan' }),
    ...rowShape,
    state: RowState,
    state_reason: Nullable.text,
    request_id: Nullable.text.meta({ description: 'As their change log names the write' }),
    sent_at: Nullable.time,
    settled_at: Nullable.time,
  })
  .meta({ id: 'PlanRow' });

export type ShownRow = PlanRow & { system: string; names: ReadonlyMap<string, string> };

export function viewPlanRow(row: ShownRow, reconciled: Pick<Reconciled, 'urlOf'>): z.input<typeof PlanRowView> {
  const shown = viewRow(row, reconciled, row.names);
  return {
    seq: row.seq,
    ...(shown as Omit<z.input<typeof PlanRowView>, 'seq'>),
    state: row.state,
    state_reason: row.stateReason,
    request_id: row.requestId,
    sent_at: row.sentAt,
    settled_at: row.settledAt,
  };
}

export const PLAN_COLUMNS: CsvColumn<ShownRow>[] = [
  { name: 'seq', of: (row) => row.seq },
  { name: 'object', of: (row) => row.object },
  { name: 'label', of: (row) => row.label },
  { name: 'field', of: (row) => row.field },
  { name: 'kind', of: (row) => row.kind },
  { name: 'theirs', of: (row) => valueCell(row.theirs, row.names) },
  { name: 'ours', of: (row) => valueCell(row.ours, row.names) },
  { name: 'agreed', of: (row) => valueCell(row.agreed, row.names) },
  { name: 'action', of: (row) => row.action },
  { name: 'decision', of: (row) => row.decision },
  { name: 'would', of: wouldDo },
  { name: 'reason', of: (row) => row.reason },
  { name: 'state', of: (row) => row.state },
  { name: 'state_reason', of: (row) => row.stateReason },
  { name: 'request_id', of: (row) => row.requestId },
  { name: 'settled_at', of: (row) => row.settledAt },
  { name: 'hub_id', of: (row) => row.hubId },
  { name: 'their_id', of: (row) => row.theirId },
];

export const ResultView = z
  .object({
    object: z.string(),
    label: z.string(),
    outcome: z.enum(OUTCOMES).meta({ description: 'Of several things about one object, what should be known first' }),
    where: z.enum(['here', 'there', 'both']).nullable().meta({ description: 'Where something was made or changed' }),
    fields: z.array(z.string()).meta({ description: 'Of this outcome; none: the object as a whole' }),
    reason: z.string(),
    about: rowShape.about,
    hub_id: Nullable.text,
    their_id: Nullable.text,
    their_url: Nullable.text,
  })
  .meta({ id: 'ReconcileResult' });

export function viewResult(
  result: ObjectResult,
  system: string,
  { urlOf }: Pick<Reconciled, 'urlOf'>,
): z.input<typeof ResultView> {
  const { object, label, outcome, where, fields, reason, hubId, theirId } = result;
  return {
    ...{ object, label, outcome, where, fields, reason, about: aboutOf(result.root) },
    hub_id: hubId,
    their_id: theirId,
    their_url: theirId === null ? null : urlOf(system, object, theirId),
  };
}

export const SystemView = z
  .object({
    system: z.string(),
    mode: z.enum(MODES).meta({ description: 'dry-run: nothing is written by itself' }),
    held_reason: Nullable.text.meta({ description: 'Why nothing is written by itself at the moment' }),
    released_at: Nullable.time,
    mappings_current: z
      .boolean()
      .meta({ description: 'false: the mappings or rules are not those that were last taken on' }),
    changes_read_at: Nullable.time.meta({ description: 'When their change log was last read' }),
    compared_at: Nullable.time.meta({ description: 'When everything was last compared' }),
    notices: z.int().meta({ description: 'Objects that were noticed and not looked at yet' }),
    drifts: z.array(z.object({ kind: z.enum(KINDS), decision: z.enum(DECISIONS), state: z.string(), count: z.int() })),
    links: z.array(
      z.object({
        object: z.string(),
        hub: Nullable.text.meta({ description: 'What it is in the hub' }),
        pairs: z.int(),
        theirs_alone: z.int().meta({ description: 'Looked at, and nobody’s' }),
      }),
    ),
    objects: z
      .array(z.object({ object: z.string(), hub: z.string(), brakes: z.array(z.string()) }))
      .meta({ description: 'What is compared, as the mappings say' }),
    updated_at: Nullable.time,
    updated_by: Nullable.text,
    version: z.int(),
  })
  .meta({ id: 'ReconcileSystem' });

export function viewSystem(overview: SystemOverview, reconciled: Reconciled): z.input<typeof SystemView> {
  const mappings = reconciled.mappings.get(overview.system) ?? [];
  return {
    ...{ system: overview.system, mode: overview.mode, held_reason: overview.heldReason },
    released_at: overview.releasedAt,
    mappings_current: overview.mappingHash === reconciled.mappingHash(overview.system),
    changes_read_at: overview.changesReadAt,
    compared_at: overview.comparedAt,
    notices: overview.notices,
    drifts: overview.drifts,
    links: overview.links.map(({ object, pairs, theirsAlone }) => ({
      ...{ object, pairs, theirs_alone: theirsAlone },
      hub: mappings.find((mapping) => mapping.object === object)?.hub ?? null,
    })),
    objects: mappings.map(({ object, hub, brakes }) => ({ object, hub, brakes: inWords(brakes) })),
    updated_at: overview.updatedAt,
    updated_by: overview.updatedBy,
    version: overview.version,
  };
}

function inWords(brakes: Record<BrakeKind, Brake>): string[] {
  return Object.entries(brakes).map(
    ([kind, { share, atLeast }]) => `${kind} ${Number((share * 100).toFixed(2))} %, or ${atLeast}`,
  );
}
