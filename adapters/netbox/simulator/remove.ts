import type { Database, Row } from './database.ts';
import { cabledOfType, MODELS, REFERENCES, titleOf, type ModelName } from './model.ts';

/** The delete that NetBox refuses with 409. */
export class Protected extends Error {
  readonly count: number;
  constructor(message: string, count: number) {
    super(message);
    this.count = count;
  }
}

export interface Removed {
  model: ModelName;
  row: Row;
}

/** The object, then what goes with it; nothing is deleted yet. @throws Protected */
export function planRemoval(database: Database, name: ModelName, row: Row): Removed[] {
  const plan = new Map<string, Removed>();
  const holders = new Map<string, Removed>();
  collect(name, row);
  if (holders.size === 0) return [...plan.values()];
  const list = [...holders.values()]
    .map((one) => `${titleOf(database, one.model, one.row)} (${one.row.id})`)
    .join(', ');
  throw new Protected(`Unable to delete object. ${holders.size} dependent objects were found: ${list}`, holders.size);

  function collect(model: ModelName, one: Row): void {
    const key = `${model}:${one.id}`;
    if (plan.has(key)) return;
    plan.set(key, { model, row: one });
    for (const reference of REFERENCES[model]) {
      for (const other of database.by(reference.model, reference.column, one.id)) {
        if (reference.onDelete === 'cascade') collect(reference.model, other);
        if (reference.onDelete === 'protect')
          holders.set(`${reference.model}:${other.id}`, { model: reference.model, row: other });
      }
    }
    for (const assigned of assignedRows(database, model, one)) collect(assigned.model, assigned.row);
  }
}

/** What is assigned to an object by type and id, not by a column of its own. */
function assignedRows(database: Database, model: ModelName, row: Row): Removed[] {
  const type = MODELS[model].objectType;
  const of = (other: ModelName, typeColumn: string, idColumn: string): Removed[] =>
    database
      .by(other, idColumn, row.id)
      .filter((one) => one[typeColumn] === type)
      .map((one) => ({ model: other, row: one }));
  return [
    ...(model === 'interface'
      ? [
          ...of('ipAddress', 'assigned_object_type', 'assigned_object_id'),
          ...of('macAddress', 'assigned_object_type', 'assigned_object_id'),
        ]
      : []),
    ...(cabledOfType(type) === undefined ? [] : of('cableTermination', 'termination_type', 'termination_id')),
    ...(MODELS[model].journal ? of('journalEntry', 'assigned_object_type', 'assigned_object_id') : []),
  ];
}

/** Objects that lose a reference (or a tag) when this one goes: NetBox saves each of them. */
export function losers(database: Database, { model, row }: Removed): { of: Removed; columns: Record<string, null> }[] {
  const emptied = (column: string): Record<string, null> =>
    column === 'cable' ? { cable: null, cable_end: null } : { [column]: null };
  return REFERENCES[model]
    .filter((reference) => reference.onDelete === 'null')
    .flatMap((reference) =>
      database
        .by(reference.model, reference.column, row.id)
        .map((one) => ({ of: { model: reference.model, row: one }, columns: emptied(reference.column) })),
    );
}

export function tagged(database: Database, tag: Row): Removed[] {
  const models = (Object.keys(MODELS) as ModelName[]).filter((model) => MODELS[model].fields.tags);
  return models.flatMap((model) =>
    database
      .all(model)
      .filter((row) => (row.tags as number[]).includes(tag.id))
      .map((row) => ({ model, row })),
  );
}
