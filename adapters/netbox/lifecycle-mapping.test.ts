import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadLifecycleMapping, parseLifecycleMapping } from './lifecycle-mapping.ts';

const text = readFileSync(new URL('../../mappings/netbox-lifecycle.yaml', import.meta.url), 'utf8');
/** NetBox's own statuses of a device; others need FIELD_CHOICES on the server. */
const STATUSES = ['offline', 'active', 'planned', 'staged', 'failed', 'inventory', 'decommissioning'];

describe('mappings/netbox-lifecycle.yaml', () => {
  const mapping = loadLifecycleMapping();

  test("uses NetBox's own statuses only", () => {
    for (const [state, { status }] of Object.entries(mapping.states)) expect(STATUSES, state).toContain(status);
  });
});

describe('a mapping that is wrong is refused, with the place', () => {
  test.each([
    [
      'a sample that does not hold',
      text.replace('- { state: BROKEN, status: failed', '- { state: BROKEN, status: active'),
      'BROKEN is not active / broken',
    ],
    ['a sample of no state', text.replace('- { state: BROKEN', '- { state: BORKEN'), 'BORKEN'],
    ['one value twice', text.replace('value: racked', 'value: cabled'), 'two states have the value "cabled"'],
    ['a key that nobody reads', text.replace('version: 1', 'version: 1\ncolour: blue'), 'colour'],
    ['no samples', text.slice(0, text.indexOf('tests:')), 'tests'],
    ['a value that NetBox takes for something else', text.replace('value: racked', 'value: "Racked!"'), 'RACKED'],
  ])('%s', (_name, wrong, place) => expect(() => parseLifecycleMapping(wrong)).toThrow(place));
});
