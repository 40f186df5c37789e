import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relayOnce } from '#src/events/relay.ts';
import { handlers, reactions } from '#jobs/index.ts';
import { tx } from '#src/core/tx.ts';
import { append } from '#src/events/append.ts';
import { criticalAlertRaised } from '#src/health/events.ts';
import type { JobCtx, JobResult } from '#jobs/job-ctx.ts';
import { openTicket } from '#src/tickets/commands/open-ticket.ts';
import { standingOf } from '#src/tickets/standing.ts';
import { ticketMoved } from '#src/tickets/events.ts';
import { type HistoryWeb, historyWeb } from './history-web.ts';

let on: HistoryWeb;
beforeAll(async () => void (on = await historyWeb()));
afterAll(() => on.close());

type Item = Record<string, unknown>;
const itemsOf = (json: Item): Item[] => json['items'] as Item[];

async function componentOf(serial: string): Promise<string> {
  const { json } = await on.ask(`/v1/components?serial=${serial}`);
  return String(itemsOf(json)[0]?.['id']);
}

/** A drive that was in a server from 1 to 3 May, and was gone on 5 May. */
async function goneDrive(name: string): Promise<{ asset: string; component: string; serial: string }> {
  const asset = await on.addAsset(name);
  const serial = `S-${name.toUpperCase()}`;
  const others = [{ serial: `KEEP-${name}`, slot: 'Bay.9' }];
  await on.look(asset, '2026-05-01T12:00:00Z', [{ serial, slot: 'Bay.1' }, ...others]);
  await on.look(asset, '2026-05-03T12:00:00Z', [{ serial, slot: 'Bay.1' }, ...others]);
  await on.look(asset, '2026-05-05T12:00:00Z', others);
  return { asset, component: await componentOf(serial), serial };
}

function failure(componentId: string, more: Item = {}): Item {
  return {
    component_id: componentId,
    mode: 'media-errors',
    occurred_at: '2026-05-04T08:00:00Z',
    source: 'person',
    ...more,
  };
}

async function eventsOf(componentId: string): Promise<string[]> {
  const { json } = await on.ask(
    `/v1/components/${componentId}/timeline?type=component.failed,component.failure_retracted`,
  );
  return itemsOf(json).map((one) => String(one['sentence']));
}

describe('a failure', () => {
  test('explains a removal; what was believed before stays readable; withdrawn, it explains nothing', async () => {
    const { component, asset } = await goneDrive('explained');
    expect(await on.stays(component)).toEqual(['asset:explained/Bay.1 05-01..05-05 unknown']);
    const before = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { status, json } = await on.ask('/v1/failures', { body: failure(component, { note: 'clicks' }) });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      component: { id: component, kind: 'drive', serial: 'S-EXPLAINED' },
      asset_id: asset,
      asset_name: 'explained',
      confidence: 0.9,
      withdrawn_at: null,
    });
    expect(await on.stays(component)).toEqual(['asset:explained/Bay.1 05-01..05-05 failed']);
    expect(await on.stays(component, `?known_at=${before}`)).toEqual(['asset:explained/Bay.1 05-01..05-05 unknown']);

    const withdrawn = await on.ask(`/v1/failures/${json['id']}/withdraw`, { body: { reason: 'was the cable' } });
    expect([withdrawn.status, withdrawn.json['withdrawn_at']]).toEqual([200, expect.any(String)]);
    expect(await on.stays(component)).toEqual(['asset:explained/Bay.1 05-01..05-05 unknown']);
    await on.ask(`/v1/failures/${json['id']}/withdraw`, { body: { reason: 'again' } });
    expect(await eventsOf(component)).toEqual([
      'Did not fail after all: was the cable',
      'Failed (media-errors), says person: clicks',
    ]);
  });

  test('that is recorded before the removal is known explains it when it comes', async () => {
    const asset = await on.addAsset('early');
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'S-EARLY', slot: 'Bay.1' }]);
    const component = await componentOf('S-EARLY');
    expect((await on.ask('/v1/failures', { body: failure(component) })).status).toBe(201);
    await on.look(asset, '2026-05-05T12:00:00Z', []);
    expect(await on.stays(component)).toEqual(['asset:early/Bay.1 05-01..05-05 failed']);
  });

  test('of little confidence, or before the part was there, explains nothing', async () => {
    const { component } = await goneDrive('unsure');
    const unsure = await on.ask('/v1/failures', { body: failure(component, { source: 'telemetry' }) });
    expect(unsure.json).toMatchObject({ confidence: 0.4 });
    const early = await on.ask('/v1/failures', { body: failure(component, { occurred_at: '2026-04-01T00:00:00Z' }) });
    expect(early.json).toMatchObject({ asset_id: null });
    expect(await on.stays(component)).toEqual(['asset:unsure/Bay.1 05-01..05-05 unknown']);
  });

  test('with the same source_id again changes nothing, also from ten at once, also after it was withdrawn', async () => {
    const { component } = await goneDrive('again');
    const body = failure(component, { source: 'vetting', source_id: 'run-7' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => on.ask('/v1/failures', { body })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(9).fill(200), 201]);
    expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1);
    expect(await eventsOf(component)).toHaveLength(1);
    await on.ask(`/v1/failures/${answers[0]?.json['id']}/withdraw`, { body: { reason: 'wrong run' } });
    const after = await on.ask('/v1/failures', { body });
    expect([after.status, after.json['withdrawn_at']]).toEqual([200, expect.any(String)]);
  });

  test('is asked for what it lacks', async () => {
    const { component } = await goneDrive('faults');
    const fault = async (body: Item): Promise<unknown[]> => {
      const { status, json } = await on.ask('/v1/failures', { body });
      return [status, (json['errors'] as { field: string }[] | undefined)?.[0]?.field];
    };
    const { component_id: _id, ...nobody } = failure(component);
    expect(await fault(nobody)).toEqual([400, '/component_id']);
    expect(await fault({ ...nobody, serial: 'NO-SUCH-SERIAL' })).toEqual([400, '/serial']);
    expect(await fault(failure(component, { mode: 'sad' }))).toEqual([400, '/mode']);
    expect(await fault(failure(component, { occurred_at: '2036-01-01T00:00:00Z' }))).toEqual([400, '/occurred_at']);
    expect(await fault(failure(component, { occurred_after: '2026-05-04T08:00:00Z' }))).toEqual([
      400,
      '/occurred_after',
    ]);
    expect((await on.ask('/v1/failures', { body: failure('00000000-0000-7000-8000-00000000ffff') })).status).toBe(404);
    const reader = await on.keyFor(['components:read']);
    expect((await on.ask('/v1/failures', { body: failure(component), key: reader })).status).toBe(403);
  });

  test('of a serial that two makers use: 409 with both, until the maker is said', async () => {
    const bin = await on.addLocation('twins');
    for (const manufacturer of ['Samsung', 'Micron'])
      await on.ask('/v1/scans', {
        body: { serial: 'TWIN1234', manufacturer, kind: 'drive', where: { location_id: bin } },
      });
    const { component_id: _id, ...body } = failure('', { serial: 'twin1234' });
    const refused = await on.ask('/v1/failures', { body });
    expect(refused.status).toBe(409);
    expect((refused.json['candidates'] as Item[]).map(({ vendor }) => vendor).toSorted()).toEqual([
      'micron',
      'samsung',
    ]);
    const taken = await on.ask('/v1/failures', { body: { ...body, manufacturer: 'MICRON' } });
    expect([taken.status, (taken.json['component'] as Item)['vendor']]).toEqual([201, 'micron']);
  });
});

describe('the list', () => {
  test('is filtered, paged, exported; and knows where the part was then', async () => {
    const { component, asset } = await goneDrive('listed');
    for (const hour of ['01', '02', '03'])
      await on.ask('/v1/failures', {
        body: failure(component, { occurred_at: `2026-05-02T${hour}:00:00Z`, note: `=${hour}` }),
      });
    const first = await on.ask(`/v1/failures?asset_id=${asset}&limit=2`);
    expect(itemsOf(first.json).map(({ note }) => note)).toEqual(['=03', '=02']);
    const next = await on.ask(`/v1/failures?asset_id=${asset}&limit=2&cursor=${first.json['next']}`);
    expect([itemsOf(next.json).map(({ note }) => note), next.json['next']]).toEqual([['=01'], null]);
    const count = async (query: string): Promise<number> =>
      itemsOf((await on.ask(`/v1/failures?component_id=${component}&${query}`)).json).length;
    expect(await count('from=2026-05-02T02:00:00Z&to=2026-05-02T03:00:00Z')).toBe(1);
    expect(await count('source=ticket')).toBe(0);
    expect(await count('mode=media-errors&kind=drive')).toBe(3);
    const csv = await on.ask(`/v1/failures?component_id=${component}&format=csv&limit=1`);
    const lines = csv.text.trim().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(`2026-05-02T03:00:00.000Z,,media-errors,drive,samsung,`);
    expect(lines[1]).toContain(`,'=03,`);
  });

  test('follows what is learned later: the part was in another server then', async () => {
    const [one, other] = [await on.addAsset('was-here'), await on.addAsset('was-there')];
    await on.look(one, '2026-05-01T12:00:00Z', [{ serial: 'S-MOVER', slot: 'Bay.1' }]);
    const component = await componentOf('S-MOVER');
    const { json } = await on.ask('/v1/failures', { body: failure(component) });
    expect(json['asset_id']).toBe(one);
    await on.look(other, '2026-05-03T12:00:00Z', [{ serial: 'S-MOVER', slot: 'Bay.4' }]);
    expect((await on.ask(`/v1/failures/${json['id']}`)).json).toMatchObject({
      asset_id: other,
      asset_name: 'was-there',
    });
    expect(itemsOf((await on.ask(`/v1/failures?asset_id=${one}`)).json)).toEqual([]);
    expect(itemsOf((await on.ask(`/v1/failures?asset_id=${other}`)).json)).toHaveLength(1);
  });
});

test('the summary counts failures by mode and removals by reason: what was planned is no failure', async () => {
  const asset = await on.addAsset('counted');
  const at = (day: number): string => `2025-02-0${day}T00:00:00Z`;
  const drives = ['A', 'B', 'C', 'D'].map((name) => ({ serial: `COUNT-${name}`, slot: `Bay.${name}` }));
  await on.look(asset, at(1), drives);
  const [a, b, c, d] = await Promise.all(drives.map(({ serial }) => componentOf(serial)));
  for (const mode of ['media-errors', 'predicted'])
    await on.ask('/v1/failures', { body: failure(String(a), { mode, occurred_at: at(2) }) });
  await on.ask('/v1/failures', { body: failure(String(b), { source: 'telemetry', occurred_at: at(2) }) });
  for (const [id, reason] of [
    [b, 'planned'],
    [c, 'planned'],
    [a, 'unknown'],
  ] as const)
    await on.ask(`/v1/components/${id}/remove`, { body: { reason, at: at(3) } });
  // Only changes its slot: it was not taken out.
  await on.look(asset, at(4), [{ serial: 'COUNT-D', slot: 'Bay.7' }]);
  expect(await on.stays(String(d))).toHaveLength(2);
  const { json } = await on.ask('/v1/failures/summary?by=model&from=2025-01-01T00:00:00Z&to=2025-03-01T00:00:00Z');
  expect(json['groups']).toEqual([
    {
      kind: 'drive',
      lot: null,
      vendor: 'samsung',
      model: 'MZ7LH960HAJR-00005',
      failures: {
        total: 3,
        sure: 2,
        by_mode: {
          'media-errors': { total: 2, sure: 1, parts: 2 },
          predicted: { total: 1, sure: 1, parts: 1 },
        },
      },
      removals: { total: 3, by_reason: { failed: 1, planned: 2, moved: 0, unknown: 0 } },
    },
  ]);
  const byLot = await on.ask(
    '/v1/failures/summary?by=lot&kind=drive&from=2025-01-01T00:00:00Z&to=2025-03-01T00:00:00Z',
  );
  expect((byLot.json['groups'] as Item[])[0]).toMatchObject({ lot: expect.stringContaining('SSD'), vendor: null });
});

describe('a ticket', () => {
  /** Lets the events become jobs, and runs those that record failures. */
  async function work(): Promise<JobResult[]> {
    for (;;) if ((await relayOnce(on.ctx, reactions, 100)).events === 0) break;
    const results: JobResult[] = [];
    const rows = await on.database
      .db('jobs')
      .where({ state: 'waiting' })
      .orderBy('created_at')
      .select('id', 'name', 'input');
    for (const row of rows) {
      await on.database.db('jobs').where({ id: row.id }).update({ state: 'done' });
      const handler = handlers.find(({ job }) => job.name === row.name);
      if (!handler || !/failure/.test(row.name)) continue;
      const ctx = { ...on.ctx, actor: `job:${row.name}` } as unknown as JobCtx;
      results.push(await handler.run(ctx, handler.job.Input.parse(JSON.parse(row.input))));
    }
    return results;
  }

  async function open(
    asset: string,
    serial: string | null,
    more: { type?: string; alertId?: string } = {},
  ): Promise<string> {
    const { ticketId } = await tx(on.ctx, async (inside) =>
      openTicket(
        inside,
        { reopenDays: 14, againDays: 30 },
        {
          subject: { type: 'asset', id: asset },
          symptom: 'SMART_FAIL',
          ...{ repeat: false, rule: null, template: null, assigneeGroup: null },
          type: more.type ?? 'REPLACE_DISK',
          component: 'Bay.1',
          serial,
          priority: 'HIGH',
          reason: 'SMART reports a failure',
          occurredAt: '2026-05-02T09:00:00.000Z',
          alertId: more.alertId ?? `${asset}/${serial}`,
        },
        await standingOf(inside, { type: 'asset', id: asset }),
      ),
    );
    return String(ticketId);
  }
  const move = (id: string, name: string) => on.ask(`/v1/tickets/${id}/moves`, { body: { move: name } });

  test('that is done says that the part failed; opened again, it does not; done again, it does', async () => {
    const { asset, component, serial } = await goneDrive('ticketed');
    const id = await open(asset, serial);
    await move(id, 'start');
    expect(await work()).toEqual([]);
    await move(id, 'finish');
    expect(await work()).toEqual([{ outcome: 'recorded', failureId: expect.any(String) }]);
    const [said] = itemsOf((await on.ask(`/v1/failures?component_id=${component}`)).json);
    expect(said).toMatchObject({
      source: 'ticket',
      source_id: id,
      confidence: 0.9,
      mode: 'other',
      occurred_at: '2026-05-02T09:00:00.000Z',
      occurred_after: null,
      asset_id: asset,
    });
    expect(await on.stays(component)).toEqual(['asset:ticketed/Bay.1 05-01..05-05 failed']);

    const turn = (from: 'DONE' | 'IN_PROGRESS', to: 'DONE' | 'IN_PROGRESS') =>
      tx(on.ctx, async (inside) => {
        await inside.db('tickets').where({ id }).update({ state: to });
        const data = { summary: 's', from, to, reason: null };
        await append(inside, ticketMoved, { subject: { type: 'ticket', id }, data });
      });
    await turn('DONE', 'IN_PROGRESS');
    expect(await work()).toMatchObject([{ outcome: 'withdrawn' }]);
    expect(await on.stays(component)).toEqual(['asset:ticketed/Bay.1 05-01..05-05 unknown']);
    await turn('IN_PROGRESS', 'DONE');
    expect(await work()).toMatchObject([{ outcome: 'recorded' }]);
    expect(await on.stays(component)).toEqual(['asset:ticketed/Bay.1 05-01..05-05 failed']);
    expect(await eventsOf(component)).toHaveLength(3);
  });

  test('that will not be fixed, replaces nothing, or names nothing known says nothing', async () => {
    const { asset, component, serial } = await goneDrive('refused');
    await move(await open(asset, serial), 'refuse');
    expect(await work()).toEqual([]);
    await move(await open(asset, serial, { type: 'CHECK_CABLING', alertId: 'r2' }), 'finish');
    expect(await work()).toEqual([{ outcome: 'nothing was to be replaced' }]);
    await move(await open(asset, 'NOBODY-KNOWS', { type: 'REPLACE_FAN', alertId: 'r3' }), 'finish');
    expect(await work()).toEqual([{ outcome: 'nobody knows a part with the serial NOBODY-KNOWS' }]);
    await move(await open(asset, null, { type: 'REPLACE_RAM', alertId: 'r4' }), 'finish');
    expect(await work()).toEqual([{ outcome: 'the ticket names no part by its serial' }]);
    expect(itemsOf((await on.ask(`/v1/failures?component_id=${component}&withdrawn=any`)).json)).toEqual([]);
  });

  test('takes its mode from the alert, which alone is noted once a day and explains nothing', async () => {
    const { asset, component, serial } = await goneDrive('alerted');
    const alert = (occurredAt: string) =>
      tx(on.ctx, (inside) =>
        append(inside, criticalAlertRaised, {
          subject: { type: 'asset', id: asset },
          occurredAt,
          data: {
            symptom: 'SMART_FAIL',
            ticket: 'REPLACE_DISK',
            priority: 'HIGH',
            component: 'Bay.1',
            serial,
            reason: 'SMART reports a failure',
            occurredAt,
            site: null,
          },
        }),
      );
    await alert('2026-05-02T09:00:00.000Z');
    await alert('2026-05-02T10:00:00.000Z');
    expect(await work()).toMatchObject([{ outcome: 'recorded' }, { outcome: 'recorded already' }]);
    expect(await on.stays(component)).toEqual(['asset:alerted/Bay.1 05-01..05-05 unknown']);
    await move(await open(asset, serial), 'finish');
    await work();
    const items = itemsOf((await on.ask(`/v1/failures?component_id=${component}`)).json);
    expect(items.map(({ source, mode, confidence }) => [source, mode, confidence]).toSorted()).toEqual([
      ['telemetry', 'predicted', 0.4],
      ['ticket', 'predicted', 0.9],
    ]);
    expect(await on.stays(component)).toEqual(['asset:alerted/Bay.1 05-01..05-05 failed']);
  });
});
