import { z } from 'zod';
import { Image } from './model.ts';
import { type Planned, planUpdate } from './plan-update.ts';

/** `*` stands for anything; case does not matter. */
const Glob = z.string().trim().min(1).max(120);
const Kind = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower case, digits and hyphens');
const Version = z.string().trim().min(1).max(120);
const of = { vendor: Glob.default('*'), model: Glob.default('*') };

const PolicyStep = z.strictObject({
  ...of,
  kind: Kind,
  /** Only components of that kind whose id or name fits: one card maker's NICs. */
  component: Glob.default('*'),
  version: Version,
  /** From which versions on, and up to below which, the image can be installed. */
  at_least: Version.optional(),
  below: Version.optional(),
  needs: z.array(z.strictObject({ kind: Kind, at_least: Version })).default([]),
  image: Image,
});
export type PolicyStep = z.infer<typeof PolicyStep>;

const Sample = z.strictObject({
  vendor: z.string(),
  model: z.string(),
  /** Version by component. */
  has: z.record(z.string(), z.string()),
  /** Version by kind. Left out: the baseline. */
  wants: z.record(Kind, Version).optional(),
  /** Only for this sample, as `version` by `kind`, with what they need. */
  images: z.array(PolicyStep.omit({ image: true, vendor: true, model: true, component: true })).default([]),
  steps: z.array(z.string()).optional(),
  fails: z.string().optional(),
});

const Policy = z.strictObject({
  kinds: z.array(z.strictObject({ kind: Kind, match: z.array(Glob).min(1) })).min(1),
  orders: z.array(z.strictObject({ ...of, order: z.array(Kind).min(1), why: z.string().min(1) })).min(1),
  images: z.array(PolicyStep).default([]),
  baselines: z.array(z.strictObject({ ...of, versions: z.record(Kind, Version) })).default([]),
  tests: z.array(Sample),
});
export type FirmwarePolicy = z.infer<typeof Policy>;

const NO_IMAGE: Image = { uri: 'http://images.example/sample.bin', sha256: '0'.repeat(64), size_bytes: 1 };

/** `mappings/firmware-policy.yaml`. Samples that do not hold are faults of the file. */
export const FirmwarePolicyFile = Policy.superRefine((policy, ctx) => {
  const known = new Set(policy.kinds.map(({ kind }) => kind));
  policy.orders.forEach(({ order }, index) => {
    const strange = order.find((kind) => !known.has(kind));
    if (strange === undefined) return;
    ctx.addIssue({ code: 'custom', path: ['orders', index, 'order'], message: `${strange} is none of the kinds` });
  });
  policy.images.forEach(({ kind }, index) => {
    if (!known.has(kind))
      ctx.addIssue({ code: 'custom', path: ['images', index, 'kind'], message: `${kind} is none of the kinds` });
  });
  policy.tests.forEach((sample, index) => {
    const message = whyWrong(policy, sample);
    if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['tests', index], message });
  });
});

function whyWrong(policy: FirmwarePolicy, sample: z.infer<typeof Sample>): string | undefined {
  const any = { vendor: '*', model: '*', component: '*', image: NO_IMAGE };
  const own = { ...policy, images: [...policy.images, ...sample.images.map((one) => ({ ...any, ...one }))] };
  const rows = Object.entries(sample.has).map(([id, version]) => ({ id, name: id, version, updateable: true }));
  const server = { vendor: sample.vendor, model: sample.model, rows };
  const planned: Planned =
    sample.wants === undefined ? planUpdate(own, server, 'baseline') : planUpdate(own, server, { kinds: sample.wants });
  if ('why' in planned) {
    if (sample.fails !== undefined && planned.why.includes(sample.fails)) return undefined;
    return `fails: ${planned.why}`;
  }
  const steps = planned.steps.map(({ component, to }) => `${component} ${to}`);
  if (sample.fails !== undefined) return `does not fail: ${steps.join(', ')}`;
  const same = JSON.stringify(steps) === JSON.stringify(sample.steps ?? []);
  return same ? undefined : `gives ${steps.join(', ') || 'no steps'}`;
}
