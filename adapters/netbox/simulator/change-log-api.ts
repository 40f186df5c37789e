import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ChangeLogRow, Database } from './database.ts';
import { BadFilter, noChoice, storedTime, wholeNumber } from './filter-shape.ts';
import { MODELS, modelOfType } from './model.ts';
import { cursorPage, offsetPage, pageRequest } from './paging.ts';
import { rendering } from './render.ts';
import type { Rendering } from './shown.ts';

const LABELS = { create: 'Created', update: 'Updated', delete: 'Deleted' };
const APPS: Readonly<Record<string, string>> = { dcim: 'DCIM', ipam: 'IPAM', tenancy: 'Tenancy', extras: 'Extras' };

type Test = (row: ChangeLogRow) => boolean;

/** `/api/core/object-changes/`: newest first, unless asked otherwise. @throws BadFilter, BadPaging */
export function answerChangeLog(
  { database, version, now, users }: { database: Database; version: string; now: number; users: readonly string[] },
  url: URL,
): SimulatedAnswer {
  const query = url.searchParams;
  const tests: Test[] = [];
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key).filter((value) => value !== '');
    // Before 4.5 the last type counts, and no other.
    const counted = key === 'changed_object_type' && !atLeast(version, '4.5') ? values.slice(-1) : values;
    const test = values.length > 0 ? FILTERS[key]?.(counted, key, users) : undefined;
    if (test) tests.push(test);
  }
  const found = database.changeLog.filter((row) => row.visibleFrom <= now && tests.every((test) => test(row)));
  const request = pageRequest(query, atLeast(version, '4.6'));
  const ordered = request.start === null ? inOrder(found, query.get('ordering')) : found;
  const from = request.start;
  const rows =
    from === null
      ? ordered.slice(request.offset, request.offset + request.limit)
      : ordered.filter((row) => row.id >= from).slice(0, request.limit);
  const page = from === null ? offsetPage(rows, found.length, url, request) : cursorPage(rows, url, request);
  const with_ = rendering(database, version, url.origin);
  // Before, every row came with both its snapshots whatever was asked for.
  const fields = atLeast(version, '4.5.1') ? query.get('fields')?.split(',') : undefined;
  const results = page.rows.map((row) => only(show(with_, row, users), fields));
  return { status: 200, body: { count: page.count, next: page.next, previous: page.previous, results } };
}

function inOrder(rows: readonly ChangeLogRow[], ordering: string | null): ChangeLogRow[] {
  if (ordering === 'id') return [...rows];
  if (ordering === '-id') return rows.toReversed();
  const newest = (a: ChangeLogRow, b: ChangeLogRow): number => b.time.localeCompare(a.time) || b.id - a.id;
  const sorted = rows.toSorted(newest);
  return ordering === 'time' ? sorted.toReversed() : sorted;
}

function show(with_: Rendering, row: ChangeLogRow, users: readonly string[]): Record<string, unknown> {
  const model = modelOfType(row.changed_object_type);
  const object = model && with_.database.find(model, row.changed_object_id);
  const user = users.indexOf(row.user_name) + 1;
  const [app = ''] = row.changed_object_type.split('.');
  return {
    id: row.id,
    url: `${with_.origin}/api/core/object-changes/${row.id}/`,
    display_url: `${with_.origin}/core/changelog/${row.id}/`,
    display: `${APPS[app] ?? app} | ${model ? MODELS[model].noun : ''} ${row.object_repr} ${LABELS[row.action].toLowerCase()} by ${row.user_name}`,
    time: row.time,
    user:
      user > 0
        ? { id: user, url: `${with_.origin}/api/users/users/${user}/`, display: row.user_name, username: row.user_name }
        : null,
    user_name: row.user_name,
    request_id: row.request_id,
    action: { value: row.action, label: LABELS[row.action] },
    changed_object_type: row.changed_object_type,
    changed_object_id: row.changed_object_id,
    changed_object: model && object ? with_.brief(model, object) : null,
    ...(atLeast(with_.version, '4.5') ? { object_repr: row.object_repr } : {}),
    message: row.message,
    prechange_data: row.prechange ?? {},
    postchange_data: row.postchange ?? {},
  };
}

function only(shape: Record<string, unknown>, fields: string[] | undefined): Record<string, unknown> {
  return fields ? Object.fromEntries(Object.entries(shape).filter(([name]) => fields.includes(name))) : shape;
}

type MakeTest = (values: string[], key: string, users: readonly string[]) => Test;

const byId =
  (compare: (have: number, wanted: number) => boolean): MakeTest =>
  (values, key) => {
    const wanted = values.map((value) => wholeNumber(key, value));
    return (row) => wanted.some((id) => compare(row.id, id));
  };
/** The one range filter that there is: `time__gte` is ignored like any unknown name. */
const byTime =
  (fits: (have: string, wanted: string) => boolean): MakeTest =>
  (values) => {
    const wanted = storedTime(values.at(-1) ?? '');
    if (wanted === undefined) throw new BadFilter('time', 'Enter a valid date/time.');
    return (row) => fits(row.time, wanted);
  };

const FILTERS: Readonly<Record<string, MakeTest>> = {
  id: byId((have, wanted) => have === wanted),
  id__gt: byId((have, wanted) => have > wanted),
  id__gte: byId((have, wanted) => have >= wanted),
  id__lt: byId((have, wanted) => have < wanted),
  id__lte: byId((have, wanted) => have <= wanted),
  time_after: byTime((have, wanted) => have >= wanted),
  time_before: byTime((have, wanted) => have <= wanted),
  changed_object_type: (values) => (row) => values.includes(row.changed_object_type),
  changed_object_id: (values, key) => {
    const ids = values.map((value) => wholeNumber(key, value));
    return (row) => ids.includes(row.changed_object_id);
  },
  object_repr: (values) => (row) => values.includes(row.object_repr),
  user_name: (values) => (row) => values.includes(row.user_name),
  user: (values, key, users) => {
    for (const value of values) if (!users.includes(value)) throw new BadFilter(key, noChoice(value));
    return (row) => values.includes(row.user_name);
  },
  user_id: (values, key, users) => {
    const names = values.map((value) => users[wholeNumber(key, value) - 1]);
    if (names.includes(undefined)) throw new BadFilter(key, noChoice(values.join(', ')));
    return (row) => names.includes(row.user_name);
  },
  action: (values, key) => {
    for (const value of values) if (!(value in LABELS)) throw new BadFilter(key, noChoice(value));
    return (row) => values.includes(row.action);
  },
  request_id: (values, key) => {
    for (const value of values)
      if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value))
        throw new BadFilter(key, 'Enter a valid UUID.');
    const wanted = values.map((value) => value.toLowerCase());
    return (row) => wanted.includes(row.request_id);
  },
  q: (values) => (row) =>
    values.some((value) =>
      `${row.user_name} ${row.object_repr} ${row.message}`.toLowerCase().includes(value.toLowerCase()),
    ),
};
