import { describe, expect, test } from 'vitest';
import { readRow } from './table-rows.ts';

const NOW = new Date('2026-11-21T06:00:00Z');

describe('a line of a table', () => {
  test('is read by the names of its columns; what is left over is a field', () => {
    const raw = {
      Number: 'INC0012',
      'Short description': 'Disk',
      State: 'Resolved',
      Opened: '2026-11-20 10:00',
      labels: 'a, b',
      Serial: 'ABC1234',
      Empty: '',
    };
    const columns = { id: 'Number', summary: 'Short description', status: 'State', created_at: 'Opened' };
    expect(readRow(raw, columns, NOW)).toEqual({
      ok: true,
      case: {
        ...{
          id: 'INC0012',
          key: 'INC0012',
          url: null,
          summary: 'Disk',
          text: '',
          status: 'Resolved',
          statusCategory: 'done',
        },
        ...{
          priority: null,
          createdAt: '2026-11-20T10:00:00.000Z',
          updatedAt: '2026-11-20T10:00:00.000Z',
          resolvedAt: null,
        },
        ...{ assignee: null, labels: ['a', 'b'], fields: { Serial: 'ABC1234' } },
      },
    });
  });

  test.each([
    [{ summary: 's' }, 'id', 'is missing: every case has a id'],
    [{ id: '1', summary: 's', created_at: 'yesterday' }, 'created_at', 'is no time: write 2026-11-21T06:00:00Z'],
    [{ id: '1', summary: 's', url: 'javascript:alert(1)' }, 'url', 'Invalid URL'],
    [7, '', 'is no object: name its columns'],
  ])('%j is refused, and says which column', (raw, field, message) => {
    expect(readRow(raw, {}, NOW)).toEqual({ ok: false, field, message });
  });

  test.each([
    ['Closed', 'done'],
    ['In Progress', 'indeterminate'],
    ['Not done yet', 'new'],
  ])('state %s is %s where nobody says it', (status, category) => {
    expect(readRow({ id: 1, summary: 's', status }, {}, NOW)).toMatchObject({
      case: { id: '1', statusCategory: category },
    });
  });
});
