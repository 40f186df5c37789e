import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sha256 } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import { linearPattern } from '../core/linear-pattern.ts';
import { type LineFault, readYamlFile } from '../core/yaml-file.ts';
import type { Value } from '../mapping/mapping.ts';
import type { DriftRuler } from './apply-verdicts.ts';
import { DriftAction, DriftKind, type PlannedRow, Verdict } from './model.ts';

const FILE = new URL('../../mappings/drift-rules.yaml', import.meta.url);

const RuleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower case, digits and hyphens')
  .max(80);
const Word = z.string().min(1).max(80);
const AnyValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const Pattern = z.string().superRefine((text, ctx) => {
  try {
    linearPattern(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** One, or a list of which any will do. */
function oneOf<S extends z.ZodType>(item: S) {
  return z.union([item, z.array(item).min(1)]).optional();
}

const Condition = z
  .strictObject({
    system: oneOf(Word),
    object: oneOf(Word),
    field: oneOf(Word),
    kind: oneOf(DriftKind),
    action: oneOf(DriftAction),
    theirs: z.array(AnyValue).min(1).optional(),
    ours: z.array(AnyValue).min(1).optional(),
    agreed: z.array(AnyValue).min(1).optional(),
    label: Pattern.optional(),
    changedBy: z.array(Word).min(1).optional(),
  })
  .refine((when) => Object.keys(when).length > 0, 'says nothing: name at least one condition');

const Answer = z.enum([...Verdict.options, 'review']);

const Rule = z.strictObject({
  id: RuleId,
  when: Condition,
  verdict: Answer,
  reason: z.string().trim().min(1).max(300),
});

const Sample = z.strictObject({
  drift: z.strictObject({
    system: Word.default('netbox'),
    object: Word,
    field: z.string().default(''),
    kind: DriftKind.default('differs'),
    action: DriftAction.default('none'),
    theirs: AnyValue.optional(),
    ours: AnyValue.optional(),
    agreed: AnyValue.optional(),
    label: z.string().default(''),
    changedBy: Word.optional(),
  }),
  rule: RuleId.nullable(),
});

const Shape = z.strictObject({
  version: z.literal(1),
  rules: z.array(Rule),
  tests: z.array(Sample),
});

/** `mappings/drift-rules.yaml`: which routine cases are decided without a person. The first rule that holds decides. */
export const DriftRules = Shape.superRefine((file, ctx) => {
  const fault = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const ids = file.rules.map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) fault(['rules', index, 'id'], `${id} is there twice`);
  });
  if (ctx.issues.length > 0) return;
  const rule = compileDriftRules(file);
  const shown = new Set<string>();
  file.tests.forEach((sample, index) => {
    const found = rule(rowOf(sample.drift), changeBy(sample.drift.changedBy))?.rule ?? null;
    if (found !== null) shown.add(found);
    if (found !== sample.rule)
      fault(['tests', index], `is decided by ${found ?? 'no rule'}, not by ${sample.rule ?? 'none'}`);
  });
  file.rules.forEach(({ id }, index) => {
    if (!shown.has(id)) fault(['rules', index], `no test shows ${id}`);
  });
});
export type DriftRules = z.infer<typeof Shape>;

/**
 * A rule that names no kind is about values that differ or are in conflict: whole objects are made and removed only where a rule says so in
 * so many words.
 */
export function compileDriftRules(file: DriftRules): DriftRuler {
  const rules = file.rules.map(({ id, when, verdict, reason }) => ({
    holds: holdsOf(when),
    said: { verdict, rule: id, reason },
  }));
  return (row, lastChange) => rules.find(({ holds }) => holds(row, lastChange?.user ?? undefined))?.said;
}

type Holds = (row: PlannedRow & { system: string }, user: string | undefined) => boolean;

function holdsOf(when: z.infer<typeof Condition>): Holds {
  const label = when.label === undefined ? undefined : linearPattern(when.label);
  const { theirs, ours, agreed, changedBy } = when;
  const kinds = when.kind === undefined ? (['differs', 'conflict'] as const) : when.kind;
  return (row, user) =>
    isAmong(when.system, row.system) &&
    isAmong(when.object, row.object) &&
    isAmong(when.field, row.field) &&
    isAmong(kinds, row.kind) &&
    isAmong(when.action, row.action) &&
    (theirs === undefined || isValue(theirs, row.theirs)) &&
    (ours === undefined || isValue(ours, row.ours)) &&
    (agreed === undefined || isValue(agreed, row.agreed)) &&
    (label === undefined || label.test(row.label)) &&
    (changedBy === undefined || (user !== undefined && changedBy.includes(user)));
}

function isAmong(wanted: string | readonly string[] | undefined, is: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? wanted === is : wanted.includes(is);
}

/** What is not known is none of any values. */
function isValue(wanted: readonly unknown[], is: Value | undefined): boolean {
  return is !== undefined && wanted.some((one) => canonicalJson(one) === canonicalJson(is));
}

function rowOf(drift: z.infer<typeof Sample>['drift']): PlannedRow & { system: string } {
  const { changedBy: _, theirs, ours, agreed, ...row } = drift;
  const root = { type: row.object, hubId: 'sample', theirId: 'sample' };
  return { ...row, root, hubId: 'sample', theirId: 'sample', decision: 'review', reason: '', theirs, ours, agreed };
}

function changeBy(user: string | undefined) {
  return user === undefined ? undefined : { user, action: 'updated', at: '', requestId: null };
}

/** Of everything that decides: other rules mean that the world has to be looked at again. */
export function driftRulesHash({ rules }: DriftRules): string {
  return sha256(canonicalJson(rules));
}

/** Reads the rules and runs the tests that they carry. @returns the faults, none when all is well */
export function checkDriftRules(yamlText: string): LineFault[] {
  const read = readYamlFile(yamlText, DriftRules);
  return 'faults' in read ? read.faults : [];
}

/** @throws Error with a line for every fault */
export function parseDriftRules(yamlText: string): DriftRules {
  const read = readYamlFile(yamlText, DriftRules);
  if ('value' in read) return read.value;
  throw new Error(read.faults.map(({ line, message }) => `drift-rules.yaml:${line}: ${message}`).join('\n'));
}

export function loadDriftRules(): DriftRules {
  return parseDriftRules(readFileSync(FILE, 'utf8'));
}
