import { describe, expect, test } from 'vitest';
import type { MappedField, Mapping } from '../mapping/mapping.ts';
import type { Direction } from '../mapping/mapping.ts';
import { actionFor } from './apply-verdicts.ts';
import { ACTIONS, KINDS, type PlannedRow, VERDICTS } from './model.ts';
import { aboutOf, type Judged, verdictsOf, whyNot, wouldDo } from './verdicts.ts';

function field(name: string, direction: Direction): MappedField {
  return { name, direction, authority: 'review', compare: 'equal' };
}

const MAPPING: Pick<Mapping, 'fields' | 'create'> = {
  fields: [field('rack', 'both'), field('tenant', 'in'), field('bios', 'out')],
  create: { there: 'review', here: 'never' },
};

function drift(more: Partial<Judged>): Judged {
  return {
    ...{ object: 'device', field: 'rack', kind: 'differs', action: 'adopt', decision: 'review', reason: 'why' },
    ...{ theirs: 'r1', ours: 'r2' },
    ...more,
  };
}

/** Which verdicts can be given. */
function can(more: Partial<Judged>, mapping: typeof MAPPING | undefined = MAPPING): string[] {
  return verdictsOf(drift(more), mapping).flatMap(({ verdict, whyNot: why }) => (why === null ? [verdict] : []));
}

describe('a value', () => {
  test.each(['differs', 'conflict'] as const)('that is %s goes as its direction allows', (kind) => {
    expect(can({ kind })).toEqual(['accept-theirs', 'push-ours', 'ignore']);
    expect(can({ kind, field: 'tenant' })).toEqual(['accept-theirs', 'ignore']);
    expect(can({ kind, field: 'bios' })).toEqual(['push-ours', 'ignore']);
  });

  test('that one side does not know is not taken from it', () => {
    expect(can({ theirs: undefined })).toEqual(['push-ours', 'ignore']);
    expect(can({ ours: undefined })).toEqual(['accept-theirs', 'ignore']);
    expect(can({ ours: null })).toEqual(['accept-theirs', 'push-ours', 'ignore']);
  });

  test('of many alike is judged without the values', () => {
    const { theirs: _t, ours: _o, ...group } = drift({});
    expect(verdictsOf(group, MAPPING, true).every(({ whyNot: why }) => why === null)).toBe(true);
  });

  test('that no mapping speaks of any more is only ignored', () => {
    expect(can({ field: 'old' })).toEqual(['ignore']);
    expect(verdictsOf(drift({}), undefined).map(({ whyNot: why }) => why)).toEqual([
      expect.stringContaining('ask for a new run'),
      expect.stringContaining('ask for a new run'),
      null,
    ]);
  });
});

describe('a whole object', () => {
  test.each<[string, Partial<Judged>, string[]]>([
    ['only here', { kind: 'only-here', action: 'create-there' }, ['push-ours', 'ignore']],
    ['only here, and something lacks', { kind: 'only-here', action: 'create-there', decision: 'refused' }, ['ignore']],
    ['only there, and made here', { kind: 'only-there', action: 'create-here' }, ['accept-theirs', 'ignore']],
    ['only there, and never made here', { kind: 'only-there', action: 'none' }, ['ignore']],
    ['gone there', { kind: 'gone-there', action: 'none' }, ['push-ours', 'ignore']],
    ['gone here, and made by the hub', { kind: 'gone-here', action: 'remove-there' }, ['push-ours', 'ignore']],
    ['gone here, and made by others', { kind: 'gone-here', action: 'none' }, ['ignore']],
    ['ambiguous', { kind: 'ambiguous', action: 'none', decision: 'refused' }, ['ignore']],
    ['unreadable', { kind: 'unreadable', action: 'none', field: 'rack' }, ['ignore']],
  ])('%s', (_what, more, expected) => expect(can({ field: '', ...more })).toEqual(expected));

  test('what lacks says what it is', () => {
    const lacking = drift({
      kind: 'only-here',
      action: 'create-there',
      decision: 'refused',
      reason: 'site is missing',
    });
    expect(whyNot('push-ours', lacking, MAPPING)).toBe('site is missing');
  });

  test('gone there is made again only where the mapping makes any', () => {
    const gone = drift({ kind: 'gone-there', action: 'none', field: '' });
    expect(whyNot('push-ours', gone, { ...MAPPING, create: { there: 'never', here: 'never' } })).toContain(
      'create.there',
    );
  });
});

test('whatever can be said, the engine can do', () => {
  for (const kind of KINDS)
    for (const action of ACTIONS)
      for (const verdict of VERDICTS) {
        if (verdict === 'ignore' || whyNot(verdict, drift({ kind, action }), MAPPING) !== undefined) continue;
        expect([kind, verdict, actionFor({ kind }, verdict)]).not.toContain(undefined);
      }
});

test('every reason says what to do instead', () => {
  for (const kind of KINDS)
    for (const action of ACTIONS)
      for (const { whyNot: why } of verdictsOf(drift({ kind, action, field: 'tenant' }), MAPPING))
        if (why !== null) expect(why).toMatch(/ignore it|new run|nothing to/);
});

test.each<[Partial<PlannedRow>, string]>([
  [{ action: 'push', decision: 'auto' }, 'writes ours there'],
  [{ action: 'adopt', decision: 'conflict' }, 'asks; proposes: takes theirs over here'],
  [{ action: 'create-there', decision: 'refused' }, 'cannot do it yet'],
  [{ action: 'none', decision: 'refused' }, 'cannot tell'],
  [{ action: 'none', decision: 'review' }, 'does nothing by itself'],
  [{ action: 'none', decision: 'ignored' }, 'leaves it as it is'],
])('%o: %s', (row, words) =>
  expect(wouldDo({ action: row.action ?? 'none', decision: row.decision ?? 'auto' })).toBe(words),
);

test('what a drift is about in the hub', () => {
  expect(aboutOf({ type: 'device', hubId: 'a', theirId: '1' })).toEqual({ type: 'asset', id: 'a' });
  expect(aboutOf({ type: 'rack', hubId: 'r', theirId: null })).toEqual({ type: 'location', id: 'r' });
  expect(aboutOf({ type: 'device', hubId: null, theirId: '1' })).toBeNull();
});
