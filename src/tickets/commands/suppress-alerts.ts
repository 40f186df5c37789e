import type { TxCtx } from '../../core/ctx.ts';
import { idFrom } from '../../core/id.ts';
import { appendAll } from '../../events/append.ts';
import { noteAlerts, saveSuppressions } from '../alert-store.ts';
import { ticketSuppressed } from '../events.ts';
import type { Complaint } from '../model.ts';
import type { Reason } from '../why-nothing.ts';

/** Says of each alert why it opens no ticket of its own. */
export async function suppressAlerts(
  tx: TxCtx,
  complaints: readonly Complaint[],
  { rule, why, until, ticketId, site }: Reason & { site: string | null },
): Promise<void> {
  if (complaints.length === 0) return;
  const at = tx.now().toISOString();
  await saveSuppressions(
    tx.db,
    complaints.map((complaint) => ({
      ...{ id: idFrom('suppression', complaint.alertId), alertId: complaint.alertId, subject: complaint.subject, site },
      ...{ symptom: complaint.symptom, type: complaint.type, component: complaint.component, complaint },
      ...{ rule, why, until, ticketId, occurredAt: complaint.occurredAt, createdAt: at },
    })),
  );
  await noteAlerts(tx.db, complaints, { outcome: 'suppressed', ticketId, at });
  await appendAll(
    tx,
    ticketSuppressed,
    complaints.map(({ alertId, subject, symptom, type, component, occurredAt }) => ({
      subject,
      related: ticketId === null ? [] : [{ type: 'ticket', id: ticketId }],
      occurredAt,
      data: { alert: alertId, symptom, ticketType: type, component, rule, why, until, ticket: ticketId },
    })),
    { timeline: true },
  );
}
