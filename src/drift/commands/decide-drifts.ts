import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { tx } from '../../core/tx.ts';
import type { Drift } from '../drift-store.ts';
import { countDrifts, type DriftFilter, pageForDecision } from '../drift-reads.ts';
import { mappingOf, type Reconciled } from '../reconciled.ts';
import { lockDrifts } from '../verdict-store.ts';
import { whyNot } from '../verdicts.ts';
import { checkSaying, ruleDrifts, type Saying, whyOver } from './rule-drifts.ts';

const PAGE = 200;

export interface DecidedMany {
  decided: number;
  refused: number;
  /** Why, how often, and one that it is so for. */
  reasons: { reason: string; count: number; example: { id: string; label: string } }[];
}

/**
 * Says the same of all drifts that a filter lets through, page by page, each page in a transaction of its own. Those that came after the
 * caller had counted are not touched; those that changed meanwhile are refused. @throws HubError conflict where there are not as many as the caller saw
 */
export async function decideDrifts(
  ctx: Ctx,
  reconciled: Pick<Reconciled, 'mappings'>,
  want: Saying & { filter: DriftFilter; expect: number },
): Promise<DecidedMany> {
  checkSaying(want, ctx.now());
  const { count, last } = await countDrifts(ctx, want.filter);
  if (count !== want.expect)
    throw new HubError(
      'conflict',
      `There are ${count} of them now, not ${want.expect}: look again, then decide about those`,
      { extra: { count } },
    );
  const done: DecidedMany = { decided: 0, refused: 0, reasons: [] };
  const reasons = new Map<string, DecidedMany['reasons'][number]>();
  for (let after: string | null = null; last !== null;) {
    const page = await pageForDecision(ctx, want.filter, { after, upTo: last, limit: PAGE });
    if (page.length === 0) break;
    after = page.at(-1)?.id ?? null;
    const refusals = await tx(ctx, async (inside) => {
      const seen = new Map(page.map(({ id, version }) => [id, version]));
      const locked = await lockDrifts(
        inside.db,
        page.map(({ id }) => id),
      );
      const judged = locked.map((drift) => ({
        drift,
        reason: refusalOf(drift, seen.get(drift.id), want, reconciled),
      }));
      await ruleDrifts(
        inside,
        judged.flatMap(({ drift, reason }) => (reason === undefined ? [drift] : [])),
        want,
      );
      return judged.flatMap(({ drift, reason }) => (reason === undefined ? [] : [{ drift, reason }]));
    });
    done.decided += page.length - refusals.length;
    done.refused += refusals.length;
    for (const { drift, reason } of refusals) {
      const known = reasons.get(reason);
      if (known) known.count += 1;
      else reasons.set(reason, { reason, count: 1, example: { id: drift.id, label: drift.label } });
    }
  }
  return { ...done, reasons: [...reasons.values()].toSorted((a, b) => b.count - a.count) };
}

function refusalOf(
  drift: Drift,
  seen: number | undefined,
  { verdict }: Saying,
  reconciled: Pick<Reconciled, 'mappings'>,
): string | undefined {
  if (drift.version !== seen) return 'it changed while the others were decided: look at it again';
  const over = whyOver(drift, verdict);
  if (over !== undefined || verdict === null) return over;
  return whyNot(verdict, drift, mappingOf(reconciled, drift.system, drift.object));
}
