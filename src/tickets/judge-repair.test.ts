import { expect, test } from 'vitest';
import { judgeRepair } from './judge-repair.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 21, hour)).toISOString();
const want = { serial: 'old-1', partId: null, since: at(6), lastEventAt: at(6), clearedAt: null };
const part = { componentId: 'c-2', serial: 'NEW-1', health: 'OK', installedAt: at(8) };
const now = new Date(at(9));

test.each([
  ['still there', [{ ...part, serial: 'OLD-1' }], 'same'],
  ['pulled', [], 'empty'],
  ['two said to be there', [part, { ...part, serial: 'X' }], 'unknown'],
  ['without a serial', [{ ...part, serial: null }], 'unknown'],
  ['there before the ticket', [{ ...part, installedAt: at(5) }], 'unknown'],
  ['new', [part], 'replaced'],
])('%s', (_what, there, state) => {
  expect(judgeRepair(want, there, now).state).toBe(state);
});

test('what nobody knew when the ticket opened cannot be compared', () => {
  expect(judgeRepair({ ...want, serial: null }, [part], now).state).toBe('unknown');
});

test.each([
  ['OK', {}, {}, now, true],
  ['critical', { health: 'Critical' }, {}, now, false],
  ['reported again since', {}, { lastEventAt: at(9) }, now, false],
  ['reported again, and over', {}, { lastEventAt: at(9), clearedAt: at(10) }, now, true],
  ['nobody says how it is', { health: null }, {}, now, false],
  ['nobody says, and the symptom is over', { health: null }, { clearedAt: at(9) }, now, true],
  ['nobody says, and a day went by', { health: null }, {}, new Date(at(33)), true],
])('a new part, %s', (_what, more, wanted, when, healthy) => {
  expect(judgeRepair({ ...want, ...wanted }, [{ ...part, ...more }], when)).toMatchObject({
    state: 'replaced',
    healthy,
  });
});
