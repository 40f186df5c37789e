import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { releaseHeld } from '#jobs/release-held.ts';
import { newId } from '#src/core/id.ts';
import { insertRows } from '#src/core/insert-rows.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { takeAlert, type Taken, type TicketJudges } from '#src/tickets/commands/take-alert.ts';
import { CorrelationRules } from '#src/tickets/correlation-rules.ts';
import type { Complaint } from '#src/tickets/model.ts';
import { type Ticket, toTicket } from '#src/tickets/store.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

export type LabCtx = ReturnType<typeof testCtx>;

export interface TicketLab {
  database: TestDatabase;
  ctx: LabCtx;
  judges: TicketJudges;
  /** The clock of everybody here, in milliseconds. */
  clock: { at: number };
  /** Another process, as far as the database knows. */
  another(): LabCtx;
  place(type: string, name: string, parentId: string | null): Promise<string>;
  servers(many: number, locationId: string | null, state?: string): Promise<string[]>;
  alert(assetId: string, more?: Partial<Complaint>): Complaint;
  take(complaint: Complaint, by?: LabCtx): Promise<Taken>;
  /** Takes what is due until nothing is. */
  release(by?: LabCtx): Promise<void>;
  tickets(where?: Record<string, unknown>): Promise<Ticket[]>;
  rows(table: string, where?: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Alerts and tickets on a database of their own, with a clock that stands still. */
export async function ticketLab(): Promise<TicketLab> {
  const database = await testDatabase();
  const clock = { at: Date.UTC(2026, 10, 21, 9) };
  const another = (): LabCtx => testCtx(database.connect(), { now: () => new Date(clock.at) });
  const ctx = another();
  const file = new URL('../../mappings/correlation-rules.yaml', import.meta.url);
  const rules = CorrelationRules.parse(parse(readFileSync(file, 'utf8')));
  const judges: TicketJudges = {
    rules: () => rules,
    reopenDays: 14,
    againDays: 30,
  };
  const add = async (table: string, rows: Record<string, unknown>[]): Promise<void> => {
    const now = toSql(new Date(clock.at));
    const whole = rows.map((row) => ({ created_at: now, updated_at: now, ...row }));
    await insertRows(database.db, table, Object.keys(whole[0] ?? {}), whole.map(Object.values));
  };
  return {
    ...{ database, ctx, judges, clock, another },
    async place(type, name, parentId) {
      const id = newId();
      await add('locations', [{ id, name, type, parent_id: parentId }]);
      return id;
    },
    async servers(many, locationId, state = 'IN_SERVICE') {
      const ids = Array.from({ length: many }, () => newId());
      const rows = ids.map((id) => ({
        ...{ id, name: `srv-${id.slice(-6)}`, vendor_serial: `SN${id.slice(-8)}`, location_id: locationId },
        ...{ lifecycle_state: state, state_since: toSql(new Date(clock.at)) },
      }));
      if (many > 0) await add('assets', rows);
      return ids;
    },
    alert: (assetId, more = {}) => ({
      ...{ alertId: newId(), subject: { type: 'asset', id: assetId }, symptom: 'SMART_FAIL', type: 'REPLACE_DISK' },
      ...{ component: 'Bay.2', serial: null, priority: 'HIGH', reason: 'SMART reports a failure', repeat: false },
      ...{ rule: null, template: null, assigneeGroup: null, occurredAt: new Date(clock.at).toISOString() },
      ...more,
    }),
    take: (complaint, by = ctx) =>
      tx(by, (inside) => takeAlert(inside, judges, complaint), { isolation: 'read committed' }),
    async release(by = ctx) {
      while (await releaseHeld(by, judges));
    },
    async tickets(where = {}) {
      const rows: Record<string, unknown>[] = await database
        .db('tickets')
        .where(where)
        .orderBy(['opened_at', 'type', 'component', 'id'])
        .select('*');
      return rows.map(toTicket);
    },
    rows: (table, where = {}) => database.db(table).where(where).select('*'),
    close: () => database.close(),
  };
}
