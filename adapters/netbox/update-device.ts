import type { NetBoxClient, PatchBody } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceFields, DeviceRecord, Written } from '#src/ports/device-records.ts';
import { numericId } from './identifier.ts';
import { ensureTag, type Ensuring } from './natural-keys.ts';
import { readRecord } from './device-record.ts';
import { Device } from './schema.ts';

type Patch = PatchBody<'devices'>;

/**
 * Writes only what differs from `record`, and nothing when nothing does: a PATCH without a change still bumps `last_updated` and
 * sends a webhook. Guarded by the record's etag. When somebody else changed the device meanwhile, it is read again: where they
 * left our fields alone, the write goes on; where they did not, it ends with `throttled` (status 412), so that the caller's job
 * reads, decides and tries again.
 */
export async function updateDevice(with_: Ensuring, record: DeviceRecord, fields: DeviceFields): Promise<Written> {
  const { client, system, key, signal } = with_;
  const id = numericId(system, record.id);
  let base = record;
  for (let attempt = 1; ; attempt += 1) {
    const { patch, touched } = await difference(client, base, fields, signal);
    if (touched.length === 0) return { changed: false, requestIds: [] };
    for (const tag of patch.add_tags ?? patch.tags ?? [])
      if (tag.slug && !base.tags.includes(tag.slug)) await ensureTag(with_, tag.slug);
    try {
      const done = await client.update('devices', id, patch, Device, { signal, message: key, etag: base.etag });
      return { changed: true, requestIds: done.requestId ? [done.requestId] : [] };
    } catch (error) {
      if (!(error instanceof AdapterError) || error.status !== 412 || attempt === 3) throw error;
      const current = await readRecord(client, id, signal);
      if (!current || touched.some((field) => !equal(valueOf(current, field), valueOf(base, field)))) throw error;
      base = current;
    }
  }
}

/** `touched`: the record's fields that the patch writes, e.g. `serial`, `customFields.memory_gib`. */
async function difference(
  client: NetBoxClient,
  record: DeviceRecord,
  fields: DeviceFields,
  signal: AbortSignal,
): Promise<{ patch: Patch; touched: string[] }> {
  const patch: Patch = {};
  const touched: string[] = [];
  if (fields.serial !== undefined && !equal(fields.serial, record.serial)) {
    // The column holds no null: an unknown serial is empty.
    patch.serial = fields.serial?.trim() ?? '';
    touched.push('serial');
  }
  if (fields.assetTag !== undefined && !equal(fields.assetTag, record.assetTag)) {
    patch.asset_tag = emptyAsNull(fields.assetTag) as string | null;
    touched.push('assetTag');
  }
  if (fields.status !== undefined && fields.status !== record.status) {
    patch.status = fields.status;
    touched.push('status');
  }
  // NetBox merges a partial `custom_fields` into what is there.
  for (const [name, value] of Object.entries(fields.customFields ?? {})) {
    if (value === undefined || equal(value, record.customFields[name])) continue;
    patch.custom_fields = { ...patch.custom_fields, [name]: emptyAsNull(value) };
    touched.push(`customFields.${name}`);
  }
  const missing = [...new Set(fields.addTags ?? [])].filter((slug) => !record.tags.includes(slug));
  if (missing.length > 0) {
    // Before 4.6 the list is replaced as a whole, and there is no etag either: a tag that somebody adds at the same moment is lost.
    const alone = await client.isAtLeast('4.6', { signal });
    const slugs = alone ? missing : [...record.tags, ...missing];
    patch[alone ? 'add_tags' : 'tags'] = slugs.map((slug) => ({ slug }));
    touched.push(alone ? 'addTags' : 'tags');
  }
  return { patch, touched };
}

function valueOf(record: DeviceRecord, field: string): unknown {
  const custom = /^customFields\.(.+)$/.exec(field)?.[1];
  if (custom !== undefined) return record.customFields[custom];
  return (record as unknown as Record<string, unknown>)[field];
}

function equal(left: unknown, right: unknown): boolean {
  return JSON.stringify(emptyAsNull(left)) === JSON.stringify(emptyAsNull(right));
}

/** For NetBox an empty text, null and a field that was never set are all "no value"; blanks at the ends are cut on its side. */
function emptyAsNull(value: unknown): unknown {
  const plain = typeof value === 'string' ? value.trim() : value;
  return plain === undefined || plain === '' ? null : plain;
}
