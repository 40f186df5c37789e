import { z } from 'zod';
import type { Feeder, FeedLevel } from '../feeds/reads.ts';
import { Cause, causesOf, feedLevelOf, wordOf, Word } from './cause.ts';
import { reachedAround, reachedCause, type Reached, type Shown } from './reached-cause.ts';

/** A kind of work; with `*` at its end all that begin so. */
const Kind = z.string().regex(/^[A-Z][A-Z0-9_]{0,59}\*?$/, 'a kind of work such as REPLACE_DISK, or REPLACE_*');
const Names = z.array(z.string().min(1)).default([]);

const Sample = z.strictObject({
  level: z.enum(['site', 'rack']),
  /** Servers that the place has. */
  of: z.int().min(1),
  /** Servers that hang on each thing that is named; left out: as many as the place has. */
  on: z.int().min(1).optional(),
  show: z.array(
    z.strictObject({
      symptom: Word,
      servers: z.int().min(1),
      racks: z.int().min(1).default(1),
      over_s: z.number().min(0),
      /** What these servers hang on; others than those of an entry that names something else. */
      pdus: Names,
      switches: Names,
    }),
  ),
  /** PDUs and switches that have a ticket. */
  down: Names,
  opens: Word.nullable(),
  /** The PDU or switch that the ticket names; left out: none. */
  names: z.string().optional(),
});
type Sample = z.infer<typeof Sample>;

const Shape = z.strictObject({
  version: z.literal(1),
  causes: z.array(Cause),
  /** Lifecycle states in which nobody repairs anything. */
  quiet_states: z.array(z.string()),
  maintenance_states: z.array(z.string()),
  repair_states: z.array(z.string()),
  repairs: z.array(z.strictObject({ ticket: Kind, explains: z.array(Kind).min(1) })),
  flapping: z.strictObject({ times: z.int().min(2), minutes: z.number().positive() }),
  tests: z.array(Sample),
});
export type CorrelationRules = Omit<z.infer<typeof Shape>, 'tests'>;

/** `mappings/correlation-rules.yaml`: which faults of many servers are one fault of something bigger, and what opens no ticket. */
export const CorrelationRules = Shape.superRefine((file, ctx) => {
  const ids = file.causes.map(({ id }) => id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index)
      ctx.addIssue({ code: 'custom', path: ['causes', index, 'id'], message: `${id} is there twice` });
  });
  file.causes.forEach((cause, index) => {
    const fault = faultOf(cause);
    if (fault !== undefined) ctx.addIssue({ code: 'custom', path: ['causes', index, 'explains'], message: fault });
  });
  file.tests.forEach((sample, index) => {
    const found = openedBy(file.causes, sample);
    const said = (ticket: string | null, name: string | undefined): string =>
      name === undefined ? (ticket ?? 'nothing') : `${ticket} of ${name}`;
    const [is, wanted] = [said(found.opens, found.names), said(sample.opens, sample.names)];
    if (is === wanted) return;
    ctx.addIssue({ code: 'custom', path: ['tests', index], message: `opens ${is}, not ${wanted}` });
  });
});

function faultOf(cause: Cause): string | undefined {
  const words = cause.explains.map(wordOf);
  const own = cause.symptoms.find((symptom) => words.some((word) => word.symptom === symptom));
  if (own !== undefined) return `${own} cannot explain itself`;
  const twice = words.find(({ symptom }, at) => words.findIndex((word) => word.symptom === symptom) !== at);
  if (twice !== undefined) return `${twice.symptom} is there twice`;
  const unknown = cause.shown_by?.find((symptom) => words.every((word) => word.symptom !== symptom));
  if (unknown !== undefined) return `${unknown} is in shown_by, and not explained`;
  const level = feedLevelOf(cause);
  for (const { symptom, feeds, ports, by_rack: byRack } of words) {
    if (level === undefined && (feeds === 'all' || ports !== undefined || !byRack))
      return `${symptom}: feeds, ports and by_rack are for pdu and switch; a ${cause.level} feeds nothing`;
    if (level === 'pdu' && ports !== undefined) return `${symptom}: ports are for switch; a PDU has none such`;
  }
  return undefined;
}

function openedBy(causes: readonly Cause[], sample: Sample): { opens: string | null; names: string | undefined } {
  const shown = sample.show.flatMap(({ symptom, servers, racks, over_s: seconds, pdus, switches }) =>
    Array.from({ length: servers }, (_, n): Shown => {
      const assetId = ['server', ...pdus, ...switches, n].join(' ');
      const feeders = [...feedersOf(assetId, 'pdu', pdus), ...feedersOf(assetId, 'switch', switches)];
      const at = servers === 1 ? 0 : (n * seconds * 1000) / (servers - 1);
      return { assetId, rackId: `rack ${n % racks}`, ...{ symptom, type: symptom, component: '', at, feeders } };
    }),
  );
  const reached = reachedBy(causes, sample, shown);
  return { opens: reached?.cause.ticket ?? null, names: reached?.feeder?.said };
}

/** As for the first of the alerts, where anything is said of what feeds the servers. */
function reachedBy(causes: readonly Cause[], sample: Sample, shown: readonly Shown[]): Reached | undefined {
  const [first] = shown;
  if (first === undefined || shown.every(({ feeders }) => feeders.length === 0))
    return reachedCause(causes, sample.level, shown, sample.of);
  return reachedAround(causesOf(causes, first), first, {
    ...{ causes, rack: shown, fed: shown, total: sample.of, totalOn: () => sample.on ?? sample.of },
    isDown: (_cause, { said }) => sample.down.includes(said),
  });
}

function feedersOf(assetId: string, level: FeedLevel, names: readonly string[]): Feeder[] {
  return names.map((said, at) => {
    const name = said.toLowerCase();
    const port = { port: `${level} ${at}`, outlet: null, management: false, source: 'test', seenAt: '' };
    return { level, name, names: [name], said, feeds: [{ assetId, level, name, said, ...port }] };
  });
}

export function matchesKind(pattern: string, kind: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}

/** For editors: `mappings/schema/correlation-rules.schema.json` holds it. */
export function correlationSchema(): Record<string, unknown> {
  return z.toJSONSchema(Shape, { io: 'input', target: 'draft-7' });
}
