import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import { DERIVED } from './derive.ts';
import { MODELS, titleOf, type Field, type ModelName } from './model.ts';
import { nestedNames, type Rendering, type Shape } from './shown.ts';

type Show = (with_: Rendering, row: Row) => unknown;

/** Nested objects are made once: thousands of rows name the same few. So only as long as nothing is written. */
export function rendering(database: Database, version: string, origin: string): Rendering {
  const made = new Map<BriefPlan, Map<number, Shape>>();
  const with_: Rendering = { database, version, origin, brief };
  return with_;

  function brief(name: ModelName, row: Row, shows?: Field['shows']): Shape {
    const plan = briefPlanOf(name, typeof shows === 'object' ? shows : MODELS[name].brief, version);
    let byId = made.get(plan);
    if (!byId) made.set(plan, (byId = new Map()));
    let shape = byId.get(row.id);
    if (!shape) byId.set(row.id, (shape = shapeOf(plan, with_, row)));
    return shape;
  }
}

/** The object as the REST API shows it. */
export function render(with_: Rendering, name: ModelName, row: Row): Shape {
  return shaper(with_, name)(row);
}

/** Shows rows of one model, whole or only these fields of them. */
export function shaper(with_: Rendering, name: ModelName, only?: (field: string) => boolean): (row: Row) => Shape {
  const plan = [...planOf(name, with_.version)].filter(([field]) => only?.(field) ?? true);
  return (row) => shapeOf(plan, with_, row);
}

type BriefPlan = readonly (readonly [field: string, show: Show])[];

function shapeOf(plan: BriefPlan, with_: Rendering, row: Row): Shape {
  const shape: Shape = {};
  for (const [field, show] of plan) shape[field] = show(with_, row);
  return shape;
}

/** By the very list of names, which stands in the model: joining it for each nested object would take longer than showing that. */
const briefPlans = new WeakMap<readonly string[], Map<string, BriefPlan>>();

function briefPlanOf(name: ModelName, names: readonly string[], version: string): BriefPlan {
  let known = briefPlans.get(names);
  if (!known) briefPlans.set(names, (known = new Map()));
  const found = known.get(version);
  if (found) return found;
  const all = planOf(name, version);
  const plan = ['id', 'url', 'display', ...names].flatMap((field): BriefPlan => {
    const show = nestedCount(name, field, version) ?? all.get(field);
    return show === 'left out' || show === undefined ? [] : [[field, show]];
  });
  known.set(version, plan);
  return plan;
}

/** Names that the API shows with `brief`. */
export function briefNames(name: ModelName): readonly string[] {
  return ['id', 'url', 'display', ...MODELS[name].brief];
}

const plans = new Map<string, ReadonlyMap<string, Show>>();

/** How each field of the model is shown, in the version's API. Made once: it is asked for with every page. */
function planOf(name: ModelName, version: string): ReadonlyMap<string, Show> {
  const key = `${name} ${version}`;
  const found = plans.get(key);
  if (found) return found;
  const model = MODELS[name];
  const all = new Map<string, Show>([
    ['id', (_with, row) => row.id],
    ['url', ({ origin }, row) => `${origin}${model.path}${row.id}/`],
    // An end of a cable has no page of its own.
    ['display_url', ({ origin }, row) => `${origin}${model.page}${row.id}/`],
    ['display', ({ database }, row) => titleOf(database, name, row)],
  ]);
  for (const [field, value] of Object.entries(model.constant ?? {})) all.set(field, () => value);
  for (const [column, field] of Object.entries(model.fields)) all.set(column, shows(name, column, field, version));
  for (const [field, { of, by }] of Object.entries(model.counts ?? {}))
    all.set(field, ({ database }, row) => database.idsBy(of, by, row.id).length);
  for (const [field, show] of Object.entries(DERIVED[name] ?? {})) all.set(field, show);
  all.set('created', (_with, row) => row.created).set('last_updated', (_with, row) => row.last_updated);
  if (name === 'cableTermination') all.delete('display_url');
  for (const field of all.keys()) {
    const since = model.since?.[field] ?? model.fields[field]?.since;
    if (since !== undefined && !atLeast(version, since)) all.delete(field);
  }
  plans.set(key, all);
  return all;
}

/** Inside another object the numbers are mostly not counted: left out, or 0. */
function nestedCount(name: ModelName, field: string, version: string): Show | 'left out' | undefined {
  if (name === 'location' && field === 'rack_count') return () => 0;
  const count = MODELS[name].counts?.[field];
  if (!count) return undefined;
  if (count.nested === 'zero') return () => 0;
  const kept = count.nested === 'real' && (count.nestedSince === undefined || atLeast(version, count.nestedSince));
  return kept ? undefined : 'left out';
}

function shows(name: ModelName, column: string, field: Field, version: string): Show {
  if (field.kind === 'ref' && field.to) {
    const to = field.to;
    if (field.shows === 'id') return (_with, row) => row[column];
    const names = nestedNames(field, version);
    return (with_, row) => {
      const other = with_.database.find(to, row[column]);
      return other ? with_.brief(to, other, names) : null;
    };
  }
  if (field.kind === 'choice' && field.shows !== 'value') {
    const shown = new Map(Object.entries(field.choices ?? {}).map(([value, label]) => [value, { value, label }]));
    return (_with, row) => shown.get(String(row[column])) ?? null;
  }
  if (field.kind === 'tags') return (with_, row) => showTags(with_, row[column]);
  if (field.kind === 'customFields')
    return (with_, row) => showCustomFields(with_, MODELS[name].objectType, row[column] as Shape);
  return (_with, row) => row[column];
}

const TAG = ['display_url', 'name', 'slug', 'color'];

function showTags(with_: Rendering, ids: unknown): Shape[] {
  return tagRows(with_.database, ids).map((tag) => with_.brief('tag', tag, TAG));
}

/** Every custom field of the type shows, set or not; a selection as `{value,label}` from 4.7 on. */
function showCustomFields({ database, version }: Rendering, objectType: string, values: Shape): Shape {
  const shape: Shape = {};
  for (const id of database.ids('customField')) {
    const field = database.find('customField', id);
    if (!field || !(field.object_types as string[]).includes(objectType)) continue;
    const value = values[String(field.name)] ?? null;
    const label = field.type === 'select' && value !== null ? labelOf(database, field, value) : undefined;
    shape[String(field.name)] = label !== undefined && atLeast(version, '4.7') ? { value, label } : value;
  }
  return shape;
}

function labelOf(database: Database, field: Row, value: unknown): string {
  const choices = (database.find('choiceSet', field.choice_set)?.extra_choices ?? []) as unknown[][];
  return String(choices.find(([one]) => one === value)?.[1] ?? value);
}

export function tagRows(database: Database, ids: unknown): Row[] {
  return ((ids ?? []) as number[]).map((id) => database.find('tag', id)).filter((tag) => tag !== undefined);
}
