import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tx } from '#src/core/tx.ts';
import { openTicket } from '#src/tickets/commands/open-ticket.ts';
import { standingOf } from '#src/tickets/standing.ts';
import { type HistoryWeb, historyWeb } from './history-web.ts';

let on: HistoryWeb;
beforeAll(async () => void (on = await historyWeb()));
afterAll(() => on.close());

type Item = Record<string, unknown>;
const itemsOf = (json: Item): Item[] => json['items'] as Item[];

async function open(assetId: string, serial: string | null, hour = '09'): Promise<string> {
  const { ticketId } = await tx(on.ctx, async (inside) =>
    openTicket(
      inside,
      { reopenDays: 14, againDays: 30 },
      {
        subject: { type: 'asset', id: assetId },
        symptom: 'SMART_FAIL',
        ...{ repeat: false, rule: null, template: null, assigneeGroup: null },
        type: 'REPLACE_DISK',
        component: `Bay.${hour}`,
        serial,
        priority: 'HIGH',
        reason: 'SMART reports a failure',
        occurredAt: `2026-05-02T${hour}:00:00.000Z`,
        alertId: `${assetId}/${hour}`,
      },
      await standingOf(inside, { type: 'asset', id: assetId }),
    ),
  );
  return String(ticketId);
}

async function linksOf(ticketId: string): Promise<unknown[]> {
  const { json } = await on.ask(`/v1/tickets/${ticketId}/links`);
  return itemsOf(json).map(({ subject_type: type, name, confidence }) => [type, name, confidence]);
}

async function idOf(serial: string): Promise<string> {
  return String(itemsOf((await on.ask(`/v1/components?serial=${serial}`)).json)[0]?.['id']);
}

describe('a ticket', () => {
  test('is linked to its server and its part when it opens, and stands on the timelines of both', async () => {
    const asset = await on.addAsset('linked');
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'L-1', slot: 'Bay.1' }]);
    const id = await open(asset, ' l-1 ');
    expect(await linksOf(id)).toEqual([
      ['asset', 'linked', 1],
      ['component', 'L-1', 1],
    ]);
    await on.ask(`/v1/tickets/${id}/moves`, { body: { move: 'start' } });
    const component = await idOf('L-1');
    for (const path of [`components/${component}`, `assets/${asset}`]) {
      const { json } = await on.ask(`/v1/${path}/timeline?type=ticket.opened,ticket.moved`);
      expect(itemsOf(json).map(({ type }) => type)).toEqual(['ticket.moved', 'ticket.opened']);
    }
    // Opened again by the same alert: one ticket, the same links.
    expect(await open(asset, 'L-1')).toBe(id);
    expect(await linksOf(id)).toHaveLength(2);
  });

  test('without a serial, or with one that nobody knows, is linked to its server only', async () => {
    const asset = await on.addAsset('bare');
    expect(await linksOf(await open(asset, null, '01'))).toEqual([['asset', 'bare', 1]]);
    expect(await linksOf(await open(asset, 'NEVER-SEEN', '02'))).toEqual([['asset', 'bare', 1]]);
  });

  test('of a serial that several parts have means the one in its server; else each by its share', async () => {
    const [asset, other, bin] = [
      await on.addAsset('shared'),
      await on.addAsset('stranger'),
      await on.addLocation('bin'),
    ];
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'SHARED-1', slot: 'Bay.1' }]);
    await on.ask('/v1/scans', {
      body: { serial: 'SHARED-1', manufacturer: 'Micron', kind: 'dimm', where: { location_id: bin } },
    });
    expect(await linksOf(await open(asset, 'SHARED-1', '03'))).toEqual([
      ['asset', 'shared', 1],
      ['component', 'SHARED-1', 1],
    ]);
    expect(await linksOf(await open(other, 'SHARED-1', '03'))).toEqual([
      ['asset', 'stranger', 1],
      ['component', 'SHARED-1', 0.5],
      ['component', 'SHARED-1', 0.5],
    ]);
  });

  test('is linked and unlinked by people, once each, and a part lists its tickets by pages', async () => {
    const asset = await on.addAsset('by-hand');
    await on.look(asset, '2026-05-01T12:00:00Z', [{ serial: 'H-1', slot: 'Bay.1' }]);
    const component = await idOf('H-1');
    const tickets: string[] = [];
    for (const hour of ['04', '05', '06']) tickets.push(await open(asset, null, hour));
    const subject = { subject_type: 'component', subject_id: component };
    for (const id of tickets) {
      const linked = await on.ask(`/v1/tickets/${id}/links`, { body: { ...subject, confidence: 0.6 } });
      expect([linked.status, itemsOf(linked.json).length]).toEqual([200, 2]);
      await on.ask(`/v1/tickets/${id}/links`, { body: { ...subject, confidence: 0.75 } });
      await on.ask(`/v1/tickets/${id}/links`, { body: { ...subject, confidence: 0.75 } });
    }
    const pages: unknown[] = [];
    let cursor = '';
    for (;;) {
      const { json } = await on.ask(`/v1/components/${component}/tickets?limit=2${cursor}`);
      pages.push(itemsOf(json).map(({ id, confidence }) => [id, confidence]));
      if (json['next'] === null) break;
      cursor = `&cursor=${json['next']}`;
    }
    const [first, second, third] = tickets;
    expect(pages).toEqual([
      [
        [third, 0.75],
        [second, 0.75],
      ],
      [[first, 0.75]],
    ]);
    const remove = () => on.ask(`/v1/tickets/${first}/links/remove`, { body: subject });
    expect(itemsOf((await remove()).json)).toHaveLength(1);
    expect((await remove()).status).toBe(200);
    const { json } = await on.ask(
      `/v1/components/${component}/timeline?type=ticket.subject_linked,ticket.subject_unlinked`,
    );
    const told = itemsOf(json).map(({ type }) => type);
    expect(told.toSorted()).toEqual([...Array<string>(3).fill('ticket.subject_linked'), 'ticket.subject_unlinked']);
  });

  test('that is not there, or is linked to nothing that is there, is refused', async () => {
    const nobody = '01a1fd9c-0000-7000-8000-000000000001';
    const id = await open(await on.addAsset('refused'), null, '07');
    const body = { subject_type: 'component', subject_id: nobody };
    const refused = await on.ask(`/v1/tickets/${id}/links`, { body });
    expect([refused.status, (refused.json['errors'] as Item[])[0]?.['field']]).toEqual([400, '/subject_id']);
    expect((await on.ask(`/v1/tickets/${nobody}/links`)).status).toBe(404);
    expect((await on.ask(`/v1/tickets/${nobody}/links`, { body })).status).toBe(404);
    expect((await on.ask(`/v1/tickets/${nobody}/links/remove`, { body })).status).toBe(404);
    expect((await on.ask(`/v1/components/${nobody}/tickets`)).status).toBe(404);
    const reader = await on.keyFor(['tickets:read']);
    expect((await on.ask(`/v1/tickets/${id}/links`, { body, key: reader })).status).toBe(403);
  });
});
