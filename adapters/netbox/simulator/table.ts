/** One object as stored: refs are ids, choices raw values, tags ids. */
export interface Row {
  id: number;
  created: string;
  last_updated: string;
  [column: string]: unknown;
}

/** The rows of one model by id, with an index for every column that was ever asked for. */
export interface Table {
  /** Ascending; not to be changed. */
  readonly ids: readonly number[];
  /** Another one whenever the rows may sort otherwise. */
  orderStamp(): number;
  find(id: number): Row | undefined;
  /** Ids of the rows with this value, ascending. */
  having(column: string, value: unknown): readonly number[];
  put(row: Row): void;
  take(id: number): void;
  /** @returns what the columns held before */
  set(row: Row, columns: Record<string, unknown>): Record<string, unknown>;
  /** The rows were changed from outside. */
  reindex(): void;
}

/** Most values are held by one row, and an array for each of 400,000 would cost more than the rows: so a bare id, or ids. */
type Holders = Map<unknown, number | number[]>;

const NONE: readonly number[] = [];

/** `ordering`: the columns that the model is sorted by. `nextStamp`: never the same twice. */
export function createTable(ordering: ReadonlySet<string>, nextStamp: () => number): Table {
  let stamp = nextStamp();
  const rows = new Map<number, Row>();
  const ids: number[] = [];
  const indexes = new Map<string, Holders>();

  function indexOf(column: string): Holders {
    const found = indexes.get(column);
    if (found) return found;
    const made: Holders = new Map();
    for (const id of ids) add(made, rows.get(id)?.[column], id);
    indexes.set(column, made);
    return made;
  }

  return {
    ids,
    orderStamp: () => stamp,
    find: (id) => rows.get(id),
    having(column, value) {
      const found = indexOf(column).get(value);
      if (found === undefined) return NONE;
      return typeof found === 'number' ? [found] : found;
    },
    put(row) {
      stamp = nextStamp();
      rows.set(row.id, row);
      insert(ids, row.id);
      for (const [column, index] of indexes) add(index, row[column], row.id);
    },
    take(id) {
      const row = rows.get(id);
      if (!row) return;
      stamp = nextStamp();
      rows.delete(id);
      ids.splice(placeOf(ids, id), 1);
      for (const [column, index] of indexes) drop(index, row[column], id);
    },
    set(row, columns) {
      const before: Record<string, unknown> = {};
      for (const [column, value] of Object.entries(columns)) {
        before[column] = row[column];
        if (value === row[column]) continue;
        if (ordering.has(column)) stamp = nextStamp();
        const index = indexes.get(column);
        if (index) drop(index, row[column], row.id);
        row[column] = value;
        if (index) add(index, value, row.id);
      }
      return before;
    },
    reindex() {
      stamp = nextStamp();
      indexes.clear();
      // Somebody may have added or removed rows as well.
      ids.length = 0;
      for (const id of [...rows.keys()].toSorted((a, b) => a - b)) ids.push(id);
    },
  };
}

function add(index: Holders, value: unknown, id: number): void {
  const found = index.get(value);
  if (found === undefined) index.set(value, id);
  else if (typeof found === 'number') index.set(value, found < id ? [found, id] : [id, found]);
  else insert(found, id);
}

function drop(index: Holders, value: unknown, id: number): void {
  const found = index.get(value);
  if (found === id) index.delete(value);
  if (typeof found !== 'object') return;
  const place = placeOf(found, id);
  if (found[place] === id) found.splice(place, 1);
  if (found.length === 0) index.delete(value);
}

function insert(sorted: number[], id: number): void {
  const last = sorted.at(-1);
  if (last === undefined || last < id) sorted.push(id);
  else sorted.splice(placeOf(sorted, id), 0, id);
}

/** Where the id is, or would be, in an ascending list. */
export function placeOf(sorted: readonly number[], id: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
