import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import { MODELS, titleOf, type Field, type ModelName } from './model.ts';

export interface Rendering {
  database: Database;
  /** Origin of links; empty inside webhooks, as in the real ones. */
  origin: string;
  version: string;
}

type Shape = Record<string, unknown>;

/** The object as the REST API shows it. */
export function render(with_: Rendering, name: ModelName, row: Row): Shape {
  const model = MODELS[name];
  const shape: Shape = { ...links(with_, name, row), ...model.constant };
  for (const [column, field] of Object.entries(model.fields)) shape[column] = show(with_, name, field, row[column]);
  return { ...shape, ...derived(with_, name, row), created: row.created, last_updated: row.last_updated };
}

/** The object as it shows inside others. */
export function renderBrief(with_: Rendering, name: ModelName, row: Row): Shape {
  const model = MODELS[name];
  const { display_url: _, ...shape }: Shape = links(with_, name, row);
  for (const column of model.brief) {
    const field = model.fields[column];
    if (field) shape[column] = show(with_, name, field, row[column]);
  }
  return shape;
}

/** Raw columns, as in a webhook's snapshots. */
export function snapshot(database: Database, name: ModelName, row: Row): Shape {
  const { id: _id, last_updated: _updated, ...shape } = structuredClone(row);
  if ('tags' in MODELS[name].fields)
    shape.tags = tagRows(database, row.tags)
      .map((tag) => tag.name)
      .toSorted();
  return shape;
}

function links({ database, origin }: Rendering, name: ModelName, row: Row): Shape {
  const { path, page } = MODELS[name];
  return {
    id: row.id,
    url: `${origin}${path}${row.id}/`,
    display_url: `${origin}${page}${row.id}/`,
    display: titleOf(database, name, row),
  };
}

function show(with_: Rendering, name: ModelName, field: Field, value: unknown): unknown {
  const { database } = with_;
  if (field.kind === 'ref' && field.to) {
    const other = database.find(field.to, value);
    return other ? renderBrief(with_, field.to, other) : null;
  }
  if (field.kind === 'choice')
    return value === null || value === undefined ? null : { value, label: field.choices?.[String(value)] ?? value };
  if (field.kind === 'tags') {
    return tagRows(database, value).map((tag) => ({
      ...links(with_, 'tag', tag),
      name: tag.name,
      slug: tag.slug,
      color: tag.color,
    }));
  }
  if (field.kind === 'customFields') return showCustomFields(with_, MODELS[name].objectType, value as Shape);
  return value;
}

/** Every custom field of the type shows, set or not; a selection as `{value,label}` from 4.7 on. */
function showCustomFields({ database, version }: Rendering, objectType: string, values: Shape): Shape {
  const shape: Shape = {};
  for (const field of database.all('customField')) {
    if (!(field.object_types as string[]).includes(objectType)) continue;
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

function tagRows(database: Database, ids: unknown): Row[] {
  return ((ids ?? []) as number[]).map((id) => database.find('tag', id)).filter((tag) => tag !== undefined);
}

/** What NetBox computes when it shows an object. */
function derived(with_: Rendering, name: ModelName, row: Row): Shape {
  const { database } = with_;
  if (name === 'interface') {
    const macs = database
      .all('macAddress')
      .filter((mac) => mac.assigned_object_type === 'dcim.interface' && mac.assigned_object_id === row.id);
    const addresses = database
      .all('ipAddress')
      .filter((ip) => ip.assigned_object_type === 'dcim.interface' && ip.assigned_object_id === row.id);
    return {
      mac_address: database.find('macAddress', row.primary_mac_address)?.mac_address ?? null,
      mac_addresses: macs.map((mac) => renderBrief(with_, 'macAddress', mac)),
      count_ipaddresses: addresses.length,
      count_fhrp_groups: 0,
    };
  }
  if (name === 'macAddress' || name === 'ipAddress') {
    const holder =
      row.assigned_object_type === 'dcim.interface' ? database.find('interface', row.assigned_object_id) : undefined;
    const shape: Shape = { assigned_object: holder ? renderBrief(with_, 'interface', holder) : null };
    if (name === 'ipAddress')
      shape.family = String(row.address).includes(':') ? { value: 6, label: 'IPv6' } : { value: 4, label: 'IPv4' };
    return shape;
  }
  if (name === 'device') {
    const primary = database.find('ipAddress', row.primary_ip4);
    return {
      primary_ip: primary ? renderBrief(with_, 'ipAddress', primary) : null,
      interface_count: database.all('interface').filter((one) => one.device === row.id).length,
    };
  }
  if (name === 'choiceSet') return { choices_count: (row.extra_choices as unknown[]).length };
  if (name === 'tag')
    return {
      tagged_items: database.all('device').filter((device) => (device.tags as number[]).includes(row.id)).length,
    };
  if (name === 'customField') return { data_type: row.type === 'integer' ? 'integer' : 'string' };
  return {};
}
