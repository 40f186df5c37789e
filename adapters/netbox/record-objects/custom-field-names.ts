import { dialectOf } from './dialect.ts';
import type { Item } from './prepare-bodies.ts';
import type { Reading } from './read-rows.ts';
import type { NetboxType } from './record-types.ts';
import { refused } from './writing.ts';

/**
 * Before 4.5.8 NetBox passes over a custom field that it does not have, and says that all was written. Every object shows all custom
 * fields of its type, so any one tells; where there is none yet, the first ones that are made go without, and their next update says so.
 */
export async function refuseUnknownFields(with_: Reading, type: NetboxType, items: readonly Item[]): Promise<void> {
  const naming = items.filter(({ body, refused: no }) => !no && namesIn(body).length > 0);
  // Answers tell the version without its last number, so 4.5 is asked as well.
  if (naming.length === 0 || (await dialectOf(with_)).versioned) return;
  const { client, signal } = with_;
  const query = { filters: {}, fields: ['id', 'custom_fields'], limit: 1 };
  const [any] = (await client.readPage(type.resource, query, { signal })).rows;
  const known = any?.['custom_fields'];
  if (typeof known !== 'object' || known === null) return;
  for (const item of naming) {
    const unknown = namesIn(item.body).filter((name) => !Object.hasOwn(known, name));
    if (unknown.length === 0) continue;
    const which = unknown.length === 1 ? 'has no such custom field' : 'has no such custom fields';
    item.refused = refused(
      `custom_fields.${unknown.join(', custom_fields.')}: NetBox ${which} for ${type.objectType}; make it there, or map another one`,
    );
  }
}

function namesIn(body: Record<string, unknown>): string[] {
  const fields = body['custom_fields'];
  return typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
}
