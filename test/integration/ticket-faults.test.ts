import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { clearAlert } from '#src/tickets/commands/clear-alert.ts';
import { lookAgain } from '#src/tickets/commands/look-again.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import { endMaintenance, planMaintenance } from '#src/tickets/commands/plan-maintenance.ts';
import type { Complaint, TicketMove } from '#src/tickets/model.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

let on: TicketLab;
beforeAll(async () => void (on = await ticketLab()));
afterAll(() => on.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const later = (ms: number): number => (on.clock.at += ms);
const server = async (state?: string): Promise<string> => String((await on.servers(1, null, state))[0]);
const move = (ticketId: string, name: TicketMove) =>
  tx(on.ctx, (inside) => moveTicket(inside, { ticketId, move: name, reason: null }));
const clear = ({ subject, symptom, type, component }: Complaint) =>
  tx(
    on.ctx,
    (inside) =>
      clearAlert(inside, {
        ...{ subject, symptom, rule: null, type, component, reason: 'it is over' },
        occurredAt: new Date(on.clock.at).toISOString(),
      }),
    { isolation: 'read committed' },
  );
const suppressed = (subjectId: string) => on.rows('suppressions', { subject_id: subjectId });

describe('one fault', () => {
  test('told of by many at once is one ticket, and each alert is counted once', async () => {
    const asset = await server();
    const workers = Array.from({ length: 4 }, () => on.another());
    const alerts = Array.from({ length: 40 }, () => on.alert(asset));
    await Promise.all(alerts.map((alert, n) => on.take(alert, workers[n % 4])));
    await Promise.all(alerts.map((alert, n) => on.take(alert, workers[(n + 1) % 4])));
    const tickets = await on.tickets({ asset_id: asset });
    expect(tickets.map(({ state, occurrences }) => [state, occurrences])).toEqual([['OPEN', 40]]);
    expect(await on.rows('timeline_events', { type: 'ticket.opened', subject_id: asset })).toHaveLength(1);
  });

  test('is another one in another slot, and of another kind', async () => {
    const asset = await server();
    await on.take(on.alert(asset));
    await on.take(on.alert(asset, { component: 'Bay.3' }));
    await on.take(on.alert(asset, { type: 'CHECK_GPU', component: 'GPU.1' }));
    expect(await on.tickets({ asset_id: asset })).toHaveLength(3);
  });

  test('is told of again at most once an hour, and its priority only rises', async () => {
    const asset = await server();
    await on.take(on.alert(asset, { priority: 'MEDIUM' }));
    for (let n = 0; n < 10; n += 1) {
      later(10 * 60_000);
      await on.take(on.alert(asset, { repeat: true, priority: n === 4 ? 'CRITICAL' : 'LOW' }));
    }
    const [ticket] = await on.tickets({ asset_id: asset });
    expect([ticket?.occurrences, ticket?.priority]).toEqual([11, 'CRITICAL']);
    const told = await on.rows('ticket_notes', { ticket_id: ticket?.id, kind: 'comment' });
    expect(told.map(({ body }) => String(body).match(/Again|Priority/)?.[0])).toEqual(['Priority', 'Again']);
  });

  test('that comes back within the window opens its ticket again; after it a new one', async () => {
    const asset = await server();
    const { ticketId } = await on.take(on.alert(asset));
    later(HOUR);
    await move(String(ticketId), 'finish');
    later(13 * DAY);
    const again = await on.take(on.alert(asset));
    expect(again).toMatchObject({ outcome: 'reopened', ticketId });
    const [ticket] = await on.tickets({ asset_id: asset });
    expect(ticket).toMatchObject({ state: 'OPEN', reopened: 1, closedAt: null, occurrences: 2 });
    const told = await on.rows('ticket_notes', { ticket_id: ticketId });
    expect(told.map(({ kind }) => kind).slice(-2)).toEqual(['move', 'comment']);
    expect(String(told.at(-1)?.['body'])).toContain('the same fault again, 13 days after it was closed');
    later(HOUR);
    await move(String(ticketId), 'finish');
    later(15 * DAY);
    expect((await on.take(on.alert(asset))).outcome).toBe('opened');
    expect(await on.tickets({ asset_id: asset })).toHaveLength(2);
  });

  test('that was refused opens nothing within the window, and it is said why', async () => {
    const asset = await server();
    const { ticketId } = await on.take(on.alert(asset));
    await move(String(ticketId), 'refuse');
    later(DAY);
    expect(await on.take(on.alert(asset))).toMatchObject({ outcome: 'suppressed', ticketId });
    expect(await suppressed(asset)).toMatchObject([{ rule: 'wont_fix', ticket_id: ticketId }]);
    expect(await on.rows('timeline_events', { type: 'ticket.suppressed', subject_id: asset })).toHaveLength(1);
    later(14 * DAY);
    expect((await on.take(on.alert(asset))).outcome).toBe('opened');
  });

  test('cannot be opened again by hand beside one that is open', async () => {
    const asset = await server();
    const { ticketId } = await on.take(on.alert(asset));
    await move(String(ticketId), 'refuse');
    later(30 * DAY);
    await on.take(on.alert(asset));
    await expect(move(String(ticketId), 'reopen')).rejects.toThrow(HubError);
  });

  test('that is older than what its closed ticket knows is history', async () => {
    const asset = await server();
    const old = on.alert(asset);
    later(HOUR);
    const { ticketId } = await on.take(on.alert(asset));
    await move(String(ticketId), 'finish');
    expect((await on.take(old)).outcome).toBe('suppressed');
    expect(await suppressed(asset)).toMatchObject([{ rule: 'late' }]);
  });
});

describe('no ticket', () => {
  test.each([
    ['IN_WAREHOUSE', 'state'],
    ['DECOMMISSIONED', 'state'],
    ['MAINTENANCE', 'maintenance'],
    ['BROKEN', 'being_repaired'],
    ['REPAIRING', 'being_repaired'],
  ])('for a server that is %s', async (state, rule) => {
    const asset = await server(state);
    expect((await on.take(on.alert(asset))).outcome).toBe('suppressed');
    expect(await suppressed(asset)).toMatchObject([{ rule, symptom: 'SMART_FAIL', type: 'REPLACE_DISK' }]);
    expect(await on.tickets({ asset_id: asset })).toEqual([]);
  });

  test('for a server on a shelf, until it is in use and still has the fault', async () => {
    const asset = await server('IN_WAREHOUSE');
    await on.take(on.alert(asset));
    await on.database.db('assets').where({ id: asset }).update({ lifecycle_state: 'READY' });
    expect(await tx(on.ctx, (inside) => lookAgain(inside, { assetId: asset }))).toBe(1);
    later(HOUR);
    await on.release();
    expect(await on.tickets({ asset_id: asset })).toMatchObject([{ state: 'OPEN', occurrences: 1 }]);
  });

  test('for a part that is to be replaced already', async () => {
    const asset = await server();
    const { ticketId } = await on.take(on.alert(asset));
    expect((await on.take(on.alert(asset, { type: 'CHECK_DISK', symptom: 'DRIVE_WARN' }))).outcome).toBe('suppressed');
    expect(await suppressed(asset)).toMatchObject([{ rule: 'being_repaired', ticket_id: ticketId }]);
    expect((await on.take(on.alert(asset, { type: 'CHECK_DISK', component: 'Bay.7' }))).outcome).toBe('opened');
  });

  test('during the maintenance of its rack; what is still so at its end is a fault, what is over is not', async () => {
    const site = await on.place('site', 'maintained', null);
    const rack = await on.place('rack', 'm1', site);
    const [stays, ends] = await on.servers(2, rack);
    const until = new Date(on.clock.at + 2 * HOUR).toISOString();
    const want = { subject: { type: 'location', id: rack } as const, endsAt: until, reason: 'new PDUs' };
    await tx(on.ctx, (inside) =>
      planMaintenance(inside, { ...want, startsAt: new Date(on.clock.at - HOUR).toISOString() }),
    );
    const alerts = [on.alert(String(stays)), on.alert(String(ends))];
    for (const alert of alerts) expect((await on.take(alert)).outcome).toBe('suppressed');
    expect(await suppressed(String(stays))).toMatchObject([{ rule: 'maintenance' }]);
    later(HOUR);
    if (alerts[1]) await clear(alerts[1]);
    await on.release();
    expect(await on.tickets({ asset_id: stays })).toEqual([]);
    later(HOUR + 1);
    await on.release();
    expect(await on.tickets({ asset_id: stays })).toHaveLength(1);
    expect(await on.tickets({ asset_id: ends })).toEqual([]);
    expect(await suppressed(String(ends))).toMatchObject([{ rule: 'cleared' }]);
  });

  test('during maintenance, until it is ended before its time', async () => {
    const asset = await server();
    const window = await tx(on.ctx, (inside) =>
      planMaintenance(inside, {
        ...{ subject: { type: 'asset', id: asset }, startsAt: new Date(on.clock.at).toISOString(), reason: 'a look' },
        endsAt: new Date(on.clock.at + 8 * HOUR).toISOString(),
      }),
    );
    await on.take(on.alert(asset));
    later(HOUR);
    await tx(on.ctx, (inside) => endMaintenance(inside, window.id));
    await on.release();
    expect(await on.tickets({ asset_id: asset })).toHaveLength(1);
  });

  test('more than one for what comes and goes, and it says so', async () => {
    const asset = await server();
    const first = on.alert(asset, { symptom: 'LINK_FLAP', type: 'CHECK_CABLING', component: 'eth0' });
    for (let n = 0; n < 12; n += 1) {
      await on.take({ ...first, alertId: `${first.alertId}-${n}`, occurredAt: new Date(on.clock.at).toISOString() });
      later(60_000);
      await clear(first);
      later(60_000);
    }
    const [ticket, ...more] = await on.tickets({ asset_id: asset });
    expect(more).toEqual([]);
    expect(ticket?.occurrences).toBe(12);
    expect(ticket?.flappingSince).not.toBeNull();
    const told = await on.rows('ticket_notes', { ticket_id: ticket?.id });
    expect(told.filter(({ body }) => String(body).includes('Comes and goes'))).toHaveLength(1);
    const flaps = (await suppressed(asset)).filter(({ rule }) => rule === 'flapping');
    expect(flaps).toHaveLength(7);
    // Of the first five only each end was told.
    expect(told.length).toBeLessThan(8);
  });
});
