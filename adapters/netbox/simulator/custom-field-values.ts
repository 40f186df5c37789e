import type { Database, Row } from './database.ts';

/** What is there, with the given values over it. Unknown names and values that do not fit end up in `errors`, as the real one words them. */
export function cleanCustomFields(
  database: Database,
  objectType: string,
  given: unknown,
  base: Record<string, unknown> | undefined,
  errors: Record<string, unknown>,
): Record<string, unknown> {
  const values = { ...base };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    errors.custom_fields = ['Value must be passed as a dictionary.'];
    return values;
  }
  const fields = database.all('customField').filter((field) => (field.object_types as string[]).includes(objectType));
  for (const [name, value] of Object.entries(given)) {
    const field = fields.find((one) => one.name === name);
    if (!field) {
      errors.custom_fields = { [name]: `Custom field '${name}' does not exist for this object type.` };
      continue;
    }
    const problem = value === null ? undefined : problemOf(database, field, value);
    if (problem) errors.__all__ = [`Invalid value for custom field '${name}': ${problem}`];
    values[name] = value;
  }
  return values;
}

function problemOf(database: Database, field: Row, value: unknown): string | undefined {
  if (field.type === 'integer') return Number.isInteger(value) ? undefined : 'Value must be an integer.';
  if (field.type === 'text' || field.type === 'longtext')
    return typeof value === 'string' ? undefined : 'Value must be a string.';
  if (field.type === 'boolean') return typeof value === 'boolean' ? undefined : 'Value must be true or false.';
  if (field.type !== 'select') return undefined;
  const set = database.find('choiceSet', field.choice_set);
  const choices = ((set?.extra_choices ?? []) as unknown[][]).map(([one]) => one);
  if (choices.includes(value)) return undefined;
  return `Invalid choice (${typeof value === 'string' ? value : JSON.stringify(value)}) for choice set ${String(set?.name)}.`;
}
