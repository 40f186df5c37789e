import { z } from 'zod';
import { COMPONENT_KINDS } from '../../ports/hardware-inventory.ts';

export const REPORT = 'reanimator.report/v1';
export const STATEMENT = 'reanimator.statement/v1';

/** What one document may hold. A real server has some hundreds of parts; a serial of 10 KB is a fault, not a serial. */
export const LIMITS = {
  text: 255,
  address: 500,
  value: 1_000,
  message: 4_000,
  listed: 256,
  facts: 200,
  components: 20_000,
  rows: 20_000,
  warnings: 1_000,
} as const;

/** On one line, trimmed, well-formed: what a bar code reader or a padded EEPROM adds is none of the content. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const spaced = text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ');
  return spaced.trim().toWellFormed();
}

function text(max: number) {
  return z.string().overwrite(clean).max(max);
}

const Text = text(LIMITS.text).nullish();
export const Time = z.iso.datetime({ offset: true });
export const Id = z.uuid();
const Kind = z.enum(COMPONENT_KINDS);
/** camelCase, with the unit at its end. */
export const FactName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/)
  .max(64);
const Value = z.union([text(LIMITS.value), z.number(), z.boolean()]);
const Values = z.array(text(LIMITS.text)).max(LIMITS.listed);

function facts<S extends z.ZodType>(value: S) {
  return z
    .record(FactName, value)
    .refine((all) => Object.keys(all).length <= LIMITS.facts, `has more than ${LIMITS.facts} entries`)
    .optional();
}

const Host = z.strictObject({
  asset_id: Id.nullish(),
  manufacturer: Text,
  model: Text,
  product_serial: Text,
  board_serial: Text,
  system_uuid: Text,
  bmc_macs: Values.optional(),
  asset_tag: Text,
  host_name: Text,
});

const Component = z.strictObject({
  kind: Kind,
  slot: Text,
  manufacturer: Text,
  model: Text,
  part_number: Text,
  serial: Text,
  firmware: Text,
  health: z.enum(['OK', 'Warning', 'Critical']).nullish(),
  attributes: facts(z.union([Value, Values])),
  readings: facts(Value),
});

/** Names of places are unique per kind: two parts cannot be in one place. */
function tellApart(
  parts: readonly { kind?: string | null | undefined; slot?: string | null | undefined }[],
  field: string,
  ctx: z.RefinementCtx,
): void {
  const taken = new Set<string>();
  for (const [at, { kind, slot }] of parts.entries()) {
    if (slot === undefined || slot === null || slot === '') continue;
    const place = `${kind ?? ''} ${slot}`;
    if (taken.has(place))
      ctx.addIssue({ code: 'custom', path: [field, at, 'slot'], message: 'is the place of another part of this kind' });
    taken.add(place);
  }
}

/** What a program saw of one server at one moment. */
export const Report = z
  .strictObject({
    schema: z.literal(REPORT),
    source: z.enum(['agent', 'redfish', 'tools', 'tsr']),
    collected_at: Time.nullish(),
    host: Host.optional(),
    system: facts(Value.nullable()),
    scope: z.array(Kind).max(COMPONENT_KINDS.length).optional(),
    components: z.array(Component).max(LIMITS.components),
    enumerates: z.strictObject({ kind: Kind, devices: z.array(text(LIMITS.text)).max(LIMITS.rows) }).nullish(),
    firmware: z
      .array(
        z.strictObject({
          id: text(LIMITS.address),
          name: text(LIMITS.address),
          version: Text,
          updateable: z.boolean().nullish(),
        }),
      )
      .max(LIMITS.rows)
      .optional(),
    neighbours: z
      .array(z.strictObject({ interface: text(LIMITS.text), chassis: Text, port: Text, name: Text }))
      .max(LIMITS.rows)
      .optional(),
    log_entries: z
      .array(
        z.strictObject({
          at: Time.nullish(),
          severity: Text,
          message: text(LIMITS.message),
          source: text(LIMITS.text),
        }),
      )
      .max(LIMITS.rows)
      .optional(),
    warnings: z.array(text(LIMITS.value)).max(LIMITS.warnings).optional(),
  })
  .superRefine((report, ctx) => tellApart(report.components, 'components', ctx));
export type Report = z.infer<typeof Report>;

const Serial = text(LIMITS.text).min(1, 'is empty');

const Present = z.strictObject({
  manufacturer: Text,
  serial: Serial,
  kind: Kind,
  slot: Text,
  model: Text,
  part_number: Text,
});

const Absent = z.strictObject({
  manufacturer: Text,
  serial: Serial,
  reason: z.enum(['failed', 'planned', 'moved', 'unknown']),
});

/** What a person saw, or did, at one place: a scan, an installation or a removal by hand, a delivery note. */
export const Statement = z
  .strictObject({
    schema: z.literal(STATEMENT),
    observed_at: Time,
    by: text(LIMITS.text).min(1, 'is empty'),
    method: z.enum(['scan', 'manual', 'delivery-note']),
    confidence: z.number().min(0).max(1),
    where: z
      .strictObject({ asset_id: Id.optional(), location_id: Id.optional() })
      .refine(
        ({ asset_id: asset, location_id: location }) => (asset === undefined) !== (location === undefined),
        'needs one of asset_id and location_id',
      ),
    present: z.array(Present).max(LIMITS.components).optional(),
    absent: z.array(Absent).max(LIMITS.components).optional(),
  })
  .superRefine((statement, ctx) => {
    const { present = [], absent = [] } = statement;
    if (present.length + absent.length === 0)
      ctx.addIssue({ code: 'custom', path: ['present'], message: 'nothing is said to be present or absent' });
    tellApart(present, 'present', ctx);
  });
export type Statement = z.infer<typeof Statement>;

/** For who writes such documents: JSON Schemas (2020-12) by the name in `schema`. */
export function publishedSchemas(): Record<typeof REPORT | typeof STATEMENT, object> {
  return {
    [REPORT]: z.toJSONSchema(Report, { io: 'input' }),
    [STATEMENT]: z.toJSONSchema(Statement, { io: 'input' }),
  };
}
