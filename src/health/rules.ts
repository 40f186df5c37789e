import { z } from 'zod';
import { linearPattern } from '../core/linear-pattern.ts';
import { type LineFault, readYamlFile } from '../core/yaml-file.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { Duration, oneOrMore, Priority, RuleId, SymptomType } from './rule-words.ts';
import { whatIsWrong } from './rule-tests.ts';

export { Priority };

const Text = z.string().trim().min(1).max(100);
const Glob = z.string().min(1).max(100).meta({ description: '* stands for anything, whatever the case' });
const Pattern = z
  .string()
  .max(200)
  .superRefine((text, ctx) => {
    try {
      linearPattern(text);
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
const Limit = z.number().positive().max(1e15);

const When = z
  .strictObject({
    type: oneOrMore(SymptomType),
    component: z.literal('required').optional().meta({ description: 'a symptom that names none opens nothing' }),
    kind: oneOrMore(z.enum(COMPONENT_KINDS)).optional(),
    model: oneOrMore(Glob).optional().meta({ description: 'of the server' }),
    manufacturer: oneOrMore(Glob).optional().meta({ description: 'of the server' }),
    site: oneOrMore(Text).optional(),
    source: oneOrMore(Glob).optional(),
    severity: oneOrMore(Glob).optional(),
    value: oneOrMore(z.number().nullable()).optional().meta({ description: 'one of these; null: it says none' }),
    message: Pattern.optional().meta({ description: 'a pattern whose repetitions have limits' }),
    subject: z.enum(['server', 'place']).default('server'),
  })
  .meta({ description: 'all of it must hold; what a symptom does not say holds no condition' });

const Within = { within: Duration };
const Over = {
  clear_below: z.number().optional().meta({ description: 'over once it is below; left out: half of the limit' }),
};

export const TelemetryRule = z
  .strictObject({
    id: RuleId,
    when: When,
    instead_of: z.array(RuleId).min(1).optional().meta({ description: 'where this one holds, those do not look' }),
    count: z.strictObject({ of: Limit, ...Within, ...Over }).optional(),
    sum: z
      .strictObject({ of: Limit, ...Within, ...Over })
      .optional()
      .meta({ description: 'of `value`, 1 where none' }),
    rate: z.strictObject({ per_hour: Limit, ...Within, ...Over }).optional(),
    growth: z
      .strictObject({ by: Limit, ...Within, ...Over })
      .optional()
      .meta({ description: 'of `value`' }),
    above: z.strictObject({ limit: z.number(), clear_below: z.number() }).optional(),
    below: z.strictObject({ limit: z.number(), clear_above: z.number() }).optional(),
    for: Duration.optional().meta({ description: 'it must have lasted so long' }),
    clear: z
      .strictObject({ type: oneOrMore(SymptomType).optional(), after: Duration.optional() })
      .optional()
      .meta({ description: 'over with these symptoms, or when nothing more was said of it for so long' }),
    opens: z.strictObject({
      ticket: SymptomType,
      priority: Priority,
      template: Text.optional(),
      group: Text.optional().meta({ description: 'who gets it' }),
      remind: Duration.default(3_600_000).meta({ description: 'least time between two alerts of one episode' }),
    }),
    says: z.string().trim().min(1).max(200),
  })
  .superRefine((rule, ctx) => {
    const measures = MEASURES.filter((name) => rule[name] !== undefined);
    if (measures.length > 1)
      ctx.addIssue({ code: 'custom', path: [measures[1] ?? ''], message: `say one of ${measures.join(', ')}` });
    if (rule.above !== undefined && rule.above.clear_below > rule.above.limit)
      ctx.addIssue({ code: 'custom', path: ['above', 'clear_below'], message: 'is above the limit itself' });
    if (rule.below !== undefined && rule.below.clear_above < rule.below.limit)
      ctx.addIssue({ code: 'custom', path: ['below', 'clear_above'], message: 'is below the limit itself' });
  });
export type TelemetryRule = z.infer<typeof TelemetryRule>;

export const MEASURES = ['count', 'sum', 'rate', 'growth', 'above', 'below'] as const;

const SampleEvent = z.strictObject({
  type: SymptomType,
  at: z
    .union([z.literal('0s'), Duration])
    .optional()
    .meta({ description: 'after the first one; left out: 1 s each' }),
  component: Text.optional(),
  kind: z.enum(COMPONENT_KINDS).optional(),
  serial: Text.optional(),
  value: z.number().optional(),
  message: z.string().optional(),
  source: Text.optional(),
  severity: Text.optional(),
  state: z.enum(['raised', 'cleared']).default('raised'),
  model: Text.optional(),
  manufacturer: Text.optional(),
  site: Text.optional(),
  subject: z.enum(['server', 'place']).default('server'),
});

const Sample = z.strictObject({
  events: z.array(SampleEvent).min(1),
  wait: Duration.optional().meta({ description: 'what becomes due until so long after the last one happens, too' }),
  raises: z.array(RuleId).meta({ description: 'rules that raise an alert, in this order' }),
  repeats: z.array(RuleId).default([]),
  clears: z.array(RuleId).default([]),
});
export type Sample = z.infer<typeof Sample>;

const Shape = z.strictObject({
  version: z.literal(2),
  rules: z.array(TelemetryRule).min(1),
  tests: z.array(Sample),
});

/** `mappings/telemetry-rules.yaml`, with the samples that it carries. */
export const TelemetryRules = Shape.superRefine((file, ctx) => {
  if (ctx.issues.length > 0) return;
  for (const { path, message } of whatIsWrong(file)) ctx.addIssue({ code: 'custom', path, message });
});
export type TelemetryRules = z.infer<typeof Shape>;

/** For editors: `mappings/schema/telemetry-rules.schema.json` holds it. */
export function telemetryRulesSchema(): object {
  return z.toJSONSchema(Shape, { io: 'input', target: 'draft-7' });
}

/** Reads the rules and runs the tests that they carry. @returns the faults, none when all is well */
export function checkTelemetryRules(yamlText: string): LineFault[] {
  const read = readYamlFile(yamlText, TelemetryRules);
  return 'faults' in read ? read.faults : [];
}
