import type { NetBoxClient, PatchBody } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { OWN_FIELDS } from './custom-fields.ts';
import type { LifecycleMapping } from './lifecycle-mapping.ts';
import { ChoiceSet, CustomField, EventRule, Tag, Webhook } from './schema.ts';

export interface BootstrapOptions {
  /** Where NetBox reaches the hub; undefined (only when looking): not compared. */
  hubUrl: string | undefined;
  webhookSecret: string | undefined;
  /** Whether NetBox verifies the hub's certificate. Default true. */
  verifyTls?: boolean;
  /** Slug, and the name of webhook and event rule. */
  tag: string;
  lifecycle: LifecycleMapping;
  /** For the change log. */
  key: string;
  signal: AbortSignal;
  /** Tell what would be done, write nothing. */
  dryRun?: boolean;
}

export interface BootstrapStep {
  object: 'tag' | 'choice set' | 'custom field' | 'webhook' | 'event rule';
  name: string;
  /** With `dryRun`: what would be done. */
  did: 'created' | 'updated' | 'unchanged';
}

export const DEVICE = 'dcim.device';
const OBJECT_TYPES = ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress'];
const EVENT_TYPES = ['object_created', 'object_updated', 'object_deleted'];

/**
 * Makes in NetBox what the hub needs: tag, choice set, custom fields, webhook, event rule; each found by its name first. A second
 * run changes nothing. What people added (choices, object types, labels, weights) stays. @throws AdapterError rejected where a custom field of
 * that name has another type: NetBox cannot change it, and its values are somebody's
 */
export async function bootstrapNetbox(client: NetBoxClient, options: BootstrapOptions): Promise<BootstrapStep[]> {
  const steps: BootstrapStep[] = [];
  steps.push(await bootstrapTag(client, options));
  const choices = await bootstrapChoiceSet(client, options);
  steps.push(choices.step);
  steps.push(await bootstrapField(client, options, { ...lifecycleField(options.lifecycle), choiceSet: choices.id }));
  for (const field of OWN_FIELDS) steps.push(await bootstrapField(client, options, { ...field, choiceSet: null }));
  const webhook = await bootstrapWebhook(client, options);
  steps.push(webhook.step, await bootstrapEventRule(client, options, webhook.id));
  return steps;
}

function lifecycleField(mapping: LifecycleMapping): {
  name: string;
  label: string;
  type: 'select';
  description: string;
} {
  return {
    name: mapping.field,
    label: 'Lifecycle state',
    type: 'select',
    description: 'State of the server in the hub, which writes it',
  };
}

async function bootstrapTag(
  client: NetBoxClient,
  { tag, key, signal, dryRun }: BootstrapOptions,
): Promise<BootstrapStep> {
  const [found] = await client.list('tags', { slug: [tag] }, Tag, { signal });
  if (found) return { object: 'tag', name: tag, did: 'unchanged' };
  const body = { name: tag, slug: tag, color: '607d8a', description: 'Kept by the hub' };
  if (!dryRun) await client.create('tags', body, Tag, { signal, message: key });
  return { object: 'tag', name: tag, did: 'created' };
}

async function bootstrapChoiceSet(
  client: NetBoxClient,
  options: BootstrapOptions,
): Promise<{ id: number | null; step: BootstrapStep }> {
  const { lifecycle, key, signal, dryRun } = options;
  const name = lifecycle.choiceSet;
  const wanted: unknown[][] = Object.values(lifecycle.states).map((state) => [state.value, state.label]);
  const [found] = await client.list('choiceSets', { name: [name] }, ChoiceSet, { signal });
  if (!found) {
    const body = { name, description: 'Server states of the hub', extra_choices: wanted, order_alphabetically: false };
    const made = dryRun ? undefined : await client.create('choiceSets', body, ChoiceSet, { signal, message: key });
    return { id: made?.value.id ?? null, step: { object: 'choice set', name, did: 'created' } };
  }
  const have = new Set(found.extra_choices.map(([value]) => value));
  const missing = wanted.filter(([value]) => !have.has(value));
  if (missing.length === 0) return { id: found.id, step: { object: 'choice set', name, did: 'unchanged' } };
  const body = { extra_choices: [...found.extra_choices, ...missing] };
  if (!dryRun) await client.update('choiceSets', found.id, body, ChoiceSet, { signal, message: key });
  return { id: found.id, step: { object: 'choice set', name, did: 'updated' } };
}

interface WantedField {
  name: string;
  label: string;
  type: string;
  description: string;
  choiceSet: number | null;
}

async function bootstrapField(
  client: NetBoxClient,
  { key, signal, dryRun }: BootstrapOptions,
  field: WantedField,
): Promise<BootstrapStep> {
  const [found] = await client.list('customFields', { name: [field.name] }, CustomField, { signal });
  if (!found) {
    const body = {
      name: field.name,
      label: field.label,
      description: field.description,
      type: field.type,
      group_name: 'Hub',
      object_types: [DEVICE],
      choice_set: field.choiceSet,
      required: false,
      filter_logic: 'exact',
      ui_visible: 'always',
      ui_editable: 'no',
      is_cloneable: false,
      // No default, ever: NetBox would write it into every device at once.
    };
    if (!dryRun) await client.create('customFields', body, CustomField, { signal, message: key });
    return { object: 'custom field', name: field.name, did: 'created' };
  }
  if (found.type !== field.type) {
    throw new AdapterError(
      'rejected',
      `netbox: the custom field ${field.name} exists as ${found.type}, the hub needs ${field.type}`,
      {
        system: 'netbox',
        detail: { customField: found.id, type: found.type },
      },
    );
  }
  const patch: PatchBody<'customFields'> = {};
  if (!found.object_types.includes(DEVICE)) patch.object_types = [...found.object_types, DEVICE];
  if (field.choiceSet !== null && found.choice_set?.id !== field.choiceSet) patch.choice_set = field.choiceSet;
  if (Object.keys(patch).length === 0) return { object: 'custom field', name: field.name, did: 'unchanged' };
  if (!dryRun) await client.update('customFields', found.id, patch, CustomField, { signal, message: key });
  return { object: 'custom field', name: field.name, did: 'updated' };
}

async function bootstrapWebhook(
  client: NetBoxClient,
  options: BootstrapOptions,
): Promise<{ id: number | null; step: BootstrapStep }> {
  const { tag: name, key, signal, dryRun } = options;
  const wanted = {
    ...(options.hubUrl === undefined ? {} : { payload_url: `${options.hubUrl.replace(/\/+$/, '')}/hooks/netbox` }),
    ...(options.webhookSecret === undefined ? {} : { secret: options.webhookSecret }),
    ...(options.hubUrl === undefined ? {} : { ssl_verification: options.verifyTls ?? true }),
    http_method: 'POST',
    http_content_type: 'application/json',
    // A template would change what is signed and what we can read.
    body_template: '',
  };
  const [found] = await client.list('webhooks', { name: [name] }, Webhook, { signal });
  if (!found) {
    const more = (await client.isAtLeast('4.7', { signal })) ? { timeout: 10 } : {};
    const body = { name, description: 'Changes to the hub', payload_url: '', ...wanted, ...more };
    const made = dryRun ? undefined : await client.create('webhooks', body, Webhook, { signal, message: key });
    return { id: made?.value.id ?? null, step: { object: 'webhook', name, did: 'created' } };
  }
  const patch = Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => found[field as keyof typeof wanted] !== value),
  );
  if (Object.keys(patch).length === 0) return { id: found.id, step: { object: 'webhook', name, did: 'unchanged' } };
  if (!dryRun) await client.update('webhooks', found.id, patch, Webhook, { signal, message: key });
  return { id: found.id, step: { object: 'webhook', name, did: 'updated' } };
}

async function bootstrapEventRule(
  client: NetBoxClient,
  options: BootstrapOptions,
  webhookId: number | null,
): Promise<BootstrapStep> {
  const { tag: name, key, signal, dryRun } = options;
  const [found] = await client.list('eventRules', { name: [name] }, EventRule, { signal });
  const action = { action_type: 'webhook', action_object_type: 'extras.webhook', action_object_id: webhookId };
  if (!found) {
    const body = {
      name,
      description: 'Changes to the hub',
      enabled: true,
      object_types: OBJECT_TYPES,
      event_types: EVENT_TYPES,
      ...action,
    };
    if (!dryRun) await client.create('eventRules', body, EventRule, { signal, message: key });
    return { object: 'event rule', name, did: 'created' };
  }
  const patch: PatchBody<'eventRules'> = {};
  if (!found.enabled) patch.enabled = true;
  if (OBJECT_TYPES.some((type) => !found.object_types.includes(type)))
    patch.object_types = union(found.object_types, OBJECT_TYPES);
  if (EVENT_TYPES.some((type) => !found.event_types.includes(type)))
    patch.event_types = union(found.event_types, EVENT_TYPES);
  // With a condition some changes would never come, and nobody would see which.
  if (found.conditions !== null && found.conditions !== undefined) patch.conditions = null;
  const bound =
    found.action_type === 'webhook' &&
    found.action_object_type === 'extras.webhook' &&
    found.action_object_id === webhookId;
  if (!bound) Object.assign(patch, action);
  if (Object.keys(patch).length === 0) return { object: 'event rule', name, did: 'unchanged' };
  if (!dryRun) await client.update('eventRules', found.id, patch, EventRule, { signal, message: key });
  return { object: 'event rule', name, did: 'updated' };
}

function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])];
}
