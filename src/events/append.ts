import type { z } from 'zod';
import type { TxCtx } from '../core/ctx.ts';
import type { EventType, Subject } from '../core/event.ts';
import { idFrom, newId } from '../core/id.ts';
import { insertEvent, insertEvents, isLogged } from './store.ts';

/**
 * Says what happened, in the transaction that made it so.
 * @returns the event's id, which is the cause of all that follows from it
 */
export async function append<S extends z.ZodType>(
  tx: TxCtx,
  event: EventType<S>,
  what: {
    subject: Subject;
    related?: Subject[];
    occurredAt?: string;
    data: z.input<S>;
    /** The event is said once per (type, subject, this), however often the command runs. */
    once?: string;
  },
): Promise<string> {
  const data = event.Data.parse(what.data) as z.output<S>;
  const now = tx.now().toISOString();
  const id = what.once === undefined ? newId() : idFrom(event.type, what.subject.type, what.subject.id, what.once);
  if (what.once !== undefined && (await isLogged(tx.db, id))) return id;
  await insertEvent(tx.db, {
    id,
    type: event.type,
    version: event.version,
    subject: what.subject,
    related: what.related ?? [],
    occurredAt: what.occurredAt ?? now,
    recordedAt: now,
    actor: tx.actor,
    cause: tx.cause,
    sentence: event.sentence(data),
    data: data as Record<string, unknown>,
  });
  tx.afterCommit(() => tx.wake('relay'));
  return id;
}

/** Says many things of one kind at once. They stand in the feed; on a timeline only where `timeline` is true. */
export async function appendAll<S extends z.ZodType>(
  tx: TxCtx,
  event: EventType<S>,
  all: readonly { subject: Subject; related?: Subject[]; occurredAt?: string; data: z.input<S> }[],
  options: { timeline: boolean },
): Promise<string[]> {
  if (all.length === 0) return [];
  const now = tx.now().toISOString();
  const rows = all.map((what) => {
    const data = event.Data.parse(what.data) as z.output<S>;
    return {
      id: newId(),
      type: event.type,
      version: event.version,
      subject: what.subject,
      related: what.related ?? [],
      occurredAt: what.occurredAt ?? now,
      recordedAt: now,
      actor: tx.actor,
      cause: tx.cause,
      sentence: event.sentence(data),
      data: data as Record<string, unknown>,
    };
  });
  await insertEvents(tx.db, rows, options);
  tx.afterCommit(() => tx.wake('relay'));
  return rows.map(({ id }) => id);
}
