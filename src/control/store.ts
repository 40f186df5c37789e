import type { Knex } from 'knex';
import { fromJsonOrNull } from '../core/json.ts';
import type { BootState, MediaState, PowerState } from '../ports/bmc-control.ts';

/** What the BMC last said; null: it was never asked. `at` is when. */
export interface ControlState {
  power: { state: PowerState | null; allowed: string[] | null; at: string } | null;
  boot: (BootState & { at: string }) | null;
  media: { drives: MediaState[]; at: string } | null;
  light: { lit: boolean | null; at: string } | null;
}

export const NEVER_ASKED: ControlState = { power: null, boot: null, media: null, light: null };

export async function controlStateOf(db: Knex, assetId: string): Promise<ControlState> {
  const [row] = await db('control_states').where({ asset_id: assetId }).select('*');
  if (row === undefined) return NEVER_ASKED;
  return {
    power: fromJsonOrNull(row.power),
    boot: fromJsonOrNull(row.boot),
    media: fromJsonOrNull(row.media),
    light: fromJsonOrNull(row.light),
  };
}

/** Only what is given is written; the rest stays as it was last said. */
export async function saveControlState(
  db: Knex.Transaction,
  assetId: string,
  state: Partial<ControlState>,
): Promise<void> {
  const columns = Object.fromEntries(Object.entries(state).map(([key, value]) => [key, JSON.stringify(value)]));
  if (Object.keys(columns).length === 0) return;
  await db('control_states')
    .insert({ asset_id: assetId, ...columns })
    .onConflict('asset_id')
    .merge(columns);
}
