import type { CreateBody, PatchBody } from 'netbox-client';
import { z } from 'zod';
import { type BootstrapStep, settle, type Settled, type Settling, withMissing } from './bootstrap-step.ts';
import { EventRule, Webhook } from './schema.ts';

/** Whose changes the hub wants to hear of; as far as this version of NetBox has them. */
const HEARD = [
  'dcim.site',
  'dcim.location',
  'dcim.rack',
  'dcim.device',
  'dcim.interface',
  'dcim.macaddress',
  'dcim.modulebay',
  'dcim.module',
  'dcim.inventoryitem',
  'dcim.cable',
  'dcim.powerport',
  'ipam.ipaddress',
];
const EVENT_TYPES = ['object_created', 'object_updated', 'object_deleted'];
/** Seconds, 4.7+. The hub answers in milliseconds; NetBox's own default lets a hub that hangs block a worker for a minute. */
const TIMEOUT = 10;

const TimedWebhook = Webhook.extend({ timeout: z.number().nullish() });
const ObjectType = z.object({
  id: z.number(),
  app_label: z.string(),
  model: z.string(),
  features: z.array(z.string()),
});

/** Webhook and event rule, by which NetBox tells the hub of changes. */
export async function bootstrapEvents(settling: Settling): Promise<BootstrapStep[]> {
  const webhook = await bootstrapWebhook(settling);
  return [webhook.step, await bootstrapEventRule(settling, webhook.id)];
}

async function bootstrapWebhook({ client, options }: Settling): Promise<Settled> {
  const { tag: name, key, signal, hubUrl, webhookSecret } = options;
  const wanted = {
    ...(hubUrl === undefined ? {} : { payload_url: `${hubUrl.replace(/\/+$/, '')}/hooks/netbox` }),
    ...(webhookSecret === undefined ? {} : { secret: webhookSecret }),
    ...(hubUrl === undefined ? {} : { ssl_verification: options.verifyTls ?? true }),
    http_method: 'POST',
    http_content_type: 'application/json',
    // A template would change what is signed and what we can read.
    body_template: '',
  };
  const [found] = await client.list('webhooks', { name: [name] }, TimedWebhook, { signal });
  const timed = await client.isAtLeast('4.7', { signal });
  const patch: PatchBody<'webhooks'> = Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => found?.[field as keyof typeof wanted] !== value),
  );
  // Only where nobody chose one: it was made by an older NetBox.
  if (timed && found && (found.timeout ?? null) === null) patch.timeout = TIMEOUT;
  return settle(options, {
    object: 'webhook',
    name,
    found: found && { id: found.id, patch },
    create: async () => {
      const body: CreateBody<'webhooks'> = {
        ...{ name, description: 'Changes to the hub', payload_url: '', ...wanted },
        ...(timed ? { timeout: TIMEOUT } : {}),
      };
      return (await client.create('webhooks', body, TimedWebhook, { signal, message: key })).value.id;
    },
    update: (id) => client.update('webhooks', id, patch, TimedWebhook, { signal, message: key }),
  });
}

async function bootstrapEventRule(settling: Settling, webhookId: number | null): Promise<BootstrapStep> {
  const { client, options } = settling;
  const { tag: name, key, signal } = options;
  const heard = await heardTypes(settling);
  const [found] = await client.list('eventRules', { name: [name] }, EventRule, { signal });
  const action = { action_type: 'webhook', action_object_type: 'extras.webhook', action_object_id: webhookId };
  const patch = found ? rulePatch(found, heard, action) : {};
  const { step } = await settle(options, {
    object: 'event rule',
    name,
    found: found && { id: found.id, patch },
    create: async () => {
      const body: CreateBody<'eventRules'> = {
        ...{ name, description: 'Changes to the hub', enabled: true, object_types: heard },
        ...{ event_types: EVENT_TYPES, ...action },
      };
      return (await client.create('eventRules', body, EventRule, { signal, message: key })).value.id;
    },
    update: (id) => client.update('eventRules', id, patch, EventRule, { signal, message: key }),
  });
  return step;
}

function rulePatch(
  found: z.infer<typeof EventRule>,
  heard: readonly string[],
  action: { action_type: string; action_object_type: string; action_object_id: number | null },
): PatchBody<'eventRules'> {
  const patch: PatchBody<'eventRules'> = {};
  if (!found.enabled) patch.enabled = true;
  const types = withMissing(found.object_types, heard);
  if (types) patch.object_types = types;
  const events = withMissing(found.event_types, EVENT_TYPES);
  if (events) patch.event_types = events;
  // With a condition some changes would never come, and nobody would see which.
  if (found.conditions !== null && found.conditions !== undefined) patch.conditions = null;
  const bound =
    found.action_type === action.action_type &&
    found.action_object_type === action.action_object_type &&
    found.action_object_id === action.action_object_id;
  return bound ? patch : { ...patch, ...action };
}

/** NetBox refuses a rule for a type that it does not have: what a version has, it says itself. */
async function heardTypes({ client, options: { signal } }: Settling): Promise<string[]> {
  const types = await client.list('objectTypes', {}, ObjectType, { signal });
  const able = new Set(
    types.filter(({ features }) => features.includes('event_rules')).map((one) => `${one.app_label}.${one.model}`),
  );
  return HEARD.filter((type) => able.has(type));
}
