import { expect, test } from 'vitest';
import { readState, toSearch, withFilter } from './screens/url-state.js';

test('reads the names that a screen knows, and takes empty ones as not said', () => {
  expect(readState('?state=READY&site=&rack=%20r1%20&evil=1', ['state', 'site', 'rack'])).toEqual({
    state: 'READY',
    rack: 'r1',
  });
});

test('equal views have equal addresses', () => {
  expect(toSearch({ state: 'READY', site: 'ams1' })).toBe(toSearch({ site: 'ams1', state: 'READY' }));
  expect(toSearch({ state: undefined, site: '' })).toBe('');
});

test('what it writes is what it reads, whatever people type', () => {
  const state = { site: 'a&b=c#d', rack: 'Zürich 1/2 %20 +' };
  expect(readState(toSearch(state), ['site', 'rack'])).toEqual(state);
});

test('another filter begins on its first page and leaves the rest of the address alone', () => {
  expect(withFilter('?cursor=abc&state=READY&machines_cursor=def', { state: 'BROKEN' }, 'cursor')).toBe(
    '?machines_cursor=def&state=BROKEN',
  );
  expect(withFilter('?cursor=abc&state=READY', { state: undefined }, 'cursor')).toBe('');
});
