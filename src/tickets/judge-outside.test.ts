import { expect, test } from 'vitest';
import { judgeOutside, type OursThen, wayTo } from './judge-outside.ts';

const ours: OursThen = {
  state: 'OPEN',
  stateAt: '2026-11-21T06:00:00.000Z',
  openedAt: '2026-11-21T06:00:00.000Z',
  outsideCategory: 'new',
  syncedAt: '2026-11-21T07:00:00.000Z',
  pending: false,
};
const theirs = { statusCategory: 'new', resolution: null, updatedAt: '2026-11-21T08:00:00.000Z' };

test.each([
  ['nothing moved', {}, {}, { winner: 'nobody' }],
  ['they started', {}, { statusCategory: 'indeterminate' }, { winner: 'theirs', to: 'IN_PROGRESS' }],
  ['they finished', {}, { statusCategory: 'done', resolution: 'Done' }, { winner: 'theirs', to: 'DONE' }],
  ['they refused', {}, { statusCategory: 'done', resolution: "Won't Do" }, { winner: 'theirs', to: 'WONT_FIX' }],
  ['they opened it again', { state: 'DONE', outsideCategory: 'done' }, {}, { winner: 'theirs', to: 'OPEN' }],
  ['we refused what they call done', { state: 'WONT_FIX' }, { statusCategory: 'done' }, { winner: 'nobody' }],
  ['we finished, they did nothing', { state: 'DONE', pending: true }, {}, { winner: 'ours' }],
  [
    'both, we later',
    { state: 'DONE', stateAt: '2026-11-21T09:00:00.000Z' },
    { statusCategory: 'indeterminate' },
    { winner: 'ours' },
  ],
  [
    'both, they later',
    { state: 'DONE', stateAt: '2026-11-21T07:30:00.000Z', pending: true },
    { statusCategory: 'indeterminate' },
    { winner: 'theirs', to: 'IN_PROGRESS' },
  ],
  [
    'both at once',
    { state: 'DONE', stateAt: '2026-11-21T08:00:00.000Z', pending: true },
    { statusCategory: 'indeterminate' },
    { winner: 'theirs', to: 'IN_PROGRESS' },
  ],
  [
    'never read, already started',
    { outsideCategory: null },
    { statusCategory: 'indeterminate' },
    { winner: 'theirs', to: 'IN_PROGRESS' },
  ],
  ['in no category that we know', {}, { statusCategory: 'undefined' }, { winner: 'nobody' }],
] as const)('%s', (_what, our, their, verdict) => {
  expect(judgeOutside({ ...ours, ...our }, { ...theirs, ...their })).toEqual(verdict);
});

test('every state can be reached from every other', () => {
  expect(wayTo('OPEN', 'OPEN')).toEqual([]);
  expect(wayTo('DONE', 'IN_PROGRESS')).toEqual(['reopen', 'start']);
  expect(wayTo('WONT_FIX', 'DONE')).toEqual(['reopen', 'finish']);
  expect(wayTo('IN_PROGRESS', 'OPEN')).toEqual(['put_back']);
});
