import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { linearPattern } from '../core/linear-pattern.ts';
import { type LineFault, readYamlFile } from '../core/yaml-file.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { createClassifier } from './classify.ts';
import { factsIn } from './fact-template.ts';

const FILE = new URL('../../mappings/lot-rules.yaml', import.meta.url);

const Kind = z.enum(COMPONENT_KINDS);
const RuleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80);
const FactName = z.string().regex(/^[a-z][A-Za-z]{0,39}$/);
const Scalar = z.union([z.string().min(1), z.number(), z.boolean()]);
const Source = z
  .string()
  .regex(
    /^(manufacturer|vendor|model|partNumber|(attributes|facts)\.[a-zA-Z]{1,40})$/,
    'manufacturer, vendor, model, partNumber, attributes.… or facts.…',
  );
const Pattern = z.string().superRefine((text, ctx) => {
  try {
    linearPattern(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

const Condition = z.strictObject({
  of: Source,
  in: z.array(Scalar).min(1).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

const DerivedValue = z.strictObject({
  /** A source, or text with the pattern's `{captures}`. */
  from: z.union([Source, z.string().regex(/\{[a-z][A-Za-z]*\}/)]),
  times: z.number().positive().optional(),
  table: z.string().optional(),
  words: z.string().optional(),
  in: z.array(Scalar).min(1).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  as: z.enum(['number', 'code']).optional(),
});

const FactRule = z.strictObject({
  id: RuleId,
  kind: Kind,
  when: z.array(Condition).default([]),
  numbers: z.array(z.string().min(2)).min(1).optional(),
  pattern: z.strictObject({ of: z.enum(['number', 'name']), is: Pattern }).optional(),
  set: z.record(FactName, z.union([Scalar, DerivedValue])),
});

const LotClass = z.strictObject({
  id: RuleId,
  kind: Kind,
  when: z.record(FactName, Scalar).default({}),
  code: z
    .string()
    .regex(
      /^[A-Z]+(_([A-Z0-9.+-]|\{[a-zA-Z]+(:\d(\.\d)?)?\})+)+$/,
      'e.g. SSD_NVME_{capacityTb:2.2}TB_GEN{pcieGeneration}',
    ),
  title: z.string().min(1).max(120),
});

const Sample = z
  .strictObject({
    part: z.strictObject({
      kind: Kind,
      vendor: z.string().nullable().default(null),
      manufacturer: z.string().nullable().default(null),
      model: z.string().nullable().default(null),
      partNumber: z.string().nullable().default(null),
      attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
    }),
    lot: z.string().optional(),
    missing: z.array(z.string()).optional(),
  })
  .refine(
    (sample) => (sample.lot === undefined) !== (sample.missing === undefined),
    'says either its lot or what is missing',
  );

const Shape = z.strictObject({
  version: z.literal(1),
  tables: z.record(
    z.string(),
    z.strictObject({
      classes: z.array(z.number().positive()).min(1),
      below: z.number().min(0),
      above: z.number().min(0),
    }),
  ),
  words: z.record(z.string(), z.record(z.string(), Scalar)),
  facts: z.array(FactRule).min(1),
  lots: z.array(LotClass).min(1),
  tests: z.array(Sample).min(1),
});

/** `mappings/lot-rules.yaml`: what is known of a part becomes facts, and facts become its lot. */
export const LotRules = Shape.superRefine((file, ctx) => {
  const fault = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  for (const list of ['facts', 'lots'] as const) {
    const ids = file[list].map(({ id }) => id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index) fault([list, index, 'id'], `${id} is there twice`);
    });
  }
  file.facts.forEach((rule, index) => {
    for (const [fact, value] of Object.entries(rule.set)) {
      if (typeof value !== 'object') continue;
      if (value.table !== undefined && !file.tables[value.table])
        fault(['facts', index, 'set', fact], `there is no table ${value.table}`);
      if (value.words !== undefined && !file.words[value.words])
        fault(['facts', index, 'set', fact], `there are no words ${value.words}`);
    }
  });
  const known = new Set(file.facts.flatMap((rule) => Object.keys(rule.set).map((fact) => `${rule.kind} ${fact}`)));
  file.lots.forEach((lot, index) => {
    for (const fact of [...Object.keys(lot.when), ...factsIn(lot.code), ...factsIn(lot.title)])
      if (!known.has(`${lot.kind} ${fact}`)) fault(['lots', index], `no rule says ${fact} of a ${lot.kind}`);
  });
  if (ctx.issues.length > 0) return;
  const classify = createClassifier(file);
  const shown = new Set<string>();
  file.tests.forEach((sample, index) => {
    const found = classify(sample.part);
    if (found.lot !== null) shown.add(found.rule);
    const is = found.lot ?? `missing ${found.missing.join(', ')}`;
    const wanted = sample.lot ?? `missing ${sample.missing?.join(', ')}`;
    if (is !== wanted) fault(['tests', index], `is ${is}, not ${wanted}`);
  });
  file.lots.forEach((lot, index) => {
    if (!shown.has(lot.id)) fault(['lots', index], `no test shows ${lot.id}`);
  });
});
export type LotRules = z.infer<typeof Shape>;

/** Reads the rules and runs the tests that they carry. @returns the faults, none when all is well */
export function checkLotRules(yamlText: string): LineFault[] {
  const read = readYamlFile(yamlText, LotRules);
  return 'faults' in read ? read.faults : [];
}

/** @throws Error with a line for every fault */
export function parseLotRules(yamlText: string): LotRules {
  const read = readYamlFile(yamlText, LotRules);
  if ('value' in read) return read.value;
  throw new Error(read.faults.map(({ line, message }) => `lot-rules.yaml:${line}: ${message}`).join('\n'));
}

export function loadLotRules(): LotRules {
  return parseLotRules(readFileSync(FILE, 'utf8'));
}
