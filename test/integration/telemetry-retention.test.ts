import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forgetTelemetryJob } from '#jobs/catalogue-monitoring.ts';
import { firstIdOf, newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { insertAlerts } from '#src/health/alert-store.ts';
import { forgetTelemetry } from '#src/health/commands/forget-telemetry.ts';
import { newEpisode, type JudgedSymptom } from '#src/health/episode.ts';
import { makeEpisodes } from '#src/health/episode-store.ts';
import { insertSymptoms } from '#src/health/symptom-store.ts';
import type { Symptom } from '#src/health/symptom.ts';
import { forgetAlerts } from '#src/monitoring/commands/forget-alerts.ts';
import { lockAlerts } from '#src/monitoring/store.ts';
import { moveTicket } from '#src/tickets/commands/move-ticket.ts';
import { shownByOpenTickets } from '#src/tickets/reads.ts';
import { testHub } from '#test/kit/test-hub.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

const DAY_MS = 86_400_000;
let lab: TicketLab;
beforeAll(async () => void (lab = await ticketLab()));
afterAll(() => lab.close());
beforeEach(async () => {
  for (const table of ['telemetry_events', 'telemetry_alerts', 'telemetry_episodes', 'monitoring_alerts'])
    await lab.database.db(table).delete();
});

const daysAgo = (days: number): string => new Date(lab.clock.at - days * DAY_MS).toISOString();
const before = (): string => daysAgo(90);
/** As the log gave it at that moment. */
const idOf = (at: string): string => firstIdOf(new Date(at)).slice(0, 24) + randomBytes(6).toString('hex');

function symptomOf(subjectId: string, at: string, more: Partial<Symptom> = {}): Symptom {
  const hash = createHash('sha256')
    .update(subjectId + at + JSON.stringify(more) + newId())
    .digest('hex');
  return {
    ...{ subjectType: 'asset', subjectId, occurredAt: at, type: 'SMART_FAIL', component: 'Bay.2', kind: null },
    ...{ serial: null, value: null, state: 'raised', severity: null, message: null, source: 'test', senderId: null },
    ...{ late: false, hash: hash.slice(0, 32) },
    ...more,
  };
}
const judgedOf = (symptom: Symptom): JudgedSymptom => ({
  ...{ subjectType: 'asset', subjectId: symptom.subjectId, at: Date.parse(symptom.occurredAt), type: symptom.type },
  ...{ component: symptom.component, kind: null, serial: null, value: null, message: null, source: null },
  ...{ severity: null, state: 'raised', model: null, manufacturer: null, site: null, hash: symptom.hash },
});
const keep = (symptoms: Symptom[]) =>
  tx(lab.ctx, ({ db }) => insertSymptoms(db, symptoms, new Date(lab.clock.at).toISOString()));
async function alertOf(symptom: Symptom, rule = 'smart'): Promise<string> {
  const alertId = idOf(symptom.occurredAt);
  const { subjectId, component, type, hash } = symptom;
  const said = { type, kind: null, message: null, site: null, hash };
  const told = { did: 'raised', subjectType: 'asset', subjectId, component, serial: null, rule, said } as const;
  const whole = { ...told, count: 1, at: Date.parse(symptom.occurredAt), why: '' };
  await tx(lab.ctx, ({ db }) => insertAlerts(db, [{ alertId, told: whole }]));
  return alertId;
}
const forget = (more: object = {}) =>
  forgetTelemetry(lab.ctx, { before: before(), shown: shownByOpenTickets, rows: 7, most: 100_000, ...more });
async function left(subjectId: string): Promise<string[]> {
  const rows: { event_hash: Buffer }[] = await lab.database.db('telemetry_events').where({ subject_id: subjectId });
  return rows.map(({ event_hash: hash }) => hash.toString('hex')).toSorted();
}

test('what is old goes in steps, also many of one moment, and what is younger stays', async () => {
  const subject = newId();
  const same = Array.from({ length: 20 }, () => symptomOf(subject, daysAgo(100)));
  const others = Array.from({ length: 30 }, (_, nth) => symptomOf(newId(), daysAgo(91 + nth)));
  const young = [symptomOf(subject, daysAgo(89)), symptomOf(subject, daysAgo(1))];
  await keep([...same, ...others, ...young]);
  const closed = await alertOf(same[0] as Symptom);
  const recent = await alertOf(young[0] as Symptom);
  expect(await forget()).toEqual({ alerts: 1, symptoms: 50, more: false });
  expect(await left(subject)).toEqual(young.map(({ hash }) => hash).toSorted());
  expect(await lab.rows('telemetry_alerts', { alert_id: closed })).toEqual([]);
  expect(await lab.rows('telemetry_alerts', { alert_id: recent })).toHaveLength(1);
  expect(await forget()).toEqual({ alerts: 0, symptoms: 0, more: false });
});

test('what an episode goes by that has not ended stays until it ends', async () => {
  const subject = newId();
  const [raised, more, waiting] = [
    symptomOf(subject, daysAgo(120)),
    symptomOf(subject, daysAgo(110)),
    symptomOf(subject, daysAgo(105), { component: 'Bay.3' }),
  ];
  await keep([raised, more, waiting]);
  const earlier = await alertOf(symptomOf(subject, daysAgo(200)));
  const alert = await alertOf(raised);
  const said = { type: 'SMART_FAIL', kind: null, message: null, site: null };
  const episode = { ...newEpisode(judgedOf(raised), 'smart'), raisedAt: Date.parse(raised.occurredAt) };
  const lasting = { ...newEpisode(judgedOf(waiting), 'lasts'), since: Date.parse(waiting.occurredAt) };
  await tx(lab.ctx, ({ db }) => makeEpisodes(db, [episode, { ...lasting, said: { ...said, hash: waiting.hash } }]));
  expect(await forget()).toEqual({ alerts: 1, symptoms: 1, more: false });
  expect(await left(subject)).toEqual([raised.hash, waiting.hash].toSorted());
  expect(await lab.rows('telemetry_alerts', { alert_id: earlier })).toEqual([]);
  expect(await lab.rows('telemetry_alerts', { alert_id: alert })).toHaveLength(1);
  await lab.database.db('telemetry_episodes').where({ subject_id: subject }).delete();
  expect(await forget()).toEqual({ alerts: 1, symptoms: 2, more: false });
});

test('what an open ticket shows stays until the ticket is closed: its own alerts and those that it explains', async () => {
  const at = daysAgo(100);
  const rack = await lab.place('rack', 'keeps', await lab.place('site', 'keeps', null));
  const ids = await lab.servers(3, rack);
  const shown = ids.map((id) => symptomOf(id, at));
  await keep(shown);
  const alerts: string[] = [];
  for (const symptom of shown) alerts.push(await alertOf(symptom));
  const [own = '', other = '', explained = ''] = alerts;
  const taken = await lab.take(lab.alert(ids[0] ?? '', { alertId: own, occurredAt: at }));
  await lab.take(lab.alert(ids[1] ?? '', { alertId: other, occurredAt: at }));
  const ofPlace = lab.alert('', { subject: { type: 'location', id: rack }, symptom: 'RACK_POWER_LOST', component: '' });
  const place = await lab.take({ ...ofPlace, type: 'CHECK_RACK_POWER' });
  const lost = { symptom: 'POWER_LOST', type: 'CHECK_POWER', component: '' };
  await lab.take(lab.alert(ids[2] ?? '', { alertId: explained, occurredAt: at, ...lost }));
  expect(await lab.rows('suppressions', { alert_id: explained, ticket_id: place.ticketId })).toHaveLength(1);
  const close = (ticketId: string | null) =>
    tx(lab.ctx, (inside) => moveTicket(inside, { ticketId: ticketId ?? '', move: 'finish', reason: null }));
  expect(await forget()).toEqual({ alerts: 0, symptoms: 0, more: false });
  await close(taken.ticketId);
  await close(place.ticketId);
  expect(await forget()).toEqual({ alerts: 2, symptoms: 2, more: false });
  expect(await left(ids[1] ?? '')).toHaveLength(1);
});

test('a portion has an end, and what is kept is in nobody’s way', async () => {
  const subject = newId();
  const held = Array.from({ length: 10 }, () => symptomOf(subject, daysAgo(130)));
  await keep([...held, ...Array.from({ length: 10 }, () => symptomOf(subject, daysAgo(120)))]);
  for (const symptom of held) await alertOf(symptom, 'kept');
  const shown = async (): Promise<Set<string>> => {
    const rows: { alert_id: string }[] = await lab.database.db('telemetry_alerts').where({ rule: 'kept' });
    return new Set(rows.map(({ alert_id: id }) => id));
  };
  const first = await forget({ shown, rows: 4, most: 3 });
  expect(first).toMatchObject({ alerts: 0, more: true });
  expect(first.symptoms).toBeGreaterThan(0);
  expect(await forget({ shown, rows: 4 })).toEqual({ alerts: 0, symptoms: 10 - first.symptoms, more: false });
  expect(await left(subject)).toHaveLength(10);
});

test('alerts of monitoring systems go when nobody has told of them for long, but for what still holds here', async () => {
  const db = lab.database.db;
  const add = (fingerprint: string, heardAt: string | null, told: object | null) =>
    db('monitoring_alerts').insert({
      ...{ adapter: 'alertmanager', fingerprint, id: newId(), heard_at: heardAt === null ? null : toSql(heardAt) },
      ...{ outcome: told === null ? 'unmapped' : 'reported', told: told === null ? null : JSON.stringify(told) },
    });
  for (let nth = 0; nth < 20; nth += 1) await add(`old${nth}`, daysAgo(100 + (nth % 3)), null);
  await add('holds', daysAgo(200), { symptom: 'SMART_FAIL' });
  await add('young', daysAgo(10), null);
  await add('made a moment ago', null, null);
  expect(await forgetAlerts(lab.ctx, { before: before(), rows: 6, most: 1000 })).toEqual({ removed: 20, more: false });
  const names = (await lab.rows('monitoring_alerts')).map(({ fingerprint }) => String(fingerprint));
  expect(names.toSorted()).toEqual(['holds', 'made a moment ago', 'young']);
  await tx(lab.ctx, (inside) => lockAlerts(inside.db, 'alertmanager', ['old1']));
  expect(await lab.rows('monitoring_alerts', { fingerprint: 'old1' })).toHaveLength(1);
});

test('every statement goes by an index, and looks at no more rows than it has to', async () => {
  const subjects = Array.from({ length: 300 }, () => newId());
  const young = subjects.flatMap((id) => [1, 2, 3, 4, 5].map((days) => symptomOf(id, daysAgo(days))));
  await keep([...young, ...subjects.slice(0, 40).map((id) => symptomOf(id, daysAgo(95)))]);
  for (const symptom of young.slice(0, 200)) await alertOf(symptom);
  for (let nth = 0; nth < 20; nth += 1) await alertOf(symptomOf(newId(), daysAgo(95)));
  await lab.database.db.raw('ANALYZE TABLE telemetry_events, telemetry_alerts, telemetry_episodes');
  const asked: { sql: string; bindings: never[] }[] = [];
  const listen = (query: { sql: string; bindings: never[] }) => void asked.push(query);
  lab.ctx.db.on('query', listen);
  expect(await forget({ rows: 20 })).toMatchObject({ alerts: 20, symptoms: 40, more: false });
  await forgetAlerts(lab.ctx, { before: before(), rows: 20, most: 1000 });
  lab.ctx.db.removeListener('query', listen);
  const own = asked.filter(({ sql }) => /telemetry_|monitoring_/.test(sql) && /^(SELECT|DELETE)/i.test(sql.trim()));
  expect(own.length).toBeGreaterThan(8);
  for (const { sql, bindings } of own) {
    const [plan] = await lab.database.db.raw(`EXPLAIN ${sql}`, bindings);
    for (const step of plan as { table: string; type: string; key: string | null; rows: number }[]) {
      expect([sql.trim(), step.table, step.type]).toEqual([
        sql.trim(),
        step.table,
        expect.not.stringMatching(/^(ALL|index)$/),
      ]);
      expect([sql.trim(), step.key]).toEqual([sql.trim(), expect.any(String)]);
    }
  }
});

test('a worker does it by itself, says how many went in the metrics, and keeps what is young', async () => {
  const on = await testHub({ machines: 0, without: ['NETBOX', 'JIRA', 'AWX', 'DHCP'], parts: ['web'] });
  try {
    const old = symptomOf(newId(), new Date(Date.now() - 91 * DAY_MS).toISOString());
    const young = symptomOf(newId(), new Date(Date.now() - 89 * DAY_MS).toISOString());
    await tx({ ...lab.ctx, db: on.database.db }, ({ db }) => insertSymptoms(db, [old, young], daysAgo(0)));
    await on.startWorker();
    const left = async () =>
      (await on.database.db('telemetry_events').select('subject_id')).map((row) => row.subject_id);
    await expect.poll(left, { timeout: 60_000 }).toEqual([young.subjectId]);
    const jobs = () => on.database.db('jobs').where({ name: forgetTelemetryJob.name }).select('state', 'result');
    await expect.poll(async () => (await jobs())[0]?.state, { timeout: 60_000 }).toBe('done');
    const [job] = await jobs();
    const none = { telemetry_alerts: 0, suppressions: 0, ticket_alerts: 0, monitoring_alerts: 0 };
    const removedRows = { ...none, telemetry_events: 1 };
    expect(JSON.parse(job.result)).toEqual({ removedRows, more: false });
    const counted = async () => (await on.hub.metrics.render(on.hub.ctx, on.hub.adapters, true)).text;
    await expect.poll(counted).toContain('reanimator_removed_rows_total{table="telemetry_events"} 1');
  } finally {
    await on.close();
  }
});
