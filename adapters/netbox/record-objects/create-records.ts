import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordDraft, RecordResult, WriteMore } from '#src/ports/record-objects.ts';
import { createAddresses } from './create-addresses.ts';
import { refuseUnknownFields } from './custom-field-names.ts';
import { dialectOf } from './dialect.ts';
import { type Existing, findExisting, naturalKey } from './find-existing.ts';
import { checkMacs } from './interface-macs.ts';
import { addSlug, type Item, itemOf, resolveItems } from './prepare-bodies.ts';
import { fieldsOf, toRecord, type Dialect } from './record-row.ts';
import type { NetboxType } from './record-types.ts';
import { createResolver } from './resolve-references.ts';
import { sendBulk } from './send-bulk.ts';
import { ensureTags } from './tag-bodies.ts';
import { resultOf, updateRecords } from './update-records.ts';
import { refused, type Writing } from './writing.ts';

/** A device brings the components of its type with it, which takes NetBox much longer than the device: fewer at a time. */
const DEVICES_PER_BULK = 25;

export type Creating = Writing & WriteMore;

/**
 * Looks for each first, by what it is known by, and makes what is not there. What somebody else made in the same moment is refused by
 * NetBox, looked for once more, and found.
 */
export async function createRecords(
  with_: Creating,
  type: NetboxType,
  drafts: readonly RecordDraft[],
): Promise<RecordResult[]> {
  const dialect = await dialectOf(with_);
  const items = drafts.map((draft, place) => draftItem(type, draft, place));
  const resolver = createResolver(with_);
  if (type.name !== 'tag') for (const item of items) item.body['tags'] = tagsOf(item, with_.settings.tag);
  await refuseUnknownFields(with_, type, items);
  await resolveItems(resolver, type, items);
  await ensureTags(resolver, items);
  for (const item of items) addSlug(type, item);
  if (type.name === 'ip-address') return createAddresses(with_, type, dialect, items);
  if (type.name === 'interface') await checkMacs(with_, items);

  const results = new Map<number, RecordResult>();
  for (const item of items) if (item.refused) results.set(item.place, item.refused);
  await noteExisting(with_, type, dialect, items, results);
  await make(
    with_,
    type,
    dialect,
    items.filter(({ place }) => !results.has(place)),
    results,
  );
  return drafts.map((_, place) => results.get(place) ?? refused('NetBox gave no answer about it'));
}

function draftItem(type: NetboxType, draft: RecordDraft, place: number): Item {
  const parent = draft.parentId !== null && /^[1-9]\d{0,15}$/.test(draft.parentId) ? Number(draft.parentId) : null;
  const item = itemOf(place, type.parent === null ? null : parent, draft.set);
  if (type.parent === null) return item;
  if (parent === null) item.refused = refused(`a ${type.name} needs the ${type.parent} that it belongs to`);
  else if (type.name !== 'ip-address') item.body['device'] = parent;
  return item;
}

/** Of a new object there is one list of tags, whatever the mapping calls it; ours is always in it. */
function tagsOf({ body }: Item, own: string): unknown[] {
  const listed = [body['tags'], body['add_tags']].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  delete body['add_tags'];
  delete body['remove_tags'];
  return [...new Set([...listed, own])];
}

/** Also told where an item is refused anyway: then it is there, and the mapping need not make it. */
async function noteExisting(
  with_: Creating,
  type: NetboxType,
  dialect: Dialect,
  items: readonly Item[],
  results: Map<number, RecordResult>,
): Promise<void> {
  const open = items.filter(({ place }) => !results.has(place));
  const existing =
    open.length > 0 ? await findExisting(with_, type, open, fieldsOf(with_.system, type, with_.fields)) : [];
  for (const [index, { place }] of open.entries()) {
    const found: Existing = existing[index];
    if (!found) continue;
    results.set(place, 'outcome' in found ? (found as RecordResult) : foundResult(type, dialect, found));
  }
}

function foundResult(type: NetboxType, dialect: Dialect, row: Exclude<Existing, undefined>): RecordResult {
  return { outcome: 'found', object: toRecord(type, row as never, dialect), requestId: null };
}

async function make(
  with_: Creating,
  type: NetboxType,
  dialect: Dialect,
  items: readonly Item[],
  results: Map<number, RecordResult>,
): Promise<void> {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(naturalKey(type, item))) first.set(naturalKey(type, item), item);
  const macs = new Map([...first.values()].map(({ place, body }) => [place, body['mac_address']]));
  for (const { body } of first.values()) delete body['mac_address'];
  const entries = [...first.values()].map(({ place, body }) => ({ place, version: null, body }));
  const { bulkSize } = with_.settings;
  const size = type.name === 'device' ? Math.min(bulkSize, DEVICES_PER_BULK) : bulkSize;
  const sent = await sendBulk(with_, { method: 'POST', type, entries, size });
  for (const [place, result] of sent)
    if (result.outcome === 'written') results.set(place, resultOf(type, dialect, result));
  await noteExisting(with_, type, dialect, items, results);
  for (const [place, result] of sent) if (!results.has(place)) results.set(place, resultOf(type, dialect, result));
  if (type.name === 'interface') await addMacs(with_, type, macs, results);
}

/** A MAC address sits on an interface that is there: so it comes second. */
async function addMacs(
  with_: Creating,
  type: NetboxType,
  macs: ReadonlyMap<number, unknown>,
  results: Map<number, RecordResult>,
): Promise<void> {
  const made = [...results].flatMap(([place, result]) => {
    const mac = macs.get(place);
    return result.outcome === 'written' && mac ? [{ place, id: result.object.id, mac, result }] : [];
  });
  if (made.length === 0) return;
  const writes = made.map(({ id, mac }) => ({ id, version: null, set: { mac_address: mac } }));
  const updated = await updateRecords(with_, type, writes);
  for (const [index, { place, result }] of made.entries()) {
    const second = updated[index];
    if (second?.outcome === 'written') results.set(place, { ...second, requestId: result.requestId });
    else if (second?.outcome === 'refused')
      results.set(place, refused(`the interface was made (${result.object.id}), but ${second.reason}`));
    else
      throw new AdapterError(
        'unreachable',
        `${with_.system}: interface ${result.object.id} was gone right after it was made`,
        { system: with_.system },
      );
  }
}
