import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { linearPattern } from '../core/linear-pattern.ts';
import { type LineFault, readYamlFile } from '../core/yaml-file.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { type Part, type SpareVerdict, judgeSpare } from './judge-spare.ts';

const FILE = new URL('../../mappings/spare-rules.yaml', import.meta.url);

const Kind = z.enum(COMPONENT_KINDS);
const RuleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80);
const Scalar = z.union([z.string().min(1), z.number(), z.boolean()]);
const Source = z
  .string()
  .regex(/^(vendor|model|partNumber|facts\.[a-zA-Z]{1,40})$/, 'vendor, model, partNumber or facts.…');
const Pattern = z.string().superRefine((text, ctx) => {
  try {
    linearPattern(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** A fact that nobody reports and the number tells. */
const NumberFact = z.strictObject({
  kind: Kind,
  of: z.enum(['model', 'partNumber']),
  is: Pattern,
  set: z.record(z.string().regex(/^[a-z][A-Za-z]{0,39}$/), Scalar),
});

/** What the spare must be, compared with the part that failed. What is not known on either side is never enough. */
const Need = z
  .strictObject({
    of: Source,
    is: z.enum(['equal', 'at-least', 'at-most']),
    /** Words from the least to the most, for `at-least` and `at-most` of what is no number. */
    order: z.array(z.string().min(1)).min(2).optional(),
    /** Nor more than so many times the part's. */
    times: z.number().min(1).optional(),
  })
  .refine((need) => need.is !== 'equal' || (need.order === undefined && need.times === undefined), {
    message: '`order` and `times` belong to at-least and at-most',
  });
export type Need = z.infer<typeof Need>;

export const SpareRule = z.strictObject({
  id: RuleId,
  kinds: z.array(Kind).min(1),
  /** Of the part that failed: the rule is for such parts only. */
  when: z.record(Source, z.array(Scalar).min(1)).default({}),
  needs: z.array(Need).min(1),
  /** For who takes it: what the rule cannot see. */
  note: z.string().min(1).max(200).optional(),
});
export type SpareRule = z.infer<typeof SpareRule>;

const SamplePart = z.strictObject({
  lot: z.string().optional(),
  vendor: z.string().optional(),
  model: z.string().optional(),
  partNumber: z.string().optional(),
  facts: z.record(z.string(), Scalar).default({}),
});

const Sample = z.strictObject({
  kind: Kind,
  part: SamplePart,
  spare: SamplePart,
  /** `same-lot`, a rule's id, or `no`. */
  fits: z.string().min(1),
  /** Words that must stand in the reason. */
  because: z.string().optional(),
});

const Shape = z.strictObject({
  version: z.literal(1),
  numbers: z.array(NumberFact),
  rules: z.array(SpareRule).min(1),
  tests: z.array(Sample).min(1),
});
export type SpareRules = Pick<z.infer<typeof Shape>, 'numbers' | 'rules'>;

/** `mappings/spare-rules.yaml`: which part may stand in for one of another lot. */
export const SpareRulesFile = Shape.superRefine((file, ctx) => {
  const fault = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const ids = file.rules.map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) fault(['rules', index, 'id'], `${id} is there twice`);
    if (id === 'same-lot' || id === 'no') fault(['rules', index, 'id'], `${id} means something else in the tests`);
  });
  if (ctx.issues.length > 0) return;
  const shown = new Set<string>();
  file.tests.forEach((sample, index) => {
    const verdict = judgeSpare(file, partOf(sample.kind, sample.part), partOf(sample.kind, sample.spare));
    const fits = fitOf(verdict);
    shown.add(fits);
    if (fits !== sample.fits) fault(['tests', index], `fits ${fits}, not ${sample.fits}: ${verdict.why}`);
    else if (sample.because !== undefined && !verdict.why.includes(sample.because))
      fault(['tests', index], `is so because "${verdict.why}"`);
  });
  file.rules.forEach((rule, index) => {
    if (!shown.has(rule.id)) fault(['rules', index], `no test shows ${rule.id}`);
  });
});

function fitOf(verdict: SpareVerdict): string {
  if (verdict.match === null) return 'no';
  return verdict.match === 'same-lot' ? 'same-lot' : (verdict.rule ?? 'no');
}

function partOf(kind: string, said: z.infer<typeof SamplePart>): Part {
  const { lot, vendor = null, model = null, partNumber = null, facts } = said;
  return { kind, lot: lot === undefined ? null : { id: lot, code: lot }, vendor, model, partNumber, facts };
}

/** Reads the rules and runs the tests that they carry. @returns the faults, none when all is well */
export function checkSpareRules(yamlText: string): LineFault[] {
  const read = readYamlFile(yamlText, SpareRulesFile);
  return 'faults' in read ? read.faults : [];
}

/** @throws Error with a line for every fault */
export function parseSpareRules(yamlText: string): SpareRules {
  const read = readYamlFile(yamlText, SpareRulesFile);
  if ('value' in read) return read.value;
  throw new Error(read.faults.map(({ line, message }) => `spare-rules.yaml:${line}: ${message}`).join('\n'));
}

/** As they stood when the process began: a fault in them stops the start. */
export const spareRules: SpareRules = parseSpareRules(readFileSync(FILE, 'utf8'));

/** JSON Schema of the file, for editors. */
export function spareRulesSchema(): Record<string, unknown> {
  return z.toJSONSchema(Shape, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
}
