import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const FILE = new URL('../../mappings/netbox-lifecycle.yaml', import.meta.url);

const State = z.strictObject({
  status: z.string().min(1),
  value: z.string().regex(/^[a-z0-9_]{1,100}$/),
  label: z.string().min(1).max(100),
});

/** `mappings/netbox-lifecycle.yaml`. Samples that do not hold are an error when it is loaded. */
export const LifecycleMapping = z
  .strictObject({
    version: z.literal(1),
    /** Custom field of `dcim.device`. */
    field: z.string().regex(/^[a-z0-9_]{1,50}$/),
    choiceSet: z.string().min(1),
    /** By the hub's name of the state. */
    states: z.record(z.string().regex(/^[A-Z_]+$/), State),
    tests: z.array(z.strictObject({ state: z.string(), status: z.string(), value: z.string() })).min(1),
  })
  .check((context) => {
    const { states, tests } = context.value;
    const values = Object.values(states).map((one) => one.value);
    const double = values.find((value, at) => values.indexOf(value) !== at);
    if (double !== undefined)
      context.issues.push({
        code: 'custom',
        input: double,
        path: ['states'],
        message: `two states have the value "${double}"`,
      });
    for (const [at, sample] of tests.entries()) {
      const found = states[sample.state];
      if (found?.status === sample.status && found.value === sample.value) continue;
      context.issues.push({
        code: 'custom',
        input: sample,
        path: ['tests', at],
        message: `${sample.state} is not ${sample.status} / ${sample.value}`,
      });
    }
  });
export type LifecycleMapping = z.infer<typeof LifecycleMapping>;

/** @throws Error where the file is missing or wrong: a start-up error, so not an AdapterError */
export function loadLifecycleMapping(file: URL | string = FILE): LifecycleMapping {
  return parseLifecycleMapping(readFileSync(file, 'utf8'));
}

/** @throws Error naming the line of the mapping that is wrong */
export function parseLifecycleMapping(text: string): LifecycleMapping {
  const read = LifecycleMapping.safeParse(parse(text));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new Error(`mappings/netbox-lifecycle.yaml: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected'}`, {
    cause: read.error,
  });
}
