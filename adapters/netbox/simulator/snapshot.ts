import type { Database, Row } from './database.ts';
import { MODEL_NAMES, MODELS, modelOfType, type ModelName } from './model.ts';
import { tagRows } from './render.ts';
import type { Shape } from './shown.ts';

/** Raw columns as Django writes them out: in webhooks' snapshots and in the change log. Types are numbers there, decimals texts. */
export function snapshot(database: Database, name: ModelName, row: Row): Shape {
  const { fields } = MODELS[name];
  const shape: Shape = {};
  for (const [column, field] of Object.entries(fields)) {
    const value = row[column];
    if (field.kind === 'tags')
      shape.tags = tagRows(database, value)
        .map((tag) => tag.name)
        .toSorted();
    else if (column === 'object_types') shape[column] = (value as string[]).map(contentTypeOf);
    else if (column.endsWith('_type') && field.kind === 'text') shape[column] = contentTypeOf(value);
    else if (field.decimals !== undefined && typeof value === 'number') shape[column] = value.toFixed(field.decimals);
    else shape[column] = typeof value === 'object' && value !== null ? structuredClone(value) : value;
  }
  if (name === 'cable') Object.assign(shape, { a_terminations: endsOf(row, 'A'), b_terminations: endsOf(row, 'B') });
  return shape;

  function endsOf(cable: Row, end: 'A' | 'B'): number[] {
    const ends = database.by('cableTermination', 'cable', cable.id);
    return ends.filter((one) => one.cable_end === end).map((one) => one.id);
  }
}

const OTHER_TYPES = 1000;

/** NetBox numbers its types by installation: nobody can know one beforehand. */
export function contentTypeOf(objectType: unknown): number | null {
  if (typeof objectType !== 'string') return null;
  const model = modelOfType(objectType);
  if (model) return MODEL_NAMES.indexOf(model) + 7;
  // A type that is not modelled, e.g. that of a script: any number, but always the same.
  return OTHER_TYPES + Buffer.from(objectType).reduce((sum, byte) => sum + byte, 0);
}
