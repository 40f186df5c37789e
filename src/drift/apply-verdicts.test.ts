import { describe, expect, test } from 'vitest';
import type { Mapping } from '../mapping/mapping.ts';
import { applyVerdicts, type DriftRuler } from './apply-verdicts.ts';
import { type Drift, valuesHash } from './drift.ts';
import type { PlannedRow, Verdict } from './model.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const ROW: PlannedRow = {
  object: 'device',
  root: { type: 'device', hubId: 'a', theirId: '1' },
  hubId: 'a',
  theirId: '1',
  label: 'srv',
  field: 'name',
  kind: 'conflict',
  action: 'adopt',
  decision: 'conflict',
  reason: 'changed on both sides',
  theirs: 'x',
  ours: 'y',
  agreed: 'z',
};
const MAPPING = {
  object: 'device',
  fields: [{ name: 'name', authority: 'theirs', direction: 'in', compare: 'equal' }],
} as unknown as Mapping;

function drift(about: PlannedRow, verdict: Verdict | null, more: Partial<Drift> = {}): Drift {
  return {
    ...about,
    id: 'd',
    system: 'netbox',
    state: verdict === null ? 'open' : 'decided',
    runId: 'run-1',
    firstSeenAt: NOW.toISOString(),
    lastSeenAt: NOW.toISOString(),
    resolvedAt: null,
    resolution: null,
    verdict,
    verdictBy: 'api-key:alice',
    verdictAt: NOW.toISOString(),
    verdictReason: null,
    verdictHash: verdict === null ? null : valuesHash(about),
    valuesHash: valuesHash(about),
    ignoredUntil: null,
    version: 1,
    ...more,
  };
}

function judge(
  row: PlannedRow,
  drifts: Drift[] = [],
  rules: DriftRuler = () => undefined,
  more: { isFull?: boolean; goneBefore?: string } = {},
) {
  const [judged] = applyVerdicts({
    system: 'netbox',
    rows: [row],
    mappingOf: () => MAPPING,
    drifts,
    changes: new Map([['device:1', { user: 'bob', action: 'updated', at: NOW.toISOString(), requestId: null }]]),
    rules,
    now: NOW,
    goneBefore: new Map(more.goneBefore ? [[`${row.object}:${row.theirId}`, new Date(more.goneBefore)]] : []),
    isFull: more.isFull ?? true,
  });
  return `${judged?.action} ${judged?.decision}`;
}

describe('what a person said', () => {
  test('is done', () => {
    expect(judge(ROW, [drift(ROW, 'accept-theirs')])).toBe('adopt auto');
    expect(judge(ROW, [drift(ROW, 'push-ours')])).toBe('push auto');
    expect(judge(ROW, [drift(ROW, 'ignore')])).toBe('none ignored');
  });

  test('holds for the values that it was said about, and no others', () => {
    expect(judge({ ...ROW, theirs: 'moved on' }, [drift(ROW, 'accept-theirs')])).toBe('adopt conflict');
    expect(judge({ ...ROW, ours: undefined }, [drift(ROW, 'ignore')])).toBe('adopt conflict');
  });

  test('to ignore it until a time ends then', () => {
    const until = (time: string) => judge(ROW, [drift(ROW, 'ignore', { ignoredUntil: time })]);
    expect(until('2026-11-21T12:00:01.000Z')).toBe('none ignored');
    expect(until('2026-11-21T12:00:00.000Z')).toBe('adopt conflict');
  });

  test('comes before what a rule says', () => {
    expect(judge(ROW, [drift(ROW, 'accept-theirs')], () => ({ verdict: 'ignore', rule: 'r', reason: '' }))).toBe(
      'adopt auto',
    );
  });

  test('makes on either side what is only on the other', () => {
    const only = (kind: PlannedRow['kind'], verdict: Verdict) => {
      const row: PlannedRow = {
        ...ROW,
        field: '',
        kind,
        action: 'none',
        decision: 'review',
        theirs: undefined,
        ours: undefined,
      };
      return judge(row, [drift(row, verdict)]);
    };
    expect(only('only-there', 'accept-theirs')).toBe('create-here auto');
    expect(only('only-here', 'push-ours')).toBe('create-there auto');
    expect(only('gone-there', 'push-ours')).toBe('create-there auto');
    expect(only('gone-there', 'accept-theirs')).toBe('none review');
    expect(only('gone-here', 'push-ours')).toBe('remove-there auto');
  });
});

describe('what a rule says', () => {
  const says =
    (verdict: Verdict | 'review'): DriftRuler =>
    () => ({ verdict, rule: 'r', reason: 'so' });

  test('is done, as far as the field may go that way', () => {
    expect(judge(ROW, [], says('accept-theirs'))).toBe('adopt auto');
    // The field only comes in: no rule writes it there.
    expect(judge(ROW, [], says('push-ours'))).toBe('adopt conflict');
  });

  test('can stop what would be done by itself', () => {
    expect(judge({ ...ROW, decision: 'auto' }, [], says('review'))).toBe('adopt review');
  });

  test('cannot make possible what is refused or unreadable', () => {
    expect(judge({ ...ROW, decision: 'refused' }, [], says('accept-theirs'))).toBe('adopt refused');
    expect(judge({ ...ROW, kind: 'unreadable', action: 'none', decision: 'review' }, [], says('accept-theirs'))).toBe(
      'none review',
    );
  });

  test('may ask who changed it', () => {
    expect(
      judge(ROW, [], (_row, change) =>
        change?.user === 'bob' ? { verdict: 'accept-theirs', rule: 'r', reason: '' } : undefined,
      ),
    ).toBe('adopt auto');
  });
});

describe('a removal', () => {
  const GONE: PlannedRow = {
    ...ROW,
    field: '',
    kind: 'gone-here',
    action: 'remove-there',
    decision: 'auto',
    theirs: undefined,
    ours: undefined,
  };

  test('waits for a second look at everything', () => {
    const [goneBefore, longAgo] = ['2026-11-21T12:00:01Z', '2026-11-20T02:30:00Z'];
    expect(judge(GONE)).toBe('remove-there review');
    expect(judge(GONE, [drift(GONE, null)], undefined, { goneBefore })).toBe('remove-there auto');
    expect(judge(GONE, [drift(GONE, null)])).toBe('remove-there review');
    expect(judge(GONE, [drift(GONE, null)], undefined, { goneBefore, isFull: false })).toBe('remove-there review');
    // Gone once before, and back again since then.
    expect(judge(GONE, [drift(GONE, null)], undefined, { goneBefore: longAgo })).toBe('remove-there review');
  });

  test('is done at once where a person said so', () => {
    expect(judge(GONE, [drift(GONE, 'push-ours')], undefined, { isFull: false })).toBe('remove-there auto');
  });
});
