import { MODEL_NAMES, type ModelName } from './model.ts';

/** One object as stored: refs are ids, choices raw values, tags ids. */
export interface Row {
  id: number;
  created: string;
  last_updated: string;
  [column: string]: unknown;
}

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
}

export interface Database {
  all(model: ModelName): Row[];
  /** By id; anything that is no id finds nothing. */
  find(model: ModelName, id: unknown): Row | undefined;
  insert(model: ModelName, columns: Record<string, unknown>): Row;
  delete(model: ModelName, id: number): void;
  /** ISO 8601 with microseconds, never the same twice: NetBox's ETag is made of it. */
  now(): string;
  changeLog: ChangeLogRow[];
  /** Everything as it is; call what comes back to return to it. */
  savepoint(): () => void;
}

export function createDatabase(): Database {
  const tables = new Map<ModelName, Map<number, Row>>(MODEL_NAMES.map((name) => [name, new Map<number, Row>()]));
  const next = new Map<ModelName, number>();
  let lastTick = 0n;

  function table(model: ModelName): Map<number, Row> {
    const found = tables.get(model);
    if (!found) throw new Error(`no table ${model}`);
    return found;
  }

  const database: Database = {
    changeLog: [],
    all: (model) => [...table(model).values()],
    find: (model, id) => (typeof id === 'number' ? table(model).get(id) : undefined),
    insert(model, columns) {
      const id = (next.get(model) ?? 0) + 1;
      next.set(model, id);
      const now = database.now();
      const row: Row = { ...columns, id, created: now, last_updated: now };
      table(model).set(id, row);
      return row;
    },
    delete: (model, id) => void table(model).delete(id),
    now() {
      const tick = BigInt(Date.now()) * 1000n;
      lastTick = tick > lastTick ? tick : lastTick + 1n;
      const milliseconds = new Date(Number(lastTick / 1000n)).toISOString().slice(0, -1);
      return `${milliseconds}${String(lastTick % 1000n).padStart(3, '0')}Z`;
    },
    savepoint() {
      const copy = structuredClone([...tables]);
      const logged = database.changeLog.length;
      return () => {
        for (const [name, rows] of copy) tables.set(name, rows);
        database.changeLog.length = logged;
      };
    },
  };
  return database;
}
