import type { Database, Row } from './database.ts';
import { MODELS, type ModelName } from './model.ts';

type Compare = (a: Row, b: Row) => number;

/** Names are sorted by NetBox as people do: 2 before 10. */
const names = new Intl.Collator('en', { numeric: true });

/** By the names given; unknown ones are left out, and without any the order of the model. The id decides last. Undefined: by id. */
export function orderOf(database: Database, name: ModelName, ordering: string | null): Compare | undefined {
  const known = (ordering ?? '').split(',').filter((term) => isColumn(name, term.replace(/^-/, '')));
  const terms = known.length > 0 ? known : (MODELS[name].ordering ?? ['id']);
  if (terms[0] === 'id') return undefined;
  const compares = terms.map((term) => comparing(database, name, term));
  return (a, b) => {
    for (const compare of compares) {
      const found = compare(a, b);
      if (found !== 0) return found;
    }
    return a.id - b.id;
  };
}

function isColumn(name: ModelName, column: string): boolean {
  return ['id', 'created', 'last_updated'].includes(column) || column in MODELS[name].fields;
}

function comparing(database: Database, name: ModelName, term: string): Compare {
  const column = term.replace(/^-/, '');
  const sign = term.startsWith('-') ? -1 : 1;
  const field = MODELS[name].fields[column];
  if (field?.kind !== 'ref' || !field.to) return (a, b) => sign * compare(a[column], b[column]);
  const to = field.to;
  const other = orderOf(database, to, null) ?? ((a: Row, b: Row) => a.id - b.id);
  return (a, b) => {
    if (a[column] === b[column]) return 0;
    const [left, right] = [database.find(to, a[column]), database.find(to, b[column])];
    if (!left || !right) return sign * (Number(!left) - Number(!right));
    return sign * other(left, right);
  };
}

/** Null comes last, as in PostgreSQL. */
function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return 1;
  if (right === null || right === undefined) return -1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return names.compare(String(left), String(right));
}
