import { z } from 'zod';

export const Priority = z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).meta({ id: 'Priority' });
export type Priority = z.infer<typeof Priority>;

export const SymptomType = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'capital letters, digits and underscores, e.g. SMART_FAIL');

export const TelemetryRule = z.strictObject({
  type: SymptomType,
  ticket: SymptomType,
  priority: Priority,
  component: z.enum(['required', 'optional']).default('optional'),
  threshold: z.strictObject({ sum: z.number().positive(), hours: z.number().positive() }).optional(),
  says: z.string().min(1).max(200),
});
export type TelemetryRule = z.infer<typeof TelemetryRule>;

export const TelemetryRules = z
  .strictObject({
    rules: z.array(TelemetryRule).min(1),
    tests: z.array(
      z.strictObject({
        events: z
          .array(z.strictObject({ type: SymptomType, component: z.string().optional(), value: z.number().optional() }))
          .min(1),
        opens: SymptomType.nullable(),
      }),
    ),
  })
  .superRefine((file, ctx) => {
    const types = file.rules.map((rule) => rule.type);
    types.forEach((type, index) => {
      if (types.indexOf(type) !== index)
        ctx.addIssue({ code: 'custom', path: ['rules', index, 'type'], message: `${type} has a rule already` });
    });
    file.tests.forEach((sample, index) => {
      const opened = openedBy(file.rules, sample.events);
      if (opened !== sample.opens)
        ctx.addIssue({
          code: 'custom',
          path: ['tests', index],
          message: `opens ${opened ?? 'nothing'}, not ${sample.opens ?? 'nothing'}`,
        });
    });
  });
export type TelemetryRules = z.infer<typeof TelemetryRules>;

/** The rule that applies to a symptom; undefined where none does, or where the rule needs to know the component. */
export function ruleFor(
  rules: readonly TelemetryRule[],
  symptom: { type: string; component?: string | null | undefined },
): TelemetryRule | undefined {
  const rule = rules.find((one) => one.type === symptom.type);
  if (rule?.component === 'required' && !symptom.component) return undefined;
  return rule;
}

/** `sumInWindow`: what was reported within the rule's window, this symptom included. */
export function isOver(rule: TelemetryRule, sumInWindow: number): boolean {
  return rule.threshold === undefined || sumInWindow >= rule.threshold.sum;
}

function openedBy(
  rules: readonly TelemetryRule[],
  events: { type: string; component?: string | undefined; value?: number | undefined }[],
): string | null {
  const last = events.at(-1);
  const rule = last && ruleFor(rules, last);
  if (!rule) return null;
  const alike = events.filter((one) => one.type === last.type && one.component === last.component);
  const sum = alike.map((one) => one.value ?? 1).reduce((a, b) => a + b, 0);
  return isOver(rule, sum) ? rule.ticket : null;
}
