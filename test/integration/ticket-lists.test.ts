import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { addMaintenanceCommands, addTicketCommands } from '#src/ticket-commands.ts';
import { takeAlert } from '#src/tickets/commands/take-alert.ts';
import type { Complaint } from '#src/tickets/model.ts';
import { call } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

let on: TestHub;
let lab: TicketLab;
let site: string;
let rack: string;
beforeAll(async () => {
  on = await testHub({ parts: ['web'], without: ['NETBOX', 'JIRA', 'AWX'], env: { CHECK_ANSWERS: 'true' } });
  lab = await ticketLab();
  const place = (type: string, name: string, parent: string | null) =>
    on.client.post<{ id: string }>('/v1/locations', { type, name, parent_id: parent });
  site = (await place('site', 'lists', null)).id;
  rack = (await place('rack', 'r1', site)).id;
}, 180_000);
afterAll(async () => {
  await on.close();
  await lab.close();
});

async function server(name: string, locationId: string | null = null, state = 'IN_SERVICE'): Promise<string> {
  const [id, now] = [newId(), toSql(new Date())];
  const times = { state_since: now, created_at: now, updated_at: now };
  const row = { id, name, vendor_serial: `SN-${name}`, lifecycle_state: state, location_id: locationId };
  await on.hub.ctx.db('assets').insert({ ...row, ...times });
  return id;
}

async function take(assetId: string, more: Partial<Complaint> = {}): Promise<string | null> {
  const complaint = { ...lab.alert(assetId), occurredAt: new Date().toISOString(), ...more };
  const taken = await tx(on.hub.ctx, (inside) => takeAlert(inside, lab.judges, complaint), {
    isolation: 'read committed',
  });
  return taken.ticketId;
}

interface Listed {
  items: { id: string; type: string; state: string; asset_id: string | null; why: string; rule: string }[];
  next: string | null;
}
const list = (query: string): Promise<Listed> => on.client.get<Listed>(`/v1/tickets${query}`);
const ids = ({ items }: Listed): string[] => items.map(({ id }) => id);

test('tickets are filtered, sorted, paged and exported', async () => {
  const [here, there] = [await server('here', rack), await server('there')];
  const first = await take(here, { priority: 'CRITICAL' });
  const second = await take(there, { type: 'REPLACE_RAM', component: 'A1' });
  const third = await take(there, { type: 'CHECK_GPU', component: 'GPU.1' });
  expect(ids(await list(''))).toEqual([third, second, first]);
  expect(ids(await list('?sort=opened_at'))).toEqual([first, second, third]);
  expect(ids(await list('?type=REPLACE_RAM'))).toEqual([second]);
  expect(ids(await list('?priority=CRITICAL'))).toEqual([first]);
  expect(ids(await list(`?asset_id=${there}`))).toEqual([third, second]);
  for (const place of [site, rack]) expect(ids(await list(`?location_id=${place}`))).toEqual([first]);
  expect(ids(await list('?site=lists'))).toEqual([first]);
  await on.client.post(`/v1/tickets/${third}/moves`, { move: 'refuse', reason: 'not ours' });
  expect(ids(await list('?open=true'))).toEqual([second, first]);
  expect(ids(await list('?open=false'))).toEqual([third]);
  expect(ids(await list('?state=WONT_FIX'))).toEqual([third]);
  expect(ids(await list('?unproven=true'))).toEqual([]);
  expect(ids(await list('?since=2999-01-01T00:00:00Z'))).toEqual([]);
  const page = await list('?limit=2');
  expect(ids(page)).toEqual([third, second]);
  expect(ids(await list(`?limit=2&cursor=${page.next}`))).toEqual([first]);
  const csv = await call(`${on.url}/v1/tickets?format=csv&sort=opened_at`, { key: on.apiKey });
  const lines = csv.text.trim().split('\r\n');
  expect([lines.length, lines[0]?.split(',').slice(0, 3), lines[1]?.startsWith(String(first))]).toEqual([
    4,
    ['id', 'type', 'state'],
    true,
  ]);
  expect((await call(`${on.url}/v1/tickets?colour=red`, { key: on.apiKey })).status).toBe(400);
});

test('one ticket with all of it: alerts, what it is about, moves, and what is told outside', async () => {
  const asset = await server('whole');
  const id = await take(asset);
  await on.client.post(`/v1/tickets/${id}/comments`, { text: 'has been here before' });
  await on.client.post(`/v1/tickets/${id}/moves`, { move: 'start' });
  const whole = await on.client.get<Record<string, unknown[]>>(`/v1/tickets/${id}`);
  expect(whole).toMatchObject({
    ...{ state: 'IN_PROGRESS', spare: null, proof: null, unproven: false, occurrences: 1 },
    moves: ['put_back', 'finish', 'refuse'],
    alerts: [{ symptom: 'SMART_FAIL', outcome: 'opened', subject_id: asset }],
    about: [{ type: 'asset', id: asset, name: 'whole' }],
  });
  expect(whole['told']).toMatchObject([
    { kind: 'comment', text: expect.stringContaining('has been here before') },
    { kind: 'comment', text: 'OPEN → IN_PROGRESS.' },
    { kind: 'move', text: '→ IN_PROGRESS', settled_at: null },
  ]);
});

test('a maintenance is planned, suppresses, is ended; what it suppressed is listed', async () => {
  const asset = await server('kept', rack);
  const body = { subject_type: 'location', subject_id: rack, until: '2999-01-01T00:00:00Z', reason: 'new PDUs' };
  const tooLong = await call(`${on.url}/v1/maintenance-windows`, { key: on.apiKey, body });
  expect([tooLong.status, tooLong.text]).toEqual([400, expect.stringContaining('/until')]);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await on.client.post<{ id: string }>('/v1/maintenance-windows', { ...body, until });
  expect(await take(asset)).toBeNull();
  const shown = await list(`/suppressed?rule=maintenance&subject_id=${asset}`);
  expect(shown.items).toMatchObject([{ rule: 'maintenance', why: expect.stringContaining('new PDUs') }]);
  const csv = await call(`${on.url}/v1/tickets/suppressed?format=csv&subject_id=${asset}`, { key: on.apiKey });
  expect(csv.text.trim().split('\r\n')).toHaveLength(2);
  const now = new Date().toISOString();
  const windows = () => on.client.get<{ items: { id: string }[] }>(`/v1/maintenance-windows?at=${now}`);
  expect((await windows()).items.map((one) => one.id)).toEqual([id]);
  const ended = await on.client.post<{ ended_by: string }>(`/v1/maintenance-windows/${id}/end`, {});
  expect(ended.ended_by).not.toBeNull();
  expect(await take(asset, { component: 'Bay.9' })).not.toBeNull();
});

async function run(...args: string[]): Promise<string> {
  const program = new Command().exitOverride();
  const withHub = async (act: (hub: TestHub['hub']) => Promise<void>): Promise<void> => act(on.hub);
  addTicketCommands(program, withHub);
  addMaintenanceCommands(program, withHub);
  let said = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  await program.parseAsync(['node', 'reanimator', ...args]).finally(() => spy.mockRestore());
  return said;
}

test('the same on the command line', async () => {
  const asset = await server('cli');
  const id = String(await take(asset));
  expect(await run('ticket', 'list', '--open', '--server', 'cli')).toContain(id);
  expect(await run('ticket', 'move', id, 'refuse', '--reason', 'a spare server')).toContain('WONT_FIX');
  await run('ticket', 'comment', id, 'it is scrapped next week');
  expect(await run('ticket', 'show', id)).toContain('it is scrapped next week');
  await take(asset, { component: 'Bay.2', occurredAt: new Date(Date.now() + 1000).toISOString() });
  expect(await run('ticket', 'suppressed', '--ticket', id)).toContain('wont_fix');
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const planned = await run(
    'maintenance',
    'plan',
    '--place',
    'lists / r1',
    '--until',
    until,
    '-r',
    'cli',
    '-o',
    'json',
  );
  const [window] = JSON.parse(planned) as { id: string; subject_id: string }[];
  expect(window?.subject_id).toBe(rack);
  expect(await run('maintenance', 'list', '--now')).toContain(String(window?.id));
  await run('maintenance', 'end', String(window?.id));
  expect(await run('maintenance', 'list', '--now')).not.toContain(String(window?.id));
  await expect(run('maintenance', 'plan', '--until', until, '-r', 'nothing named')).rejects.toThrow(/either --server/);
  await expect(run('ticket', 'show', 'HW-404')).rejects.toThrow(/no ticket HW-404/);
});
