import { afterAll, beforeAll, expect, test } from 'vitest';
import { ticketFacts } from '#jobs/ticket-facts.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { recordPorts } from '#src/feeds/commands/record-feeds.ts';
import { clearAlert } from '#src/tickets/commands/clear-alert.ts';
import type { Complaint } from '#src/tickets/model.ts';
import { showTicket } from '#src/tickets/show-ticket.ts';
import type { Ticket } from '#src/tickets/store.ts';
import { type TicketLab, ticketLab } from './ticket-lab.ts';

let on: TicketLab;
beforeAll(async () => void (on = await ticketLab()));
afterAll(() => on.close());

let sites = 0;

interface Floor {
  site: string;
  racks: string[];
}

/** A site of its own, so that no two tests know the same PDU. */
async function floor(racks: number): Promise<Floor> {
  sites += 1;
  const site = await on.place('site', `feeds-${sites}`, null);
  const ids = [];
  for (let n = 1; n <= racks; n += 1) ids.push(await on.place('rack', `r${n}`, site));
  return { site, racks: ids };
}

/** Servers of a rack whose sockets (and ports) hang on these, in this order; a name that begins with `mgmt` is a port for management. */
async function serversOn(
  many: number,
  rack: string | undefined,
  hangs: { pdus?: string[]; switches?: string[] },
): Promise<string[]> {
  const servers = await on.servers(many, String(rack));
  const { pdus = [], switches = [] } = hangs;
  const ports = servers.flatMap((assetId, at) => [
    ...pdus.map((name, n) => ({
      ...{ assetId, level: 'pdu' as const, port: `PSU${n + 1}`, management: false },
      on: { name, outlet: String(at + 1) },
    })),
    ...switches.map((name, n) => ({
      ...{ assetId, level: 'switch' as const, port: `eth${n}`, management: name.startsWith('mgmt') },
      on: { name, outlet: `e${at}` },
    })),
  ]);
  await tx(on.ctx, (inside) => recordPorts(inside, 'netbox', ports));
  return servers;
}

const told = (assetId: string | undefined, symptom: string, component = ''): Complaint =>
  on.alert(String(assetId), { symptom, type: `CHECK_${symptom}`, component, reason: `${symptom} is told` });
const ofPlace = (rack: string | undefined, symptom: string, component: string): Complaint =>
  on.alert(String(rack), {
    ...{ subject: { type: 'location', id: String(rack) }, symptom, type: `CHECK_${symptom.split('_')[0]}`, component },
  });

async function settle(ms = 11_000): Promise<void> {
  on.clock.at += ms;
  await on.release();
}

function must(ticket: Ticket | undefined): Ticket {
  if (ticket === undefined) throw new Error('there is no ticket');
  return ticket;
}

/** Kinds of the open tickets of these servers. */
async function openOf(servers: readonly (string | undefined)[]): Promise<string[]> {
  const rows = await on.database
    .db('tickets')
    .whereIn('asset_id', servers.map(String))
    .whereIn('state', ['OPEN', 'IN_PROGRESS'])
    .select('type');
  return rows.map(({ type }) => String(type)).toSorted();
}

async function explainedBy(ticketId: unknown): Promise<string[]> {
  const rows = await on.rows('suppressions', { ticket_id: String(ticketId), rule: 'cause' });
  return rows.map((row) => String(row['subject_id'])).toSorted();
}

test('a PDU that fails gathers what hangs on it, and nothing of the rack that hangs on the other one', async () => {
  const { racks } = await floor(1);
  const ofA = await serversOn(6, racks[0], { pdus: ['PDU-A-12'] });
  const ofB = await serversOn(10, racks[0], { pdus: ['PDU-B-12'] });
  for (const id of [...ofA.slice(0, 3), ...ofB.slice(0, 2)]) await on.take(told(id, 'PSU_LOST'));
  await on.take(told(ofA[3], 'HOST_DOWN'));
  const opened = await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-a-12'));
  const [ticket] = await on.tickets({ location_id: racks[0] });
  expect(ticket).toMatchObject({ id: opened.ticketId, type: 'CHECK_PDU', component: 'pdu-a-12', state: 'OPEN' });
  expect(await explainedBy(ticket?.id)).toEqual(ofA.slice(0, 4).toSorted());
  expect((await showTicket(on.ctx, must(ticket))).fed).toMatchObject(
    ofA.map((id, at) => ({ asset_id: id, port: 'PSU1', outlet: String(at + 1), source: 'netbox' })),
  );
  expect((await ticketFacts(on.ctx, must(ticket), undefined)).fed).toHaveLength(6);
  // Later ones at once.
  expect(await on.take(told(ofA[4], 'PSU_FAIL', 'PSU.Slot.1'))).toMatchObject({ ticketId: ticket?.id });
  await settle();
  expect(await openOf(ofA)).toEqual([]);
  expect(await openOf(ofB)).toEqual(['CHECK_PSU_LOST', 'CHECK_PSU_LOST']);
});

test('a server with two PDUs is down because of them when both are', async () => {
  const { racks } = await floor(1);
  const [one, two, three] = await serversOn(8, racks[0], { pdus: ['a', 'b'] });
  const first = await on.take(ofPlace(racks[0], 'PDU_FAIL', 'a'));
  expect(await on.take(told(one, 'PSU_LOST'))).toMatchObject({ outcome: 'suppressed', ticketId: first.ticketId });
  expect(await on.take(told(two, 'HOST_DOWN'))).toMatchObject({ outcome: 'held' });
  await settle();
  expect(await openOf([two])).toEqual(['CHECK_HOST_DOWN']);
  await on.take(told(three, 'HOST_DOWN'));
  const second = await on.take(ofPlace(racks[0], 'PDU_FAIL', 'B'));
  expect(await explainedBy(second.ticketId)).toEqual([three]);
  expect(await openOf([two])).toEqual([]);
  const [ended] = await on.tickets({ asset_id: two });
  expect(ended).toMatchObject({ state: 'WONT_FIX', explainedBy: second.ticketId });
  expect(await on.take(told(one, 'POWER_LOST'))).toMatchObject({ outcome: 'suppressed' });
});

test('a PDU feeds servers of the next rack, too; of the same name in another site it is another one', async () => {
  const { racks } = await floor(2);
  const here = await serversOn(4, racks[0], { pdus: ['pdu-x'] });
  const next = await serversOn(4, racks[1], { pdus: ['pdu-x'] });
  const beside = await serversOn(4, racks[1], { pdus: ['pdu-y'] });
  const other = await floor(1);
  const far = await serversOn(10, other.racks[0], { pdus: ['pdu-x'] });
  for (const id of [here[0], next[0], beside[0], far[0]]) await on.take(told(id, 'PSU_LOST'));
  const { ticketId } = await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-x'));
  expect(await explainedBy(ticketId)).toEqual([here[0], next[0]].map(String).toSorted());
  expect(await on.take(told(next[1], 'PSU_LOST'))).toMatchObject({ outcome: 'suppressed', ticketId });
  expect(await on.take(told(far[1], 'PSU_LOST'))).toMatchObject({ outcome: 'held' });
  // Told of the other rack it is the same one, however it is written; and so is its end.
  const again = ofPlace(racks[1], 'PDU_FAIL', 'PDU-X.example.com:161');
  expect(await on.take(again)).toMatchObject({ outcome: 'counted', ticketId });
  on.clock.at += 1000;
  const occurredAt = new Date(on.clock.at).toISOString();
  const cleared = await tx(on.ctx, (inside) => clearAlert(inside, { ...again, reason: 'back', occurredAt }));
  expect(cleared.ticketId).toBe(ticketId);
  await settle();
  expect(await openOf([beside[0], far[0], far[1]])).toHaveLength(3);
});

test('four servers that lose what they have in common name it, in the rack where most of them are', async () => {
  const { racks } = await floor(2);
  const few = await serversOn(2, racks[0], { pdus: ['pdu-m'] });
  const many = await serversOn(10, racks[1], { pdus: ['pdu-m'] });
  const others = await serversOn(10, racks[1], { pdus: ['pdu-n'] });
  for (const id of [few[0], ...many.slice(0, 4), others[0]]) await on.take(told(id, 'PSU_LOST'));
  await settle();
  const [ticket, ...more] = [
    ...(await on.tickets({ location_id: racks[0] })),
    ...(await on.tickets({ location_id: racks[1] })),
  ];
  expect(more).toEqual([]);
  expect(ticket).toMatchObject({ type: 'CHECK_PDU', component: 'pdu-m', locationId: racks[1] });
  expect(ticket?.reason).toContain('5 of 12 servers on pdu-m');
  expect(await explainedBy(ticket?.id)).toEqual([few[0], ...many.slice(0, 4)].map(String).toSorted());
  expect(await openOf(others)).toEqual(['CHECK_PSU_LOST']);
  // Somebody names it afterwards.
  expect(await on.take(ofPlace(racks[0], 'PDU_FAIL', 'PDU-M'))).toMatchObject({ ticketId: ticket?.id });
});

test('which of two PDUs it is, the supplies tell; where they do not, nobody is named', async () => {
  const { racks } = await floor(2);
  const clear = await serversOn(10, racks[0], { pdus: ['left', 'right'] });
  for (const id of clear.slice(0, 4)) await on.take(told(id, 'PSU_LOST', 'PSU.Slot.2'));
  const vague = await serversOn(10, racks[1], { pdus: ['front', 'back'] });
  for (const id of vague.slice(0, 4)) await on.take(told(id, 'PSU_LOST'));
  await settle();
  expect(await on.tickets({ location_id: racks[0] })).toMatchObject([{ type: 'CHECK_PDU', component: 'right' }]);
  const [unnamed, ...more] = await on.tickets({ location_id: racks[1] });
  expect(more).toEqual([]);
  expect(unnamed).toMatchObject({ type: 'CHECK_PDU', component: '' });
  expect(unnamed?.reason).toContain('it may be back or front');
});

test('of what nobody knows it goes by the rack: servers, and names', async () => {
  const { racks } = await floor(2);
  const known = await serversOn(4, racks[0], { pdus: ['pdu-b'] });
  const unknown = await on.servers(4, String(racks[0]));
  for (const id of [known[0], unknown[0]]) await on.take(told(id, 'PSU_LOST'));
  // Nothing is known to hang on that one: it may be any of the rack.
  const odd = await on.take(ofPlace(racks[0], 'PDU_FAIL', '10.0.0.7'));
  expect(await explainedBy(odd.ticketId)).toEqual([known[0], unknown[0]].map(String).toSorted());
  const alone = await on.servers(8, String(racks[1]));
  const ofB = await serversOn(2, racks[1], { pdus: ['pdu-b'] });
  const ofC = await serversOn(2, racks[1], { pdus: ['pdu-c'] });
  for (const id of [alone[0], ofB[0], ofC[0]]) await on.take(told(id, 'PSU_LOST'));
  const named = await on.take(ofPlace(racks[1], 'PDU_FAIL', 'pdu-c'));
  expect(await explainedBy(named.ticketId)).toEqual([alone[0], ofC[0]].map(String).toSorted());
  expect(await on.take(told(alone[1], 'PSU_LOST'))).toMatchObject({ outcome: 'suppressed', ticketId: named.ticketId });
  // A host that is down is the PDU's only where it is known to hang on it.
  expect(await on.take(told(alone[2], 'HOST_DOWN'))).toMatchObject({ outcome: 'held' });
});

test('a switch: one is why a link is down, all are why a server is away, and a BMC has one of its own', async () => {
  const { racks } = await floor(1);
  const hangs = { switches: ['leaf1', 'leaf2', 'mgmt1'] };
  const [one, two, three, four, five] = await serversOn(12, racks[0], hangs);
  const [elsewhere] = await serversOn(2, racks[0], { switches: ['leaf9'] });
  const { ticketId } = await on.take(ofPlace(racks[0], 'SWITCH_DOWN', 'leaf1.example.com'));
  expect(await on.take(told(one, 'LINK_DOWN', 'NIC.1'))).toMatchObject({ outcome: 'suppressed', ticketId });
  expect(await on.take(told(elsewhere, 'LINK_DOWN'))).toMatchObject({ outcome: 'held' });
  expect(await on.take(told(two, 'SERVER_UNREACHABLE'))).toMatchObject({ outcome: 'held' });
  expect(await on.take(told(three, 'BMC_UNREACHABLE'))).toMatchObject({ outcome: 'held' });
  const management = await on.take(ofPlace(racks[0], 'SWITCH_DOWN', 'mgmt1'));
  expect(await explainedBy(management.ticketId)).toEqual([three]);
  // Both for data are down; that for management has no say.
  const second = await on.take(ofPlace(racks[0], 'SWITCH_DOWN', 'leaf2'));
  expect(await explainedBy(second.ticketId)).toEqual([two]);
  expect(await on.take(told(four, 'HOST_DOWN'))).toMatchObject({ outcome: 'suppressed' });
  expect(await on.take(told(five, 'BMC_UNREACHABLE'))).toMatchObject({ ticketId: management.ticketId });
  await settle();
  expect(await openOf([elsewhere])).toEqual(['CHECK_LINK_DOWN']);
});

const SYMPTOMS = ['PSU_FAIL', 'BMC_UNREACHABLE', 'LINK_DOWN', 'HOST_DOWN', 'POWER_LOST', 'FAN_FAIL'];

/** Handed to four workers at once, who also take what is due; until nothing is. */
async function storm(events: readonly Complaint[], aSecond: number): Promise<void> {
  const workers = Array.from({ length: 4 }, () => on.another());
  for (let at = 0; at < events.length; at += aSecond) {
    const now = events
      .slice(at, at + aSecond)
      .map((event) => ({ ...event, occurredAt: new Date(on.clock.at).toISOString() }));
    await Promise.all(now.map((event, n) => on.take(event, workers[n % 4])));
    await Promise.all(workers.map((worker) => on.release(worker)));
    on.clock.at += 1000;
  }
  for (const ms of [11_000, 60_000]) {
    on.clock.at += ms;
    await Promise.all(workers.map((worker) => on.release(worker)));
  }
}

test.each([
  ['each on two PDUs', [['a', 'b']]],
  ['half on one, half on the other', [['a'], ['b']]],
])(
  'a rack that loses power is one ticket, %s',
  async (_what, halves) => {
    const { racks } = await floor(1);
    const servers: string[] = [];
    for (const pdus of halves)
      servers.push(...(await serversOn(40 / halves.length, racks[0], { pdus, switches: ['leaf1', 'mgmt1'] })));
    const events = SYMPTOMS.flatMap((symptom) => servers.map((id) => told(id, symptom)));
    await storm(
      events.toSorted((a, b) => (a.alertId.slice(-8) < b.alertId.slice(-8) ? -1 : 1)),
      24,
    );
    const [ticket, ...others] = await on.tickets({ location_id: racks[0] });
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ state: 'OPEN', type: 'CHECK_RACK_POWER', occurrences: 241 });
    expect(await openOf(servers)).toEqual([]);
    expect(await on.rows('held_alerts', { state: 'held' })).toEqual([]);
  },
  240_000,
);

test('a PDU of two racks that fails, told of by four workers at once, is one ticket', async () => {
  const { racks } = await floor(2);
  const servers = [
    ...(await serversOn(15, racks[0], { pdus: ['pdu-s'] })),
    ...(await serversOn(25, racks[1], { pdus: ['pdu-s'] })),
  ];
  const well = await serversOn(10, racks[1], { pdus: ['pdu-t'] });
  await storm(
    servers
      .flatMap((id) => ['PSU_LOST', 'HOST_DOWN'].map((symptom) => told(id, symptom)))
      .toSorted((a, b) => (a.alertId.slice(-8) < b.alertId.slice(-8) ? -1 : 1)),
    20,
  );
  const tickets = [...(await on.tickets({ location_id: racks[0] })), ...(await on.tickets({ location_id: racks[1] }))];
  expect(tickets).toMatchObject([{ type: 'CHECK_PDU', component: 'pdu-s', locationId: racks[1], occurrences: 81 }]);
  expect(await openOf([...servers, ...well])).toEqual([]);
}, 180_000);

const over = async (told: Complaint): Promise<string | null> => {
  on.clock.at += 1000;
  const occurredAt = new Date(on.clock.at).toISOString();
  const cleared = await tx(on.ctx, (inside) => clearAlert(inside, { ...told, reason: 'back', occurredAt }));
  return cleared.ticketId;
};

test('a ticket that opened without a name takes the one that is told later: title, part and counterpart, once', async () => {
  const { racks } = await floor(1);
  const servers = await serversOn(10, racks[0], { pdus: ['pdu-p', 'pdu-q'] });
  for (const id of servers.slice(0, 5)) await on.take(told(id, 'PSU_LOST'));
  await settle();
  const [unnamed] = await on.tickets({ location_id: racks[0] });
  expect(unnamed).toMatchObject({ type: 'CHECK_PDU', component: '' });
  const named = ofPlace(racks[0], 'PDU_FAIL', 'PDU-Q');
  expect(await on.take(named)).toMatchObject({ outcome: 'counted', ticketId: unnamed?.id });
  await on.take({ ...named, alertId: newId() });
  const [ticket] = await on.tickets({ location_id: racks[0] });
  expect(ticket).toMatchObject({ id: unnamed?.id, component: 'PDU-Q', state: 'OPEN', occurrences: 8 });
  expect(ticket?.summary).toMatch(/^CHECK_PDU PDU-Q of /);
  expect((await showTicket(on.ctx, must(ticket))).fed).toHaveLength(10);
  const notes = (await on.rows('ticket_notes', { ticket_id: ticket?.id })).map(({ body }) => JSON.parse(String(body)));
  expect(notes.filter(({ summary }) => summary !== undefined)).toMatchObject([{ summary: ticket?.summary }]);
  expect(await on.rows('events', { type: 'ticket.named', subject_id: ticket?.id })).toHaveLength(1);
  // The other one fails as well: it has a ticket of its own, and the end of the first is of the first.
  expect(await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-p'))).toMatchObject({ outcome: 'opened' });
  expect(await over(named)).toBe(ticket?.id);
});

test('what no server of it hangs on does not name it; nor does one of two that may be it', async () => {
  const { racks } = await floor(2);
  const ofBoth = await serversOn(10, racks[0], { pdus: ['pdu-p', 'pdu-q'] });
  await serversOn(2, racks[0], { pdus: ['pdu-z'] });
  for (const id of ofBoth.slice(0, 5)) await on.take(told(id, 'PSU_LOST'));
  await settle();
  const [unnamed] = await on.tickets({ location_id: racks[0] });
  expect(unnamed).toMatchObject({ type: 'CHECK_PDU', component: '' });
  expect(await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-z'))).toMatchObject({ outcome: 'opened' });
  expect(await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-p'))).toMatchObject({ ticketId: unnamed?.id });
  expect((await on.tickets({ location_id: racks[0] })).map(({ component }) => component)).toEqual(['', 'pdu-z']);
});

test('told without a name, then by its name, then without one again: one ticket, and its end is heard of', async () => {
  const { racks } = await floor(1);
  const without = ofPlace(racks[0], 'PDU_FAIL', '');
  const { ticketId } = await on.take(without);
  expect(await on.take(ofPlace(racks[0], 'PDU_FAIL', 'pdu-1'))).toMatchObject({ ticketId, outcome: 'counted' });
  expect(await on.take({ ...without, alertId: newId() })).toMatchObject({ ticketId, outcome: 'counted' });
  expect(await on.tickets({ location_id: racks[0] })).toMatchObject([{ component: 'pdu-1', occurrences: 3 }]);
  expect(await over(without)).toBe(ticketId);
});
