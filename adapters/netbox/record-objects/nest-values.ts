import type { RecordValues } from '#src/ports/record-objects.ts';

/** Text columns that hold no null: cleared, they are empty. */
const BLANK = new Set(['serial', 'description', 'comments', 'label', 'dns_name', 'part_id', 'part_number', 'facility']);

/** `custom_fields.x` and `device_type.model` become objects within objects. Without prototypes: the paths come from a file. */
export function nestValues(set: RecordValues): Record<string, unknown> {
  const body = Object.create(null) as Record<string, unknown>;
  for (const [path, value] of Object.entries(set)) {
    if (value === undefined) continue;
    const names = path.split('.');
    const leaf = names.pop() ?? path;
    let at = body;
    for (const name of names) at = at[name] = bareCopy(at[name]);
    at[leaf] = value === null && names.length === 0 && BLANK.has(leaf) ? '' : merged(at[leaf], value);
  }
  return body;
}

function bareCopy(value: unknown): Record<string, unknown> {
  const bare = Object.create(null) as Record<string, unknown>;
  return typeof value === 'object' && value !== null ? Object.assign(bare, value) : bare;
}

/** `device_type: {manufacturer}` beside `device_type.model`. */
function merged(there: unknown, value: unknown): unknown {
  if (!isObject(there) || !isObject(value)) return value;
  return Object.assign(bareCopy(there), value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
