import type { CreateBody, PatchBody } from 'netbox-client';
import { z } from 'zod';
import { type BootstrapStep, settle, type Settling, withMissing } from './bootstrap-step.ts';

interface OwnLink {
  /** Of the link; what is before it is the hub's tag. */
  suffix: string;
  objectType: string;
  /** Jinja. Comes out empty, so that no link is shown, where the hub has nothing to show. */
  text: string;
  /** Jinja, appended to the hub's address. */
  path: string;
}

const CustomLink = z.object({
  id: z.number(),
  name: z.string(),
  object_types: z.array(z.string()),
  link_url: z.string(),
});

/**
 * From NetBox's pages to the hub's. A server's page is found by the id that the hub wrote; sites and racks lead to their servers, by name,
 * because NetBox does not know the hub's ids of them.
 */
function ownLinks(tag: string): OwnLink[] {
  const kept = `object.devices.filter(tags__slug="${tag}").exists()`;
  return [
    {
      suffix: 'server',
      objectType: 'dcim.device',
      text: '{% if object.cf.hub_asset_id %}Open in Reanimator{% endif %}',
      path: '/ui/assets/{{ object.cf.hub_asset_id }}',
    },
    {
      suffix: 'site',
      objectType: 'dcim.site',
      text: `{% if ${kept} %}Servers in Reanimator{% endif %}`,
      path: '/ui/assets?site={{ object.name|urlencode }}',
    },
    {
      suffix: 'rack',
      objectType: 'dcim.rack',
      text: `{% if ${kept} %}Servers in Reanimator{% endif %}`,
      path: '/ui/assets?site={{ object.site.name|urlencode }}&rack={{ object.name|urlencode }}',
    },
  ];
}

export async function bootstrapLinks({ client, options }: Settling): Promise<BootstrapStep[]> {
  const { tag, key, signal, hubUrl } = options;
  const steps: BootstrapStep[] = [];
  const links = ownLinks(tag).map((link) => ({ ...link, name: `${tag} ${link.suffix}` }));
  const there = await client.list('customLinks', { name: links.map((link) => link.name) }, CustomLink, { signal });
  for (const link of links) {
    const { name } = link;
    const url = hubUrl === undefined ? undefined : `${hubUrl.replace(/\/+$/, '')}${link.path}`;
    const found = there.find((one) => one.name === name);
    const patch: PatchBody<'customLinks'> = {};
    const types = found && withMissing(found.object_types, [link.objectType]);
    if (types) patch.object_types = types;
    if (found && url !== undefined && found.link_url !== url) patch.link_url = url;
    const { step } = await settle(options, {
      object: 'custom link',
      name,
      found: found && { id: found.id, patch },
      create: async () => {
        const body: CreateBody<'customLinks'> = {
          ...{ name, object_types: [link.objectType], enabled: true, new_window: true },
          ...{ link_text: link.text, link_url: url ?? link.path },
        };
        return (await client.create('customLinks', body, CustomLink, { signal, message: key })).value.id;
      },
      update: (id) => client.update('customLinks', id, patch, CustomLink, { signal, message: key }),
    });
    steps.push(step);
  }
  return steps;
}
