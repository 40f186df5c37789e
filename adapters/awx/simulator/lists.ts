import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';

export type Row = Record<string, unknown>;

const RESERVED = new Set(['page', 'page_size', 'order_by', 'order', 'search', 'format', 'type']);
/** Fields that AWX refuses to search in: they may hold secrets. */
const NOT_FILTERABLE = new Set([
  'extra_vars',
  'survey_passwords',
  'job_args',
  'job_env',
  'start_args',
  'host_config_key',
  'survey_spec',
  'webhook_key',
]);

/** A list as AWX gives it: filtered, ordered, in pages of at most 200. */
export function listAnswer(request: SimulatedRequest, rows: Row[], model: string): SimulatedAnswer {
  let left = rows;
  for (const [name, wanted] of request.query) {
    if (RESERVED.has(name)) continue;
    const filter = parseFilter(name, wanted, model, rows[0]);
    if ('status' in filter) return filter;
    left = left.filter(filter.test);
  }
  const search = request.query.get('search')?.toLowerCase();
  if (search)
    left = left.filter((row) =>
      String(row['name'] ?? '')
        .toLowerCase()
        .includes(search),
    );
  const ordered = order(left, request.query.get('order_by') ?? 'id');
  const size = Math.max(1, Math.min(Number(request.query.get('page_size') ?? 25) || 25, 200));
  const page = Number(request.query.get('page') ?? 1);
  const pages = Math.max(1, Math.ceil(ordered.length / size));
  if (!Number.isInteger(page) || page < 1 || page > pages) return { status: 404, body: { detail: 'Invalid page.' } };
  const link = (to: number): string => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(to));
    return `${request.path}?${query}`;
  };
  return {
    status: 200,
    body: {
      count: ordered.length,
      next: page < pages ? link(page + 1) : null,
      previous: page > 1 ? link(page - 1) : null,
      results: ordered.slice((page - 1) * size, page * size),
    },
  };
}

function parseFilter(
  name: string,
  wanted: string,
  model: string,
  sample: Row | undefined,
): { test(row: Row): boolean } | SimulatedAnswer {
  const negated = name.startsWith('not__');
  const parts = (negated ? name.slice(5) : name).split('__');
  const last = parts.at(-1) ?? '';
  const lookup = parts.length > 1 && LOOKUPS.has(last) ? last : 'exact';
  const path = lookup === 'exact' && last !== 'exact' ? parts : parts.slice(0, -1);
  const field = path[0] ?? '';
  if (path.some((part) => NOT_FILTERABLE.has(part)))
    return {
      status: 403,
      body: { detail: `Filtering on ${path.find((part) => NOT_FILTERABLE.has(part))} is not allowed.` },
    };
  if (sample !== undefined && !Object.hasOwn(sample, field))
    return { status: 400, body: { detail: `${model} has no field named '${field}'` } };
  const compare = LOOKUPS.get(lookup) ?? same;
  return { test: (row) => compare(valueAt(row, path), wanted) !== negated };
}

/** `inventory__name` is read from the summary that a row carries. */
function valueAt(row: Row, path: string[]): unknown {
  if (path.length === 1) return row[path[0] ?? ''];
  const summaries = row['summary_fields'] as Record<string, Row> | undefined;
  return summaries?.[path[0] ?? '']?.[path[1] ?? ''];
}

const LOOKUPS = new Map<string, (value: unknown, wanted: string) => boolean>([
  ['exact', (value, wanted) => same(value, wanted)],
  ['iexact', (value, wanted) => String(value).toLowerCase() === wanted.toLowerCase()],
  ['contains', (value, wanted) => String(value).includes(wanted)],
  ['icontains', (value, wanted) => String(value).toLowerCase().includes(wanted.toLowerCase())],
  ['startswith', (value, wanted) => String(value).startsWith(wanted)],
  ['in', (value, wanted) => wanted.split(',').some((one) => same(value, one))],
  ['isnull', (value, wanted) => (value === null || value === undefined) === /^(1|true)$/i.test(wanted)],
  ['gt', (value, wanted) => rank(value) > rank(wanted)],
  ['gte', (value, wanted) => rank(value) >= rank(wanted)],
  ['lt', (value, wanted) => rank(value) < rank(wanted)],
  ['lte', (value, wanted) => rank(value) <= rank(wanted)],
]);

function same(value: unknown, wanted: string): boolean {
  return typeof value === 'boolean' ? value === /^(1|true)$/i.test(wanted) : String(value) === wanted;
}

function rank(value: unknown): number {
  if (typeof value === 'number') return value;
  return /^\d+$/.test(String(value)) ? Number(value) : Date.parse(String(value));
}

function order(rows: Row[], by: string): Row[] {
  const fields = by.split(',').map((one) => ({ name: one.replace(/^-/, ''), sign: one.startsWith('-') ? -1 : 1 }));
  return rows.toSorted((a, b) => {
    for (const { name, sign } of fields) {
      const [left, right] = [a[name], b[name]];
      const difference =
        typeof left === 'number' && typeof right === 'number'
          ? left - right
          : String(left).localeCompare(String(right));
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
}
