import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import type { Ctx } from '../core/ctx.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { findPlaces } from '../locations/reads.ts';
import type { Value } from '../mapping/mapping.ts';
import { type ChangedDrift, type DriftGroup, labelsOfNew } from './drift-reads.ts';
import { DriftAction, DriftDecision, DriftKind, type PlannedRow, Verdict } from './model.ts';
import { mappingOf, type Reconciled } from './reconciled.ts';
import { aboutOf, verdictsOf, wouldDo } from './verdicts.ts';

export const ValueView = z
  .union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])
  .optional()
  .meta({ description: 'null: known to be empty. Absent: not known' });

const AboutView = z
  .object({ type: z.enum(['asset', 'location']), id: z.string() })
  .nullable()
  .meta({ description: 'What it is about in the hub: a server, or a place' });

/** What a row of a plan and a drift have in common. */
export const rowShape = {
  object: z.string().meta({ description: 'Their type, e.g. device' }),
  field: z.string().meta({ description: 'Empty: the object as a whole' }),
  label: z.string(),
  kind: DriftKind,
  action: DriftAction,
  decision: DriftDecision,
  would: z.string().meta({ description: 'What the hub does, or would do, in words' }),
  reason: z.string(),
  theirs: ValueView,
  ours: ValueView,
  agreed: ValueView.meta({ description: 'What both sides last agreed upon' }),
  names: z.record(z.string(), z.string()).meta({ description: 'What the ids among the values are called' }),
  root: z.object({ type: z.string(), hub_id: Nullable.text, their_id: Nullable.text }),
  about: AboutView,
  hub_id: Nullable.text,
  their_id: Nullable.text,
  their_url: Nullable.text.meta({ description: 'Page of their object' }),
};

export const VerdictOption = z
  .object({ verdict: Verdict, why_not: Nullable.text.meta({ description: 'null: it can be given' }) })
  .meta({ id: 'DriftVerdictOption' });

export const DriftState = z.enum(['open', 'decided', 'ignored', 'resolved']);

export const DriftView = z
  .object({
    id: z.string(),
    system: z.string(),
    ...rowShape,
    state: DriftState,
    first_seen_at: Time,
    last_seen_at: Time,
    resolved_at: Nullable.time,
    resolution: Nullable.text,
    run_id: Nullable.text,
    changed: z
      .object({ user: Nullable.text, action: z.string(), at: Time, request_id: Nullable.text })
      .nullable()
      .meta({ description: 'The last change of the object there, as their change log says' }),
    verdict: Verdict.nullable(),
    verdict_by: Nullable.text,
    verdict_at: Nullable.time,
    verdict_reason: Nullable.text,
    ignored_until: Nullable.time,
    verdicts: z.array(VerdictOption),
    version: z.int(),
  })
  .meta({ id: 'Drift' });

export const GroupView = z
  .object({
    ...{ system: z.string(), object: z.string(), field: z.string(), kind: DriftKind },
    ...{ action: DriftAction, decision: DriftDecision, would: z.string() },
    count: z.int(),
    first_seen_at: Time,
    last_seen_at: Time,
    example: z.object({ label: z.string(), reason: z.string() }),
    verdicts: z.array(VerdictOption),
  })
  .meta({ id: 'DriftGroup' });

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** As what is only there, and is made here before it is referred to, stands in values. */
const NEW = /^new:(?<object>[^:]+):(?<theirId>.+)$/;

/** Places stand as ids in values; people know them by their paths. */
export async function placeNames(
  ctx: Ctx,
  rows: readonly (Pick<PlannedRow, 'theirs' | 'ours' | 'agreed'> & { system: string })[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(idsIn))];
  const places = await findPlaces(
    ctx,
    ids.filter((id) => UUID.test(id)),
  );
  const names = new Map([...places].map(([id, { path }]) => [id, path]));
  for (const [system, some] of Map.groupBy(rows, (row) => row.system)) {
    const expected = [...new Set(some.flatMap(idsIn))].flatMap((id) => {
      const { object, theirId } = NEW.exec(id)?.groups ?? {};
      return object === undefined || theirId === undefined ? [] : [{ id, object, theirId }];
    });
    const labels = await labelsOfNew(ctx, system, expected);
    for (const { id, object, theirId } of expected) {
      const name = labels.get(`${object}|${theirId}`) ?? `${object} no. ${theirId} there`;
      names.set(id, `${name} (not here yet)`);
    }
  }
  return names;
}

function idsIn({ theirs, ours, agreed }: Pick<PlannedRow, 'theirs' | 'ours' | 'agreed'>): string[] {
  return [theirs, ours, agreed].flatMap((value) =>
    typeof value === 'string' && (UUID.test(value) || NEW.test(value)) ? [value] : [],
  );
}

export function viewRow(
  row: PlannedRow & { system: string },
  reconciled: Pick<Reconciled, 'urlOf'>,
  names: ReadonlyMap<string, string>,
) {
  const { object, field, label, kind, action, decision, reason, theirs, ours, agreed, root, hubId, theirId } = row;
  const known = idsIn(row).flatMap((id) => {
    const name = names.get(id);
    return name === undefined ? [] : [[id, name] as const];
  });
  return {
    ...{ object, field, label, kind, action, decision, would: wouldDo(row), reason, theirs, ours, agreed },
    names: Object.fromEntries(known),
    root: { type: root.type, hub_id: root.hubId, their_id: root.theirId },
    about: aboutOf(root),
    hub_id: hubId,
    their_id: theirId,
    their_url: theirId === null ? null : reconciled.urlOf(row.system, object, theirId),
  };
}

export type ShownDrift = ChangedDrift & { names: ReadonlyMap<string, string> };

export function viewDrift(drift: ShownDrift, reconciled: Reconciled): unknown {
  const { changed } = drift;
  const mapping = mappingOf(reconciled, drift.system, drift.object);
  return {
    id: drift.id,
    system: drift.system,
    ...viewRow(drift, reconciled, drift.names),
    state: drift.state,
    first_seen_at: drift.firstSeenAt,
    last_seen_at: drift.lastSeenAt,
    resolved_at: drift.resolvedAt,
    resolution: drift.resolution,
    run_id: drift.runId,
    changed: changed && { user: changed.user, action: changed.action, at: changed.at, request_id: changed.requestId },
    verdict: drift.verdict,
    verdict_by: drift.verdictBy,
    verdict_at: drift.verdictAt,
    verdict_reason: drift.verdictReason,
    ignored_until: drift.ignoredUntil,
    verdicts: verdictsOf(drift, mapping).map(({ verdict, whyNot }) => ({ verdict, why_not: whyNot })),
    version: drift.version,
  };
}

export function viewGroup(group: DriftGroup, reconciled: Reconciled): z.input<typeof GroupView> {
  const { firstSeenAt, lastSeenAt, example, ...key } = group;
  const verdicts = verdictsOf({ ...key, reason: example.reason }, mappingOf(reconciled, key.system, key.object), true);
  return {
    ...key,
    would: wouldDo(group),
    first_seen_at: firstSeenAt,
    last_seen_at: lastSeenAt,
    example,
    verdicts: verdicts.map(({ verdict, whyNot }) => ({ verdict, why_not: whyNot })),
  };
}

/** Unknown is an empty cell, known to be empty is said. */
export function valueCell(value: Value | undefined, names: ReadonlyMap<string, string>): unknown {
  if (value === null) return '(empty)';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? (names.get(value) ?? value) : value;
}

export function driftColumns(reconciled: Reconciled): CsvColumn<ShownDrift>[] {
  return [
    { name: 'id', of: (drift) => drift.id },
    { name: 'system', of: (drift) => drift.system },
    { name: 'object', of: (drift) => drift.object },
    { name: 'label', of: (drift) => drift.label },
    { name: 'field', of: (drift) => drift.field },
    { name: 'kind', of: (drift) => drift.kind },
    { name: 'theirs', of: (drift) => valueCell(drift.theirs, drift.names) },
    { name: 'ours', of: (drift) => valueCell(drift.ours, drift.names) },
    { name: 'agreed', of: (drift) => valueCell(drift.agreed, drift.names) },
    { name: 'decision', of: (drift) => drift.decision },
    { name: 'would', of: wouldDo },
    { name: 'reason', of: (drift) => drift.reason },
    { name: 'state', of: (drift) => drift.state },
    { name: 'first_seen_at', of: (drift) => drift.firstSeenAt },
    { name: 'changed_by', of: (drift) => drift.changed?.user ?? null },
    { name: 'changed_at', of: (drift) => drift.changed?.at ?? null },
    { name: 'verdict', of: (drift) => drift.verdict },
    { name: 'verdict_by', of: (drift) => drift.verdictBy },
    { name: 'verdict_reason', of: (drift) => drift.verdictReason },
    { name: 'ignored_until', of: (drift) => drift.ignoredUntil },
    { name: 'asset_id', of: (drift) => (drift.root.type === 'device' ? drift.root.hubId : null) },
    { name: 'their_id', of: (drift) => drift.theirId },
    {
      name: 'their_url',
      of: ({ system, object, theirId }) => (theirId === null ? null : reconciled.urlOf(system, object, theirId)),
    },
  ];
}
