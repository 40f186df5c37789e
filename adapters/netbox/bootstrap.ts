import type { NetBoxClient, PatchBody } from 'netbox-client';
import { z } from 'zod';
import { bootstrapEvents } from './bootstrap-events.ts';
import { bootstrapFields } from './bootstrap-fields.ts';
import { bootstrapLinks } from './bootstrap-links.ts';
import { type BootstrapOptions, type BootstrapStep, settle, type Settling, withMissing } from './bootstrap-step.ts';

export type { BootstrapOptions, BootstrapStep } from './bootstrap-step.ts';

/** What carries the tag. A tag without object types fits everything. */
const TAGGED = ['dcim.device', 'dcim.interface', 'ipam.ipaddress'];
const RestrictedTag = z.object({ id: z.number(), slug: z.string(), object_types: z.array(z.string()) });

/**
 * Makes in NetBox what the hub needs: tag, choice set, custom fields, webhook, event rule, custom links; each found by its name first. A
 * second run changes nothing. What people added or chose (choices, object types, labels, weights, groups, colours, texts, whether a link is
 * shown) stays. @throws AdapterError rejected where a custom field of that name has another type: NetBox cannot change it, and its values
 * are somebody's
 */
export async function bootstrapNetbox(client: NetBoxClient, options: BootstrapOptions): Promise<BootstrapStep[]> {
  const settling = { client, options };
  return [
    await bootstrapTag(settling),
    ...(await bootstrapFields(settling)),
    ...(await bootstrapEvents(settling)),
    ...(await bootstrapLinks(settling)),
  ];
}

async function bootstrapTag({ client, options }: Settling): Promise<BootstrapStep> {
  const { tag, key, signal } = options;
  const [found] = await client.list('tags', { slug: [tag] }, RestrictedTag, { signal });
  const patch: PatchBody<'tags'> = {};
  const types = found && found.object_types.length > 0 ? withMissing(found.object_types, TAGGED) : undefined;
  if (types) patch.object_types = types;
  const { step } = await settle(options, {
    object: 'tag',
    name: tag,
    found: found && { id: found.id, patch },
    create: async () => {
      const body = { name: tag, slug: tag, color: '607d8a', description: 'Kept by the hub' };
      return (await client.create('tags', body, RestrictedTag, { signal, message: key })).value.id;
    },
    update: (id) => client.update('tags', id, patch, RestrictedTag, { signal, message: key }),
  });
  return step;
}
