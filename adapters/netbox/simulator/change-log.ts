import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ChangeLogRow } from './database.ts';
import { pageOf } from './paging.ts';

const LABELS = { create: 'Created', update: 'Updated', delete: 'Deleted' };

/** `/api/core/object-changes/`: newest first, unless asked otherwise. */
export function answerChangeLog(rows: readonly ChangeLogRow[], url: URL): SimulatedAnswer {
  const query = url.searchParams;
  const after = Number(query.get('id__gt') ?? 0);
  const since = query.get('time_after');
  const requestId = query.get('request_id');
  const found = rows.filter(
    (row) =>
      row.id > after && (since === null || row.time >= since) && (requestId === null || row.request_id === requestId),
  );
  const ascending = query.get('ordering') === 'id' || query.has('start');
  const page = pageOf(
    found.toSorted((a, b) => (ascending ? a.id - b.id : b.id - a.id)),
    url,
    true,
  );
  const results = page.rows.map((row) => ({
    ...row,
    url: `${url.origin}/api/core/object-changes/${row.id}/`,
    display: `${row.changed_object_type} ${row.object_repr} by ${row.user_name}`,
    action: { value: row.action, label: LABELS[row.action] },
  }));
  return { status: 200, body: { count: page.count, next: page.next, previous: page.previous, results } };
}
