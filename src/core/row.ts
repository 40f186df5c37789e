import { toSql } from './time.ts';

/** `firstSeenAt` → `first_seen_at`. */
export function snakeCase(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Fields as columns: `undefined` leaves a column alone, `null` clears it; the fields in `times` are ISO 8601 and become `datetime(6)`. */
export function toRow(
  fields: Record<string, unknown>,
  times: ReadonlySet<string>,
  column: (field: string) => string = snakeCase,
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    row[column(field)] = times.has(field) && typeof value === 'string' ? toSql(value) : value;
  }
  return row;
}
