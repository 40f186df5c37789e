import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { LifecycleState } from './model.ts';

const place = { site: z.string().nullable(), rack: z.string().nullable(), position: z.number().nullable() };

export const assetRegistered = defineEvent({
  type: 'asset.registered',
  version: 1,
  topic: 'assets.registered',
  Data: z.object({
    name: z.string().nullable(),
    serial: z.string().nullable(),
    state: LifecycleState,
    origin: z.enum(['expected-machine', 'record', 'adoption', 'bundle', 'operator']),
    ...place,
  }),
  sentence: (data) =>
    `Registered ${data.name ?? data.serial ?? 'without a name'} as ${data.state} (${ORIGINS[data.origin]})`,
});

const ORIGINS = {
  'expected-machine': 'it was expected',
  record: 'found in the system of record',
  adoption: 'adopted by an operator',
  bundle: 'seen in what was collected from it',
  operator: 'entered by an operator',
} as const;

export const assetDiscovered = defineEvent({
  type: 'asset.discovered',
  version: 1,
  topic: 'assets.discovered',
  Data: z.object({ bmcMac: z.string(), bmcAddress: z.string(), from: LifecycleState, ...place }),
  sentence: (data) => `Discovered: its BMC ${data.bmcMac} appeared at ${data.bmcAddress}`,
});

export const assetBmcMoved = defineEvent({
  type: 'asset.bmc_moved',
  version: 1,
  topic: 'assets.bmc_moved',
  Data: z.object({
    bmcMac: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable().meta({ description: 'null: another BMC has the address now' }),
  }),
  sentence: ({ from, to }) =>
    to === null
      ? `Its BMC lost the address ${from}: another one has it now`
      : `Its BMC moved from ${from ?? 'no address'} to ${to}`,
});

export const assetBmcCredentialsChanged = defineEvent({
  type: 'asset.bmc_credentials_changed',
  version: 1,
  topic: 'assets.bmc_credentials_changed',
  Data: z.object({ bmcUsername: z.string() }),
  sentence: (data) => `Its BMC is asked as ${data.bmcUsername} from now on, with a new password`,
});

export const assetInspectionRequested = defineEvent({
  type: 'asset.inspection_requested',
  version: 1,
  topic: 'assets.inspection_requested',
  Data: z.object({ reason: z.string() }),
  sentence: (data) => `Inspection requested: ${data.reason}`,
});

export const assetInspected = defineEvent({
  type: 'asset.inspected',
  version: 1,
  topic: 'assets.inspected',
  Data: z.object({
    source: z.string(),
    inventoryHash: z.string(),
    components: z.record(z.string(), z.int()),
    warnings: z.int(),
    requests: z.int(),
    ...place,
  }),
  sentence: (data) =>
    `Looked into over ${data.source}: ${Object.entries(data.components)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}${data.warnings > 0 ? `; ${data.warnings} part(s) of it could not be read` : ''}`,
});

export const assetValidated = defineEvent({
  type: 'asset.validated',
  version: 1,
  topic: 'assets.validated',
  Data: z.object({ serial: z.string().nullable(), ...place }),
  sentence: (data) => `Hardware validated${data.serial ? `: serial ${data.serial}` : ''}`,
});

export const assetValidationFailed = defineEvent({
  type: 'asset.validation_failed',
  version: 1,
  topic: 'assets.failed',
  Data: z.object({ reason: z.string() }),
  sentence: (data) => `Hardware validation failed: ${data.reason}`,
});

export const assetRecorded = defineEvent({
  type: 'asset.recorded',
  version: 1,
  topic: 'assets.recorded',
  Data: z.object({ recordId: z.string(), recordUrl: z.string(), system: z.string(), changes: z.array(z.string()) }),
  sentence: (data) => `Recorded in ${data.system} as device ${data.recordId}: ${data.changes.join(', ')}`,
});

export const assetPlacementChanged = defineEvent({
  type: 'asset.placement_changed',
  version: 1,
  topic: 'assets.placement_changed',
  Data: z.object({ from: z.object(place), to: z.object(place), system: z.string() }),
  sentence: ({ from, to, system }) => `${system} moved it from ${where(from)} to ${where(to)}`,
});

export const assetAddressRequested = defineEvent({
  type: 'asset.address_requested',
  version: 1,
  topic: 'assets.address_requested',
  Data: z.object({ prefix: z.string(), dnsName: z.string().nullable() }),
  sentence: ({ prefix }) => `An address out of ${prefix} was asked for its BMC`,
});

export const assetAddressAllocated = defineEvent({
  type: 'asset.address_allocated',
  version: 1,
  topic: 'assets.address_allocated',
  Data: z.object({ address: z.string(), prefix: z.string(), recordId: z.string(), system: z.string() }),
  sentence: ({ address, prefix, system }) => `${address} out of ${prefix} is set aside for its BMC in ${system}`,
});

export const assetUpdated = defineEvent({
  type: 'asset.updated',
  version: 1,
  topic: 'assets.updated',
  Data: z.object({
    changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  }),
  sentence: (data) =>
    `Changed: ${data.changes.map(({ field, from, to }) => `${field} from ${from ?? 'none'} to ${to ?? 'none'}`).join(', ')}`,
});

const spot = z.object({ path: z.string().nullable(), position: z.number().nullable(), heightU: z.number() });

export const assetPlaced = defineEvent({
  type: 'asset.placed',
  version: 1,
  topic: 'assets.placed',
  Data: z.object({ from: spot, to: spot, ...place }),
  sentence: ({ from, to }) => `Placed: from ${spotText(from)} to ${spotText(to)}`,
});

export const assetAssigned = defineEvent({
  type: 'asset.assigned',
  version: 1,
  topic: 'assets.assigned',
  Data: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
  sentence: ({ from, to }) =>
    to === null
      ? `Taken out of the project ${from}`
      : `Given to the project ${to}${from === null ? '' : `, before ${from}`}`,
});

export const assetHardeningStarted = defineEvent({
  type: 'asset.hardening_started',
  version: 1,
  topic: 'assets.hardening_started',
  Data: z.object({ runId: z.string(), runUrl: z.string(), template: z.string() }),
  sentence: (data) => `Hardening started: ${data.template}, run ${data.runId}`,
});

export const assetHardened = defineEvent({
  type: 'asset.hardened',
  version: 1,
  topic: 'assets.hardened',
  Data: z.object({ runId: z.string(), runUrl: z.string(), template: z.string() }),
  sentence: (data) => `Hardened by ${data.template}, run ${data.runId}`,
});

export const assetHardeningFailed = defineEvent({
  type: 'asset.hardening_failed',
  version: 1,
  topic: 'assets.failed',
  Data: z.object({ runId: z.string(), runUrl: z.string(), status: z.string(), explanation: z.string().nullable() }),
  sentence: (data) => `Hardening ${data.status}: run ${data.runId}${data.explanation ? `, ${data.explanation}` : ''}`,
});

export const assetStateChanged = defineEvent({
  type: 'asset.state_changed',
  version: 1,
  topic: 'assets.state_changed',
  Data: z.object({ move: z.string(), from: LifecycleState, to: LifecycleState, reason: z.string().nullable() }),
  sentence: (data) => `${data.from} → ${data.to}${data.reason ? `: ${data.reason}` : ''}`,
});

function where(placed: { site: string | null; rack: string | null; position: number | null }): string {
  if (placed.site === null) return 'nowhere';
  return [placed.site, placed.rack, placed.position === null ? null : `U${placed.position}`]
    .filter((part) => part !== null)
    .join(' / ');
}

function spotText(spotted: z.infer<typeof spot>): string {
  if (spotted.path === null) return 'nowhere';
  return spotted.position === null
    ? spotted.path
    : `${spotted.path} / U${spotted.position}${spotted.heightU === 1 ? '' : ` (${spotted.heightU} U)`}`;
}
