import { MODEL_NAMES, MODELS, type ModelName } from './model.ts';
import { createTable, type Row, type Table } from './table.ts';

export type { Row } from './table.ts';

export interface ChangeLogRow {
  id: number;
  time: string;
  user_name: string;
  request_id: string;
  action: 'create' | 'update' | 'delete';
  changed_object_type: string;
  changed_object_id: number;
  object_repr: string;
  message: string;
  /** Raw columns as in webhooks; null where there was or is no object. */
  prechange: Record<string, unknown> | null;
  postchange: Record<string, unknown> | null;
  /** Milliseconds since the epoch. Until then readers do not see it, as one of a transaction that has not ended. */
  visibleFrom: number;
}

export interface Database {
  all(model: ModelName): Row[];
  /** Ascending; not to be changed. */
  ids(model: ModelName): readonly number[];
  /** By id; anything that is no id finds nothing. */
  find(model: ModelName, id: unknown): Row | undefined;
  /** Rows that hold this value; by an index. */
  by(model: ModelName, column: string, value: unknown): Row[];
  /** Their ids, ascending; not to be changed. */
  idsBy(model: ModelName, column: string, value: unknown): readonly number[];
  /** `at`: when it was made; default now. */
  insert(model: ModelName, columns: Record<string, unknown>, at?: string): Row;
  /** Changes columns and nothing else: `last_updated` is a column too. */
  set(model: ModelName, row: Row, columns: Record<string, unknown>): void;
  delete(model: ModelName, id: number): void;
  /** ISO 8601 with microseconds, never the same twice: NetBox's ETag is made of it. */
  now(): string;
  /** All rows, also those that nobody sees yet; ascending by id. */
  changeLog: ChangeLogRow[];
  /** As a sequence of PostgreSQL: what a rolled back write took stays a gap. */
  nextChangeId(): number;
  /** Undone when it throws. */
  atomically<T>(act: () => T): T;
  /** Grows with every write: whoever keeps something made of rows can tell. */
  generation(): number;
  /** Another one whenever rows of these models may sort otherwise. */
  orderStamp(models: readonly ModelName[]): string;
  /** Rows were changed without telling. */
  touchedFromOutside(): void;
  /** Everything as it is now, for `restore`; ids go back, too. Copies all: for small worlds. */
  backUp(): () => void;
}

export function createDatabase(clock: () => number = Date.now): Database {
  let stamps = 0;
  const nextStamp = (): number => (stamps += 1);
  let tables = emptyTables(nextStamp);
  let next = new Map<ModelName, number>();
  let changeIds = 0;
  let lastTick = 0n;
  let generation = 0;
  let undo: (() => void)[] | undefined;

  const table = (model: ModelName): Table => {
    const found = tables.get(model);
    if (!found) throw new Error(`no table ${model}`);
    return found;
  };

  function wrote(how: () => void): void {
    generation += 1;
    undo?.push(how);
  }

  const database: Database = {
    changeLog: [],
    all: (model) => rowsOf(table(model), table(model).ids),
    ids: (model) => table(model).ids,
    find: (model, id) => (typeof id === 'number' ? table(model).find(id) : undefined),
    by: (model, column, value) => rowsOf(table(model), table(model).having(column, value)),
    idsBy: (model, column, value) => table(model).having(column, value),
    insert(model, columns, at) {
      const id = (next.get(model) ?? 0) + 1;
      next.set(model, id);
      const now = at ?? database.now();
      const row: Row = { ...columns, id, created: now, last_updated: now };
      table(model).put(row);
      wrote(() => table(model).take(id));
      return row;
    },
    set(model, row, columns) {
      const before = table(model).set(row, columns);
      wrote(() => void table(model).set(row, before));
    },
    delete(model, id) {
      const row = table(model).find(id);
      if (!row) return;
      table(model).take(id);
      wrote(() => table(model).put(row));
    },
    now() {
      const tick = BigInt(Math.trunc(clock())) * 1000n;
      lastTick = tick > lastTick ? tick : lastTick + 1n;
      const milliseconds = new Date(Number(lastTick / 1000n)).toISOString().slice(0, -1);
      return `${milliseconds}${String(lastTick % 1000n).padStart(3, '0')}Z`;
    },
    nextChangeId: () => (changeIds += 1),
    atomically(act) {
      if (undo) return act();
      const logged = database.changeLog.length;
      undo = [];
      try {
        return act();
      } catch (error) {
        for (const back of undo.toReversed()) back();
        database.changeLog.length = logged;
        generation += 1;
        throw error;
      } finally {
        undo = undefined;
      }
    },
    generation: () => generation,
    orderStamp: (models) => models.map((model) => table(model).orderStamp()).join(' '),
    touchedFromOutside() {
      generation += 1;
      for (const model of MODEL_NAMES) table(model).reindex();
    },
    backUp() {
      const rows = structuredClone(MODEL_NAMES.map((model) => [model, database.all(model)] as const));
      const [ids, log, changes] = [new Map(next), structuredClone(database.changeLog), changeIds];
      return () => {
        tables = emptyTables(nextStamp);
        for (const [model, some] of structuredClone(rows)) for (const row of some) table(model).put(row);
        next = new Map(ids);
        changeIds = changes;
        database.changeLog.splice(0, Infinity, ...structuredClone(log));
        generation += 1;
      };
    },
  };
  return database;
}

function emptyTables(nextStamp: () => number): Map<ModelName, Table> {
  const ordering = (name: ModelName): string[] => (MODELS[name].ordering ?? []).map((term) => term.replace(/^-/, ''));
  return new Map(MODEL_NAMES.map((name) => [name, createTable(new Set(ordering(name)), nextStamp)]));
}

function rowsOf(table: Table, ids: readonly number[]): Row[] {
  return ids.map((id) => table.find(id)).filter((row) => row !== undefined);
}
