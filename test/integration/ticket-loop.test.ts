import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { toText } from '#adapters/jira/simulator/rich-text.ts';
import { tx } from '#src/core/tx.ts';
import { expireReservations } from '#src/stock/commands/expire-reservations.ts';
import { receiveStock } from '#src/stock/commands/receive-stock.ts';
import { ReceiptInput } from '#src/stock/model.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'AWX'],
    serviceDesk: true,
    env: { TICKET_SYNC_MS: '1000', TICKET_PROOF_HOURS: '0', SETTLE_MS: '500' },
  });
}, 180_000);
afterAll(() => on.close());

interface Shown {
  id: string;
  state: string;
  reopened: number;
  unproven: boolean;
  assignee: string | null;
  sla: { name: string; goal_ms: number; remaining_ms: number | null; breached: boolean; paused: boolean }[] | null;
  external: { key: string; status: string | null } | null;
  spare: { state: string } | null;
  proof: { old_serial: string; new_serial: string; sources: string[] } | null;
  timeline: { type: string; sentence: string }[];
  told: { kind: string; text: string; settled_at: string | null; outcome: string | null }[];
}

let minute = 0;
/** Looks are told apart by their time, and lie in the past. */
const nextMinute = (): string => new Date(Date.now() - 3_600_000 + (minute += 1) * 60_000).toISOString();

/** Of a lot that the rules know. */
const DRIVE = {
  ...{ manufacturer: 'Micron', model: 'MTFDKCC3T8TGP-1BK1DABYY' },
  attributes: { capacityBytes: 3_840_755_982_336, mediaType: 'SSD', protocol: 'NVMe' },
};

async function look(serial: string, at: string, drive: { serial: string; health?: string }): Promise<string> {
  const report = {
    ...{ schema: 'reanimator.report/v1', source: 'agent', scope: ['drive'], collected_at: at },
    host: { manufacturer: 'Supermicro', product_serial: serial },
    components: [{ kind: 'drive', slot: 'Bay.1', ...DRIVE, ...drive }],
  };
  const taken = await on.client.post<{ snapshots: { place: { id: string } }[] }>('/v1/ingest/logbundle', report);
  return taken.snapshots[0]?.place.id ?? '';
}

const fault = (asset: string, serial: string) =>
  on.client.post('/v1/telemetry', [
    {
      asset,
      type: 'SMART_FAIL',
      component: 'Bay.1',
      serial,
      occurred_at: new Date().toISOString(),
      message: 'not good',
    },
  ]);

const show = (id: string): Promise<Shown> => on.client.get<Shown>(`/v1/tickets/${id}`);

async function ticketOf(asset: string): Promise<Shown> {
  const id = await until(
    'a ticket with its issue',
    async () => {
      const { items } = await on.client.get<{ items: Shown[] }>(`/v1/tickets?asset_id=${asset}`);
      return items[0]?.external ? items[0].id : undefined;
    },
    60_000,
  );
  return show(id);
}

const when = (what: string, id: string, holds: (ticket: Shown) => boolean): Promise<Shown> =>
  until(
    what,
    async () => {
      const ticket = await show(id);
      return holds(ticket) ? ticket : undefined;
    },
    25_000,
  );

const commentsOf = (key: string): string[] =>
  (on.stage.jira.issue(key)?.comments ?? []).map(({ body }) => toText(body));

test('a drive fails, is replaced and seen: the ticket is proven, closed here and outside; the new one fails: it opens again', async () => {
  const first = nextMinute();
  const asset = await look('LOOP-1', first, { serial: 'OLD-1' });
  await fault(asset, 'OLD-1');
  const { id, external } = await ticketOf(asset);
  const key = external?.key ?? '';
  expect(toText(on.stage.jira.issue(key)?.description ?? null)).toMatch(/Part serial: OLD-1/);
  await when('the evidence outside', id, ({ told }) =>
    told.some(({ kind, settled_at: at }) => kind === 'file' && at !== null),
  );
  expect(on.stage.jira.issue(key)?.attachments.map(({ bytes }) => bytes.toString())).toEqual([
    expect.stringContaining('SMART_FAIL'),
  ]);

  // The new part is looked at after the ticket has opened.
  await look('LOOP-1', new Date().toISOString(), { serial: 'NEW-1', health: 'OK' });
  const done = await when('its end', id, ({ state }) => state === 'DONE');
  expect(done.proof).toMatchObject({ old_serial: 'OLD-1', new_serial: 'NEW-1', sources: ['agent'] });
  expect(done.unproven).toBe(false);
  await until('the end outside', async () => on.stage.jira.issue(key)?.status.name === 'Done');
  await until('the comment', async () => commentsOf(key).some((text) => text.includes('had OLD-1 and has NEW-1')));
  const { items } = await on.client.get<{ items: { component: { serial: string } }[] }>(
    `/v1/failures?asset_id=${asset}`,
  );
  expect(items.map(({ component }) => component.serial)).toContain('OLD-1');
  const pulled = await on.database.db('stock_items').where({ serial: 'OLD-1' }).select('grade');
  expect(pulled).toEqual([{ grade: 'FAILED' }]);

  await fault(asset, 'NEW-1');
  const again = await when('the ticket again', id, ({ state, reopened }) => state === 'OPEN' && reopened === 1);
  expect(again.spare).toBe(null);
  await until('no spare is told', async () => commentsOf(key).some((text) => text.includes('Spare: none reserved')));
  expect(again.timeline.map(({ sentence }) => sentence).join('\n')).toContain('the new part (NEW-1) shows it again');
  await until('the issue again', async () => on.stage.jira.issue(key)?.status.name !== 'Done');
  await until('each told once', async () => (await show(id)).told.every(({ settled_at: at }) => at !== null));
  const told = commentsOf(key);
  expect(new Set(told).size).toBe(told.length);
  expect(told.findIndex((text) => text.includes('had OLD-1'))).toBeLessThan(
    told.findIndex((text) => text.includes('shows it again')),
  );
}, 180_000);

test('a spare is kept and named in the issue, taken when it is seen, and what came out goes back under its warranty', async () => {
  const place = (type: string, name: string, parent: string | null) =>
    on.client.post<{ id: string }>('/v1/locations', { type, name, parent_id: parent });
  const site = await place('site', 'loop', null);
  const rack = await place('rack', 'r1', site.id);
  const store = await place('warehouse', 'store', site.id);
  const bin = await place('bin', 'A3', store.id);
  const asset = await look('LOOP-5', nextMinute(), { serial: 'OLD-5' });
  await on.hub.ctx.db('assets').where({ id: asset }).update({ location_id: rack.id });
  const drive = { lot: 'SSD_NVME_03.84TB_GEN4', kind: 'drive', location_id: bin.id };
  const receive = (more: object) =>
    tx(on.hub.ctx, (inside) => receiveStock(inside, ReceiptInput.parse({ ...drive, condition: 'NEW', ...more })));
  await receive({ serial: 'SPARE-5', barcode: 'BC-5' });
  // The one that fails came from the same shelf, with a warranty.
  await receive({ serial: 'OLD-5', warranty_until: '2999-01-01T00:00:00Z' });
  await on.database.db('stock_items').where({ serial: 'OLD-5' }).update({ quantity: 0 });
  await fault(asset, 'OLD-5');
  const { id, external } = await ticketOf(asset);
  const key = external?.key ?? '';
  const description = toText(on.stage.jira.issue(key)?.description ?? null);
  expect(description).toMatch(/Spare: serial SPARE-5, barcode BC-5.* in .*store, bin A3, NEW/);
  expect(description).toMatch(/Site: loop[^]*Rack: r1[^]*Warranty until: 2999-01-01/);
  const { spare } = await on.client.get<{ spare: { state: string; serial: string } }>(`/v1/tickets/${id}`);
  expect(spare).toMatchObject({ state: 'held', serial: 'SPARE-5' });
  await until('the comment on the spare', async () => commentsOf(key).some((text) => text.includes('reserved until')));

  await look('LOOP-5', new Date().toISOString(), { serial: 'SPARE-5', health: 'OK' });
  await when('its end', id, ({ state }) => state === 'DONE');
  const items = await on.database.db('stock_items').whereIn('serial', ['SPARE-5', 'OLD-5']).orderBy('serial');
  expect(items.map((item) => [item.serial, item.grade, item.quantity, item.reserved])).toEqual([
    ['OLD-5', 'RMA', 1, 0],
    ['SPARE-5', 'NEW', 0, 0],
  ]);
  expect((await on.client.get<{ spare: { state: string } }>(`/v1/tickets/${id}`)).spare.state).toBe('consumed');
}, 180_000);

test('what is started and ended in Jira is so here; without a new part it is flagged', async () => {
  const asset = await look('LOOP-2', nextMinute(), { serial: 'OLD-2' });
  await fault(asset, 'OLD-2');
  const { id, external } = await ticketOf(asset);
  const key = external?.key ?? '';
  on.stage.jira.transition(key, 'In Progress');
  await when('its start', id, ({ state }) => state === 'IN_PROGRESS');
  on.stage.jira.transition(key, 'Done');
  await when('its end', id, ({ state }) => state === 'DONE');
  const flagged = await when('the flag', id, ({ unproven }) => unproven);
  expect(flagged.timeline.map(({ type }) => type)).toContain('ticket.closed_unproven');
  // What came from there is not told there again.
  expect(flagged.told.filter(({ kind }) => kind === 'move')).toEqual([]);
  // Seen after all.
  await look('LOOP-2', new Date().toISOString(), { serial: 'NEW-2', health: 'OK' });
  expect(await when('the proof', id, ({ proof }) => proof !== null)).toMatchObject({ state: 'DONE', unproven: false });
}, 180_000);

test('a new part that is not well keeps its ticket open', async () => {
  const asset = await look('LOOP-3', nextMinute(), { serial: 'OLD-3' });
  await fault(asset, 'OLD-3');
  const { id } = await ticketOf(asset);
  await look('LOOP-3', new Date().toISOString(), { serial: 'NEW-3', health: 'Critical' });
  expect(await when('the proof', id, ({ proof }) => proof !== null)).toMatchObject({ state: 'OPEN' });
  await look('LOOP-3', new Date(Date.now() + 1000).toISOString(), { serial: 'NEW-3', health: 'OK' });
  await when('its end', id, ({ state }) => state === 'DONE');
}, 180_000);

test('a lost webhook is caught, and a comment stands outside once', async () => {
  const asset = await look('LOOP-4', nextMinute(), { serial: 'OLD-4' });
  await fault(asset, 'OLD-4');
  const { id, external } = await ticketOf(asset);
  const key = external?.key ?? '';
  const issue = on.stage.jira.issue(key);
  if (!issue) throw new Error('no issue');
  const other = on.stage.jira.issues().find(({ status }) => status.name === 'Done');
  if (!other) throw new Error('no other issue');
  Object.assign(issue, { status: other.status, updated: Date.now() });
  await when('its end by the sweep', id, ({ state }) => state === 'DONE');
  await on.client.post(`/v1/tickets/${id}/comments`, { text: 'looked at it' });
  await until('the comment', async () => commentsOf(key).some((text) => text.includes('looked at it')));
  expect(commentsOf(key).filter((text) => text.includes('looked at it'))).toHaveLength(1);
}, 180_000);

test('what the service desk promises is read with the issue, and shown on its ticket until it is kept or broken', async () => {
  const asset = await look('LOOP-6', nextMinute(), { serial: 'OLD-6' });
  await fault(asset, 'OLD-6');
  const { id, external } = await ticketOf(asset);
  const key = external?.key ?? '';
  const issue = on.stage.jira.issue(key);
  if (!issue) throw new Error('no issue');
  const promises = (...sla: typeof issue.sla): void => void issue.sla.splice(0, issue.sla.length, ...sla);
  const hour = 3_600_000;
  promises(
    { name: 'Time to first response', goalMs: hour, elapsedMs: 2 * hour, running: true },
    { name: 'Time to resolution', goalMs: 4 * hour, elapsedMs: hour, running: true, paused: true },
  );
  on.stage.jira.transition(key, 'In Progress');
  const begun = await when('its promises', id, ({ sla }) => sla?.length === 2);
  expect(begun.sla).toEqual([
    { name: 'Time to first response', goal_ms: hour, remaining_ms: -hour, breached: true, paused: false },
    { name: 'Time to resolution', goal_ms: 4 * hour, remaining_ms: 3 * hour, breached: false, paused: true },
  ]);
  // In time after all; a cycle that has ended has nothing left.
  promises({ name: 'Time to resolution', goalMs: 4 * hour, elapsedMs: 3 * hour, running: false });
  on.stage.jira.transition(key, 'Done');
  const done = await when('its end', id, ({ state, sla }) => state === 'DONE' && sla?.length === 1);
  expect(done.sla).toEqual([
    { name: 'Time to resolution', goal_ms: 4 * hour, remaining_ms: null, breached: false, paused: false },
  ]);
}, 180_000);

test('a part whose time ran out is kept again while the ticket is open, and the issue says so', async () => {
  const place = (type: string, name: string, parent: string | null) =>
    on.client.post<{ id: string }>('/v1/locations', { type, name, parent_id: parent });
  const site = await place('site', 'again', null);
  const store = await place('warehouse', 'store', site.id);
  const asset = await look('LOOP-7', nextMinute(), { serial: 'OLD-7' });
  await on.hub.ctx.db('assets').where({ id: asset }).update({ location_id: site.id });
  const drive = { lot: 'SSD_NVME_03.84TB_GEN4', kind: 'drive', location_id: store.id, serial: 'SPARE-7' };
  await tx(on.hub.ctx, (inside) => receiveStock(inside, ReceiptInput.parse(drive)));
  await fault(asset, 'OLD-7');
  const { id, external } = await ticketOf(asset);
  const later = new Date(Date.now() + 100 * 3_600_000);
  expect(await expireReservations({ ...on.hub.ctx, now: () => later })).toBe(1);
  const again = await when('the part again', id, ({ timeline }) =>
    timeline.some(({ type, sentence }) => type === 'stock.reserved' && sentence.includes('again (1 of 3)')),
  );
  expect(again.timeline.map(({ type }) => type)).toContain('stock.reservation_expired');
  const { spare } = await on.client.get<{ spare: { state: string; serial: string } }>(`/v1/tickets/${id}`);
  expect(spare).toMatchObject({ state: 'held', serial: 'SPARE-7' });
  await until('the comment on it', async () =>
    commentsOf(external?.key ?? '').some((text) => text.includes('again (1 of 3), because its ticket is still open')),
  );
}, 180_000);

test('a part is known to be replaced where the alert calls its slot otherwise than who looks into the server', async () => {
  const seen = (at: string, drives: { slot: string; serial: string }[]) =>
    on.client.post<{ snapshots: { place: { id: string } }[] }>('/v1/ingest/logbundle', {
      ...{ schema: 'reanimator.report/v1', source: 'agent', scope: ['drive'], collected_at: at },
      host: { manufacturer: 'Supermicro', product_serial: 'LOOP-9' },
      components: drives.map((drive) => ({ kind: 'drive', ...DRIVE, health: 'OK', ...drive })),
    });
  const other = { slot: '/dev/sdb', serial: 'STAYS-9' };
  const taken = await seen(nextMinute(), [{ slot: '/dev/sdc', serial: 'OLD-9' }, other]);
  const asset = taken.snapshots[0]?.place.id ?? '';
  const told = { asset, type: 'SMART_FAIL', component: 'Disk.Bay.3', serial: 'OLD-9', message: 'not good' };
  await on.client.post('/v1/telemetry', [{ ...told, occurred_at: new Date().toISOString() }]);
  const { id } = await ticketOf(asset);
  await seen(new Date().toISOString(), [{ slot: '/dev/sdc', serial: 'NEW-9' }, other]);
  const done = await when('its end', id, ({ state }) => state === 'DONE');
  expect(done.proof).toMatchObject({ old_serial: 'OLD-9', new_serial: 'NEW-9' });

  // Swapped while the server runs, it has another letter: the only one that came, where the old one is gone.
  const drop = { ...told, component: '/dev/sdb', serial: other.serial };
  await on.client.post('/v1/telemetry', [{ ...drop, occurred_at: new Date().toISOString() }]);
  const next = await until('a ticket for it', async () => {
    const { items } = await on.client.get<{ items: Shown[] }>(`/v1/tickets?asset_id=${asset}&state=OPEN`);
    return items[0]?.external ? items[0].id : undefined;
  });
  await seen(new Date().toISOString(), [
    { slot: '/dev/sdc', serial: 'NEW-9' },
    { slot: '/dev/sdd', serial: 'CAME-9' },
  ]);
  const swapped = await when('its end', next, ({ state }) => state === 'DONE');
  expect(swapped.proof).toMatchObject({ old_serial: 'STAYS-9', new_serial: 'CAME-9' });
}, 90_000);

test('the issue of a PDU that nobody had named gets the title when somebody does, once', async () => {
  await on.client.post('/v1/locations', { type: 'site', name: 'names' });
  const place = { type: 'rack', name: 'named', parent: 'names' };
  const rack = await on.client.post<{ id: string }>('/v1/locations', place);
  const tell = (more: object) =>
    on.client.post('/v1/telemetry', [
      {
        location: 'names / named',
        type: 'PDU_FAIL',
        occurred_at: new Date().toISOString(),
        message: 'no output',
        ...more,
      },
    ]);
  await tell({});
  const { id, key } = await until('its issue', async () => {
    const { items } = await on.client.get<{ items: Shown[] }>(`/v1/tickets?location_id=${rack.id}`);
    const [one] = items;
    return one?.external ? { id: one.id, key: one.external.key } : undefined;
  });
  expect(on.stage.jira.issue(key)?.summary).toMatch(/^CHECK_PDU of /);
  await tell({ component: 'pdu-a' });
  await until('its title', async () => on.stage.jira.issue(key)?.summary.startsWith('CHECK_PDU pdu-a of '));
  const told = await when('all is told', id, (ticket) => ticket.told.every(({ settled_at: at }) => at !== null));
  expect(told.told.filter(({ outcome }) => outcome?.includes('its title'))).toHaveLength(1);
}, 90_000);
