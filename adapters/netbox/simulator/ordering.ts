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

/** The model and the others whose rows decide on its own order. */
export function orderedBy(name: ModelName): ModelName[] {
  const others = (MODELS[name].ordering ?? []).map((term) => MODELS[name].fields[term.replace(/^-/, '')]?.to);
  return [name, ...others.flatMap((other) => (other ? orderedBy(other) : []))];
}

function isColumn(name: ModelName, column: string): boolean {
  return ['id', 'created', 'last_updated'].includes(column) || column in MODELS[name].fields;
}

function comparing(database: Database, name: ModelName, term: string): Compare {
  const column = term.replace(/^-/, '');
  const sign = term.startsWith('-') ? -1 : 1;
  const field = MODELS[name].fields[column];
  if (field?.kind !== 'ref' || !field.to) return (a, b) => sign * compare(a[column], b[column]);
  const other = comparingIds(database, field.to);
  return (a, b) => (a[column] === b[column] ? 0 : sign * other(a[column], b[column]));
}

/** Up to here all places are worth counting out, for each is asked for many times. */
const RANKED = 50_000;
const ranks = new WeakMap<Database, Map<ModelName, { stamp: string; places: ReadonlyMap<unknown, number> }>>();

/** Which of two related objects comes first; one that is not there comes last. */
function comparingIds(database: Database, to: ModelName): (left: unknown, right: unknown) => number {
  if (database.ids(to).length <= RANKED) {
    const places = placesOf(database, to);
    return (left, right) => (places.get(left) ?? Infinity) - (places.get(right) ?? Infinity) || 0;
  }
  const compareRows = orderOf(database, to, null) ?? ((a: Row, b: Row) => a.id - b.id);
  return (left, right) => {
    const [a, b] = [database.find(to, left), database.find(to, right)];
    return a && b ? compareRows(a, b) : Number(!a) - Number(!b);
  };
}

function placesOf(database: Database, name: ModelName): ReadonlyMap<unknown, number> {
  let known = ranks.get(database);
  if (!known) ranks.set(database, (known = new Map()));
  const stamp = database.orderStamp(orderedBy(name));
  const found = known.get(name);
  if (found?.stamp === stamp) return found.places;
  const order = orderOf(database, name, null);
  const rows = order ? database.all(name).toSorted(order) : database.all(name);
  const places = new Map<unknown, number>(rows.map((row, at) => [row.id, at]));
  known.set(name, { stamp, places });
  return places;
}

/** Null comes last, as in PostgreSQL. */
function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return 1;
  if (right === null || right === undefined) return -1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return names.compare(String(left), String(right));
}
