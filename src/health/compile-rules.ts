import { linearPattern } from '../core/linear-pattern.ts';
import type { JudgedSymptom } from './episode.ts';
import { type WindowRule, windowOf } from './measure.ts';
import type { TelemetryRule } from './rules.ts';
import { compileGlob, listOf } from './rule-words.ts';

interface Condition {
  name: string;
  wants: string;
  is(symptom: JudgedSymptom): string | number | null;
  holds(symptom: JudgedSymptom): boolean;
}

export interface CompiledRule {
  id: string;
  rule: TelemetryRule;
  types: readonly string[];
  clearTypes: readonly string[];
  conditions: readonly Condition[];
  /** Undefined where it does not look at a window. */
  window: WindowRule | undefined;
  insteadOf: readonly string[];
  /** Whether it has to know the kind of a part. */
  asksKind: boolean;
}

export interface RuleSet {
  rules: readonly CompiledRule[];
  byId: ReadonlyMap<string, CompiledRule>;
  /** Those that a symptom of a type may raise or end, in the order of the file. */
  ofType(type: string): readonly CompiledRule[];
}

export function compileRules(rules: readonly TelemetryRule[]): RuleSet {
  const compiled = rules.map(compileRule);
  const byType = new Map<string, CompiledRule[]>();
  for (const one of compiled)
    for (const type of new Set([...one.types, ...one.clearTypes])) byType.set(type, [...(byType.get(type) ?? []), one]);
  const none: readonly CompiledRule[] = [];
  return {
    rules: compiled,
    byId: new Map(compiled.map((one) => [one.id, one])),
    ofType: (type) => byType.get(type) ?? none,
  };
}

function compileRule(rule: TelemetryRule): CompiledRule {
  return {
    id: rule.id,
    rule,
    types: listOf(rule.when.type) ?? [],
    clearTypes: listOf(rule.clear?.type) ?? [],
    conditions: conditionsOf(rule),
    window: windowOf(rule),
    insteadOf: rule.instead_of ?? [],
    asksKind: rule.when.kind !== undefined,
  };
}

function conditionsOf({ when }: TelemetryRule): Condition[] {
  const conditions: Condition[] = [
    {
      name: 'subject',
      wants: when.subject,
      is: ({ subjectType }) => (subjectType === 'asset' ? 'server' : 'place'),
      holds: ({ subjectType }) => (subjectType === 'asset') === (when.subject === 'server'),
    },
  ];
  if (when.component !== undefined)
    conditions.push({
      ...{ name: 'component', wants: 'one that is named', is: ({ component }) => component },
      holds: ({ component }) => component !== null,
    });
  const kinds = listOf(when.kind);
  if (kinds !== undefined) conditions.push(among('kind', kinds, ({ kind }) => kind));
  const sites = listOf(when.site);
  if (sites !== undefined) conditions.push(among('site', sites, ({ site }) => site));
  const values = listOf(when.value);
  if (values !== undefined)
    conditions.push({
      ...{ name: 'value', wants: values.map(String).join(', '), is: ({ value }) => value },
      holds: ({ value }) => values.includes(value),
    });
  conditions.push(...globs('model', when.model, ({ model }) => model));
  conditions.push(...globs('manufacturer', when.manufacturer, ({ manufacturer }) => manufacturer));
  conditions.push(...globs('source', when.source, ({ source }) => source));
  conditions.push(...globs('severity', when.severity, ({ severity }) => severity));
  if (when.message !== undefined) {
    const pattern = linearPattern(when.message);
    conditions.push({
      ...{ name: 'message', wants: when.message, is: ({ message }) => message },
      holds: ({ message }) => message !== null && pattern.test(message),
    });
  }
  return conditions;
}

function among(name: string, wanted: readonly string[], is: (symptom: JudgedSymptom) => string | null): Condition {
  return {
    ...{ name, wants: wanted.join(', '), is },
    holds(symptom) {
      const said = is(symptom);
      return said !== null && wanted.includes(said);
    },
  };
}

function globs(
  name: string,
  wanted: string | readonly string[] | undefined,
  is: (symptom: JudgedSymptom) => string | null,
): Condition[] {
  const list = listOf(wanted);
  if (list === undefined) return [];
  const fits = list.map(compileGlob);
  const holds = (symptom: JudgedSymptom): boolean => {
    const said = is(symptom);
    return said !== null && fits.some((one) => one(said));
  };
  return [{ name, wants: list.join(', '), is, holds }];
}

/** The first condition that does not hold, in words; undefined where all do. */
export function whyNotAbout(compiled: CompiledRule, symptom: JudgedSymptom): string | undefined {
  const failed = compiled.conditions.find(({ holds }) => !holds(symptom));
  if (failed === undefined) return undefined;
  const is = failed.is(symptom);
  return `${failed.name} is ${is === null ? 'not known' : is}; the rule wants ${failed.wants}`;
}

export function isAbout({ conditions }: CompiledRule, symptom: JudgedSymptom): boolean {
  for (const condition of conditions) if (!condition.holds(symptom)) return false;
  return true;
}
