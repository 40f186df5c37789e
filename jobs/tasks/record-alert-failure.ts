import { tx } from '#src/core/tx.ts';
import { recordFailure } from '#src/history/commands/record-failure.ts';
import { modeOfSymptom } from '#src/history/failure-modes.ts';
import { handle } from '../job-ctx.ts';
import { recordAlertFailureJob } from '../catalogue-tickets.ts';
import { findPartOfServer } from './part-of-server.ts';

/**
 * A symptom is noted as a failure of little confidence: it does not explain a removal by itself, but whoever replaces the part later
 * finds what it showed. What goes on reporting counts once per symptom and day (UTC).
 */
export const recordAlertFailureTask = handle(recordAlertFailureJob, async (ctx, alert) => {
  const part = await findPartOfServer(ctx, alert.serial, alert.assetId);
  if ('outcome' in part) return part;
  const report = {
    componentId: part.componentId,
    mode: modeOfSymptom(alert.symptom),
    occurredAt: alert.occurredAt,
    occurredAfter: null,
    source: 'telemetry',
    sourceId: `${alert.symptom}/${new Date(alert.occurredAt).toISOString().slice(0, 10)}`,
    confidence: null,
    note: alert.reason.slice(0, 500),
    assetId: alert.assetId,
  } as const;
  const { failure, isNew } = await tx(ctx, (inside) => recordFailure(inside, report), { isolation: 'read committed' });
  return { outcome: isNew ? 'recorded' : 'recorded already', failureId: failure.id };
});
