import { slugOf } from '../identifier.ts';
import type { Item } from './prepare-bodies.ts';
import { readIds } from './read-rows.ts';
import type { NetboxType } from './record-types.ts';
import type { Resolver, Wanted } from './resolve-references.ts';
import { refused, type Writing } from './writing.ts';

const LISTS = ['tags', 'add_tags', 'remove_tags'] as const;

/** Makes the tags that are named: NetBox answers 500 to an unknown one in `add_tags`. Slugs afterwards. */
export async function ensureTags(resolver: Resolver, items: readonly Item[]): Promise<void> {
  const named: { item: Item; wanted: Wanted }[] = [];
  for (const item of items) {
    for (const list of LISTS) {
      if (!(list in item.body)) continue;
      const slugs = slugsIn(item.body[list]);
      if (slugs === undefined) item.refused ??= refused(`${list}: a list of slugs is needed`);
      else item.body[list] = slugs.map(({ slug }) => ({ slug }));
      if (list === 'remove_tags') continue;
      for (const { slug, name } of slugs ?? [])
        named.push({ item, wanted: { kind: 'tag', name, slug, scope: null, rest: {} } });
    }
  }
  if (named.length === 0) return;
  const answers = await resolver.resolve(
    'tag',
    named.map(({ wanted }) => wanted),
  );
  for (const [index, { item }] of named.entries()) {
    const answer = answers[index];
    if (answer !== undefined && typeof answer !== 'number') item.refused ??= answer;
  }
}

function slugsIn(list: unknown): { slug: string; name: string }[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const slugs = list.map((one: unknown) => {
    const text = typeof one === 'string' ? one : (one as { slug?: unknown; name?: unknown } | null)?.slug;
    return typeof text === 'string' && text.trim() !== '' ? { slug: slugOf(text), name: text.trim() } : undefined;
  });
  return slugs.every((one) => one !== undefined) ? slugs : undefined;
}

/**
 * Before 4.6 a list of tags can only be written as a whole, and without an etag: a tag that somebody adds at the same moment is lost.
 * Items are by id here.
 */
export async function wholeTagLists(with_: Writing, type: NetboxType, items: ReadonlyMap<number, Item>): Promise<void> {
  const touched = [...items].filter(([, { body }]) => 'add_tags' in body || 'remove_tags' in body);
  if (touched.length === 0) return;
  const rows = await readIds(
    with_,
    type.resource,
    touched.map(([id]) => id),
    ['id', 'tags'],
  );
  const now = new Map(rows.map((row) => [row.id, slugsIn(row['tags']) ?? []]));
  for (const [id, { body }] of touched) {
    const slugs = new Set((now.get(id) ?? []).map(({ slug }) => slug));
    for (const { slug } of slugsIn(body['add_tags'] ?? []) ?? []) slugs.add(slug);
    for (const { slug } of slugsIn(body['remove_tags'] ?? []) ?? []) slugs.delete(slug);
    delete body['add_tags'];
    delete body['remove_tags'];
    body['tags'] = [...slugs].map((slug) => ({ slug }));
  }
}
