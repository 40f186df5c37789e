import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordNote } from '#src/ports/record-objects.ts';
import { numericId } from '../identifier.ts';
import { JournalEntry } from '../schema.ts';
import { incomplete, readRows, type Reading } from './read-rows.ts';
import type { NetboxType } from './record-types.ts';

/**
 * A journal entry, which NetBox keeps as long as the object, longer than its change log. The key is in a comment of the Markdown, which
 * NetBox does not show, and is looked for before the entry is made.
 */
export async function writeNote(
  with_: Reading,
  type: NetboxType,
  { id, note, key }: { id: string; note: RecordNote; key: string },
): Promise<{ id: string }> {
  const { client, system, signal } = with_;
  const objectId = numericId(system, id);
  const on = { assigned_object_type: type.objectType, assigned_object_id: objectId };
  const fields = ['id', 'assigned_object_type', 'assigned_object_id', 'comments'];
  const entries = await readRows(with_, 'journalEntries', on, fields);
  const mark = markFor(key);
  for (const entry of entries) {
    if (entry['assigned_object_type'] !== type.objectType || entry['assigned_object_id'] !== objectId)
      throw incomplete(system, 'journalEntries', `${entry.id} is about something that was not asked for`);
    if (String(entry['comments']).includes(mark)) return { id: String(entry.id) };
  }
  const body = { ...on, kind: note.kind, comments: `${note.text}\n\n${mark}` };
  try {
    const made = await client.create('journalEntries', body, JournalEntry, { signal, message: key });
    return { id: String(made.value.id) };
  } catch (error) {
    if (!(error instanceof AdapterError) || error.status !== 400) throw error;
    const there = await client.readPage(
      type.resource,
      { filters: { id: [objectId] }, fields: ['id'], limit: 1 },
      { signal },
    );
    if (there.rows.length > 0) throw error;
    throw new AdapterError('not-found', `${system}: there is no ${type.name} ${id}`, { system, cause: error });
  }
}

/** `--` would end the comment. */
function markFor(key: string): string {
  return `<!-- reanimator ${encodeURIComponent(key).replaceAll('-', '%2D')} -->`;
}
