import { noteRecorded } from '#src/assets/commands/note-recorded.ts';
import { type Asset, findAsset } from '#src/assets/reads.ts';
import { latestInventory } from '#src/history/reads.ts';
import { HubError } from '#src/core/error.ts';
import { sha256 } from '#src/core/id.ts';
import { canonicalJson } from '#src/core/json.ts';
import { tx } from '#src/core/tx.ts';
import { handle, type JobCtx, type JobResult } from '#src/journal/job-ctx.ts';
import { isUnsettled } from '#src/journal/reads.ts';
import type { DeviceFields, DeviceRecord, ManagementInterface, Written } from '#src/ports/device-records.ts';
import { reconcileDeviceJob } from '../catalogue.ts';
import { hardwareFacts } from './hardware-facts.ts';

/** Compares one server with its device in the system of record, field by field, and writes what is ours and differs. Nothing differs: nothing is written. */
export const reconcileDeviceTask = handle(reconcileDeviceJob, (ctx, { assetId }) => reconcileAsset(ctx, assetId));

async function reconcileAsset(ctx: JobCtx, assetId: string): Promise<JobResult> {
  const asset = await findAsset(ctx, assetId);
  if (!asset) throw new HubError('not-found', `there is no asset ${assetId}`);
  if (!ctx.adapters.has('deviceRecords')) return { outcome: 'kept here: no system of record is configured' };
  const found = await findRecord(ctx, asset);
  const changes: string[] = [];
  // A device that an earlier run made without hearing back is found here, and its effect is settled by its own probe.
  const record = found && !(await isUnsettled(ctx, creationKey(asset))) ? found : await createRecord(ctx, asset);
  if (!found) changes.push('created');
  changes.push(...(await writeFields(ctx, asset, record)));
  changes.push(...(await writeManagementInterface(ctx, asset, record)));
  const { name, site, rack, position } = record;
  await tx(ctx, (inside) =>
    noteRecorded(inside, {
      assetId,
      system: ctx.adapters.providerOf('deviceRecords'),
      recordId: record.id,
      recordUrl: record.url,
      changes,
      place: { ...(name === null ? {} : { name }), ...(site === null ? {} : { site, rack, position }) },
    }),
  );
  return { outcome: changes.length > 0 ? 'written' : 'nothing differed', record: record.id, changes };
}

async function findRecord(ctx: JobCtx, asset: Asset): Promise<DeviceRecord | undefined> {
  const records = ctx.adapters.use('deviceRecords');
  if (asset.recordId !== null) {
    const record = await records.read(asset.recordId, ctx.signal);
    if (record) return record;
    // Gone from there is a person's decision, not something to undo by making it again.
    throw new HubError(
      'conflict',
      `device ${asset.recordId} was deleted in the system of record; restore it there, or unlink it here, and replay this job`,
    );
  }
  const found = await records.find(
    { serial: asset.serial ?? undefined, name: asset.name ?? undefined, site: asset.site ?? undefined },
    ctx.signal,
  );
  if (found?.serial && asset.serial !== null && found.serial.toUpperCase() !== asset.serial.toUpperCase()) {
    // The name alone does not make it the same machine.
    throw new HubError(
      'conflict',
      `device ${found.name ?? found.id} has the serial ${found.serial}, this server has ${asset.serial}: mend whichever is wrong, and replay this job`,
    );
  }
  return found;
}

function creationKey(asset: Asset): string {
  return `device-${asset.id}`;
}

async function createRecord(ctx: JobCtx, asset: Asset): Promise<DeviceRecord> {
  const records = ctx.adapters.use('deviceRecords');
  const { manufacturer, model, site } = asset;
  const name = asset.name ?? asset.serial;
  const missing = Object.entries({ name, site, manufacturer, model }).flatMap(([field, value]) =>
    value === null ? [field] : [],
  );
  if (name === null || site === null || manufacturer === null || model === null) {
    throw new HubError(
      'invalid',
      `a device cannot be made without ${missing.join(', ')}: say it in the expected machine or adopt the BMC with it, then replay this job`,
    );
  }
  const key = creationKey(asset);
  const { status } = records.fieldsOfState(asset.state);
  const draft = {
    name,
    manufacturer,
    model,
    site,
    rack: asset.rack ?? undefined,
    position: asset.position ?? undefined,
    serial: asset.serial ?? undefined,
    role: 'server',
    status: status ?? 'planned',
  };
  return ctx.effect({
    key,
    adapter: ctx.adapters.providerOf('deviceRecords'),
    operation: 'create device',
    class: 'probe-first',
    request: draft,
    lagMs: ctx.settings.settleMs,
    probe: () => records.find({ serial: asset.serial ?? undefined, name, site }, ctx.signal),
    act: () => records.create(key, draft, ctx.signal),
  });
}

/** Ours: serial, asset tag, lifecycle state, hardware facts, the tag. Names and places are theirs. */
async function writeFields(ctx: JobCtx, asset: Asset, record: DeviceRecord): Promise<string[]> {
  const records = ctx.adapters.use('deviceRecords');
  const inventory = await latestInventory(ctx, asset.id);
  const ofState = records.fieldsOfState(asset.state);
  const wanted: DeviceFields = {
    ...ofState,
    ...(asset.serial === null ? {} : { serial: asset.serial }),
    ...(asset.assetTag === null ? {} : { assetTag: asset.assetTag }),
    customFields: { ...ofState.customFields, hub_asset_id: asset.id, ...(inventory ? hardwareFacts(inventory) : {}) },
    addTags: ['reanimator'],
  };
  const { fields, names } = differing(record, wanted);
  if (names.length === 0) return [];
  await write(ctx, 'update device', { device: record.id, ...fields }, record, (key) =>
    records.update(key, record, fields, ctx.signal),
  );
  return names;
}

async function writeManagementInterface(ctx: JobCtx, asset: Asset, record: DeviceRecord): Promise<string[]> {
  if (asset.bmcMac === null) return [];
  const { bmc } = record;
  const hasMac = bmc?.macAddress?.toLowerCase() === asset.bmcMac;
  const hasIp = asset.bmcAddress === null || bmc?.ipAddress?.split('/')[0] === asset.bmcAddress;
  if (hasMac && hasIp) return [];
  const records = ctx.adapters.use('deviceRecords');
  const wanted: ManagementInterface = {
    name: bmc?.name ?? 'BMC',
    macAddress: asset.bmcMac,
    // A lease does not tell the prefix; a host address claims nothing about the network around it.
    ipAddress:
      hasIp || asset.bmcAddress === null ? null : `${asset.bmcAddress}/${asset.bmcAddress.includes(':') ? 128 : 32}`,
  };
  await write(ctx, 'ensure management interface', { device: record.id, ...wanted }, record, (key) =>
    records.ensureManagementInterface(key, record, wanted, ctx.signal),
  );
  return [...(hasMac ? [] : ['bmc_mac']), ...(hasIp ? [] : ['bmc_address'])];
}

/** The same request on the same version of the record is one effect; on a newer version it is another. */
async function write(
  ctx: JobCtx,
  operation: string,
  request: Record<string, unknown>,
  record: DeviceRecord,
  act: (key: string) => Promise<Written>,
): Promise<void> {
  const key = `record-${record.id}-${sha256(canonicalJson([operation, request, record.lastUpdated, ctx.job.id])).slice(0, 32)}`;
  await ctx.effect({
    key,
    adapter: ctx.adapters.providerOf('deviceRecords'),
    operation,
    class: 'idempotent',
    request,
    act: () => act(key),
  });
}

/** Only what is not so already, so that a world without changes costs no write. */
function differing(record: DeviceRecord, wanted: DeviceFields): { fields: DeviceFields; names: string[] } {
  const fields: DeviceFields = {};
  const names: string[] = [];
  for (const field of ['serial', 'assetTag', 'status'] as const) {
    const value = wanted[field];
    if (value === undefined || (value ?? '') === (record[field] ?? '')) continue;
    Object.assign(fields, { [field]: value });
    names.push(field);
  }
  for (const [name, value] of Object.entries(wanted.customFields ?? {})) {
    if ((value ?? null) === (record.customFields[name] ?? null)) continue;
    fields.customFields = { ...fields.customFields, [name]: value };
    names.push(name);
  }
  const addTags = wanted.addTags?.filter((tag) => !record.tags.includes(tag)) ?? [];
  if (addTags.length > 0) {
    fields.addTags = addTags;
    names.push('tags');
  }
  return { fields, names };
}
