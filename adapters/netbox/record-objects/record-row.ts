import type { RawRow } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import type { NetboxType } from './record-types.ts';

/** What differs between NetBox's versions in how a row is read. */
export interface Dialect {
  /** 4.6+: `If-Match` is obeyed. */
  versioned: boolean;
  /** 4.7+: selections among the custom fields come as `{value,label}`, and are refused when they are written so. */
  labelled: boolean;
}

export function toRecord(type: NetboxType, row: RawRow, dialect: Dialect): RecordObject {
  const parentId = type.parentOf(row);
  if (dialect.labelled && row['custom_fields']) plainSelections(row['custom_fields'] as Record<string, unknown>);
  return {
    id: String(row.id),
    parentId: parentId === null ? null : String(parentId),
    version: dialect.versioned ? etagOf(row['last_updated']) : null,
    data: row,
  };
}

/**
 * NetBox's etag is the Python form, in UTC, of the time that the row shows in its own way and in the server's time zone
 * (`ETagMixin._get_etag`). Lists carry no etags; made here, they save a request per object.
 */
export function etagOf(lastUpdated: unknown): string | null {
  if (typeof lastUpdated !== 'string') return null;
  if (lastUpdated.endsWith('Z')) return `W/"${lastUpdated.slice(0, -1)}+00:00"`;
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d:\d\d)$/.exec(lastUpdated);
  if (!parts) return null;
  const [, seconds = '', fraction = '', zone = ''] = parts;
  return `W/"${new Date(`${seconds}${zone}`).toISOString().slice(0, 19)}${fraction}+00:00"`;
}

/** In place: this is done for every row of a fleet. */
function plainSelections(fields: Record<string, unknown>): void {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== 'object' || value === null) continue;
    fields[name] = Array.isArray(value) ? value.map(plain) : plain(value);
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('value' in value) || !('label' in value)) return value;
  return Object.keys(value).length === 2 ? value.value : value;
}

/** Names to ask for: the wanted ones and what identifies, places and versions the object. @throws AdapterError unsupported */
export function fieldsOf(system: string, type: NetboxType, wanted: readonly string[]): string[] {
  if (wanted.includes('config_context')) {
    const why = 'NetBox computes it anew for every device; map the fields that it is made of';
    throw new AdapterError('unsupported', `${system}: config_context of ${type.name} is not read: ${why}`, { system });
  }
  return [...new Set(['id', 'last_updated', ...type.parentFields, ...wanted])];
}
