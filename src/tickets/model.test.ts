import { expect, test } from 'vitest';
import { ticketSummary, urgent } from './model.ts';

test('a ticket is named by what is to be done, where, on which server', () => {
  const what = { type: 'REPLACE_DISK', component: 'Disk.Bay.2' };
  const subject = { id: 'a-1', name: 'ams1-srv-07', serial: 'ABC1234' };
  expect(ticketSummary({ ...what, subject })).toBe('REPLACE_DISK Disk.Bay.2 of ams1-srv-07 (ABC1234)');
  expect(ticketSummary({ ...what, component: '', subject: { ...subject, name: null } })).toBe(
    'REPLACE_DISK of ABC1234',
  );
  expect(ticketSummary({ ...what, subject: { ...subject, name: 'n'.repeat(400) } })).toHaveLength(255);
});

test('a priority only rises', () => {
  expect(urgent('LOW', 'HIGH')).toBe('HIGH');
  expect(urgent('CRITICAL', 'HIGH')).toBe('CRITICAL');
});
