import type { TxCtx } from '../../core/ctx.ts';
import type { Subject } from '../../core/event.ts';
import { HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';
import { appendAll } from '../../events/append.ts';
import type { Drift } from '../drift-store.ts';
import { driftDecided } from '../events.ts';
import type { Verdict } from '../model.ts';
import { addNotices } from '../notice-store.ts';
import { aboutOf } from '../verdicts.ts';
import { saveVerdicts } from '../verdict-store.ts';

/** What a person says of one drift or of many. */
export interface Saying {
  /** null: takes back what was said. */
  verdict: Verdict | null;
  reason: string | null;
  /** Of `ignore`: until when; null: for as long as the values stay. */
  until: string | null;
}

/** @throws HubError invalid naming the field */
export function checkSaying({ verdict, reason, until }: Saying, now: Date): void {
  if (verdict === 'ignore' && reason === null)
    throw invalid('/reason', 'say why it is ignored: whoever meets it next will ask');
  if (until === null) return;
  if (verdict !== 'ignore') throw invalid('/until', 'only goes with ignore: leave it out');
  if (Date.parse(until) <= now.getTime()) throw invalid('/until', 'has passed: name a time in the future');
}

/** Why nothing can be said of it any more; undefined: something can. */
export function whyOver(drift: Drift, verdict: Verdict | null): string | undefined {
  if (drift.state === 'resolved') return `it is resolved already: ${drift.resolution ?? 'both sides agree'}`;
  if (verdict === null && drift.verdict === null) return 'nobody has decided anything that could be taken back';
  return undefined;
}

/** Says it of these, which must be locked; their objects are looked at again at once. */
export async function ruleDrifts(tx: TxCtx, drifts: readonly Drift[], saying: Saying): Promise<void> {
  const now = tx.now();
  const { verdict, reason, until } = saying;
  await saveVerdicts(
    tx.db,
    drifts.map(({ id }) => id),
    { verdict, by: tx.actor, reason, until },
    now,
  );
  for (const [system, some] of Map.groupBy(drifts, (drift) => drift.system)) {
    const scopes = new Map(some.map((drift) => [scopeKey(drift), scopeOf(drift, verdict)]));
    await addNotices(tx.db, system, [...scopes.values()], now, 0);
  }
  await appendAll(
    tx,
    driftDecided,
    drifts.map((drift) => ({
      ...subjectsOf(drift),
      data: {
        ...{ driftId: drift.id, system: drift.system, object: drift.object, label: drift.label, field: drift.field },
        ...{ kind: drift.kind, action: drift.action, verdict, by: tx.actor, reason, until },
        theirs: plain(drift.theirs),
        ours: plain(drift.ours),
      },
    })),
    { timeline: true },
  );
}

function scopeKey({ root }: Drift): string {
  return `${root.type}|${root.hubId ?? `their:${root.theirId}`}`;
}

function scopeOf({ root }: Drift, verdict: Verdict | null) {
  const ref = root.hubId ?? root.theirId;
  if (ref === null) throw new HubError('internal', `a drift of a ${root.type} names it on neither side`);
  const side = root.hubId === null ? ('their' as const) : ('hub' as const);
  return { rootType: root.type, side, ref, reason: `decided: ${verdict ?? 'taken back'}` };
}

/** A decision about a server stands on the server's timeline. */
function subjectsOf({ system, root }: Drift): { subject: Subject; related: Subject[] } {
  const adapter: Subject = { type: 'adapter', id: system };
  const about = aboutOf(root);
  if (about?.type === 'asset') return { subject: about, related: [adapter] };
  return { subject: adapter, related: about === null ? [] : [about] };
}

function plain(value: Drift['theirs']): string | number | boolean | null | string[] | undefined {
  return typeof value === 'object' && value !== null ? [...value] : value;
}
