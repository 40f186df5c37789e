import type { TxCtx } from '../core/ctx.ts';
import { appendAll } from '../events/append.ts';
import { insertAlerts } from './alert-store.ts';
import type { RuleSet } from './compile-rules.ts';
import type { Told } from './episode.ts';
import { type Alert, alertCleared, criticalAlertRaised, warningAlertRaised } from './events.ts';
import type { Priority } from './rule-words.ts';

const CRITICAL: readonly Priority[] = ['HIGH', 'CRITICAL'];

/** Writes into the log what episodes began, go on and ended, and which symptom each came of. */
export async function tellAlerts(tx: TxCtx, rules: RuleSet, all: readonly Told[]): Promise<void> {
  if (all.length === 0) return;
  const drafts = all.map((told) => ({ told, rule: rules.byId.get(told.rule)?.rule }));
  const alerts: { alertId: string; told: Told }[] = [];
  for (const event of [criticalAlertRaised, warningAlertRaised]) {
    const own = drafts.flatMap(({ told, rule }) => {
      if (told.did === 'cleared' || rule === undefined) return [];
      const isCritical = CRITICAL.includes(rule.opens.priority);
      if (isCritical !== (event === criticalAlertRaised)) return [];
      const data: Alert = {
        ...{ symptom: told.said.type, ticket: rule.opens.ticket, priority: rule.opens.priority, rule: rule.id },
        ...{ component: told.component, componentKind: told.said.kind, serial: told.serial },
        reason: sentenceOf([rule.says, told.why, told.said.message]),
        ...{ occurredAt: new Date(told.at).toISOString(), site: told.said.site },
        ...{ template: rule.opens.template ?? null, assigneeGroup: rule.opens.group ?? null },
        ...{ count: told.count, repeat: told.did === 'repeated' },
      };
      return [{ told, data }];
    });
    const ids = await appendAll(tx, event, own.map(toEvent), { timeline: true });
    own.forEach(({ told }, index) => alerts.push({ alertId: ids[index] ?? '', told }));
  }
  const over = drafts.flatMap(({ told, rule }) =>
    told.did !== 'cleared'
      ? []
      : [
          {
            told,
            data: {
              ...{ symptom: told.said.type, ticket: rule?.opens.ticket ?? '', component: told.component },
              ...{ rule: told.rule, reason: told.why.slice(0, 1000), occurredAt: new Date(told.at).toISOString() },
            },
          },
        ],
  );
  const ids = await appendAll(tx, alertCleared, over.map(toEvent), { timeline: true });
  over.forEach(({ told }, index) => alerts.push({ alertId: ids[index] ?? '', told }));
  await insertAlerts(tx.db, alerts);
}

function toEvent<D>({ told, data }: { told: Told; data: D }) {
  const subject = { type: told.subjectType, id: told.subjectId };
  return { subject, occurredAt: new Date(told.at).toISOString(), data };
}

function sentenceOf(parts: readonly (string | null)[]): string {
  return parts
    .filter((part) => part !== null && part !== '')
    .join('; ')
    .slice(0, 1000);
}
