import { z } from 'zod';
import type { AdapterErrorKind } from '../ports/adapter-error.ts';
import type { HealthFault, LogEntry, SensorReading } from '../ports/bmc-health.ts';
import { SymptomType } from './rule-words.ts';

const KINDS = ['temperature', 'fan', 'power', 'voltage', 'current', 'energy', 'humidity', 'percent', 'other'] as const;
const Words = z.array(z.string().min(1).max(80)).min(1);
const Word = z.enum(['Warning', 'Critical']);
const Polls = z.int().min(1).max(1000);
const over = SymptomType.optional();

const SilenceRule = z.strictObject({
  kinds: z.array(z.enum(['unreachable', 'unauthorized', 'malformed', 'unsupported'])).min(1),
  polls: Polls,
  ...{ type: SymptomType, over },
});
const SensorRule = z.strictObject({
  kind: z.enum(KINDS),
  level: z.enum(['caution', 'critical']),
  side: z.enum(['upper', 'lower']),
  ...{ type: SymptomType, over },
});
const FaultRule = z.strictObject({ health: Word, path: Words, type: SymptomType, over });
const BalanceRule = z.strictObject({
  /** Of the average of the other supplies. */
  share: z.number().gt(0).max(0.5),
  /** All supplies together carry at least so much. */
  watts: z.number().positive(),
  polls: Polls,
  ...{ type: SymptomType, over },
});
const LogRule = z.strictObject({ severity: Word, says: Words.optional(), type: SymptomType });
export type SilenceRule = z.infer<typeof SilenceRule>;
export type SensorRule = z.infer<typeof SensorRule>;
export type FaultRule = z.infer<typeof FaultRule>;
export type BalanceRule = z.infer<typeof BalanceRule>;
export type LogRule = z.infer<typeof LogRule>;

const limit = z.number().nullable().default(null);
const Sample = z.union([
  z.strictObject({
    sensor: z.strictObject({
      ...{ kind: z.enum(KINDS), value: z.number() },
      ...{ upper_caution: limit, upper_critical: limit, lower_caution: limit, lower_critical: limit },
    }),
    type: SymptomType.nullable(),
  }),
  z.strictObject({ fault: z.strictObject({ path: z.string(), health: Word }), type: SymptomType.nullable() }),
  z.strictObject({
    log: z.strictObject({ severity: z.enum(['OK', 'Warning', 'Critical']), message: z.string() }),
    type: SymptomType.nullable(),
  }),
]);

const Shape = z.strictObject({
  version: z.literal(1),
  polls: Polls,
  margin: z.number().min(0).max(0.5),
  silence: z.array(SilenceRule),
  sensors: z.array(SensorRule),
  faults: z.array(FaultRule),
  whole: z.strictObject({ health: Word, type: SymptomType, over }).nullable(),
  balance: BalanceRule.nullable().default(null),
  logs: z.array(LogRule),
  tests: z.array(Sample),
});
export type HealthRules = Omit<z.infer<typeof Shape>, 'tests'>;

/** `mappings/health-rules.yaml`: which of what a BMC says is a symptom. */
export const HealthRules = Shape.superRefine((file, ctx) => {
  file.tests.forEach((sample, index) => {
    const found = typeOf(file, sample);
    if (found === sample.type) return;
    const message = `is ${found ?? 'no symptom'}, not ${sample.type ?? 'none'}`;
    ctx.addIssue({ code: 'custom', path: ['tests', index], message });
  });
});

function typeOf(rules: HealthRules, sample: z.infer<typeof Sample>): string | null {
  if ('sensor' in sample) {
    const { kind, value, ...limits } = sample.sensor;
    const given = {
      ...{ kind, value, upperCaution: limits.upper_caution, upperCritical: limits.upper_critical },
      ...{ lowerCaution: limits.lower_caution, lowerCritical: limits.lower_critical },
    };
    return rules.sensors.find((rule) => crosses(rule, given, 0) === true)?.type ?? null;
  }
  if ('fault' in sample) return faultRuleOf(rules, sample.fault)?.type ?? null;
  return logRuleOf(rules, { messageId: null, ...sample.log })?.type ?? null;
}

type Limits = Pick<SensorReading, 'upperCaution' | 'upperCritical' | 'lowerCaution' | 'lowerCritical'>;

/**
 * Whether a value is beyond the limit that a rule is about; null: it cannot be told.
 * @param margin how far inside the limit still counts as beyond it, as a share of it
 */
export function crosses(
  rule: SensorRule,
  sensor: Limits & Pick<SensorReading, 'kind' | 'value'>,
  margin: number,
): boolean | null {
  if (sensor.kind !== rule.kind) return false;
  const ownLimit = limitOf(rule, sensor);
  // A fan, a voltage or a load that must not fall below 0: that is a limit which nobody has set.
  if (ownLimit === null || (ownLimit === 0 && rule.kind !== 'temperature')) return false;
  if (sensor.value === null) return null;
  const slack = Math.abs(ownLimit) * margin;
  return rule.side === 'upper' ? sensor.value >= ownLimit - slack : sensor.value <= ownLimit + slack;
}

export function limitOf({ side, level }: SensorRule, limits: Limits): number | null {
  if (side === 'upper') return level === 'critical' ? limits.upperCritical : limits.upperCaution;
  return level === 'critical' ? limits.lowerCritical : limits.lowerCaution;
}

export function faultRuleOf(rules: HealthRules, { path, health }: Pick<HealthFault, 'path' | 'health'>) {
  return rules.faults.find((rule) => rule.health === health && contains(path, rule.path));
}

export function logRuleOf(
  rules: HealthRules,
  { severity, message, messageId }: Pick<LogEntry, 'severity' | 'message' | 'messageId'>,
): LogRule | undefined {
  const text = `${message} ${messageId ?? ''}`;
  return rules.logs.find(
    (rule) => rule.severity === severity && (rule.says === undefined || contains(text, rule.says)),
  );
}

export function silenceRuleOf(rules: HealthRules, kind: AdapterErrorKind): SilenceRule | undefined {
  return rules.silence.find((rule) => (rule.kinds as readonly string[]).includes(kind));
}

function contains(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase();
  return words.some((word) => folded.includes(word.toLowerCase()));
}
