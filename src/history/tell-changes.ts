import type { TxCtx } from '../core/ctx.ts';
import { appendAll } from '../events/append.ts';
import type { Revised } from './belief-store.ts';
import type { Moment } from './derive/look.ts';
import { assetHistoryChanged, type HistoryChange } from './events.ts';
import { fromMoment } from './moment.ts';

/** In the feed: one event for each server whose history changed. */
export async function tellChanges(
  tx: TxCtx,
  revised: readonly Revised[],
  now: Moment,
): Promise<{ added: number; retracted: number }> {
  const byAsset = new Map<string, HistoryChange[]>();
  const note = (assetIds: readonly string[], change: HistoryChange) => {
    for (const id of assetIds) byAsset.set(id, [...(byAsset.get(id) ?? []), change]);
  };
  let [added, retracted] = [0, 0];
  for (const one of revised) {
    added += one.added.length;
    retracted += one.retracted.length;
    for (const { type, at, data, subjects } of one.added) {
      note(
        subjects.filter((subject) => subject.type === 'asset').map(({ id }) => id),
        changeOf(one.componentId, type, at, data, false),
      );
    }
    for (const { type, at, data } of one.retracted) {
      const assetId = data['asset_id'];
      note(typeof assetId === 'string' ? [assetId] : [], changeOf(one.componentId, type, at, data, true));
    }
  }
  await appendAll(
    tx,
    assetHistoryChanged,
    [...byAsset].map(([id, changes]) => ({
      subject: { type: 'asset', id },
      data: {
        collectedAt: fromMoment(changes[0]?.occurred_at === undefined ? now : latest(changes)),
        added: changes.filter((change) => !change.retracted).length,
        retracted: changes.filter((change) => change.retracted).length,
        changes: changes.slice(0, 100).map((change) => ({ ...change, occurred_at: fromMoment(change.occurred_at) })),
      },
    })),
    { timeline: false },
  );
  return { added, retracted };
}

function latest(changes: readonly HistoryChange[]): Moment {
  return (
    changes
      .map((change) => change.occurred_at)
      .toSorted()
      .at(-1) ?? ''
  );
}

function changeOf(
  componentId: string,
  type: string,
  at: Moment,
  data: Record<string, unknown>,
  retracted: boolean,
): HistoryChange {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : null);
  return {
    type,
    component_id: componentId,
    kind: text('kind') ?? '',
    serial: text('serial'),
    slot: text('slot'),
    occurred_at: at,
    retracted,
  };
}
