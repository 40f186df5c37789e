import type { TxCtx } from '../core/ctx.ts';
import { componentsBySerial, partsWithSerial } from './component-store.ts';
import type { Moment } from './derive/look.ts';
import { familyOf } from './identity/identify.ts';
import { ANYWHERE, linksTo } from './link-store.ts';
import { closeReviews, type Finding, openReviews } from './review-store.ts';

/** Two makers count from 1: what is shorter is the same by chance. */
const SHORTEST_SERIAL = 6;
/** A serial that so many makers use is a default that nobody has listed yet, and tells nothing. */
const MOST_TWINS = 8;

type Twin = Awaited<ReturnType<typeof componentsBySerial>>[number];

/**
 * One source knows who made a part, the next one does not, or calls it by the name on the server: then one part has two records. Opens a
 * question for each two of the same serial and family that one of these components belongs to.
 */
export async function askOfTwins(tx: TxCtx, componentIds: readonly string[], now: Moment): Promise<void> {
  if (componentIds.length === 0) return;
  const own = await partsWithSerial(tx.db, componentIds);
  const serials = own.map(({ serial }) => serial).filter((serial) => serial.length >= SHORTEST_SERIAL);
  const groups = Map.groupBy(await componentsBySerial(tx.db, serials), keyOf);
  const ids = new Set(componentIds);
  const pairs: [Twin, Twin][] = [];
  for (const group of groups.values()) {
    const makers = new Set(group.map(({ vendor }) => vendor));
    if (makers.size < 2 || makers.size > MOST_TWINS) continue;
    for (const [at, one] of group.entries())
      for (const other of group.slice(at + 1))
        if (one.vendor !== other.vendor && (ids.has(one.id) || ids.has(other.id))) pairs.push([one, other]);
  }
  if (pairs.length === 0) return;
  const links = await linksTo(tx.db, [...new Set(pairs.flat().map(({ id }) => id))]);
  const open = pairs.filter(([a, b]) => links.resolve(a.id, ANYWHERE) !== links.resolve(b.id, ANYWHERE));
  await openReviews(tx, open.map(findingOf), now);
}

export async function answerTwins(tx: TxCtx, a: string, b: string, now: Moment): Promise<void> {
  await closeReviews(tx, [{ kind: 'maybe-one-component', subject: subjectOf(a, b) }], now);
}

function keyOf({ serial, kind }: Twin): string {
  return `${familyOf(kind)} ${serial}`;
}

function subjectOf(a: string, b: string): string {
  return [a, b].toSorted().join(' ');
}

function findingOf(pair: [Twin, Twin]): Finding {
  const [a, b] = pair.toSorted((one, other) => (one.id < other.id ? -1 : 1)) as [Twin, Twin];
  return {
    kind: 'maybe-one-component',
    subject: subjectOf(a.id, b.id),
    evidence: {
      serial: a.serial,
      components: [a, b].map(({ id, kind, vendor, model }) => ({ id, kind, vendor, model })),
    },
  };
}
