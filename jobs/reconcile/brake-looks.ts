import { tx } from '#src/core/tx.ts';
import { slotOf } from '#src/drift/apply-verdicts.ts';
import { type BrakeCount, rootsForBrakes, trippedBrakes } from '#src/drift/brakes.ts';
import { type ConnectionState, lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import { valuesHash } from '#src/drift/drift.ts';
import { reconcileStopped } from '#src/drift/events.ts';
import { countLinks } from '#src/drift/link-store.ts';
import type { PlannedRow } from '#src/drift/model.ts';
import { doneSince } from '#src/drift/plan-store.ts';
import { append } from '#src/events/append.ts';
import type { Decided } from './decide-scopes.ts';
import type { Reconciling } from './reconciling.ts';

/** What was written by itself within this time counts together for the brakes. */
const BRAKE_WINDOW_MS = 3_600_000;

/** Dry-run, held, or a mapping that nobody has seen as a whole yet: it is shown, not done. */
export function mayWrite(rc: Reconciling, connection: ConnectionState): boolean {
  return connection.mode === 'apply' && connection.heldReason === null && connection.mappingHash === rc.mappingHash;
}

/** What stood in the inbox when a person released the brakes, and would still do the same to the same values, that person let through. */
export function letThrough({ rows, drifts }: Decided, { releasedAt }: ConnectionState): PlannedRow[] {
  if (releasedAt === null) return rows;
  const held = drifts.filter((drift) => drift.decision === 'auto' && drift.firstSeenAt <= releasedAt);
  const shown = new Map(held.map((drift) => [slotOf(drift), drift]));
  return rows.map((row) => {
    const drift = shown.get(slotOf(row));
    const isSame = drift?.action === row.action && drift.valuesHash === valuesHash(row);
    return isSame ? { ...row, byPerson: true } : row;
  });
}

/** Many small looks must not do together what one plan would have been stopped for. @returns whether it is held now */
export async function brake(rc: Reconciling, decided: Decided, connection: ConnectionState): Promise<boolean> {
  const { ctx, system } = rc;
  const counts = rootsForBrakes(decided.rows, { countAdopted: false });
  if (counts.length === 0) return false;
  const opened = new Date(ctx.now().getTime() - BRAKE_WINDOW_MS);
  const since =
    connection.releasedAt === null ? opened : new Date(Math.max(opened.getTime(), Date.parse(connection.releasedAt)));
  const before = await doneSince(ctx.db, system, since);
  const summed = counts.map(({ roots, ...count }) => ({
    ...count,
    count: new Set([...roots, ...rootsBefore(before, count)]).size,
  }));
  const known = new Map<string, number>();
  for (const mapping of rc.mappings)
    known.set(mapping.object, await countLinks(ctx.db, system, mapping.parent ?? mapping.object));
  const tripped = trippedBrakes(summed, rc.mappings, (object) => known.get(object) ?? 0);
  if (tripped.length === 0) return false;
  const reason = `${tripped.map((one) => one.reason).join('; ')} within an hour`;
  await tx(ctx, async (inside) => {
    const now = await lockConnection(inside.db, system, inside.now());
    if (now.heldReason !== null) return;
    await updateConnection(inside.db, system, { heldReason: reason }, inside.now());
    await append(inside, reconcileStopped, { subject: { type: 'adapter', id: system }, data: { system, reason } });
  });
  return true;
}

const ACTIONS = {
  create: ['create-there', 'create-here'],
  change: ['push'],
  blank: ['push', 'adopt'],
  remove: ['remove-there'],
} as const;

function rootsBefore(
  before: Awaited<ReturnType<typeof doneSince>>,
  { object, kind, field }: Omit<BrakeCount, 'count'>,
): Set<string> {
  const actions: readonly string[] = ACTIONS[kind];
  const roots = before.filter(
    (row) =>
      row.object === object &&
      actions.includes(row.action) &&
      (kind !== 'blank' || (row.isBlank && row.field === field)),
  );
  return new Set(roots.map(({ root }) => root));
}
