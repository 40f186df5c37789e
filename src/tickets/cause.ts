import { z } from 'zod';
import { type Feeder, type FeedLevel, sameFeeder } from '../feeds/reads.ts';
import { TicketPriority } from './model.ts';

/** As alerts and kinds of work are named. */
export const Word = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'capital letters, digits and underscores, e.g. PSU_FAIL');

/** Where a cause sits. A PDU or a switch stands in a rack, and may feed servers of others. */
export const LEVELS = ['site', 'rack', 'pdu', 'switch'] as const;
type Level = (typeof LEVELS)[number];
/** Where its ticket is; and of which place its servers are, where nobody knows what they hang on. */
export const PLACE_OF = { site: 'site', rack: 'rack', pdu: 'rack', switch: 'rack' } as const satisfies Record<
  Level,
  'site' | 'rack'
>;

const Explained = z.strictObject({
  symptom: Word,
  /** Of what a server hangs on: one that is down explains it, or only all of them. */
  feeds: z.enum(['one', 'all']).default('one'),
  /** Of a switch: only what hangs on it by such ports. */
  ports: z.enum(['management', 'data']).optional(),
  /** Also of servers of the rack of which nobody knows what they hang on. */
  by_rack: z.boolean().default(true),
});
export type Explained = z.infer<typeof Explained>;

export const Cause = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'small letters, digits and dashes, e.g. rack-power'),
  level: z.enum(LEVELS),
  ticket: Word,
  priority: TicketPriority,
  says: z.string().min(1).max(200),
  symptoms: z.array(Word).min(1),
  explains: z.array(z.union([Word, Explained])).min(1),
  /** Of these, what shows it by itself; left out: each does. The rest shows only a PDU or a switch that all of them are known to hang on. */
  shown_by: z.array(Word).min(1).optional(),
  servers: z.int().min(2),
  share: z.number().gt(0).max(1).optional(),
  racks: z.int().min(1).default(1),
  within_s: z.number().positive().max(86_400),
  hold_s: z.number().min(0).max(600).default(10),
});
export type Cause = z.infer<typeof Cause>;

/** A symptom, and the kind of work that it asks for. */
interface Told {
  symptom: string;
  type: string;
}

export function wordOf(entry: Cause['explains'][number]): Explained {
  return typeof entry === 'string' ? { symptom: entry, feeds: 'one', by_rack: true } : entry;
}

/** How the cause explains the symptom, or the kind of work that it asks for; undefined: it does not. */
export function explainedAs(cause: Cause, { symptom, type }: Told): Explained | undefined {
  const words = cause.explains.map(wordOf);
  return words.find((word) => word.symptom === symptom) ?? words.find((word) => word.symptom === type);
}

/** Whether a symptom shows the cause by itself, where nobody knows what the servers hang on. */
export function shows(cause: Cause, { symptom, type }: Told): boolean {
  return cause.shown_by === undefined || cause.shown_by.some((word) => word === symptom || word === type);
}

/** PDUs and switches feed servers; a site and a rack hold them. */
export function feedLevelOf({ level }: Pick<Cause, 'level'>): FeedLevel | undefined {
  return level === 'pdu' || level === 'switch' ? level : undefined;
}

/** Of what feeds a server that which an entry of a cause is about. Empty: nobody knows, and its rack is meant. */
export function feedersFor(cause: Cause, { ports }: Explained, feeders: readonly Feeder[]): Feeder[] {
  const isSuch = (management: boolean): boolean => ports === undefined || management === (ports === 'management');
  return feeders.filter(
    ({ level, feeds }) => level === feedLevelOf(cause) && feeds.some(({ management }) => isSuch(management)),
  );
}

/** Whether it is known by one of these names. */
export function feederIs({ names }: Feeder, others: readonly string[]): boolean {
  return names.some((name) => others.some((other) => sameFeeder(name, other)));
}

/** Those that could explain it, the widest place first, in the order of the file. */
export function causesOf(causes: readonly Cause[], alert: Told): Cause[] {
  return causes
    .filter((cause) => explainedAs(cause, alert) !== undefined)
    .toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

/** The causes whose own symptom this is, told about a place itself. */
export function causeOfPlace(causes: readonly Cause[], placeType: string, symptom: string): Cause | undefined {
  return causes.find(({ level, symptoms }) => PLACE_OF[level] === placeType && symptoms.includes(symptom));
}

/** The longest time for which an alert waits for something that explains it, in milliseconds; 0: none could. */
export function holdMs(causes: readonly Cause[]): number {
  return Math.max(0, ...causes.map(({ hold_s: seconds }) => seconds * 1000));
}
