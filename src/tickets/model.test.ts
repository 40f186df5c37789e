import { describe, expect, test } from 'vitest';
import { ticketDraft, type TicketFacts, ticketSummary } from './model.ts';

const facts: TicketFacts = {
  type: 'REPLACE_DISK',
  component: 'Disk.Bay.2',
  serial: null,
  reason: 'SMART reports a failure',
  priority: 'HIGH',
  firstEventAt: '2026-11-21T06:00:00.000Z',
  asset: {
    id: 'a-1',
    name: 'ams1-srv-07',
    serial: 'ABC1234',
    manufacturer: 'Dell Inc.',
    model: 'R750',
    site: 'ams1',
    rack: 'r12',
    position: 7.5,
    recordUrl: 'https://netbox.example/dcim/devices/7/',
  },
  part: { manufacturer: 'Samsung', model: 'PM9A3', partNumber: null, serial: 'S-1' },
};

describe('a ticket', () => {
  test('is named by what is to be done, where, on which server', () => {
    expect(ticketSummary(facts)).toBe('REPLACE_DISK Disk.Bay.2 of ams1-srv-07 (ABC1234)');
    expect(ticketSummary({ ...facts, component: '', asset: { ...facts.asset, name: null } })).toBe(
      'REPLACE_DISK of ABC1234',
    );
    expect(ticketSummary({ ...facts, asset: { ...facts.asset, name: 'n'.repeat(400) } })).toHaveLength(255);
  });

  test('tells a technician everything before the walk to the rack', () => {
    const draft = ticketDraft(facts, 'https://hub.example');
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
      'Since: 2026-11-21T06:00:00.000Z',
    ]);
    expect(draft.links.map(({ url }) => url)).toEqual([
      'https://hub.example/ui/assets/a-1',
      'https://netbox.example/dcim/devices/7/',
    ]);
    expect(draft.labels).toEqual(['reanimator', 'REPLACE_DISK']);
  });

  test('says what is not known instead of leaving it out', () => {
    const asset = {
      ...facts.asset,
      site: null,
      rack: null,
      position: null,
      manufacturer: null,
      model: null,
      recordUrl: null,
    };
    const draft = ticketDraft({ ...facts, part: null, asset }, 'https://hub.example');
    expect(draft.paragraphs.filter((line) => line.endsWith(': not known'))).toEqual([
      'Site: not known',
      'Rack: not known',
      'U: not known',
      'Server: not known',
      'Part: not known',
      'Part serial: not known',
    ]);
    expect(draft.links).toHaveLength(1);
  });

  test('names the serial that was reported, rather than the one that was there', () => {
    expect(ticketDraft({ ...facts, serial: 'S-2' }, 'https://hub.example').paragraphs).toContain('Part serial: S-2');
  });
});
