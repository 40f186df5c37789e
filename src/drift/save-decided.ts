import type { TxCtx } from '../core/ctx.ts';
import { slotOf } from './apply-verdicts.ts';
import { settleDigests } from './digest-store.ts';
import { type Drift, resolveDrifts, upsertDrifts } from './drift-store.ts';
import { deleteLinks, saveLinks } from './link-store.ts';
import type { PlannedRow, RecordLink, RowState } from './model.ts';
import { insertPlanRows } from './plan-store.ts';

export interface SaveDecided {
  system: string;
  run: { id: string; isFull: boolean };
  /** Number of the first row. */
  first: number;
  /** Whether what the hub does by itself is done now. */
  applies: boolean;
  rows: readonly PlannedRow[];
  links: readonly RecordLink[];
  drop: readonly { object: string; theirId: string }[];
  drifts: readonly Drift[];
  hubIds: readonly string[];
  /** Those that have a counterpart: their children were compared. */
  pairedHubIds: readonly string[];
  rootType: string;
  /** The types that were compared for these roots. */
  compared: readonly string[];
}

/** Keeps what a look came to: the plan's rows, the links with what both sides agree on, and the inbox. */
export async function saveDecided(tx: TxCtx, decided: SaveDecided): Promise<void> {
  const { system, run, rows, applies } = decided;
  const now = tx.now();
  const stateOf = (row: PlannedRow): RowState => (applies && willBeDone(row) ? 'pending' : 'proposed');
  await insertPlanRows(tx.db, { id: run.id, system }, rows, decided.first, stateOf);
  await deleteLinks(tx.db, system, decided.drop);
  await saveLinks(tx.db, system, decided.links, now);
  const shown = rows.filter((row) => stateOf(row) === 'proposed');
  await upsertDrifts(tx.db, system, run.id, shown, now);
  const found = new Set(rows.map(slotOf));
  const over = decided.drifts.filter((drift) => !found.has(slotOf(drift)) && wasCompared(decided, drift));
  await resolveDrifts(
    tx.db,
    over.map(({ id }) => id),
    'both sides agree',
    now,
  );
  if (!run.isFull) return;
  for (const object of decided.compared) {
    const open = new Set(rows.filter((row) => row.object === object).map((row) => row.root.hubId));
    const whole = object === decided.rootType ? decided.hubIds : decided.pairedHubIds;
    const hubIds = whole.filter((id) => !open.has(id));
    await settleDigests(tx.db, { system, runId: run.id, object, hubIds });
  }
}

/** What is in a server that is not there, or not to be seen, was not compared: what is said of it stays. */
function wasCompared({ rootType, hubIds, pairedHubIds }: SaveDecided, { object, root }: Drift): boolean {
  if (object === rootType || root.hubId === null || !hubIds.includes(root.hubId)) return true;
  return pairedHubIds.includes(root.hubId);
}

/** Done without asking anybody. */
export function willBeDone(row: Pick<PlannedRow, 'action' | 'decision'>): boolean {
  return row.decision === 'auto' && row.action !== 'none';
}
