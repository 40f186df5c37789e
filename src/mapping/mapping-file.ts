import { z } from 'zod';
import { linearPattern } from '../core/linear-pattern.ts';
import { isPlainPath, parsePath } from './read-path.ts';
import { SCALAR_WORDS, type ScalarWord } from './scalar-words.ts';
import { sameDimension, UNIT_NAMES } from './units.ts';

const TypeName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower case, digits and hyphens, e.g. device-type')
  .max(60);
const FieldName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_]{0,59}$/, 'a lower-case letter first, then letters, digits and _, e.g. mgmt_only')
  .refine((name) => !(name in Object.prototype), 'JavaScript has this name already: choose another');

const ReadPath = z.string().max(200).superRefine(isPath(false));
const WritePath = z.string().max(200).superRefine(isPath(true));

function isPath(written: boolean) {
  return (text: string, ctx: z.RefinementCtx): void => {
    const fault = (message: string): void => ctx.addIssue({ code: 'custom', message });
    try {
      const path = parsePath(text);
      if (written && !isPlainPath(path)) fault(`"${text}" cannot be written: names with dots between only`);
      if (written && path.steps.some(({ name }) => name === '__proto__')) fault('__proto__ is never written');
    } catch (error) {
      fault(error instanceof Error ? error.message : String(error));
    }
  };
}

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Plain = Scalar.nullable();

const WORDS = [...(Object.keys(SCALAR_WORDS) as [ScalarWord, ...ScalarWord[]]), 'sort', 'first'] as const;
const Unit = z.enum(UNIT_NAMES);
const Pattern = z.string().superRefine((text, ctx) => {
  try {
    linearPattern(text, 'numbered');
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});

/** The closed set of what may happen to a value. */
export const Transform = z.union(
  [
    z.enum(WORDS),
    z.strictObject({
      unit: z
        .strictObject({ from: Unit, to: Unit })
        .refine(({ from, to }) => sameDimension(from, to), 'the two units measure different things'),
    }),
    z.strictObject({ enum: z.record(z.string(), Plain), else: Plain.optional() }),
    z.strictObject({ lookup: TypeName }),
    z.strictObject({ join: z.string().min(1) }),
    z.strictObject({ default: z.union([Scalar, z.array(z.string())]) }),
    z
      .strictObject({ regex: Pattern, take: z.int().min(0).max(20) })
      .refine(({ regex, take }) => take <= groupsIn(regex), {
        path: ['take'],
        message: 'the pattern has fewer groups',
      }),
  ],
  {
    error: `no transform: one of ${WORDS.join(', ')}, { unit: { from, to } }, { enum: {…}, else }, { lookup }, { join }, { default }, { regex, take }`,
  },
);
export type Transform = z.infer<typeof Transform>;

/** An empty alternative matches any text, and shows how many groups there are. */
function groupsIn(pattern: string): number {
  return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
}

export const Condition = z.strictObject({ field: FieldName, in: z.array(Plain).min(1) });
export type Condition = z.infer<typeof Condition>;

const Policy = z.enum(['always', 'never', 'review']);
const Policies = z.union(
  [Policy, z.array(z.strictObject({ policy: Policy, when: z.array(Condition).default([]) })).min(1)],
  {
    error: 'always, never, review, or a list of { policy, when }',
  },
);

function brake(share: number, atLeast: number) {
  return z
    .strictObject({ share: z.number().min(0).max(1).default(share), atLeast: z.int().min(0).default(atLeast) })
    .prefault({});
}

export const MappingField = z.strictObject({
  name: FieldName,
  /** Path in their object; absent for a field that is only written. */
  theirs: ReadPath.optional(),
  /** Path in our object's values; absent for a field that only conditions ask for. */
  ours: ReadPath.optional(),
  authority: z.enum(['theirs', 'ours', 'review']),
  direction: z.enum(['both', 'in', 'out']).default('both'),
  compare: z.enum(['equal', 'fold', 'contains']).default('equal'),
  transforms: z.array(Transform).default([]),
  oursTransforms: z.array(Transform).default([]),
  reverse: z.array(Transform).optional(),
  to: WritePath.optional(),
  unknown: z.array(Plain).default([]),
  when: z.array(Condition).default([]),
});
export type MappingField = z.infer<typeof MappingField>;

const Data = z.record(z.string(), z.unknown());
const Sample = z
  .strictObject({
    theirs: Data.optional(),
    ours: Data.optional(),
    /** Their id → ours, by type. */
    links: z.record(TypeName, z.record(z.string(), z.string())).default({}),
    values: z.record(z.string(), z.union([Plain, z.array(z.string())])).default({}),
    unknown: z.array(z.string()).default([]),
    set: Data.optional(),
  })
  .refine(({ theirs, ours }) => (theirs === undefined) !== (ours === undefined), 'says either theirs or ours')
  .refine(
    ({ values, unknown, set }) => Object.keys(values).length + unknown.length > 0 || set !== undefined,
    'says nothing of what comes of it: give values, unknown or set',
  );
export type Sample = z.infer<typeof Sample>;

/** `mappings/<system>-<object>.yaml`: one type of theirs, one of ours, field by field. */
export const MappingFile = z.strictObject({
  version: z.literal(1),
  system: TypeName,
  object: TypeName,
  hub: TypeName,
  parent: TypeName.optional(),
  match: z.array(z.strictObject({ fields: z.array(FieldName).min(1), find: z.string().min(1).optional() })).min(1),
  create: z
    .strictObject({
      there: Policies.default('review'),
      here: Policies.default('review'),
      needs: z.array(FieldName).default([]),
      with: z.record(WritePath, z.unknown()).default({}),
    })
    .prefault({}),
  remove: z.strictObject({ there: z.boolean() }).default({ there: false }),
  brakes: z
    .strictObject({
      create: brake(0.1, 20),
      change: brake(0.1, 20),
      blank: brake(0.02, 5),
      remove: brake(0.02, 5),
    })
    .prefault({}),
  leave: z.array(z.string().regex(/^[^*]+\*?$/, 'a name or a path, with * at the end only')).default([]),
  fields: z.array(MappingField).min(1),
  tests: z.array(Sample).min(1),
});
export type MappingFile = z.infer<typeof MappingFile>;
