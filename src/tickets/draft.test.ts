import { describe, expect, test } from 'vitest';
import { ticketDraft, type TicketFacts } from './draft.ts';

const NOW = new Date('2026-11-21T06:00:00.000Z');
const facts: TicketFacts = {
  ticket: {
    ...{ id: 't-1', type: 'REPLACE_DISK', component: 'Disk.Bay.2', serial: null, reason: 'SMART reports a failure' },
    ...{
      priority: 'HIGH',
      firstEventAt: '2026-11-21T06:00:00.000Z',
      symptom: 'SMART_FAIL',
      rule: 'smart',
      occurrences: 3,
    },
    ...{ summary: 'REPLACE_DISK Disk.Bay.2 of ams1-srv-07 (ABC1234)', template: 'disk', assigneeGroup: 'ams1-hands' },
    ...{ assetId: 'a-1', locationId: null },
  },
  asset: {
    ...{ name: 'ams1-srv-07', serial: 'ABC1234', manufacturer: 'Dell Inc.', model: 'R750', position: 7.5 },
    recordUrl: 'https://netbox.example/dcim/devices/7/',
  },
  place: { site: 'ams1', rack: 'r12', path: null },
  part: {
    ...{ kind: 'drive', manufacturer: 'Samsung', model: 'PM9A3', partNumber: null, serial: 'S-1', lot: 'SSD_4TB' },
    ...{ installedAt: '2026-11-11T06:00:00.000Z', warrantyUntil: '2029-01-01T00:00:00.000Z' },
  },
  before: { failures: ['2026-01-02 media-errors (telemetry)'], tickets: ['2026-02-03 HW-1 REPLACE_DISK, DONE'] },
  spare: {
    ...{ serial: 'S-9', barcode: 'B-9', lot: 'SSD_4TB', warehouse: 'ams1 store', bin: 'A3', condition: 'NEW' },
    ...{ match: 'same-lot', warrantyUntil: null, why: 'same lot, oldest', expiresAt: '2026-11-24T06:00:00.000Z' },
  },
  gathered: [],
  fed: [],
};

describe('a ticket', () => {
  test('tells a technician everything before the walk to the rack', () => {
    const draft = ticketDraft(facts, 'https://hub.example', NOW);
    expect(draft.paragraphs).toEqual([
      'SMART reports a failure',
      'Site: ams1',
      'Rack: r12',
      'U: 7.5',
      'Server: Dell Inc. R750',
      'Server serial: ABC1234',
      'Slot: Disk.Bay.2',
      'Part: Samsung PM9A3',
      'Part serial: S-1',
      'Lot: SSD_4TB',
      'Installed: 2026-11-11T06:00:00.000Z, 10 days ago',
      'Warranty until: 2029-01-01T00:00:00.000Z',
      'Since: 2026-11-21T06:00:00.000Z',
      'Spare: serial S-9, barcode B-9, lot SSD_4TB in ams1 store, bin A3, NEW, same-lot; reserved until 2026-11-24T06:00:00.000Z',
      'Why this one: same lot, oldest',
      'Failures of this part before: 2026-01-02 media-errors (telemetry)',
      'Tickets of this slot and part before: 2026-02-03 HW-1 REPLACE_DISK, DONE',
    ]);
    expect(draft.links.map(({ url }) => url)).toEqual([
      'https://hub.example/ui/tickets/t-1',
      'https://hub.example/ui/assets/a-1',
      'https://netbox.example/dcim/devices/7/',
    ]);
    expect(draft.labels).toEqual(['reanimator', 'REPLACE_DISK']);
    expect(draft).toMatchObject({ type: 'REPLACE_DISK', template: 'disk', assigneeGroup: 'ams1-hands' });
  });

  test('gives the same as facts, by their names; what is not known is null', () => {
    const { facts: named } = ticketDraft({ ...facts, part: null, spare: undefined }, 'https://hub.example', NOW);
    expect(named).toMatchObject({
      ...{ site: 'ams1', rack: 'r12', u: 7.5, slot: 'Disk.Bay.2', server_serial: 'ABC1234', occurrences: 3 },
      ...{ part_model: null, part_age_days: null, warranty_until: null, spare_serial: null, reorder: null },
      hub_url: 'https://hub.example/ui/tickets/t-1',
    });
    const whole = ticketDraft(facts, 'https://hub.example', NOW).facts;
    expect(whole).toMatchObject({ part_age_days: 10, spare_bin: 'A3', part_serial: 'S-1', lot: 'SSD_4TB' });
  });

  test('says what is not known instead of leaving it out', () => {
    const asset = { name: null, serial: 'ABC1234', manufacturer: null, model: null, position: null, recordUrl: null };
    const place = { site: null, rack: null, path: null };
    const draft = ticketDraft({ ...facts, part: null, asset, place }, 'https://hub.example', NOW);
    expect(draft.paragraphs.filter((line) => line.endsWith(': not known'))).toEqual([
      'Site: not known',
      'Rack: not known',
      'U: not known',
      'Server: not known',
      'Part: not known',
      'Part serial: not known',
      'Lot: not known',
      'Installed: not known',
      'Warranty until: not known',
    ]);
    expect(draft.links).toHaveLength(2);
  });

  test('without a spare says where the nearest one is and what to order', () => {
    const spare = { none: 'no SSD_4TB at ams1', nearest: '2 × SSD_4TB in fra1', reorder: '4 × SSD_4TB' };
    const draft = ticketDraft({ ...facts, spare }, 'https://hub.example', NOW);
    expect(draft.paragraphs).toContain('Spare: none reserved: no SSD_4TB at ams1');
    expect(draft.paragraphs).toContain('Nearest: 2 × SSD_4TB in fra1');
    expect(draft.facts).toMatchObject({ reorder: '4 × SSD_4TB', spare_serial: null });
  });

  test('names the serial that was reported, rather than the one that was there', () => {
    const ticket = { ...facts.ticket, serial: 'S-2' };
    expect(ticketDraft({ ...facts, ticket }, 'https://hub.example', NOW).paragraphs).toContain('Part serial: S-2');
  });

  test('of a PDU names what hangs on it, by which outlet', () => {
    const ticket = { ...facts.ticket, type: 'CHECK_PDU', component: 'pdu-a-12', assetId: null, locationId: 'l-1' };
    const fed = ['srv-1 (PSU1 on 12)', 'srv-2 (PSU1 on 13)'];
    const draft = ticketDraft({ ...facts, ticket, asset: null, part: null, spare: undefined, fed }, 'https://h', NOW);
    expect(draft.paragraphs).toContain('What hangs on pdu-a-12: srv-1 (PSU1 on 12); srv-2 (PSU1 on 13)');
  });

  test('of a place names the servers that it explains, and no parts', () => {
    const ticket = { ...facts.ticket, type: 'RACK_POWER_LOST', component: '', assetId: null, locationId: 'l-1' };
    const draft = ticketDraft(
      { ...facts, ticket, asset: null, part: null, spare: undefined, gathered: ['a', 'b'] },
      'https://hub.example',
      NOW,
    );
    expect(draft.paragraphs).toContain('Servers: a; b');
    expect(draft.paragraphs.some((line) => line.startsWith('Slot'))).toBe(false);
    expect(draft.links.map(({ url }) => url)).toContain('https://hub.example/ui/locations/l-1');
  });
});
