import type { Item } from './prepare-bodies.ts';
import { isObject } from './nest-values.ts';
import { readIds } from './read-rows.ts';
import { idIn, type NetboxType } from './record-types.ts';
import { KINDS } from './reference-kinds.ts';
import type { Writing } from './writing.ts';

/**
 * Another model of the same maker: only the model is written, and a type is found, and made, by both. The maker is then the one that the
 * object's type has there.
 */
export async function completeTypes(with_: Writing, type: NetboxType, items: ReadonlyMap<number, Item>): Promise<void> {
  for (const [field, kind] of Object.entries(type.references)) {
    if (KINDS[kind].scope !== 'manufacturer') continue;
    const halves = [...items].filter(([, item]) => !item.refused && isHalf(item.body[field]));
    if (halves.length === 0) continue;
    const ids = halves.map(([id]) => id);
    const rows = new Map((await readIds(with_, type.resource, ids, ['id', field])).map((row) => [row.id, row]));
    for (const [id, { body }] of halves) {
      const now = rows.get(id)?.[field];
      const manufacturer = isObject(now) ? idIn(now['manufacturer']) : null;
      if (manufacturer !== null) body[field] = { ...(body[field] as Record<string, unknown>), manufacturer };
    }
  }
}

function isHalf(value: unknown): boolean {
  return isObject(value) && value['id'] === undefined && value['manufacturer'] === undefined;
}
