import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readYamlFile } from '#src/core/yaml-file.ts';
import type { Log } from '#src/kit/kit.ts';
import { watchFile, type WatchedFile } from '#src/kit/watched-file.ts';
import { COMPONENT_KINDS } from '#src/ports/hardware-inventory.ts';
import type { AlertMeaning } from '#src/ports/observation.ts';
import { meaningOf } from './meaning.ts';

const FILE = fileURLToPath(new URL('../../mappings/alertmanager.yaml', import.meta.url));

const Label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label');
const Symptom = z.string().regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'capital letters, digits and underscores, e.g. SMART_FAIL');
const Values = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
/** Text with labels in braces; one that the alert has not makes the whole text missing. */
const Template = z.string().min(1).max(200);
const Templates = z.union([Template, z.array(Template).min(1)]);

const Entry = z
  .strictObject({
    /** Its label `alertname`: one name or several; `*` at the end stands for anything. */
    alert: Values,
    /** Other labels that must have this value, or one of these. */
    where: z.record(Label, Values).default({}),
    symptom: Symptom.optional(),
    /** Why it means nothing here. */
    ignore: z.string().min(1).max(200).optional(),
    /** What names the server; the first that is known counts. Default: the file's `servers`. */
    server: Templates.optional(),
    /** What names the place, instead of a server. */
    place: Templates.optional(),
    component: Templates.optional(),
    componentKind: z.enum(COMPONENT_KINDS).optional(),
    serial: Templates.optional(),
    value: Templates.optional(),
  })
  .refine((entry) => (entry.symptom === undefined) !== (entry.ignore === undefined), {
    message: 'says either which symptom it is, or why it is ignored',
  })
  .refine((entry) => entry.server === undefined || entry.place === undefined, {
    message: 'is about a server or a place, not both',
  });

const Expected = z.strictObject({
  symptom: Symptom.optional(),
  servers: z.array(z.string()).optional(),
  place: z.string().optional(),
  component: z.string().nullable().optional(),
  serial: z.string().nullable().optional(),
  value: z.number().nullable().optional(),
  ignored: z.literal(true).optional(),
  unmapped: z.literal(true).optional(),
});

const Shape = z.strictObject({
  version: z.literal(1),
  /** What may name a server where an entry does not say: in this order, each that is there is tried. */
  servers: z.array(Template).min(1),
  /** An alert with this label says itself which symptom it is, and needs no entry. */
  symptomLabel: Label,
  alerts: z.array(Entry),
  tests: z
    .array(
      z.strictObject({
        labels: z.record(Label, z.string()),
        annotations: z.record(Label, z.string()).default({}),
        gives: Expected,
      }),
    )
    .min(1),
});

/** `mappings/alertmanager.yaml`. Samples that do not hold are an error when it is loaded. */
export const AlertMapping = Shape.superRefine((mapping, ctx) => {
  for (const [at, { labels, annotations, gives }] of mapping.tests.entries()) {
    const found = shown(meaningOf(mapping, { labels, annotations }));
    const wrong = Object.entries(gives).find(([name, want]) => !isSame(found[name], want));
    if (wrong === undefined) continue;
    const [name, want] = wrong;
    const says = `${name} is ${JSON.stringify(found[name] ?? null)}, not ${JSON.stringify(want)}`;
    ctx.addIssue({
      code: 'custom',
      path: ['tests', at],
      message: 'reason' in found ? `${says}: ${String(found['reason'])}` : says,
    });
  }
});
export type AlertMapping = z.infer<typeof AlertMapping>;
export type MappingEntry = z.infer<typeof Entry>;

function shown(meaning: AlertMeaning): Record<string, unknown> {
  if (meaning.outcome !== 'symptom') return { [meaning.outcome]: true, reason: meaning.why };
  const { symptom, subject, component, serial, value } = meaning;
  return { symptom, component, serial, value, ...subject };
}

function isSame(found: unknown, want: unknown): boolean {
  return JSON.stringify(found ?? null) === JSON.stringify(want ?? null);
}

/** Read again when it changes. @throws Error with a line for every fault: a start-up error, so not an AdapterError */
export function watchAlertMapping(log: Pick<Log, 'info' | 'warn'>, file: string = FILE): WatchedFile<AlertMapping> {
  return watchFile({
    ...{ file, log, read: (text) => readYamlFile(text, AlertMapping) },
    says: ({ alerts }) => `${alerts.length} entries`,
  });
}

/** For editors: `mappings/schema/alertmanager.schema.json` holds it. What it cannot say, `reanimator mappings check` does. */
export function alertMappingSchema(): Record<string, unknown> {
  return z.toJSONSchema(Shape, { io: 'input', target: 'draft-7' });
}
