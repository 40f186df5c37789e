import { z } from 'zod';

/** A choice: NetBox shows `{value,label}`; we keep the value. Open strings, because FIELD_CHOICES on the server adds to them. */
export const Selection = z.object({ value: z.string() }).transform((selection) => selection.value);

const Named = z.object({ id: z.number(), name: z.string() });
const Slugged = z.object({ id: z.number(), name: z.string(), slug: z.string() });

export const Device = z.object({
  id: z.number(),
  display_url: z.string(),
  name: z.string().nullable(),
  device_type: z.object({ model: z.string(), manufacturer: z.object({ name: z.string() }) }),
  site: Slugged,
  location: Named.nullable(),
  rack: Named.nullable(),
  position: z.number().nullable(),
  face: Selection.nullable(),
  status: Selection,
  serial: z.string(),
  asset_tag: z.string().nullable(),
  oob_ip: z.object({ id: z.number(), address: z.string() }).nullable(),
  tags: z.array(z.object({ slug: z.string() })),
  custom_fields: z.record(z.string(), z.unknown()),
  last_updated: z.string().nullable(),
});
export type Device = z.infer<typeof Device>;

const Mac = z.object({ id: z.number(), mac_address: z.string() });

export const Interface = z.object({
  id: z.number(),
  device: z.object({ id: z.number(), name: z.string().nullable() }),
  name: z.string(),
  mgmt_only: z.boolean(),
  mac_address: z.string().nullable(),
  primary_mac_address: Mac.nullable(),
  mac_addresses: z.array(Mac).nullable(),
  count_ipaddresses: z.number(),
});
export type Interface = z.infer<typeof Interface>;

/** What a MAC or an IP address sits on; other kinds than interfaces (FHRP groups, interfaces of virtual machines) have no device. */
export const Assigned = z.object({
  id: z.number(),
  display: z.string().nullish(),
  device: z.object({ id: z.number(), name: z.string().nullish(), display: z.string().nullish() }).nullish(),
});

export type Assigned = z.infer<typeof Assigned>;

export const MacAddress = z.object({
  id: z.number(),
  mac_address: z.string(),
  assigned_object_type: z.string().nullable(),
  assigned_object_id: z.number().nullable(),
  assigned_object: z.unknown(),
});
export type MacAddress = z.infer<typeof MacAddress>;

export const IpAddress = z.object({
  id: z.number(),
  address: z.string(),
  assigned_object_type: z.string().nullable(),
  assigned_object_id: z.number().nullable(),
  assigned_object: z.unknown(),
  tags: z.array(z.object({ slug: z.string() })),
});
export type IpAddress = z.infer<typeof IpAddress>;

export const Site = z.object({ id: z.number(), name: z.string(), slug: z.string() });
export const Tag = z.object({ id: z.number(), slug: z.string() });

export const JournalEntry = z.object({ id: z.number() });
export const ChoiceSet = z.object({ id: z.number(), name: z.string(), extra_choices: z.array(z.array(z.unknown())) });
export const CustomField = z.object({
  id: z.number(),
  name: z.string(),
  type: Selection,
  object_types: z.array(z.string()),
  choice_set: z.object({ id: z.number() }).nullable(),
});
/** Holds the secret in clear: never log one. */
export const Webhook = z.object({
  id: z.number(),
  name: z.string(),
  payload_url: z.string(),
  http_method: z.string(),
  http_content_type: z.string(),
  body_template: z.string(),
  secret: z.string(),
  ssl_verification: z.boolean(),
});
export const EventRule = z.object({
  id: z.number(),
  name: z.string(),
  enabled: z.boolean(),
  object_types: z.array(z.string()),
  event_types: z.array(z.string()),
  conditions: z.unknown(),
  action_type: Selection,
  action_object_type: z.string().nullable(),
  action_object_id: z.number().nullable(),
});
