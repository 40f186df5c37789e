import { z } from 'zod';
import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { findAssetByName } from '../../assets/reads.ts';
import { criticalAlertRaised, warningAlertRaised } from '../events.ts';
import { isOver, ruleFor, type TelemetryRule } from '../rules.ts';
import { insertSymptom, sumInWindow, type Symptom } from '../store.ts';

export const TelemetryEvent = z
  .strictObject({
    asset: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .meta({ description: "The server: the hub's id, its serial, its name or its asset tag" }),
    type: z.string().regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'capital letters, digits and underscores, e.g. SMART_FAIL'),
    occurred_at: z.iso.datetime({ offset: true }).meta({ description: 'When it happened, with a zone' }),
    component: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .nullish()
      .meta({ description: 'Slot of the part, as the inventory names it' }),
    serial: z.string().trim().min(1).max(100).nullish().meta({ description: 'Serial of the part' }),
    value: z.number().nullish().meta({ description: 'How many, for symptoms that are counted' }),
    message: z.string().max(1000).nullish(),
    source: z.string().max(100).nullish().meta({ description: 'Who reports it' }),
  })
  .meta({ id: 'TelemetryEvent' });
export type TelemetryEvent = z.infer<typeof TelemetryEvent>;

export const TelemetryResult = z
  .object({
    status: z.enum(['taken', 'duplicate', 'unknown_asset']),
    asset_id: z.string().nullable(),
    alert: z.boolean().meta({ description: 'Whether a rule raised an alert' }),
  })
  .meta({ id: 'TelemetryResult' });
export type TelemetryResult = z.infer<typeof TelemetryResult>;

/** Takes each symptom once and raises an alert where a rule says so. One result per event, in their order. */
export async function reportTelemetry(
  tx: TxCtx,
  rules: readonly TelemetryRule[],
  events: TelemetryEvent[],
): Promise<TelemetryResult[]> {
  const results: TelemetryResult[] = [];
  for (const event of events) {
    const asset = await findAssetByName(tx, event.asset);
    if (!asset) {
      results.push({ status: 'unknown_asset', asset_id: null, alert: false });
      continue;
    }
    const symptom: Symptom = {
      assetId: asset.id,
      occurredAt: new Date(event.occurred_at).toISOString(),
      type: event.type,
      component: event.component ?? null,
      serial: event.serial ?? null,
      value: event.value ?? null,
      message: event.message ?? null,
      source: event.source ?? null,
    };
    const taken = await insertSymptom(tx.db, symptom, tx.now().toISOString());
    const alert = taken && (await raiseAlert(tx, rules, symptom, asset.site));
    results.push({ status: taken ? 'taken' : 'duplicate', asset_id: asset.id, alert });
  }
  return results;
}

async function raiseAlert(
  tx: TxCtx,
  rules: readonly TelemetryRule[],
  symptom: Symptom,
  site: string | null,
): Promise<boolean> {
  const rule = ruleFor(rules, symptom);
  if (!rule) return false;
  const { assetId, type, component, occurredAt } = symptom;
  const sum = rule.threshold
    ? await sumInWindow(tx.db, { assetId, type, component, until: occurredAt, hours: rule.threshold.hours })
    : 0;
  if (!isOver(rule, sum)) return false;
  const reason = [
    rule.says,
    rule.threshold ? `${sum} in ${rule.threshold.hours} h (threshold ${rule.threshold.sum})` : null,
    symptom.message,
  ]
    .filter((part) => part !== null)
    .join('; ');
  const alert = rule.priority === 'HIGH' || rule.priority === 'CRITICAL' ? criticalAlertRaised : warningAlertRaised;
  await append(tx, alert, {
    subject: { type: 'asset', id: assetId },
    occurredAt,
    data: {
      symptom: type,
      ticket: rule.ticket,
      priority: rule.priority,
      component,
      serial: symptom.serial,
      reason: reason.slice(0, 1000),
      occurredAt,
      site,
    },
  });
  return true;
}
